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

# Reranking is forbidden with every chunking, and the walk finds that out late: behind a real
# number, of which each value is a branch of its own.
LATE = """
graph:
  chunks: {from: documents, choose: [whole_document, {sentence_splitter: {sentences: 3}}]}
  passages:
    from: [question, chunks]
    choose: [{hybrid: {fusion: weighted, bm25_weight: {float: [0.1, 0.9]}, k: 4}}]
  context: {from: [question, passages], choose: [none, {lexical_reranker: {top: 2}}]}
  answer: {from: [question, context], choose: [extractive_reader]}
forbid:
  - {context: lexical_reranker, chunks: [whole_document, sentence_splitter]}
output: answer
"""

NUMBER = """
graph:
  chunks: {from: documents, choose: [whole_document]}
  passages: {from: [question, chunks], choose: [{bm25: {k: {int: [1, 9]}}}]}
  answer: {from: [question, passages], choose: [extractive_reader]}
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


def draws(walks: UnseenWalks, wanted: Preference, count: int) -> list[dict[str, Value]]:
    seen: set[str] = set()
    drawn = []
    for i in range(count):
        candidate = walks.draw(wanted, Random(i), seen)
        assert candidate is not None
        drawn.append(candidate.params)
        walks.observe(candidate.params)
        seen.add(candidate.key)
    return drawn


def test_a_number_that_is_used_up_is_replaced_by_the_nearest(
    make_space: Callable[[str], Space],
) -> None:
    drawn = draws(UnseenWalks(make_space(NUMBER)), always(k=5), 9)
    assert [abs(int(str(p["passages.bm25.k"])) - 5) for p in drawn] == [0, 1, 1, 2, 2, 3, 3, 4, 4]


def test_the_last_decisions_give_way_first(small: Space) -> None:
    wanted = always(answer="extractive_reader", k=3, chunks="whole_document")
    drawn = draws(UnseenWalks(small), wanted, 5)
    assert drawn[0]["chunks"] == "whole_document"
    # With k = 3 there are four chunkings.
    assert [p["passages.bm25.k"] for p in drawn] == [3, 3, 3, 3, 2]


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
