"""Whatever is wrong with a space, the answer is an InputError with a place, never a traceback."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from syftr_like.errors import InputError
from syftr_like.space import Space, flow_to_yaml_data, space_from_source
from syftr_like.yaml_source import dump_yaml, load_yaml_text

GOOD = load_yaml_text(
    """\
models:
  small: {llm: "a:b", price: {input: 0.5}}
  mine: {uses: "acme.rag:Chat", arguments: {n: 3}, timeout: 5.0}
graph:
  query: {from: question, choose: [none, {rewrite: {style: {choose: [short, long]}}}]}
  chunks: {from: documents, choose: [whole, {fixed_splitter: auto}]}
  passages:
    from: [query, chunks]
    choose:
      - {as: less, bm25: {k: {int: [4, 20], step: 2}, b: {float: [0.1, 1], log: true}}}
      - dense: {embedder: {choose: [lsa, {hashing: {bits: {choose: [1, 2]}}}]}}
      - hybrid: {fusion: {choose: [rrf, weighted]}, bm25_weight: 0.3}
      - {as: g, graph: {p: {from: [question, chunks], choose: [{bm25: {k: 2}}]}}, output: p}
      - {as: own, uses: "acme.rag:Searcher", arguments: {k: {int: [1, 3]}, deep: {x: [1]}}}
  answer:
    from: [question, passages]
    choose:
      - llm_answer: {llm: {choose: [small, mine]}, prompt: cot, passages: 3}
      - abstain
output: answer
forbid:
  - {query: rewrite, passages: [less, g]}
  - {passages.less.k: {min: 8, max: 10}, query: none}
""",
    "good.yaml",
).data


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every path in the data."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(data, dict):
        inner = list(data.items())
    elif isinstance(data, list):
        inner = list(enumerate(data))
    return [path, *(p for key, value in inner for p in places(value, (*path, key)))]


PLACES = places(GOOD)[1:]
WORDS = sorted({str(key) for path in PLACES for key in path} | {"none", "auto", "question", "a.b"})
JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 30) | st.floats(-1, 1) | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3)
    ),
    max_leaves=5,
)


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """The good space with one to three values replaced, moved, renamed or removed."""
    data = copy.deepcopy(GOOD)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(places(data)[1:]))
        holder = data
        for part in path[:-1]:
            holder = holder[part]
        how = draw(st.sampled_from(["replace", "copy", "rename", "remove"]))
        if how == "replace":
            holder[path[-1]] = draw(JUNK)
        elif how == "copy":
            source: Any = GOOD
            for part in draw(st.sampled_from(PLACES)):
                source = source[part]
            holder[path[-1]] = copy.deepcopy(source)
        elif how == "rename" and isinstance(holder, dict):
            holder[draw(st.sampled_from(WORDS))] = holder.pop(path[-1])
        else:
            del holder[path[-1]]
        if len(places(data)) < 2:
            break
    return data


@given(damaged())
@settings(max_examples=120, deadline=None)
def test_a_damaged_space_loads_or_is_explained(data: Any) -> None:
    source = load_yaml_text(dump_yaml(data), "damaged.yaml")
    try:
        space = space_from_source(source, allow_imports=["acme"])
    except InputError as error:
        assert error.location is not None, error  # noqa: PT017
        assert error.location.line is not None, error  # noqa: PT017
        return
    assert space.cardinality().discrete >= 1
    assert str(space.decisions())


def test_the_good_space_is_good(load: Callable[[str], Space]) -> None:
    space = load(dump_yaml(GOOD))
    assert space.cardinality().count is None
    params = {"answer": "abstain"}
    again = load(dump_yaml(flow_to_yaml_data(space.decode(params), space)))
    assert again.decode({}).key == space.decode(params).key
