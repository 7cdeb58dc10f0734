"""Random orders that keep every stratum evenly represented.

A stratum is a class of questions: answerable or not, and within that by fields of their metadata
that say what kind they are. An order depends on ids and the seed alone, never on the order of
the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from typing import TypeVar

from syftr_like.contracts import Question, fingerprint

T = TypeVar("T")

STRATIFY_BY = ("type",)
"""The fields of the metadata that tell kinds of questions apart, where nothing else is said."""


def stratum(question: Question, fields: Sequence[str] = STRATIFY_BY) -> tuple[str, ...]:
    """Return the stratum of a question, as texts that can be sorted: answerability, then fields."""
    values = [question.metadata.get(field) for field in fields]
    return (
        str(question.answerable),
        *("" if value is None else json.dumps(value, sort_keys=True) for value in values),
    )


def stratum_order(
    questions: Iterable[Question],
    purpose: str,
    seed: int,
    fields: Sequence[str] = STRATIFY_BY,
) -> list[Question]:
    """Return the questions stratum after stratum, in random order within each.

    The strata themselves come in random order too, those that agree in the first fields together.
    """

    def key(question: Question) -> tuple[str, ...]:
        answerable, *kinds = stratum(question, fields)
        return (
            answerable,
            *(
                fingerprint(purpose, str(seed), "stratum", answerable, *kinds[: depth + 1])
                for depth in range(len(kinds))
            ),
            fingerprint(purpose, str(seed), "question", question.id),
            question.id,
        )

    return sorted(questions, key=key)


def interleaved_order(
    questions: Iterable[Question],
    purpose: str,
    seed: int,
    fields: Sequence[str] = STRATIFY_BY,
) -> list[Question]:
    """Return the questions in a random order of which any prefix is about stratified.

    Classes by the last field are interleaved within each class by those before it, and so on up
    to the two answerabilities: a prefix of length n holds less than one question more or less of
    each answerability than its share.
    """

    def spread(group: Sequence[Question], above: tuple[str, ...]) -> Sequence[Question]:
        depth = len(above)
        if depth > len(fields):
            return group
        classes = [
            spread(list(members), (*above, value))
            for value, members in groupby(group, key=lambda q: stratum(q, fields)[depth])
        ]
        return _interleave(classes, purpose, str(seed), *above)

    return list(spread(stratum_order(questions, purpose, seed, fields), ()))


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
