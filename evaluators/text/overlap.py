"""Exact match and token F1 as SQuAD 1.1 and 2.0 define them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .normalise import squad_normalise, squad_tokens

__all__ = ["exact_match", "token_f1"]


def exact_match(answer: str, golds: Sequence[str]) -> bool:
    """Whether the answer equals one of the reference answers after SQuAD normalisation.

    ``golds`` are the accepted answers of one question; an empty sequence stands for an
    unanswerable question, which only an answer without any token gets right (SQuAD 2.0).
    """
    normalised = squad_normalise(answer)
    return any(normalised == squad_normalise(gold) for gold in golds or ("",))


def token_f1(answer: str, golds: Sequence[str]) -> float:
    """The best token F1 in [0, 1] of the answer against any reference answer.

    Tokens count with multiplicity. If either side has no token, the score is 1.0 when both have
    none and 0.0 otherwise. An empty ``golds`` stands for an unanswerable question, as in
    :func:`exact_match`.
    """
    tokens = squad_tokens(answer)
    return max(_f1(tokens, squad_tokens(gold)) for gold in golds or ("",))


def _f1(answer: list[str], gold: list[str]) -> float:
    if not answer or not gold:
        return float(answer == gold)
    common = sum((Counter(answer) & Counter(gold)).values())
    # Twice the overlap over both lengths is the harmonic mean of precision and recall.
    return 2 * common / (len(answer) + len(gold))
