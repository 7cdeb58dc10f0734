"""Grid search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from syftr_like.errors import InputError
from syftr_like.search import Feedback, Proposer
from syftr_like.space import Space

LARGE = """
graph:
  chunks: {from: documents, choose: [{sentence_splitter: {sentences: {int: [1, 50]}}}]}
  passages: {from: [question, chunks], choose: [{bm25: {k: {int: [1, 100]}}}]}
  answer:
    from: [question, passages]
    choose: [{extractive_reader: {abstain_below: {float: [0.0, 0.5], step: 0.01}}}]
output: answer
"""


def test_it_lists_every_flow_of_the_space(make: Callable[..., Proposer], small: Space) -> None:
    proposer = make("grid", small)
    keys = {p.key for p in iter(proposer.ask, None)}
    assert keys == {small.decode(params).key for params in small.enumerate()}


def test_what_it_is_told_makes_no_difference(make: Callable[..., Proposer], small: Space) -> None:
    told, untold = make("grid", small), make("grid", small)
    for number in range(13):
        assert told.ask() == untold.ask()
        told.tell(number, Feedback((float(number), 0.0), (-1.0,)))


def test_cut_short_it_has_seen_all_of_the_space_evenly(
    make: Callable[..., Proposer], small: Space
) -> None:
    # In the space's own order, the first four flows would all have k = 1 or abstain.
    first: Counter[object] = Counter()
    for seed in range(300):
        proposer = make("grid", small, seed=seed)
        for _ in range(4):
            proposal = proposer.ask()
            assert proposal is not None
            first[proposal.params.get("passages.bm25.k")] += 1
    assert all(first[k] / 1200 == pytest.approx(4 / 13, abs=0.05) for k in (1, 2, 3))
    assert first[None] / 1200 == pytest.approx(1 / 13, abs=0.03)


def test_an_infinite_space_is_refused_with_a_way_out(
    make: Callable[..., Proposer], conditional: Space
) -> None:
    with pytest.raises(InputError) as error:
        make("grid", conditional)
    assert str(error.value) == (
        "method 'grid' needs a finite space, and space.yaml holds infinitely many flows "
        "(577,152,577 without counting 1 real-valued parameter)\n"
        "  found:    real numbers without a step: passages.hybrid.bm25_weight\n"
        "  expected: a step for each of them, as in {float: [0.1, 0.9], step: 0.2}, "
        "or method 'tpe' or 'random'"
    )


def test_a_space_too_large_is_refused_with_the_decisions_to_blame(
    make: Callable[..., Proposer], make_space: Callable[[str], Space]
) -> None:
    with pytest.raises(InputError) as error:
        make("grid", make_space(LARGE))
    assert error.value.problem == (
        "method 'grid' goes through at most 100,000 flows, and space.yaml holds 255,000 flows"
    )
    assert error.value.found == (
        "the parameters with the most values: passages.bm25.k (100), "
        "answer.extractive_reader.abstain_below (51), chunks.sentence_splitter.sentences (50)"
    )
