"""Numbers that say what kind of question something is, for models of few labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .question_words import QUESTION_WORDS, question_word, words_of

Features = NDArray[np.float64]

_NAMES = re.compile(r"(?<=\s)[^\W\d_]*[A-Z]\w*")  # not the first word, which is one by its place


FARTHEST = 3.0
"""No feature is farther from the mean: of what is stranger than all labels, nothing is known."""


@dataclass(frozen=True, slots=True)
class QuestionFeatures:
    """Simple features of the text, and the leading components of its vector.

    Fitted on questions without their labels. Simple features have mean 0 and deviation 1 over them;
    the first component has deviation 1, and the others less, as they are weaker.

    Attributes:
        means: Of the simple features.
        deviations: Of the simple features; 1 for one that never varies.
        centre: The mean vector, (dimensions,).
        directions: The components, scaled, (components, dimensions).
    """

    means: Features
    deviations: Features
    centre: Features
    directions: Features

    @property
    def size(self) -> int:
        """How many features a question has."""
        return len(self.means) + len(self.directions)

    def of(self, text: str, vector: NDArray[np.float32]) -> Features:
        """Return the features of a question, (size,)."""
        simple = (_simple(text) - self.means) / self.deviations
        features = np.concatenate([simple, self.directions @ (vector - self.centre)])
        return features.clip(-FARTHEST, FARTHEST)

    def of_all(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> Features:
        """Return the features of questions, (questions, size)."""
        return np.stack(
            [self.of(text, vector) for text, vector in zip(texts, vectors, strict=True)]
        )


def question_features(
    texts: Sequence[str], vectors: NDArray[np.float32], components: int
) -> QuestionFeatures:
    """Fit the features on questions, whose labels play no part.

    Args:
        texts: The questions, at least one.
        vectors: Their vectors, (questions, dimensions).
        components: Components of the vectors at most; fewer where the questions differ in fewer
            directions.
    """
    simple = np.stack([_simple(text) for text in texts])
    deviations = simple.std(axis=0)
    centre = vectors.mean(axis=0, dtype=float)
    _, strengths, directions = np.linalg.svd(vectors - centre, full_matrices=False)
    kept = strengths[:components] > 1e-6
    scale = strengths[0] / np.sqrt(len(texts)) if kept.any() else 1.0
    return QuestionFeatures(
        simple.mean(axis=0),
        np.where(deviations > 0, deviations, 1.0),
        centre,
        directions[:components][kept] / scale,
    )


def _simple(text: str) -> Features:
    words = words_of(text)
    asked = question_word(text)
    return np.array(
        [
            np.log1p(len(words)),
            sum(map(len, words)) / max(1, len(words)),
            np.log1p(len(_NAMES.findall(text))),
            np.log1p(sum(any(c.isdigit() for c in word) for word in words)),
            np.log1p(text.count(",") + words.count("and") + words.count("or")),
            *(float(asked == word) for word in QUESTION_WORDS),
        ]
    )
