"""Random orders that keep every stratum evenly represented.

A stratum is a class of questions: answerable or not, and within that the question's `type`
where its metadata has one. An order depends on ids and the seed alone, never on the order of
the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from typing import TypeVar

from syftr_like.contracts import Question, fingerprint

T = TypeVar("T")


def stratum(question: Question) -> tuple[str, str]:
    """Return the stratum of a question, as text that can be sorted."""
    kind = question.metadata.get("type")
    return str(question.answerable), "" if kind is None else json.dumps(kind, sort_keys=True)


def stratum_order(questions: Iterable[Question], purpose: str, seed: int) -> list[Question]:
    """Return the questions stratum after stratum, in random order within each.

    The strata themselves come in random order too, those of one answerability together.
    """

    def key(question: Question) -> tuple[str, str, str, str]:
        answerable, kind = stratum(question)
        return (
            answerable,
            fingerprint(purpose, str(seed), "stratum", answerable, kind),
            fingerprint(purpose, str(seed), "question", question.id),
            question.id,
        )

    return sorted(questions, key=key)


def interleaved_order(questions: Iterable[Question], purpose: str, seed: int) -> list[Question]:
    """Return the questions in a random order of which any prefix is about stratified.

    Types are interleaved within each answerability, then the two answerabilities: a prefix of
    length n holds less than one question more or less of each answerability than its share.
    """
    ordered = stratum_order(questions, purpose, seed)
    halves = []
    for answerable, half in groupby(ordered, key=lambda q: stratum(q)[0]):
        kinds = [list(kind) for _, kind in groupby(half, key=stratum)]
        halves.append(_interleave(kinds, purpose, str(seed), answerable))
    return _interleave(halves, purpose, str(seed))


def _interleave(groups: Sequence[Sequence[Question]], *salt: str) -> list[Question]:
    """Merge lists so that each is spread evenly over the whole.

    Item j of a list of n stands at (j + u) / n, where u in [0, 1) is random for each list:
    else the only members of small lists would all stand in the middle.
    """
    places = []
    for group in groups:
        offset = _uniform(fingerprint(*salt, "offset", group[0].id))
        for position, question in enumerate(group):
            places.append(((position + offset) / len(group), question.id, question))
    return [question for _, _, question in sorted(places, key=lambda place: place[:2])]


def evenly_spaced(items: Sequence[T], count: int, salt: str) -> list[bool]:
    """Mark `count` items at even distances, from a random start (systematic sampling).

    Any run of m items has floor or ceiling of m * count / len(items) marks, so that a sequence
    sorted by strata yields a sample that is proportional in each stratum, and in each group of
    neighbouring strata. Madow and Madow, On the theory of systematic sampling, Annals of
    Mathematical Statistics 15 (1944).
    """
    total = len(items)
    # In whole numbers, so that rounding cannot change the count.
    start = int(fingerprint(salt), 16) % total if total else 0
    marks = [(start + position * count) // total for position in range(total + 1)] if total else []
    return [after > before for before, after in pairwise(marks)]


def _uniform(digest: str) -> float:
    return int(digest[:13], 16) / 16**13
