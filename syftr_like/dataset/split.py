"""Splitting questions into those that the search may see and those that judge its result."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from syftr_like.contracts import Question, fingerprint
from syftr_like.dataset.strata import (
    STRATIFY_BY,
    evenly_spaced,
    interleaved_order,
    stratum,
    stratum_order,
)
from syftr_like.errors import InputError

_NAMES = ("tune", "holdout", "unused")


@dataclass(frozen=True)
class Split:
    """Two disjoint sets of questions, each in the order in which every trial sees it.

    Any prefix of either is about as stratified as the whole.

    Attributes:
        tune: What the search sees.
        holdout: What the front is evaluated on in the end.
    """

    tune: tuple[Question, ...]
    holdout: tuple[Question, ...]

    @property
    def fingerprint(self) -> str:
        """Digest of the ids on each side, in order."""
        return fingerprint(
            "tune", *(q.id for q in self.tune), "holdout", *(q.id for q in self.holdout)
        )


def split_questions(
    questions: Iterable[Question],
    *,
    tune: float,
    holdout: float,
    seed: int,
    stratify_by: Sequence[str] = STRATIFY_BY,
) -> Split:
    """Split questions at random, stratified by answerability and by fields of their metadata.

    The sizes are the fractions of all questions, rounded by largest remainder. Each stratum has
    its share of each side, give or take one question. What comes out depends on the questions
    and the seed, not on the order of the questions. Questions with the same text are kept on
    one side where the sizes allow it, since the search would otherwise have seen a part of the
    holdout.

    Args:
        questions: With distinct ids.
        tune: Fraction of the questions for the search, above 0.
        holdout: Fraction for the holdout, above 0; `tune + holdout` is at most 1.
        seed: Any whole number.
        stratify_by: Fields of the metadata, the most important first. A question without a field
            is of a class of its own.

    Raises:
        InputError: Fractions out of range, or a side without a question.
    """
    everything = stratum_order(questions, "split", seed, stratify_by)
    sizes = _sizes(len(everything), tune, holdout)
    sides: dict[str, str] = {}
    left = everything
    for name, size in zip(_NAMES, sizes, strict=True):
        taken = evenly_spaced(left, size, f"{name} {seed}")
        sides.update((q.id, name) for q, take in zip(left, taken, strict=True) if take)
        left = [q for q, take in zip(left, taken, strict=True) if not take]
    _reunite_repeated(everything, sides, stratify_by)
    chosen = {
        name: [question for question in everything if sides[question.id] == name] for name in _NAMES
    }
    return Split(
        tune=tuple(interleaved_order(chosen["tune"], "tune order", seed, stratify_by)),
        holdout=tuple(interleaved_order(chosen["holdout"], "holdout order", seed, stratify_by)),
    )


def _sizes(total: int, tune: float, holdout: float) -> tuple[int, int, int]:
    """Return how many questions are tune, holdout and unused: largest remainder."""
    for name, fraction in (("tune", tune), ("holdout", holdout)):
        if not (math.isfinite(fraction) and 0 < fraction < 1):
            raise InputError(
                f"the {name} split must be a fraction above 0 and below 1",
                found=f"{name}: {fraction}",
                expected="fractions such as tune: 0.6, holdout: 0.4",
            )
    # As decimals, not as the binary numbers next to them: 0.7 + 0.2 + 0.1 is 1 for a person.
    shares = [Fraction(repr(float(tune))), Fraction(repr(float(holdout)))]
    if sum(shares) > 1:
        raise InputError(
            "the splits are more than all questions",
            found=f"tune: {tune}, holdout: {holdout}, together {float(sum(shares)):g}",
            expected="tune + holdout <= 1",
        )
    quotas = [share * total for share in (*shares, 1 - sum(shares))]
    sizes = [math.floor(quota) for quota in quotas]
    by_remainder = sorted(range(3), key=lambda i: (sizes[i] - quotas[i], i))
    for i in by_remainder[: total - sum(sizes)]:
        sizes[i] += 1
    for name, size in zip(_NAMES[:2], sizes, strict=False):
        if size < 1:
            raise InputError(
                f"the {name} split has no question",
                found=f"{total} questions, tune: {tune}, holdout: {holdout}",
                expected="at least one question on each side: more questions, or other fractions",
            )
    return sizes[0], sizes[1], sizes[2]


def _reunite_repeated(
    questions: Sequence[Question], sides: dict[str, str], fields: Sequence[str]
) -> None:
    """Bring questions of the same text to one side, by exchange within their stratum.

    The side is that of the first of them. Each question brought over sends back one that is
    not repeated, of its own stratum, so that no size changes.
    """
    by_text: defaultdict[str, list[Question]] = defaultdict(list)
    for question in questions:
        by_text[repeated_text(question)].append(question)
    single = {same[0].id for same in by_text.values() if len(same) == 1}
    if len(single) == len(questions):
        return
    exchangeable: defaultdict[tuple[tuple[str, ...], str], list[str]] = defaultdict(list)
    for question in questions:
        if question.id in single:
            exchangeable[stratum(question, fields), sides[question.id]].append(question.id)
    for same in by_text.values():
        home = sides[same[0].id]
        for question in same[1:]:
            side = sides[question.id]
            partners = exchangeable[stratum(question, fields), home]
            if side != home and partners:
                partner = partners.pop()
                sides[question.id], sides[partner] = home, side
                exchangeable[stratum(question, fields), side].append(partner)


def repeated_text(question: Question) -> str:
    """Return what two questions have in common when one repeats the other."""
    return " ".join(question.question.casefold().split())
