"""What a node found for a question is found again, at the time and price of the first."""

from __future__ import annotations

import asyncio
import dataclasses
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.cache import Cache, Entry, open_cache
from syftr_like.contracts import (
    Answer,
    BudgetExhaustedError,
    Chunk,
    ComponentParameters,
    Document,
    Documents,
    Outcome,
    Passage,
    Query,
    QueryTransform,
    Reader,
    Retriever,
    parameter,
    record_model_call,
)
from syftr_like.contracts.formats import json_file, json_value
from syftr_like.contracts.registry import component_class
from syftr_like.flow import IndexCost, IndexStore, Limits, PreparedFlow, build_flow
from syftr_like.flow.codec import json_of_value, value_of
from syftr_like.space import FlowConfig

from .conftest import Catalogue
from .parts import PaidBase, burn, call, flow_config

QUESTIONS = ("What do otters eat?", "Who has five teeth?", "Nothing known: xyzzy", "Kelp?")


class Counting(Reader):
    """A reader that pays, takes a moment, and counts how often it is asked."""

    name = "counting"
    asked: list[str]

    class Parameters(ComponentParameters):
        loud: bool = parameter(False, "Whether it answers in capitals.")

    def read(self, question: Query, passages: Sequence[Passage]) -> Answer:
        type(self).asked.append(question.text)
        record_model_call(call("reader", 0.5))
        burn(0.002)
        text = " ".join(p.text for p in passages)
        if not passages:
            return Answer("", abstained=True)
        return Answer(text.upper() if self.parameters.loud else text, confidence=1 / 3)


@pytest.fixture
def asked(catalogue: Catalogue) -> list[str]:
    """The questions that the counting reader was asked."""
    counted: list[str] = []
    catalogue["counting"] = type("Counting", (Counting,), {"asked": counted})
    return counted


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return open_cache(str(tmp_path / "cache"))


def rag(
    retriever: str = "hybrid", *, reader: str = "counting", louder: str = "", **cut: Any
) -> Any:
    asks = "louder" if louder else "question"
    nodes: dict[str, Any] = {"louder": (louder, {"question": "question"})} if louder else {}
    return flow_config(
        "answer",
        **nodes,
        chunks=(cut.pop("splitter", "whole_document"), {"documents": "documents"}, cut),
        passages=(retriever, {"question": asks, "chunks": "chunks"}),
        answer=(reader, {"question": "question", "passages": "passages"}),
    )


Run = Callable[..., list[Outcome]]


@pytest.fixture
def index_costs() -> list[IndexCost]:
    """What the index-time work of each flow that was run has cost."""
    return []


@pytest.fixture
def run(
    documents: Documents, catalogue: Catalogue, cache: Cache, index_costs: list[IndexCost]
) -> Run:
    """Prepare a flow in a worker of its own, run it on the questions, end the step."""

    def run(
        config: FlowConfig,
        questions: Sequence[str] = QUESTIONS,
        documents: Documents = documents,
        timeout: float = 60.0,
    ) -> list[Outcome]:
        store = IndexStore(cache=cache)
        flow = PreparedFlow(build_flow(config), documents, store, Limits(timeout), results=cache)

        async def all_of_them() -> list[Outcome]:
            return [await flow.run(f"q{n}", text) for n, text in enumerate(questions)]

        outcomes = asyncio.run(all_of_them())
        flow.flush_results()
        index_costs.append(flow.index_cost)
        return outcomes

    return run


def original(outcome: Outcome) -> Outcome:
    """An outcome without the marks that say what was replayed, and without our own waiting."""
    nodes = tuple(
        dataclasses.replace(
            node, cached=False, waited_seconds=0.0,
            model_calls=tuple(dataclasses.replace(c, cached=False) for c in node.model_calls),
        )
        for node in outcome.nodes
    )  # fmt: skip
    return dataclasses.replace(outcome, nodes=nodes)


class TestTheSameFlowAgain:
    @pytest.mark.parametrize("retriever", ["bm25", "dense", "hybrid", "paying_itself"])
    def test_runs_nothing_and_has_the_same_outcomes(
        self, run: Run, asked: list[str], index_costs: list[IndexCost], retriever: str
    ) -> None:
        cold = run(rag(retriever, louder="upper"))
        assert asked == list(QUESTIONS)
        warm = run(rag(retriever, louder="upper"))
        assert asked == list(QUESTIONS), "nobody was asked again"
        assert [original(o) for o in warm] == [original(o) for o in cold]
        assert all(node.cached and not node.waited_seconds for o in warm for node in o.nodes)
        assert all(c.cached for o in warm for node in o.nodes for c in node.model_calls)
        assert [o.cache_hits for o in warm] == [3] * len(QUESTIONS)
        assert sum(o.paid_usd for o in cold) == 0.5 * len(QUESTIONS)
        assert sum(o.paid_usd for o in warm) == 0
        cold_index, warm_index = index_costs
        assert warm_index.seconds == pytest.approx(cold_index.seconds, rel=1e-12)
        assert warm_index.cpu_seconds == pytest.approx(cold_index.cpu_seconds, rel=1e-12)

    def test_a_later_step_runs_what_is_new(self, run: Run, asked: list[str]) -> None:
        run(rag(), QUESTIONS[:2])
        run(rag(), QUESTIONS)
        run(rag(), QUESTIONS)
        assert asked == list(QUESTIONS)

    def test_in_another_process(self, documents: Documents, run: Run, tmp_path: Path) -> None:
        cold = run(rag("bm25", reader="extractive_reader"))
        script = f"""
import asyncio
from syftr_like.cache import open_cache
from syftr_like.contracts import Document, Documents
from syftr_like.flow import IndexCost, IndexStore, PreparedFlow, build_flow
from syftr_like.space.flow_config import ComponentConfig as C, FlowConfig, NodeConfig as N
documents = Documents(Document(*row) for row in {[(d.id, d.title, d.text) for d in documents]!r})
config = FlowConfig((
    N("chunks", {{"documents": "documents"}}, C("whole_document", "whole_document")),
    N("passages", {{"question": "question", "chunks": "chunks"}}, C("bm25", "bm25")),
    N("answer", {{"question": "question", "passages": "passages"}},
      C("extractive_reader", "extractive_reader")),
), "answer")
cache = open_cache({str(tmp_path / "cache")!r})
flow = PreparedFlow(build_flow(config), documents, IndexStore(cache=cache), results=cache)
for question in {QUESTIONS!r}:
    outcome = asyncio.run(flow.run("q", question))
    print(repr((outcome.answer, outcome.latency_s, outcome.cpu_s, outcome.cache_hits)))
"""
        found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
        expected = [repr((o.answer, o.latency_s, o.cpu_s, 2)) for o in cold]
        assert found.stdout.splitlines() == expected, found.stderr


class TestSharing:
    def test_flows_share_the_nodes_of_a_common_beginning(self, run: Run, asked: list[str]) -> None:
        run(rag())
        (outcome,) = run(rag(reader="echo"), QUESTIONS[:1])
        assert [node.cached for node in outcome.nodes] == [True, False]

    def test_nodes_of_other_names_share_too(self, run: Run, asked: list[str]) -> None:
        run(rag())
        renamed = flow_config(
            "reply",
            pieces=("whole_document", {"documents": "documents"}),
            found=("hybrid", {"question": "question", "chunks": "pieces"}),
            reply=("counting", {"question": "question", "passages": "found"}),
        )
        (outcome,) = run(renamed, QUESTIONS[:1])
        assert [(node.node, node.cached) for node in outcome.nodes] == [
            ("found", True),
            ("reply", True),
        ]


class TestMisses:
    def test_another_parameter_document_or_question(
        self, run: Run, asked: list[str], documents: Documents
    ) -> None:
        run(rag())
        loud = flow_config(
            "answer",
            chunks=("whole_document", {"documents": "documents"}),
            passages=("hybrid", {"question": "question", "chunks": "chunks"}),
            answer=("counting", {"question": "question", "passages": "passages"}, {"loud": True}),
        )
        assert [n.cached for n in run(loud)[0].nodes] == [True, False]
        assert [n.cached for n in run(rag(louder="upper"))[0].nodes] == [False, False, False]
        cut = rag(splitter="sentence_splitter", sentences=1)
        assert [n.cached for n in run(cut)[0].nodes] == [False, False]
        more = Documents([*documents, Document("d", "", "Kelp.")])
        assert [n.cached for n in run(rag(), documents=more)[0].nodes] == [False, False]
        assert [n.cached for n in run(rag(), ["Kelp? "])[0].nodes] == [False, False]

    def test_another_version_of_a_component(
        self, run: Run, asked: list[str], catalogue: Catalogue
    ) -> None:
        run(rag())
        newer = type("Newer", (component_class("hybrid"),), {"version": 99})
        catalogue["hybrid"] = newer
        assert [n.cached for n in run(rag())[0].nodes] == [False, False]

    def test_another_version_of_an_index(
        self, run: Run, asked: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run(rag("paying"))
        monkeypatch.setattr(PaidBase, "version", 2)
        assert [n.cached for n in run(rag("paying"))[0].nodes] == [False, False]

    def test_what_must_not_be_cached_and_all_that_follows_it(
        self, run: Run, asked: list[str], catalogue: Catalogue
    ) -> None:
        catalogue["hourly"] = type(
            "Hourly", (QueryTransform,),
            {"name": "hourly", "cacheable": False, "transform": lambda self, q: Query(q.text)},
        )  # fmt: skip
        for _ in range(2):
            outcomes = run(rag(louder="hourly"))
            assert not any(node.cached for o in outcomes for node in o.nodes)

    def test_values_without_a_form(self, run: Run, asked: list[str], catalogue: Catalogue) -> None:
        class Rich(Chunk):
            pass

        class Finding(Retriever):
            name = "finding"

            def index(self, chunks: Any, indexes: Any) -> None:
                return None

            def retrieve(self, question: Query, index: Any) -> Sequence[Passage]:
                return [Passage(Rich("d", 0, 1, "x"), 1.0)]

        catalogue["finding"] = Finding
        for _ in range(2):
            (outcome,) = run(rag("finding"), ["Who?"])
            assert outcome.error is None
            assert not outcome.nodes[0].cached


class TestFailures:
    def test_they_are_tried_again(self, run: Run, asked: list[str], catalogue: Catalogue) -> None:
        broken = [True]

        class Shaky(Counting):
            name = "shaky"

            def read(self, question: Query, passages: Sequence[Passage]) -> Answer:
                if broken[0]:
                    raise OSError("the provider is away")
                return super().read(question, passages)

        catalogue["shaky"] = type("Shaky", (Shaky,), {"asked": asked})
        (failed,) = run(rag(reader="shaky"), ["Kelp?"])
        assert failed.failed
        broken[0] = False
        (mended,) = run(rag(reader="shaky"), ["Kelp?"])
        assert not mended.failed
        assert [n.cached for n in mended.nodes] == [True, False]

    def test_a_replayed_node_counts_against_the_timeout(self, run: Run, asked: list[str]) -> None:
        (cold,) = run(rag(), ["Kelp?"])
        (warm,) = run(rag(), ["Kelp?"], timeout=cold.latency_s / 2)
        assert warm.error is not None
        assert warm.error.startswith("timeout in node")
        assert warm.latency_s == cold.latency_s / 2
        assert len(asked) == 1

    def test_an_answer_given_without_a_refused_call_is_not_kept(
        self, run: Run, asked: list[str], catalogue: Catalogue
    ) -> None:
        from syftr_like.contracts import metering

        class Refused(Counting):
            name = "refused"

            def read(self, question: Query, passages: Sequence[Passage]) -> Answer:
                meter = metering._current.get()
                assert meter is not None
                meter.refused = "the budget has no room"
                return super().read(question, passages)

        catalogue["refused"] = type("Refused", (Refused,), {"asked": asked})
        for _ in range(2):
            with pytest.raises(BudgetExhaustedError, match="no room"):
                run(rag(reader="refused"), ["Kelp?"])
        assert len(asked) == 2


def test_an_entry_of_another_form_is_none(run: Run, asked: list[str], cache: Cache) -> None:
    cold = run(rag())
    for key in cache.keys("results"):
        cache.remove("results", key)
        cache.put("results", key, Entry({"prepared": None}, {}))
    assert [o.answer for o in run(rag())] == [o.answer for o in cold]
    assert len(asked) == 2 * len(QUESTIONS)
    run(rag())
    assert len(asked) == 2 * len(QUESTIONS), "it was replaced"


def test_the_results_of_a_step_are_one_file_per_node(
    run: Run, asked: list[str], cache: Cache
) -> None:
    run(rag())
    assert len(cache.keys("results")) == 2
    run(rag())
    assert len(cache.keys("results")) == 2, "nothing new"
    for key in cache.keys("results"):
        entry = cache.get("results", key)
        assert entry is not None
        assert b"urchins" not in b"".join(entry.files.values())


def test_without_a_cache_every_node_runs_each_time(documents: Documents, asked: list[str]) -> None:
    flow = PreparedFlow(build_flow(rag()), documents, IndexStore())
    for _ in range(2):
        assert not any(n.cached for n in asyncio.run(flow.run("q", "Kelp?")).nodes)
    flow.flush_results()
    assert len(asked) == 2


chunks = st.builds(Chunk, st.text(), st.integers(), st.integers(), st.text())
values = st.one_of(
    st.builds(Query, st.text()),
    st.builds(Answer, st.text(), st.booleans(), st.none() | st.floats(allow_nan=False)),
    st.lists(st.builds(Passage, chunks, st.floats(allow_nan=False))).map(tuple),
)


@given(values, st.lists(chunks))
def test_any_value_comes_back_as_it_was(value: Any, known: list[Chunk]) -> None:
    passages = value if isinstance(value, tuple) else ()
    texts = {(c.document, c.start, c.end): c.text for c in [*known, *(p.chunk for p in passages)]}
    told = json_value(json_file(json_of_value(value, texts)))
    assert value_of(told, texts) == value
