"""What holds of every space, tried on random ones: sizes, inverses, uniqueness, stability."""

from __future__ import annotations

import copy
import pickle
import random
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from syftr_like.contracts import ChoiceDomain, Domain, FloatDomain, IntDomain
from syftr_like.errors import InputError
from syftr_like.space import Decision, Space, flow_to_yaml_data, space_from_source
from syftr_like.yaml_source import dump_yaml, load_yaml_text

Data = dict[str, Any]
Draw = st.DrawFn

MANY = 1500


def space_of(data: Data) -> Space:
    return space_from_source(load_yaml_text(dump_yaml(data), "random.yaml"))


@st.composite
def whole_number(draw: Draw, low: int, high: int) -> Any:
    """A literal, a range, a stepped range or a choice."""
    a, b = sorted((draw(st.integers(low, high)), draw(st.integers(low, high))))
    b = min(b, a + 2)
    return draw(
        st.sampled_from(
            [a, {"int": [a, b]}, {"int": [a, b], "step": 2}, {"choose": sorted({a, b})}]
        )
    )


@st.composite
def with_some(draw: Draw, **parameters: st.SearchStrategy[Any]) -> Data:
    """Some of the parameters."""
    return {name: draw(value) for name, value in parameters.items() if draw(st.booleans())}


FLAT_EMBEDDER: st.SearchStrategy[Any] = st.deferred(
    lambda: st.one_of(
        st.just("lsa"),
        with_some(bits=whole_number(1, 5)).map(lambda b: {"hashing": b}),
        A_EMBEDDER.map(lambda inner: {"stacked": {"inner": inner}}),
    )
)
A_EMBEDDER = st.one_of(
    FLAT_EMBEDDER,
    st.lists(
        FLAT_EMBEDDER,
        min_size=1,
        max_size=2,
        unique_by=lambda e: e if e == "lsa" else next(iter(e)),
    ).map(lambda options: {"choose": options}),
)
FUSION = st.sampled_from(
    ["rrf", "weighted", {"choose": ["rrf", "weighted"]}, {"choose": ["first"]}]
)
STEPS = st.sampled_from([0.25, {"float": [0.0, 0.5], "step": 0.25}, {"choose": [0.1, 0.2]}])


@st.composite
def hybrids(draw: Draw) -> Data:
    """Parameters of `hybrid`, those given that may exist."""
    given_ones = draw(with_some(fusion=FUSION, embedder=A_EMBEDDER, k=whole_number(1, 9)))
    fusion = str(given_ones.get("fusion", "rrf"))
    whens = {"weighted": ("bm25_weight", STEPS), "rrf": ("rrf_constant", whole_number(1, 3))}
    for value, (name, strategy) in whens.items():
        if value in fusion and draw(st.booleans()):
            given_ones[name] = draw(strategy)
    return given_ones


TWINS = {"fixed_splitter": "size", "bm25": "k", "dense": "k", "hybrid": "k", "extract": "passages"}
"""Components that may stand twice, kept apart by this parameter (1 to 9 in the first)."""

COMPONENTS: dict[str, st.SearchStrategy[Data]] = {
    "whole": st.just({}),
    "fixed_splitter": with_some(size=whole_number(1, 9), overlap=STEPS),
    "bm25": with_some(k=whole_number(1, 9), b=STEPS),
    "dense": with_some(embedder=A_EMBEDDER, k=whole_number(1, 9)),
    "hybrid": hybrids(),
    "lexical_reranker": with_some(top=whole_number(1, 9)),
    "rewrite": with_some(style=st.sampled_from(["short", {"choose": ["short", "long"]}])),
    "extract": with_some(passages=whole_number(1, 9), abstain_below=STEPS),
    "gated": with_some(detail=whole_number(1, 9)).map(lambda d: {"level": {"choose": [0, 1]}, **d}),
    "abstain": st.just({}),
    "closed_book": st.just({}),
}


@st.composite
def options(draw: Draw, names: Sequence[str], at_least: Sequence[str] = ()) -> list[Any]:
    """Options of a node: some of the components, some of them twice under other names."""
    chosen = [n for n in names if n in at_least or draw(st.booleans())] or [names[0]]
    listed: list[Any] = []
    for name in chosen:
        listed.append({name: draw(COMPONENTS[name])})
        if name in TWINS and draw(st.integers(0, 3)) == 0:
            apart = {TWINS[name]: draw(whole_number(10, 19))}
            listed.append({"as": f"other_{name}", name: {**draw(COMPONENTS[name]), **apart}})
    return draw(st.permutations(listed))


@st.composite
def spaces(draw: Draw) -> Data:
    """The content of a space file."""
    graph: Data = {}
    query = "question"
    if draw(st.booleans()):
        query = "query"
        graph["query"] = {"from": "question", "choose": ["none", *draw(options(["rewrite"]))]}
    splitters = ["whole", "fixed_splitter"]
    retrievers = ["bm25", "dense", "hybrid"]
    graph["chunks"] = {"from": "documents", "choose": draw(options(splitters))}
    hits = draw(options(retrievers))
    if draw(st.booleans()):
        inner: Data = {
            "pieces": {"from": "documents", "choose": draw(options(splitters))},
            "hits": {"from": ["question", "pieces"], "choose": draw(options(retrievers))},
        }
        hits.append({"as": "own", "graph": inner, "output": "hits"})
    graph["passages"] = {"from": [query, "chunks"], "choose": hits}
    found = "passages"
    if draw(st.booleans()):
        found = "context"
        rerankers = draw(options(["lexical_reranker"]))
        if draw(st.booleans()):
            chain: Data = {
                "once": {"from": ["question", "passages"], "choose": ["lexical_reranker"]},
                "twice": {
                    "from": ["question", "once"],
                    "choose": ["none", *draw(options(["lexical_reranker"]))],
                },
            }
            rerankers.append({"as": "chain", "graph": chain, "output": "twice"})
        graph["context"] = {"from": [query, "passages"], "choose": ["none", *rerankers]}
    readers = draw(options(["extract", "gated", "abstain", "closed_book"], ["extract"]))
    graph["answer"] = {"from": [query, found], "choose": readers}
    return {"graph": graph, "output": "answer"}


@st.composite
def loaded(draw: Draw) -> tuple[Data, Space]:
    """A space that is small enough to list."""
    data = draw(spaces())
    space = space_of(data)
    assume(1 < space.cardinality().discrete <= MANY)
    return data, space


def matches(condition: Any, value: Any) -> bool:
    """The meaning of `forbid`, said again without the engine."""
    if isinstance(condition, dict):
        return bool(
            not isinstance(value, str | bool)
            and condition.get("min", value) <= value <= condition.get("max", value)
        )
    return value in condition if isinstance(condition, list) else bool(value == condition)


def forbidden(rules: Sequence[Data], params: Mapping[str, Any]) -> bool:
    return any(
        all(path in params and matches(wanted, params[path]) for path, wanted in rule.items())
        for rule in rules
    )


@st.composite
def condition(draw: Draw, domain: Domain) -> Any:
    values = domain.values() if domain.size != float("inf") else [0.25, 0.5]
    one = st.sampled_from(values)
    if isinstance(domain, ChoiceDomain):
        return draw(st.one_of(one, st.lists(one, min_size=1, max_size=2, unique=True)))
    ends = sorted((draw(one), draw(one)))
    span: Data = {"min": ends[0], "max": ends[1]}
    return draw(st.sampled_from([ends[0], span, {"min": ends[0]}, {"max": ends[1]}]))


@st.composite
def rules_on(draw: Draw, decisions: Sequence[Decision], most: int = 4) -> list[Data]:
    rules: list[Data] = []
    for _ in range(draw(st.integers(1, most))):
        about = draw(
            st.lists(st.sampled_from(decisions), min_size=1, max_size=3, unique_by=lambda d: d.path)
        )
        rules.append({d.path: draw(condition(d.domain)) for d in about})
    return rules


@given(loaded())
@settings(max_examples=40, deadline=None)
def test_every_flow_is_listed_once_and_counted_once(drawn: tuple[Data, Space]) -> None:
    _, space = drawn
    listed = list(space.enumerate())
    keys = {space.decode(params).key for params in listed}
    assert len(listed) == len(keys) == space.cardinality().count
    assert len({tuple(params.items()) for params in listed}) == len(listed)


@given(loaded(), st.data())
@settings(max_examples=40, deadline=None)
def test_forbidden_flows_are_not_counted(drawn: tuple[Data, Space], choice: st.DataObject) -> None:
    data, free = drawn
    everything = list(free.enumerate())
    rules = choice.draw(rules_on(free.decisions()))
    left = [params for params in everything if not forbidden(rules, params)]
    try:
        space = space_of({**data, "forbid": rules})
    except InputError as error:
        if "forbids nothing" in str(error):
            assert any(not any(forbidden([r], p) for p in everything) for r in rules)
        else:
            assert "everything is forbidden" in str(error)  # noqa: PT017
            assert not left
        return
    assert list(space.enumerate()) == left
    assert space.cardinality().count == len(left)
    if left:
        assert not forbidden(rules, space.sample(random.Random(1)))
    for params in everything:
        if forbidden(rules, params):
            with pytest.raises(InputError, match="forbidden"):
                space.decode(params)


@given(loaded(), st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_every_draw_decodes_and_encoding_is_the_inverse(
    drawn: tuple[Data, Space], seed: int
) -> None:
    _, space = drawn
    everything = [tuple(params.items()) for params in space.enumerate()]
    rng = random.Random(seed)
    for _ in range(5):
        params = space.sample(rng)
        assert tuple(params.items()) in everything
        flow = space.decode(params)
        assert list(space.encode(flow).items()) == list(params.items())
        assert space.decode(dict(reversed(params.items()))).key == flow.key


@given(loaded(), st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_a_flow_file_loads_to_the_same_flow(drawn: tuple[Data, Space], seed: int) -> None:
    _, space = drawn
    flow = space.decode(space.sample(random.Random(seed)))
    again = space_of(flow_to_yaml_data(flow, space))
    assert again.cardinality().count == 1
    assert again.decisions() == []
    assert again.decode({}).key == flow.key
    assert space.encode(again.decode({})) == space.encode(flow)


@given(loaded(), st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_the_walk_is_stable(drawn: tuple[Data, Space], seed: int) -> None:
    data, space = drawn
    twin = space_of(copy.deepcopy(data))
    assert twin == space
    assert twin.fingerprint == space.fingerprint
    assert pickle.loads(pickle.dumps(space)) == space  # noqa: S301 - in memory only
    first, second = (s.sample(random.Random(seed)) for s in (space, twin))
    assert list(first.items()) == list(second.items())
    order = [d.path for d in space.decisions()]
    assert [path for path in order if path in first] == list(first)


@given(loaded())
@settings(max_examples=25, deadline=None)
def test_every_decision_is_told_and_occurs(drawn: tuple[Data, Space]) -> None:
    _, space = drawn
    told = {d.path: d for d in space.decisions()}
    asked: dict[str, int] = dict.fromkeys(told, 0)
    listed = list(space.enumerate())
    for params in listed:
        for path, value in params.items():
            asked[path] += 1
            assert value in told[path].domain
    assert all(asked.values())
    for path, times in asked.items():
        assert (told[path].condition == "always") == (times == len(listed)), path


REAL = {"float": [0.0, 1.0]}
FINE = {"float": [0.0, 1.0], "step": 0.125}


@st.composite
def real_space(draw: Draw) -> Data:
    """A space with real numbers, one of which exists only under a condition."""
    retrievers: list[Any] = [
        {"hybrid": {"fusion": {"choose": ["rrf", "weighted"]}, "bm25_weight": REAL}},
        {"bm25": {"b": REAL, "k": {"int": [1, 2]}}},
        "dense",
    ]
    chosen = draw(st.lists(st.sampled_from(retrievers), min_size=1, unique_by=str))
    reader: Data = {"extract": draw(with_some(abstain_below=st.just(REAL)))}
    return {
        "graph": {
            "chunks": {"from": "documents", "choose": ["whole"]},
            "passages": {"from": ["question", "chunks"], "choose": chosen},
            "answer": {"from": ["question", "passages"], "choose": ["abstain", reader]},
        },
        "output": "answer",
    }


def fine(data: Any) -> Any:
    """The same with every real number in steps that are finer than what rules tell apart."""
    if data == REAL:
        return FINE
    if isinstance(data, dict):
        return {key: fine(value) for key, value in data.items()}
    return [fine(item) for item in data] if isinstance(data, list) else data


@given(real_space(), st.data())
@settings(max_examples=60, deadline=None)
def test_real_numbers_are_counted_once_where_any_value_of_them_is_allowed(
    data: Data, choice: st.DataObject
) -> None:
    free = space_of(data)
    rules = choice.draw(rules_on(free.decisions(), most=3))
    real = [d.path for d in free.decisions() if isinstance(d.domain, FloatDomain)]
    left = [p for p in space_of(fine(data)).enumerate() if not forbidden(rules, p)]
    discrete = {tuple((k, v) for k, v in p.items() if k not in real) for p in left}
    try:
        space = space_of({**data, "forbid": rules})
    except InputError as error:
        everything = list(space_of(fine(data)).enumerate())
        if "forbids nothing" in str(error):
            assert any(not any(forbidden([r], p) for p in everything) for r in rules)
        else:
            assert not left, error  # noqa: PT017
        return
    size = space.cardinality()
    occurring = {path for p in left for path in p if path in real}
    assert size.discrete == len(discrete)
    assert set(size.float_parameters) == occurring
    assert (size.count is None) == bool(occurring)
    if size.count is None:
        with pytest.raises(ValueError, match="infinitely many"):
            space.enumerate()
    else:
        assert list(space.enumerate()) == [p for p in left if not occurring & p.keys()]


@given(
    st.integers(-5, 5), st.integers(0, 30), st.integers(1, 6),
    st.integers(-5, 5), st.integers(0, 30), st.integers(1, 6),
)  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_common_values_of_two_grids(a: int, m: int, s: int, b: int, n: int, t: int) -> None:
    from syftr_like.space.overlap import common

    one, other = IntDomain(a, a + m, s), IntDomain(b, b + n, t)
    shared = set(one.values()) & set(other.values())
    assert common(one, other) == len(shared)
    tenth = FloatDomain(a / 10, (a + m) / 10, s / 10), FloatDomain(b / 10, (b + n) / 10, t / 10)
    grids = (set(domain.values()) for domain in tenth)
    assert common(*tenth) == len(set.intersection(*grids))
    real = FloatDomain(b, b + n + 0.5)
    assert common(one, real) == sum(b <= v <= b + n + 0.5 for v in one.values())


@given(st.lists(hybrids(), min_size=2, max_size=2))
@settings(max_examples=60, deadline=None)
def test_overlap_is_found_exactly(pair: list[Data]) -> None:
    def retriever(option: Any) -> Data:
        return {
            "graph": {
                "c": {"from": "documents", "choose": ["whole"]},
                "p": {"from": ["question", "c"], "choose": option},
            },
            "output": "p",
        }

    alone = [space_of(retriever([{"hybrid": one}])) for one in pair]
    assume(all(s.cardinality().discrete <= MANY for s in alone))
    keys = [{s.decode(p).key for p in s.enumerate()} for s in alone]
    both = [{"hybrid": pair[0]}, {"as": "twin", "hybrid": pair[1]}]
    if keys[0] & keys[1]:
        with pytest.raises(InputError, match="can be the same"):
            space_of(retriever(both))
    else:
        assert space_of(retriever(both)).cardinality().count == len(keys[0]) + len(keys[1])


def test_the_random_spaces_are_varied() -> None:
    """Guards the tests above against a generator that has gone stale."""
    seen: set[str] = set()

    @given(loaded())
    @settings(max_examples=60, deadline=None, database=None, derandomize=True)
    def collect(drawn: tuple[Data, Space]) -> None:
        text = str(drawn[0])
        seen.update(w for w in ("own", "chain", "query", "stacked", "gated", "other_") if w in text)

    collect()
    assert seen == {"own", "chain", "query", "stacked", "gated", "other_"}
