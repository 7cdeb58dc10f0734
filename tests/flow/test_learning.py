"""Components that try their branches on labelled questions before they serve."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from syftr_like.cache import open_cache
from syftr_like.contracts import (
    Answer,
    AskedAnswer,
    ComponentParameters,
    Documents,
    Evidence,
    Examples,
    Query,
    Question,
    parameter,
    record_model_call,
)
from syftr_like.contracts.learning import LearningRouter, Try
from syftr_like.flow import IndexingError, IndexStore, Limits, PreparedFlow, build_flow

from .conftest import Catalogue
from .parts import burn, call, flow_config, scripted

FROM_QUESTION = {"question": "question"}
BRANCHES = {"branches.a": "bad", "branches.b": "good"}
EXAMPLES = Examples([Question(n, f"what is {n}?", (n,)) for n in ("one", "two", "three")])


class BestOnAll(LearningRouter):
    """Asks the branch that was right most often."""

    name = "best_on_all"

    class Parameters(ComponentParameters):
        metric: str = parameter("exact_match", "What an answer is worth.")

    async def learn(
        self, examples: Examples, branches: tuple[str, ...], attempt: Try, prepared: Any
    ) -> Any:
        scores = {}
        for branch in branches:
            tried = await asyncio.gather(*(attempt(question, branch) for question in examples))
            scores[branch] = sum(t.score for t in tried), sum(t.usd for t in tried)
        return scores

    async def route(
        self, question: Query, branches: Mapping[str, AskedAnswer], prepared: Any
    ) -> Answer:
        return await branches[max(prepared, key=lambda name: prepared[name][0])].ask()


@pytest.fixture
def learning(documents: Documents, catalogue: Catalogue) -> Callable[..., PreparedFlow]:
    def build(good: Callable[[str], Any], bad: Callable[[str], Any], **more: Any) -> PreparedFlow:
        catalogue["best_on_all"] = BestOnAll
        catalogue["good"] = scripted("good", good, BestOnAll.output)
        catalogue["bad"] = scripted("bad", bad, BestOnAll.output)
        config = flow_config(
            "answer",
            good=("good", FROM_QUESTION),
            bad=("bad", FROM_QUESTION),
            answer=(
                "best_on_all",
                {
                    **FROM_QUESTION,
                    "examples": "examples",
                    "branches.a": "bad",
                    "branches.b": "good",
                },
            ),
        )
        store = more.pop("store", IndexStore())
        return PreparedFlow(
            build_flow(config), documents, store, Limits(), examples=EXAMPLES, **more
        )

    return build


def right(text: str) -> Answer:
    record_model_call(call("good", usd=0.5))
    return Answer(text.removeprefix("what is ").removesuffix("?"))


def wrong(text: str) -> Answer:
    return Answer("no idea")


def test_it_learns_which_branch_to_ask(learning: Callable[..., PreparedFlow]) -> None:
    flow = learning(right, wrong)
    outcome = asyncio.run(flow.run("q", "what is four?"))
    assert outcome.answer == Answer("four")
    assert [record.node for record in outcome.nodes] == ["good", "answer"]


def test_what_it_tried_is_index_time_work(learning: Callable[..., PreparedFlow]) -> None:
    def busy(text: str) -> Answer:
        burn(0.02)
        return wrong(text)

    store = IndexStore()
    cost = learning(right, busy, store=store).index_cost
    assert [c.model for c in cost.model_calls] == ["good"] * 3
    assert cost.usd(0.0) == 1.5
    assert cost.cpu_seconds >= 0.06
    assert cost.seconds >= 0.06
    assert store.paid_usd == 1.5


def test_a_branch_that_fails_is_worth_nothing(learning: Callable[..., PreparedFlow]) -> None:
    def broken(text: str) -> Answer:
        raise ValueError("broken")

    flow = learning(right, broken)
    assert asyncio.run(flow.run("q", "what is four?")).answer == Answer("four")


def test_the_metric_may_be_of_what_a_branch_read(
    documents: Documents, catalogue: Catalogue
) -> None:
    class BestByRecall(BestOnAll):
        class Parameters(ComponentParameters):
            metric: str = parameter("retrieval_recall", "What an answer is worth.")

    catalogue["best_by_recall"] = BestByRecall
    catalogue["silent"] = scripted("silent", wrong, BestOnAll.output)
    found = Question("q", "what do otters eat?", ("urchins",), (Evidence("otter", 0, 18),))
    config = flow_config(
        "answer",
        chunks=("whole_document", {"documents": "documents"}),
        passages=("bm25", {**FROM_QUESTION, "chunks": "chunks"}),
        reading=("extractive_reader", {**FROM_QUESTION, "passages": "passages"}),
        silent=("silent", FROM_QUESTION),
        answer=(
            "best_by_recall",
            {
                **FROM_QUESTION,
                "examples": "examples",
                "branches.a": "silent",
                "branches.b": "reading",
            },
        ),
    )
    flow = PreparedFlow(
        build_flow(config), documents, IndexStore(), Limits(), examples=Examples([found])
    )
    outcome = asyncio.run(flow.run("q", "what do otters eat?"))
    assert [record.node for record in outcome.nodes] == ["passages", "reading", "answer"]


def test_a_component_that_cannot_learn_fails_the_flow(
    learning: Callable[..., PreparedFlow], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def learn(*arguments: Any) -> Any:
        raise ValueError("too few questions")

    monkeypatch.setattr(BestOnAll, "learn", learn)
    with pytest.raises(IndexingError, match="too few questions"):
        learning(right, wrong)


def test_a_warm_cache_changes_no_cost(
    learning: Callable[..., PreparedFlow], tmp_path: Path
) -> None:
    asked: list[str] = []

    def counted(text: str) -> Answer:
        asked.append(text)
        return right(text)

    flows = [
        learning(counted, wrong, results=open_cache(str(tmp_path / "cache"), None))
        for _ in range(2)
    ]
    assert len(asked) == 3
    cold, warm = (flow.index_cost for flow in flows)
    # What the router itself prepares is made and measured again.
    assert warm.seconds == pytest.approx(cold.seconds, abs=1e-3)
    assert warm.usd(1.0) == pytest.approx(cold.usd(1.0), abs=1e-3)
    assert all(c.cached for c in warm.model_calls)
