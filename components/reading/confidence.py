"""How likely the chosen answer is right: calibrated on answerable and unanswerable questions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .candidates import Candidates
from .decoding import Choice
from .evidence import SENTENCE_FEATURES, Evidence
from .features import SPAN_FEATURES, Features
from .question_type import Question

__all__ = ["CONFIDENCE_FEATURES", "Trees", "confidence_features"]

_START_USED = (0, 1, 2, 4, 5, 9)
_END_USED = (0, 1, 2, 4, 5, 9)

CONFIDENCE_FEATURES = (
    "probability", "expected f1", "rival", "margin", "entropy", "score", "mass in sentence",
    "found", "least found weight", "named found", "stems", "passages", "answer type", "span kind",
    "type has focus", "length",
    *(f"sentence: {name}" for name in SENTENCE_FEATURES),
    *(f"span: {name}" for name in SPAN_FEATURES),
    *(f"start: {column}" for column in _START_USED),
    *(f"end: {column}" for column in _END_USED),
)  # fmt: skip


def confidence_features(
    question: Question,
    evidence: Evidence,
    candidates: Candidates,
    features: Features,
    choice: Choice,
    passages: int,
) -> NDArray[np.float64]:
    """What the calibrated model looks at: one value for each of CONFIDENCE_FEATURES."""
    i = choice.index
    weights, found = evidence.weights, evidence.found
    missing = weights * (1.0 - found)
    named = weights * np.array(question.named or [False])
    row = [
        choice.probability,
        choice.expected_f1,
        choice.rival,
        choice.expected_f1 - choice.rival,
        choice.entropy,
        choice.score,
        choice.mass_in_sentence,
        float(found @ weights / weights.sum()),
        float(missing.max()),
        float(found @ named / named.sum()) if named.sum() else 1.0,
        float(len(question.stems)),
        float(passages),
        float(question.answer_type),
        float(candidates.kind[i]),
        float(bool(question.focus)),
        float(candidates.length[i]),
    ]
    return np.concatenate(
        (
            row,
            evidence.sentences[evidence.sentence[candidates.first[i]]],
            features.dense["span"][i],
            features.dense["start"][candidates.first[i], _START_USED],
            features.dense["end"][candidates.last[i], _END_USED],
        )
    )


@dataclass(frozen=True, slots=True)
class Trees:
    """Gradient-boosted trees (Friedman 2001) of equal size, all walked at once.

    Arrays are (trees, nodes); the children of a leaf are the leaf itself.
    """

    feature: NDArray[np.intp]
    threshold: NDArray[np.float64]
    left: NDArray[np.intp]
    right: NDArray[np.intp]
    value: NDArray[np.float64]
    base: float
    depth: int

    def probability(self, row: NDArray[np.float64]) -> float:
        """Probability of a right answer for one row of features."""
        trees = np.arange(len(self.feature))
        node = np.zeros(len(trees), dtype=np.intp)
        for _ in range(self.depth):
            smaller = row[self.feature[trees, node]] <= self.threshold[trees, node]
            node = np.where(smaller, self.left[trees, node], self.right[trees, node])
        logit = self.base + float(self.value[trees, node].sum())
        if logit >= 0:
            return 1.0 / (1.0 + math.exp(-logit))
        return math.exp(logit) / (1.0 + math.exp(logit))
