"""Extractive question answering without a language model: passages in, a span out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .candidates import Candidates, find_candidates
from .confidence import confidence_features
from .decoding import Choice, choose_span
from .evidence import Evidence, Rarity, gather_evidence
from .features import Features, describe
from .passage_tokens import PassageTokens, analyse_passage, read_word
from .question_type import Question, analyse_question
from .ranker import Ranker
from .weights import load_weights

__all__ = ["ExtractedAnswer", "ReadingPassage", "extract_answer", "forget"]


@dataclass(frozen=True, slots=True)
class ReadingPassage:
    """A passage, in the retriever's order; a higher score is better, all may be 0."""

    text: str
    score: float


@dataclass(frozen=True, slots=True)
class ExtractedAnswer:
    """A span of a passage: `text == passages[passage].text[start:end]`."""

    text: str
    passage: int
    start: int
    end: int
    confidence: float  # probability that the answer is right, 0 to 1


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything known before the candidates are scored."""

    question: Question
    passages: tuple[PassageTokens, ...]
    evidence: Evidence
    candidates: Candidates
    features: Features

    def span(self, index: int) -> tuple[int, int, int]:
        """Passage, first character and one past the last of a candidate."""
        first, last = int(self.candidates.first[index]), int(self.candidates.last[index])
        passage = int(self.evidence.passage[first])
        tokens = self.passages[passage]
        start = tokens.starts[self.evidence.token[first]]
        return passage, int(start), int(tokens.ends[self.evidence.token[last]])


def extract_answer(
    question: str, passages: Sequence[ReadingPassage], *, max_answer_tokens: int = 12
) -> ExtractedAnswer | None:
    """The span of the passages that best answers the question.

    Candidates are ranked by a model fitted on SQuAD 2.0 (see benchmarks/reader); `confidence` is
    the calibrated probability that the span is right (token F1 of at least one half), over a mix
    in which most questions have no answer in the passages: abstain below a threshold of your
    choice. Returns None only if no passage holds a candidate.

    Deterministic; the analysis of recent passages is cached. Raises ValueError if
    `max_answer_tokens` is below 1.
    """
    weights = load_weights()
    reading = read(question, passages, weights.rarity, max_answer_tokens)
    if reading is None:
        return None
    choice, row = decide(reading, weights.ranker)
    passage, start, end = reading.span(choice.index)
    return ExtractedAnswer(
        passages[passage].text[start:end],
        passage,
        start,
        end,
        weights.confidence.probability(row),
    )


def read(
    question: str,
    passages: Sequence[ReadingPassage],
    rarity: Rarity,
    max_answer_tokens: int = 12,
) -> Reading | None:
    """Analyse the question and the passages; None if there is no candidate."""
    if max_answer_tokens < 1:
        raise ValueError(f"max_answer_tokens must be at least 1, not {max_answer_tokens}")
    asked = analyse_question(question)
    analysed = tuple(analyse_passage(passage.text) for passage in passages)
    if not any(tokens.stems for tokens in analysed):
        return None
    evidence = gather_evidence(
        asked,
        analysed,
        [passage.score for passage in passages],
        rarity,
    )
    candidates = find_candidates(evidence.classes, evidence.depth, max_answer_tokens)
    if not len(candidates.first):
        return None
    return Reading(asked, analysed, evidence, candidates, describe(asked, evidence, candidates))


def decide(reading: Reading, ranker: Ranker) -> tuple[Choice, NDArray[np.float64]]:
    """The chosen candidate, and the features of its confidence."""
    choice = choose_span(
        ranker.score(reading.features), reading.candidates, reading.evidence, reading.passages
    )
    row = confidence_features(
        reading.question,
        reading.evidence,
        reading.candidates,
        reading.features,
        choice,
        len(reading.passages),
    )
    return choice, row


def forget() -> None:
    """Drop every analysis kept in memory.

    Results never depend on it, the time of a call does: a measurement that shall not depend on
    what was read before begins with this.
    """
    analyse_passage.cache_clear()
    analyse_question.cache_clear()
    read_word.cache_clear()
