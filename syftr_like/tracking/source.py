"""What tracking must know of a study beside its results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from syftr_like.contracts import Document, Documents, Json, Question
from syftr_like.ledger import Ledger


@dataclass(frozen=True)
class StudySource:
    """A study as its runs show it.

    Attributes:
        study: Its name, which the experiment takes.
        open_ledger: Opens its ledger, which exists when the first trial has started.
        tune: Questions of the tune split, in the order in which they are asked.
        holdout: Questions of the holdout split.
        documents: What flows answer from.
        settings: What a flow needs to be built again: `allow_imports`, `question_timeout_s`,
            `usd_per_cpu_hour`.
        dataset: Facts for people, as in `StudyResult.dataset`.
    """

    study: str
    open_ledger: Callable[[], Ledger]
    tune: tuple[Question, ...]
    holdout: tuple[Question, ...]
    documents: Documents
    settings: Mapping[str, Json]
    dataset: Mapping[str, Json]

    @cached_property
    def documents_by_id(self) -> Mapping[str, Document]:
        """Document id to document."""
        return {document.id: document for document in self.documents}

    @cached_property
    def questions_by_id(self) -> Mapping[str, Question]:
        """Question id to question, of both splits."""
        return {question.id: question for question in (*self.tune, *self.holdout)}
