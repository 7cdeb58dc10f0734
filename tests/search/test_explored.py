"""Walks that keep out of what was proposed."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from syftr_like.contracts.domains import ChoiceDomain, Domain
from syftr_like.search.explored import Explored, step
from syftr_like.search.proposer import Value
from syftr_like.search.unseen import Preference, UnseenWalks, uniform
from syftr_like.space import Space

# k is decided after the reader's threshold, a real number: each threshold forbids on its own.
LATE = """
graph:
  chunks: {from: documents, choose: [whole_document]}
  passages: {from: [question, chunks], choose: [{bm25: {k: {int: [1, 4]}}}]}
  context: {from: [question, passages], choose: [none, {lexical_reranker: {top: {int: [1, 2]}}}]}
  answer:
    from: [question, context]
    choose: [{extractive_reader: {abstain_below: {float: [0.0, 0.5]}}}]
forbid:
  - {context: lexical_reranker, passages.bm25.k: [1, 2, 3, 4]}
output: answer
"""


def always(**wanted: Value) -> Preference:
    """Return a preference for certain values, and for the first of any other domain."""

    def prefer(path: str, domain: Domain, is_open: Callable[[Value], bool]) -> Value:
        if path.rsplit(".", 1)[-1] in wanted:
            return wanted[path.rsplit(".", 1)[-1]]
        assert isinstance(domain, ChoiceDomain) or domain.size < float("inf")
        return domain.values()[0]

    return prefer


def test_a_trail_closes_when_all_that_begins_with_it_was_proposed(small: Space) -> None:
    explored = Explored(small)
    reader = (step("answer", "extractive_reader"),)
    for params in small.enumerate():
        if params.get("answer") == "extractive_reader":
            assert not explored.closed(reader)
            explored.add(params)
    assert explored.closed(reader)
    assert not explored.closed(())
    explored.add({"answer": "abstain"})
    assert explored.closed(())


def test_an_option_that_ends_all_further_decisions_is_spent_once_proposed(small: Space) -> None:
    explored = Explored(small)
    assert explored.spent_options() == set()
    explored.add({"answer": "abstain"})
    assert explored.spent_options() == {step("answer", "abstain")}


def test_an_option_is_not_spent_while_it_is_new_beside_other_decisions(small: Space) -> None:
    # `chunks` is decided last: each of these closes its trail, and says nothing about the next k.
    explored = Explored(small)
    reader = {"answer": "extractive_reader"}
    explored.add({**reader, "passages.bm25.k": 1, "chunks": "whole_document"})
    for n in (2, 3, 4):
        explored.add(
            {
                **reader,
                "passages.bm25.k": 2,
                "chunks": "sentence_splitter",
                "chunks.sentence_splitter.sentences": n,
            }
        )
    assert step("chunks", "whole_document") not in explored.spent_options()


def test_a_number_that_is_used_up_is_replaced_by_the_nearest(small: Space) -> None:
    walks = UnseenWalks(small)
    wanted = always(answer="extractive_reader", k=3, chunks="whole_document")
    seen: set[str] = set()
    drawn = []
    for _ in range(3):
        candidate = walks.draw(wanted, Random(0), seen)
        assert candidate is not None
        drawn.append((candidate.params["passages.bm25.k"], candidate.params["chunks"]))
        walks.observe(candidate.params)
        seen.add(candidate.key)
    assert drawn[0] == (3, "whole_document")
    # The last decision gives way first: with k = 3 there are chunkings left.
    assert drawn[1][0] == drawn[2][0] == 3


def test_what_is_wanted_exactly_or_not_at_all(small: Space) -> None:
    walks = UnseenWalks(small)
    first = walks.draw_exactly(lambda path, domain: "abstain", set())
    assert first is not None
    walks.observe(first.params)
    assert walks.draw_exactly(lambda path, domain: "abstain", {first.key}) is None


def test_forbidden_combinations_are_walked_around(forbidding: Space) -> None:
    walks = UnseenWalks(forbidding)
    candidate = walks.draw(always(abstain_below=0.2, k=2), Random(0), set())
    assert candidate is not None
    assert candidate.params == {"answer.extractive_reader.abstain_below": 0.2, "passages.bm25.k": 1}


@pytest.mark.parametrize("seed", range(5))
def test_a_branch_that_is_forbidden_as_a_whole_is_left(
    make_space: Callable[[str], Space], seed: int
) -> None:
    walks = UnseenWalks(make_space(LATE))
    rng = Random(seed)
    candidate = walks.draw(uniform(rng), rng, set())
    assert candidate is not None
    assert candidate.params["context"] == "none"
