"""What is done once, what is shared between flows, and what it is reported to cost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping

import pytest

from syftr_like.contracts import Chunks, record_model_call
from syftr_like.contracts.registry import component_class
from syftr_like.errors import ComponentError
from syftr_like.flow import IndexCost, IndexingError, IndexStore, PreparedFlow, build_flow
from syftr_like.space import FlowConfig

from .conftest import Catalogue
from .parts import PaidBase, call, flow_config

Prepare = Callable[..., PreparedFlow]


def rag(
    retriever: str = "bm25",
    splitter: str = "whole_document",
    cut: Mapping[str, int] | None = None,
    **k: int,
) -> FlowConfig:
    return flow_config(
        "answer",
        chunks=(splitter, {"documents": "documents"}, cut or {}),
        passages=(retriever, {"question": "question", "chunks": "chunks"}, k),
        answer=("echo", {"question": "question", "passages": "passages"}),
    )


class TestReachability:
    def test_what_the_question_reaches_is_done_for_each_question(
        self, catalogue: Catalogue
    ) -> None:
        flow = build_flow(
            flow_config(
                "answer",
                chunks=("whole_document", {"documents": "documents"}),
                louder=("upper", {"question": "question"}),
                passages=("bm25", {"question": "louder", "chunks": "chunks"}),
                answer=("echo", {"question": "question", "passages": "passages"}),
            )
        )
        assert {name: node.index_time for name, node in flow.nodes.items()} == {
            "chunks": True,
            "louder": False,
            "passages": False,
            "answer": False,
        }
        assert flow.generations["answer"] == (("louder",), ("passages",), ("answer",))

    def test_nodes_may_be_written_in_any_order(self, catalogue: Catalogue) -> None:
        written = rag()
        backwards = FlowConfig(nodes=written.nodes[::-1], output="answer")
        assert build_flow(backwards).generations == build_flow(written).generations
        assert list(build_flow(backwards).nodes) == ["chunks", "passages", "answer"]

    def test_an_output_that_no_question_reaches_takes_no_time(self, prepare: Prepare) -> None:
        flow = prepare(flow_config("answer", answer=("from_documents", {"documents": "documents"})))
        outcome = asyncio.run(flow.run("q", "How many?"))
        assert outcome.error is None
        assert outcome.answer is not None
        assert outcome.answer.text == "3 documents"
        assert outcome.latency_s == 0
        assert outcome.nodes == ()


class TestSharing:
    def test_two_flows_with_the_same_chunks_and_recipe_share_one_index(
        self, prepare: Prepare
    ) -> None:
        store = IndexStore()
        prepare(rag(k=1), store)
        assert store.builds == 2, "the chunks, and the words in them"
        prepare(rag(k=2), store)
        assert store.builds == 2
        prepare(rag(splitter="sentence_splitter", cut={"sentences": 1}, k=2), store)
        assert store.builds == 4

    def test_equal_chunks_share_an_index_whoever_cut_them(
        self, prepare: Prepare, catalogue: Catalogue
    ) -> None:
        whole = component_class("whole_document")
        catalogue["other"] = type("Other", (whole,), {"name": "other"})
        store = IndexStore()
        prepare(rag(k=1), store)
        prepare(rag(splitter="other", k=1), store)
        assert store.builds == 3, "two splits, one index"

    def test_a_hit_replays_the_original_cost(self, prepare: Prepare) -> None:
        store = IndexStore()
        first = prepare(rag("paying"), store).index_cost
        second = prepare(rag("paying"), store).index_cost
        assert sorted(c.model for c in first.model_calls) == ["base", "top"]
        assert first.usd(0) == second.usd(0) == 1.5
        assert min(first.seconds, second.seconds) >= 0.05, "both builds slept that long"
        assert store.paid_usd == 1.5, "while it was paid for once"

    def test_what_two_indexes_are_made_from_counts_once_in_a_flow(self, prepare: Prepare) -> None:
        """`paying` asks for the base itself, and for the top that is made from it."""
        calls = prepare(rag("paying")).index_cost.model_calls
        assert [c.model for c in calls].count("base") == 1

    def test_a_part_that_another_flow_built_counts_too(self, prepare: Prepare) -> None:
        store = IndexStore()
        assert prepare(rag("paying_for_base"), store).index_cost.usd(0) == 1.0
        for _ in range(2):
            assert prepare(rag("paying_for_top"), store).index_cost.usd(0) == 1.5
        assert store.paid_usd == 1.5

    def test_time_inside_a_build_is_not_counted_twice(self, prepare: Prepare) -> None:
        started = time.perf_counter()
        cost = prepare(rag("paying")).index_cost
        assert cost.seconds <= time.perf_counter() - started

    def test_compute_is_part_of_the_cost(self) -> None:
        cost = IndexCost(seconds=9.0, cpu_seconds=2.0, model_calls=(call(usd=0.5),))
        assert cost.usd(usd_per_cpu_second=0.1) == pytest.approx(0.7)

    def test_a_result_that_was_dropped_is_made_again(self, prepare: Prepare) -> None:
        store = IndexStore(capacity=1)
        assert prepare(rag("paying"), store).index_cost.usd(0) >= 1.5
        builds = store.builds
        assert prepare(rag("paying"), store).index_cost.usd(0) == 1.5
        assert store.builds > builds


class TestOneFlowsOwnWork:
    def test_it_is_counted_and_paid_for_each_time(self, prepare: Prepare) -> None:
        store = IndexStore()
        for _ in range(2):
            assert prepare(rag("paying_itself"), store).index_cost.usd(0) == 2.0
        assert store.paid_usd == 4.0


class TestFailures:
    def test_a_failed_index_says_where_and_what_it_cost(self, prepare: Prepare) -> None:
        store = IndexStore()
        with pytest.raises(IndexingError) as caught:
            prepare(rag("failing_index"), store)
        assert isinstance(caught.value, ComponentError)
        assert str(caught.value) == (
            "while indexing: ValueError in node 'passages' (failing_index): the index is broken"
        )
        assert isinstance(caught.value.__cause__, ValueError)
        assert caught.value.cost.usd(0) == 3.5
        assert store.paid_usd == 3.5

    def test_money_spent_inside_a_build_that_fails_is_not_forgotten(
        self, prepare: Prepare, catalogue: Catalogue
    ) -> None:
        class Fragile(catalogue["paying"]):  # type: ignore[misc]
            name = "fragile"

            def index(self, chunks, indexes):  # type: ignore[no-untyped-def]
                def build() -> None:
                    indexes.get(PaidBase(), chunks)
                    record_model_call(call("lost", 4.0))
                    raise OSError("disk full")

                return indexes.compute("key", build)

        catalogue["fragile"] = Fragile
        store = IndexStore()
        with pytest.raises(IndexingError, match="disk full") as caught:
            prepare(rag("fragile"), store)
        assert caught.value.cost.usd(0) == store.paid_usd == 5.0

    def test_a_failed_build_is_tried_again(self, prepare: Prepare, catalogue: Catalogue) -> None:
        store = IndexStore()
        for _ in range(2):
            with pytest.raises(IndexingError):
                prepare(rag("failing_index"), store)
        assert prepare(rag("paying"), store).index_cost.usd(0) == 1.5

    def test_ending_the_process_is_a_failure(self, prepare: Prepare, catalogue: Catalogue) -> None:
        def leave(chunks: object) -> None:
            raise SystemExit(3)

        part = catalogue["paying"]
        catalogue["leaving"] = type("Leaving", (part,), {
            "name": "leaving", "index": lambda self, chunks, indexes: leave(chunks)})  # fmt: skip
        with pytest.raises(IndexingError, match="SystemExit in node 'passages'"):
            prepare(rag("leaving"))

    def test_a_splitter_that_returns_no_chunks_object_is_at_fault(
        self, prepare: Prepare, catalogue: Catalogue
    ) -> None:
        whole = component_class("whole_document")
        catalogue["listing"] = type("Listing", (whole,), {
            "name": "listing", "split": lambda self, documents: []})  # fmt: skip
        message = r"TypeError in node 'chunks' \(listing\): what it put out is no chunks, but \[\]"
        with pytest.raises(IndexingError, match=message):
            prepare(rag(splitter="listing"))

    def test_secrets_stay_out_of_it(
        self, prepare: Prepare, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VECTORS_TOKEN", "tok-in-the-environment")

        def fail(self: object, chunks: Chunks, indexes: object) -> None:
            raise ValueError("refused: tok-in-the-environment")

        catalogue["secretive"] = type("S", (catalogue["paying"],), {
            "name": "secretive", "index": fail})  # fmt: skip
        with pytest.raises(IndexingError, match=r"refused: \*\*\*$"):
            prepare(rag("secretive"))
