"""A dataset: documents, and labelled questions about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from syftr_like.contracts import Documents, Question, fingerprint
from syftr_like.dataset.loading import read_documents, read_questions
from syftr_like.dataset.source import Source
from syftr_like.dataset.split import repeated_text
from syftr_like.dataset.strata import STRATIFY_BY, interleaved_order
from syftr_like.errors import InputError


@dataclass(frozen=True)
class Dataset:
    """Documents and questions, and where they came from.

    Attributes:
        documents: In the order of their source.
        questions: In the order of their source.
        documents_source: How the documents were read.
        questions_source: How the questions were read.
        notes: What was done to the whole, such as a limit.
    """

    documents: Documents
    questions: tuple[Question, ...]
    documents_source: Source
    questions_source: Source
    notes: tuple[str, ...] = field(default=())

    @cached_property
    def fingerprint(self) -> str:
        """Digest of the content: documents, and questions with their labels.

        Where it lies, its form, the questions' metadata and their order do not enter; documents'
        metadata does, since flows may use it.
        """
        return fingerprint(self.documents.fingerprint, questions_fingerprint(self.questions))

    def facts(self) -> tuple[str, ...]:
        """Return what a person should know about the dataset, one sentence each."""
        answerable = sum(question.answerable for question in self.questions)
        with_evidence = sum(bool(question.evidence) for question in self.questions)
        repeated = len(self.questions) - len({repeated_text(q) for q in self.questions})
        facts = [
            *_source_facts("documents", self.documents_source),
            *_source_facts("questions", self.questions_source),
            *self.notes,
            f"{answerable} of {len(self.questions)} questions are answerable, "
            f"{with_evidence} have evidence",
        ]
        if repeated:
            facts.append(f"{repeated} questions repeat the text of another")
        return tuple(facts)


def load_dataset(
    documents: str,
    questions: str,
    base: Path,
    *,
    limit: int | None = None,
    seed: int = 0,
    stratify_by: Sequence[str] = STRATIFY_BY,
) -> Dataset:
    """Load documents and questions.

    Args:
        documents: See `load_documents`.
        questions: See `load_questions`.
        base: The folder that paths are relative to: that of the study file.
        limit: Keep at most so many questions: a random sample, stratified by answerability and
            fields of the metadata. A smaller limit keeps a subset of what a larger one keeps.
        seed: Seed of that sample.
        stratify_by: Fields of the questions' metadata, the most important first.

    Raises:
        InputError: Nothing there, a mistake in it, or a limit below 1.
    """
    if limit is not None and limit < 1:
        raise InputError(
            "the limit of questions is below 1", found=str(limit), expected="a number from 1"
        )
    loaded, documents_source = read_documents(documents, base)
    asked, questions_source = read_questions(questions, base, loaded)
    notes: tuple[str, ...] = ()
    if limit is not None and limit < len(asked):
        notes = (f"{limit} of {len(asked)} questions, a stratified random sample, seed {seed}",)
        kept = {q.id for q in interleaved_order(asked, "limit", seed, stratify_by)[:limit]}
        asked = tuple(question for question in asked if question.id in kept)
    return Dataset(loaded, asked, documents_source, questions_source, notes)


def questions_fingerprint(questions: Iterable[Question]) -> str:
    """Return a digest of questions and their labels, in whatever order they come."""
    parts = []
    for question in sorted(questions, key=lambda q: q.id):
        parts += [question.id, question.question, str(question.answerable)]
        parts += [str(len(question.answers)), *question.answers]
        for span in question.evidence:
            parts += [span.document, str(span.start), str(span.end)]
        parts.append("")
    return fingerprint(*parts)


def _source_facts(what: str, source: Source) -> tuple[str, ...]:
    return (
        f"{source.count} {what} from {source.spec} ({source.form})",
        *(f"{what}: {note}" for note in source.notes),
    )
