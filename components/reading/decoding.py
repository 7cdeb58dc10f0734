"""From scores to one answer: the span with the highest expected token F1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .candidates import Candidates
from .evidence import Evidence
from .passage_tokens import PassageTokens

__all__ = ["Choice", "choose_span"]

CONSIDERED = 40  # best candidates compared; the others' mass is negligible


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen candidate and what speaks for it."""

    index: int
    probability: float  # softmax over the candidates
    expected_f1: float  # under that distribution
    rival: float  # the highest expected F1 of a candidate that shares no token with it
    entropy: float  # nats
    score: float
    mass_in_sentence: float  # probability of the candidates of its sentence


def choose_span(
    scores: NDArray[np.float64],
    candidates: Candidates,
    evidence: Evidence,
    passages: Sequence[PassageTokens],
) -> Choice:
    """Minimum Bayes risk decoding (Kumar & Byrne 2004) with token F1 as the gain.

    Two spans gain by the tokens they share; two spans of the same words gain fully wherever they
    stand. Ties go to the candidate that comes first.
    """
    weights = np.exp(scores - scores.max())
    probabilities = weights / weights.sum()
    entropy = float(-(probabilities * np.log(probabilities + 1e-12)).sum())
    top = np.argsort(-scores, kind="stable")[:CONSIDERED]
    first, last = candidates.first[top], candidates.last[top]
    shared = np.minimum(last[:, None], last) - np.maximum(first[:, None], first) + 1
    lengths = candidates.length[top]
    gain = np.maximum(2.0 * shared / (lengths[:, None] + lengths), 0.0)
    groups: dict[tuple[str, ...], list[int]] = {}
    for k, (a, b) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
        begin = int(evidence.token[a])
        stems = passages[int(evidence.passage[a])].stems[begin : begin + b - a + 1]
        groups.setdefault(stems, []).append(k)
    for same in groups.values():
        if len(same) > 1:
            gain[np.ix_(same, same)] = 1.0
    expected = gain @ probabilities[top]
    k = int(np.argmax(expected))
    apart = expected[gain[k] == 0.0]
    sentence = evidence.sentence[candidates.first]
    index = int(top[k])
    return Choice(
        index,
        float(probabilities[index]),
        float(expected[k]),
        float(apart.max()) if len(apart) else 0.0,
        entropy,
        float(scores[index]),
        float(probabilities[sentence == sentence[index]].sum()),
    )
