"""Holding decisions: a smaller space that holds exactly the flows with what is held."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syftr_like.space import HoldError, Space, space_from_source
from syftr_like.yaml_source import load_yaml_text

TEXT = """\
graph:
  chunks: {from: documents, choose: [whole, {fixed_splitter: {size: {int: [10, 30], step: 10}}}]}
  passages:
    from: [question, chunks]
    choose:
      - bm25: {k: {int: [2, 4]}}
      - dense: {embedder: {choose: [lsa, hashing]}, k: {choose: [1, 3]}}
  answer:
    from: [question, passages]
    choose: [extract, {extract: {passages: {int: [1, 2]}}, as: few}, closed_book]
output: answer
forbid:
  - {chunks: whole, passages: dense}
  - {passages.bm25.k: {min: 4}, answer: few}
"""


def space(text: str = TEXT) -> Space:
    return space_from_source(load_yaml_text(text, "space.yaml"))


def keys(of: Space) -> set[str]:
    return {of.decode(params).key for params in of.enumerate()}


def matching(hold: dict[str, object]) -> set[str]:
    """The flows of the whole space which have what is held, where they have the decision."""
    whole = space()
    found = set()
    for params in whole.enumerate():
        lists = {p: v if isinstance(v, list) else [v] for p, v in hold.items()}
        if all(params.get(path, values[0]) in values for path, values in lists.items()):
            found.add(whole.decode(params).key)
    return found


@pytest.mark.parametrize(
    "hold",
    [
        {},
        {"passages": "bm25"},
        {"passages": "dense", "passages.dense.embedder": "hashing"},
        {"passages.bm25.k": 3},
        {"passages.bm25.k": [2, 4]},
        {"chunks": ["fixed_splitter"], "chunks.fixed_splitter.size": [10, 30]},
        {"answer": ["few", "extract"]},
        {"answer": "few", "passages": "bm25"},
        {"answer": "closed_book"},
    ],
)
def test_what_is_left_are_the_flows_with_what_is_held(hold: dict[str, object]) -> None:
    smaller = space().holding(hold)
    assert keys(smaller) == matching(hold)
    assert smaller.cardinality().count == len(keys(smaller))


def test_what_is_held_is_no_decision_and_the_others_keep_their_paths() -> None:
    smaller = space().holding({"passages": "bm25", "passages.bm25.k": 3})
    paths = [decision.path for decision in smaller.decisions()]
    assert paths == ["answer", "answer.few.passages", "chunks", "chunks.fixed_splitter.size"]


def test_a_flow_keeps_its_key() -> None:
    params = {"answer": "extract", "passages": "bm25", "passages.bm25.k": 3, "chunks": "whole"}
    smaller = space().holding({"passages": "bm25", "passages.bm25.k": 3})
    left = {"answer": "extract", "chunks": "whole"}
    assert smaller.decode(left).key == space().decode(params).key
    assert smaller.encode(space().decode(params)) == left


def test_holding_changes_what_the_space_is_and_nothing_else_does() -> None:
    assert space().holding({}).fingerprint == space().fingerprint
    assert space().holding({"passages": "bm25"}).fingerprint != space().fingerprint


@pytest.mark.parametrize(
    ("hold", "path", "told"),
    [
        ({"passage": "bm25"}, "passage", "did you mean 'passages'"),
        ({"passages": "bm52"}, "passages", "did you mean 'bm25'"),
        ({"passages.bm25.k": 9}, "passages.bm25.k", "a whole number from 2 to 4"),
        ({"passages": []}, "passages", "nothing is left"),
        ({"passages": "bm25", "passages.dense.k": 1}, "passages.dense.k", "never comes up"),
        ({"answer": "closed_book", "passages": "bm25"}, "passages", "never comes up"),
        ({"chunks": "whole", "passages": "dense"}, "chunks", "forbid"),
        ({"passages.bm25.k": 4, "passages": "bm25", "answer": "few"}, "passages.bm25.k", "forbid"),
    ],
)
def test_mistakes(hold: dict[str, object], path: str, told: str) -> None:
    with pytest.raises(HoldError) as caught:
        space().holding(hold)  # type: ignore[arg-type]
    assert caught.value.path == path
    assert told in str(caught.value)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.data())
def test_a_sampled_flow_is_in_every_space_that_holds_parts_of_it(
    seed: int, data: st.DataObject
) -> None:
    whole = space()
    params = whole.sample(random.Random(seed))
    parts = data.draw(st.sets(st.sampled_from(sorted(params))))
    smaller = whole.holding({path: params[path] for path in parts})
    left = smaller.encode(whole.decode(params))
    assert not parts & left.keys()
    assert smaller.decode(left).key == whole.decode(params).key
