"""Cross-fitting: a labelled question is served by a model that has not seen its label.

A study searches on the tune split, from which routers learn. Were a question of it served by a
model that had seen its label, a router could learn the labels by heart, and the search would choose
it for that. So the labelled questions are dealt into folds. One of them is served by the model that
was fitted without its fold, any other question by the model of all (cross-fitting, as in
Chernozhukov et al. 2018).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from syftr_like.contracts import fingerprint
from syftr_like.errors import ComponentError

Model = TypeVar("Model")
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Folds:
    """The fold of every labelled question.

    Attributes:
        of_key: The fold of a question's words; questions of the same words are in the same.
        rows: The rows of each fold, ascending.
    """

    of_key: Mapping[str, int]
    rows: tuple[Rows, ...]

    def find(self, text: str) -> int | None:
        """Return the fold of a question; None where it is not a labelled one."""
        return self.of_key.get(_key(text))

    def without(self, fold: int) -> Rows:
        """Return the rows of all other folds, ascending."""
        others = [rows for place, rows in enumerate(self.rows) if place != fold]
        return np.sort(np.concatenate(others))


@dataclass(frozen=True, slots=True)
class CrossFitted(Generic[Model]):
    """A model of all labelled questions, and for each fold one of all others."""

    folds: Folds
    of_all: Model
    without: tuple[Model, ...]

    def serving(self, text: str) -> Model:
        """Return the model for a question: one that has not seen its label."""
        fold = self.folds.find(text)
        return self.of_all if fold is None else self.without[fold]


def deal(texts: Sequence[str], folds: int) -> Folds:
    """Deal questions into folds of nearly the same size, in an order that their words decide.

    Neither the order of the questions nor how many there are besides makes a question's neighbours
    in its fold: those are a matter of chance, but the same chance every time.

    Args:
        texts: The questions.
        folds: How many; fewer where there are fewer different questions.

    Raises:
        ComponentError: There are not two different questions.
    """
    keys = [_key(text) for text in texts]
    shuffled = sorted(set(keys), key=lambda key: (fingerprint("fold", key), key))
    if len(shuffled) < 2:
        raise ComponentError(
            f"a router learns from at least 2 different labelled questions: there are"
            f" {len(shuffled)}"
        )
    folds = min(folds, len(shuffled))
    of_key = {key: place % folds for place, key in enumerate(shuffled)}
    numbers = np.array([of_key[key] for key in keys])
    return Folds(of_key, tuple(np.flatnonzero(numbers == fold) for fold in range(folds)))


def cross_fit(texts: Sequence[str], folds: int, fit: Callable[[Rows], Model]) -> CrossFitted[Model]:
    """Fit a model to all questions, and one without each fold.

    Args:
        texts: The labelled questions.
        folds: How many folds.
        fit: Returns the model of some rows; it must look at no other labels.

    Raises:
        ComponentError: There are not two different questions.
    """
    dealt = deal(texts, folds)
    # Many small fits: threads would cost more than they give.
    with threadpool_limits(limits=1):
        without = tuple(fit(dealt.without(fold)) for fold in range(len(dealt.rows)))
        return CrossFitted(dealt, fit(np.arange(len(texts))), without)


def _key(text: str) -> str:
    """Return a question's words: case and punctuation make no other question."""
    return " ".join(re.findall(r"\w+", text.casefold()))
