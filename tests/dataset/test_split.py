"""The split: exact, disjoint, stratified, and the same whatever the order of the file."""

from __future__ import annotations

import math
import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.contracts import Question
from syftr_like.dataset import Split, split_questions
from syftr_like.errors import InputError


def question(number: int, kind: str | None, answerable: bool, text: str | None = None) -> Question:
    metadata = {} if kind is None else {"type": kind}
    return Question(
        id=f"q{number}",
        question=text or f"What is {number}?",
        answers=("x",) if answerable else (),
        answerable=answerable,
        metadata=metadata,
    )


@st.composite
def question_sets(draw: st.DrawFn) -> list[Question]:
    strata = draw(
        st.lists(
            st.tuples(st.sampled_from([None, "bridge", "comparison", "yes/no"]), st.booleans()),
            min_size=4,
            max_size=120,
        )
    )
    return [question(i, kind, answerable) for i, (kind, answerable) in enumerate(strata)]


FRACTIONS = st.sampled_from([(0.6, 0.4), (0.5, 0.5), (0.5, 0.25), (0.7, 0.3), (0.34, 0.56)])
SEEDS = st.integers(min_value=0, max_value=10_000)


def ids(questions: tuple[Question, ...]) -> list[str]:
    return [q.id for q in questions]


@given(question_sets(), FRACTIONS, SEEDS)
def test_sizes_are_the_fractions_by_largest_remainder_and_the_sides_are_disjoint(
    questions: list[Question], fractions: tuple[float, float], seed: int
) -> None:
    tune, holdout = fractions
    split = split_questions(questions, tune=tune, holdout=holdout, seed=seed)
    for side, fraction in ((split.tune, tune), (split.holdout, holdout)):
        assert abs(len(side) - Fraction(str(fraction)) * len(questions)) < 1
    if tune + holdout == 1:
        assert len(split.tune) + len(split.holdout) == len(questions)
    chosen = ids(split.tune) + ids(split.holdout)
    assert len(set(chosen)) == len(chosen)
    assert set(chosen) <= {q.id for q in questions}


@given(question_sets(), FRACTIONS, SEEDS)
def test_each_stratum_has_its_share_of_each_side(
    questions: list[Question], fractions: tuple[float, float], seed: int
) -> None:
    split = split_questions(questions, tune=fractions[0], holdout=fractions[1], seed=seed)
    # With a part unused, a side is drawn from what the side before it left over: two roundings.
    roundings = 1 if sum(fractions) == 1 else 2
    for key in (_answerability, _stratum):
        whole = Counter(map(key, questions))
        for side in (split.tune, split.holdout):
            part = Counter(map(key, side))
            for stratum, count in whole.items():
                assert abs(part[stratum] - count * len(side) / len(questions)) < roundings


@given(question_sets(), SEEDS)
def test_every_prefix_of_the_order_is_about_stratified(
    questions: list[Question], seed: int
) -> None:
    split = split_questions(questions, tune=0.6, holdout=0.4, seed=seed)
    for side in (split.tune, split.holdout):
        for key, slack in ((_answerability, 1), (_stratum, 3)):
            whole = Counter(map(key, side))
            seen: Counter[object] = Counter()
            for position, asked in enumerate(side, start=1):
                seen[key(asked)] += 1
                for stratum, count in whole.items():
                    assert abs(seen[stratum] - position * count / len(side)) < slack


WORDINGS = st.lists(st.sampled_from(["near", "far"]), min_size=120, max_size=120)


@given(question_sets(), WORDINGS, SEEDS)
def test_more_fields_are_kept_in_their_shares_on_each_side_and_in_every_prefix(
    questions: list[Question], wordings: list[str], seed: int
) -> None:
    worded = [
        replace(q, metadata={**q.metadata, "wording": wording})
        for q, wording in zip(questions, wordings, strict=False)
    ]
    split = split_questions(
        worded, tune=0.6, holdout=0.4, seed=seed, stratify_by=["type", "wording"]
    )
    for key, slack in ((_answerability, 1), (_stratum, 3), (_worded_stratum, 4)):
        whole = Counter(map(key, worded))
        for side in (split.tune, split.holdout):
            seen: Counter[object] = Counter()
            part = Counter(map(key, side))
            for stratum, count in whole.items():
                assert abs(part[stratum] - count * len(side) / len(worded)) < 1
            for position, asked in enumerate(side, start=1):
                seen[key(asked)] += 1
                for stratum, count in part.items():
                    assert abs(seen[stratum] - position * count / len(side)) < slack


def test_without_fields_only_answerability_is_kept_in_its_shares() -> None:
    questions = [question(i, "odd" if i % 2 else "even", i % 5 > 0) for i in range(100)]
    orders = [
        split_questions(questions, tune=0.6, holdout=0.4, seed=seed, stratify_by=fields).tune[:10]
        for fields in ([], ["type"])
        for seed in range(40)
    ]
    odd = [sum(q.metadata["type"] == "odd" for q in order) for order in orders]
    assert max(odd[:40]) > 7, "ten of two equal kinds at random"
    assert set(odd[40:]) <= {4, 5, 6}
    assert {sum(not q.answerable for q in order) for order in orders} <= {1, 2, 3}


@given(question_sets(), SEEDS, st.randoms(use_true_random=False))
def test_the_order_of_the_file_does_not_matter(
    questions: list[Question], seed: int, shuffler: random.Random
) -> None:
    shuffled = list(questions)
    shuffler.shuffle(shuffled)
    first = split_questions(questions, tune=0.6, holdout=0.4, seed=seed)
    again = split_questions(shuffled, tune=0.6, holdout=0.4, seed=seed)
    assert first == again
    assert first.fingerprint == again.fingerprint


def test_another_seed_is_another_split_and_another_order() -> None:
    questions = [question(i, None, True) for i in range(200)]
    splits = [split_questions(questions, tune=0.5, holdout=0.5, seed=seed) for seed in range(20)]
    assert len({frozenset(ids(split.tune)) for split in splits}) == 20
    assert len({split.fingerprint for split in splits}) == 20


def test_each_question_is_as_likely_as_any_other_on_a_side_and_at_a_place() -> None:
    questions = [question(i, "rare" if i == 0 else None, i % 3 > 0) for i in range(32)]
    tuned: Counter[str] = Counter()
    early: Counter[str] = Counter()
    seeds = 600
    for seed in range(seeds):
        split = split_questions(questions, tune=0.25, holdout=0.75, seed=seed)
        tuned.update(ids(split.tune))
        early.update(ids(split.tune)[:2] + ids(split.holdout)[:6])
    # Five standard deviations of a binomial: a fair draw fails once in a million.
    for counts, chance in ((tuned, 1 / 4), (early, 1 / 4)):
        slack = 5 * math.sqrt(seeds * chance * (1 - chance))
        assert all(abs(counts[q.id] - seeds * chance) < slack for q in questions), counts


def test_sides_are_in_random_order_not_in_that_of_ids() -> None:
    split = split_questions(
        [question(i, None, True) for i in range(100)], tune=0.5, holdout=0.5, seed=0
    )
    numbers = [int(q.id[1:]) for q in split.tune]
    rises = sum(a < b for a, b in pairwise(numbers))
    assert 12 < rises < 37


@given(st.integers(0, 200), SEEDS)
def test_repeated_questions_stay_on_one_side(repeats: int, seed: int) -> None:
    questions = [
        question(i, None, i % 2 == 0, text=f"  what IS {i % 200}?" if i >= 400 else None)
        for i in range(400 + repeats)
    ]
    split = split_questions(questions, tune=0.6, holdout=0.4, seed=seed)
    assert _texts(split.tune).isdisjoint(_texts(split.holdout))
    assert len(split.tune) == round(0.6 * len(questions))
    for side in (split.tune, split.holdout):
        answerable = sum(q.answerable for q in side)
        assert abs(answerable - len(side) / 2) < 2


def test_the_split_of_questions_that_are_all_alike_still_has_its_sizes() -> None:
    questions = [question(i, None, True, text="Why?") for i in range(10)]
    split = split_questions(questions, tune=0.6, holdout=0.4, seed=0)
    assert (len(split.tune), len(split.holdout)) == (6, 4)


@pytest.mark.parametrize(
    ("total", "tune", "holdout", "sizes"),
    [
        (10, 0.6, 0.4, (6, 4)),
        (5, 0.5, 0.5, (3, 2)),
        (7, 0.7, 0.3, (5, 2)),
        (10, 0.1, 0.1, (1, 1)),
        (100, 0.55, 0.35, (55, 35)),
        (3, 0.4, 0.4, (1, 1)),
        (1000, 0.7, 0.1, (700, 100)),
    ],
)
def test_sizes(total: int, tune: float, holdout: float, sizes: tuple[int, int]) -> None:
    split = split_questions(
        [question(i, None, True) for i in range(total)], tune=tune, holdout=holdout, seed=3
    )
    assert (len(split.tune), len(split.holdout)) == sizes


@pytest.mark.parametrize(
    ("total", "tune", "holdout", "fragment"),
    [
        (10, 0.7, 0.4, "the splits are more than all questions"),
        (10, 0.0, 0.4, "the tune split must be a fraction above 0 and below 1"),
        (10, 0.5, -0.1, "the holdout split must be a fraction"),
        (10, float("nan"), 0.4, "the tune split must be a fraction"),
        (10, 60, 40, "the tune split must be a fraction"),
        (2, 0.9, 0.1, "the holdout split has no question"),
        (2, 0.1, 0.9, "the tune split has no question"),
        (0, 0.5, 0.5, "the tune split has no question"),
        (1, 0.5, 0.5, "the holdout split has no question"),
    ],
)
def test_impossible_splits_are_refused(
    total: int, tune: float, holdout: float, fragment: str
) -> None:
    with pytest.raises(InputError, match=fragment):
        split_questions(
            [question(i, None, True) for i in range(total)], tune=tune, holdout=holdout, seed=0
        )


def test_decimal_fractions_that_binary_numbers_miss_are_taken_as_written() -> None:
    assert 0.7 + 0.2 + 0.1 != 1.0
    questions = [question(i, None, True) for i in range(10)]
    assert isinstance(split_questions(questions, tune=0.9, holdout=0.1, seed=0), Split)
    split = split_questions(questions, tune=0.3, holdout=0.7, seed=0)
    assert (len(split.tune), len(split.holdout)) == (3, 7)


def _answerability(asked: Question) -> object:
    return asked.answerable


def _stratum(asked: Question) -> tuple[object, ...]:
    return asked.answerable, asked.metadata.get("type")


def _worded_stratum(asked: Question) -> object:
    return *_stratum(asked), asked.metadata["wording"]


def _texts(questions: tuple[Question, ...]) -> set[str]:
    return {" ".join(q.question.lower().split()) for q in questions}
