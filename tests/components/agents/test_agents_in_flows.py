"""Agents in real flows: their tools are searches and readers of the catalogue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from syftr_like.contracts import (
    Answer,
    BudgetExhaustedError,
    Document,
    Documents,
    ModelCall,
    Outcome,
    Passage,
    Query,
    Reader,
    Retriever,
    record_model_call,
)
from syftr_like.contracts.metering import current_meter
from syftr_like.contracts.registry import component_class
from syftr_like.flow import IndexStore, Limits, PreparedFlow, build_flow
from syftr_like.space import ComponentConfig, FlowConfig, NodeConfig

from .parts import Script, called

DOCUMENTS = Documents(
    Document(title, title, text)
    for title, text in (
        ("otter", "Otters were described by Georg Steller."),
        ("steller", "Georg Steller was born in Windsheim in 1709."),
        ("falcon", "Falcons were described by Marmaduke Tunstall in 1771."),
    )
)
QUESTION = "When was the one who described otters born?"
Run = Callable[..., tuple[Outcome, Script]]


class Broken(Retriever):
    """Fails for every question."""

    name = "broken"

    def index(self, chunks: Any, indexes: Any) -> None:
        return None

    def retrieve(self, question: Query, index: Any) -> list[Passage]:
        raise ValueError("the disk is full")


class Costly(Reader):
    """An expert that uses many tokens."""

    name = "costly"

    def read(self, question: Query, passages: Sequence[Passage]) -> Answer:
        record_model_call(ModelCall("dear", 10_000, 0, 1.0, 0.0))
        return Answer("1709")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run an agent with `search` (bm25) and `rag` (an extractive reader), replies as given."""

    def build(
        name: str,
        *replies: Any,
        search: str = "bm25",
        rag: str = "extractive_reader",
        **values: Any,
    ) -> tuple[Outcome, Script]:
        made: list[Script] = []

        class Model(Script):
            def __init__(self, parameters: Any = None) -> None:
                super().__init__(*replies)
                made.append(self)

        own: dict[str, Any] = {"script": Model, "broken": Broken, "costly": Costly}
        monkeypatch.setattr(
            "syftr_like.flow.build.component_class",
            lambda wanted: own.get(wanted) or component_class(wanted),
        )
        config = _config(name, search, rag, values)
        flow = PreparedFlow(build_flow(config), DOCUMENTS, IndexStore(), Limits(60.0, 0.0))
        return asyncio.run(flow.run("q", QUESTION)), made[0]

    return build


def _config(name: str, search: str, rag: str, values: dict[str, Any]) -> FlowConfig:
    def node(called: str, component: str, inputs: dict[str, str], **parameters: Any) -> NodeConfig:
        return NodeConfig(called, inputs, ComponentConfig(component, component, parameters))

    k = {"k": 1} if search == "bm25" else {}
    asked = {"question": "question"}
    llm = ComponentConfig("script", "script")
    return FlowConfig(
        (
            node("chunks", "whole_document", {"documents": "documents"}),
            node("search", search, {**asked, "chunks": "chunks"}, **k),
            node("rag", rag, {**asked, "passages": "search"}),
            node(
                "answer",
                name,
                {**asked, "tools.search": "search", "experts.rag": "rag"},
                llm=llm,
                **values,
            ),
        ),
        "answer",
    )


def asked(outcome: Outcome) -> list[tuple[str, str | None]]:
    return [(record.node, record.asked) for record in outcome.nodes]


def test_react_searches_and_asks_parts_of_the_graph(run: Run) -> None:
    outcome, llm = run(
        "react",
        called(("search", {"query": "described otters"})),
        called(("rag", {"question": "When was Georg Steller born?"})),
        "Answer: 1709",
    )
    assert (outcome.answer.text, outcome.error) == ("1709", None)
    assert asked(outcome) == [
        ("search", "described otters"),
        ("search", "When was Georg Steller born?"),
        ("rag", "When was Georg Steller born?"),
        ("answer", None),
    ]
    assert "Otters were described by Georg Steller." in llm.prompts[1]
    assert "1709" in llm.sent[2][-1].text
    assert [p.chunk.document for p in outcome.retrieved["search"]] == ["otter", "steller"]
    agent = outcome.nodes[-1]
    assert len(agent.model_calls) == 3
    assert outcome.usd == pytest.approx(0.003)


def test_sub_questions_go_through_the_whole_expert(run: Run) -> None:
    outcome, llm = run(
        "sub_question",
        "1. rag: Who described otters?\n2. rag: When was #1 born?",
        "1709",
    )
    assert outcome.answer.text == "1709"
    assert 'rag["When was Georg Steller born?"]' in llm.prompts[1]
    assert ("search", "When was Georg Steller born?") in asked(outcome)


def test_a_chain_of_abstraction_is_filled_by_the_graph(run: Run) -> None:
    plan = 'y1 = [rag("Who described otters?")]\ny2 = [search("y1 was born")]\nThe year in y2.'
    outcome, llm = run("chain_of_abstraction", plan, "1709")
    assert outcome.answer.text == "1709"
    assert "born in Windsheim in 1709" in llm.prompts[1]


def test_critique_revise_drafts_with_the_question_itself(run: Run) -> None:
    outcome, llm = run("critique_revise", "NO FAULTS")
    assert outcome.answer.text
    assert f"Draft: {outcome.answer.text}" in llm.prompts[0]
    assert outcome.answer.confidence is not None
    assert [node for node, text in asked(outcome)] == ["search", "rag", "answer"]


@pytest.mark.parametrize(
    ("name", "replies", "answer"),
    [
        ("iterative_retrieval", ["Steller born", "DONE", "1709"], "1709"),
        ("plan_and_execute", ["1. search: otters", "1. rag: Who?", "Answer: 1709"], "1709"),
        ("lats", ['Action: search["otters"]', "Score: 9", "Answer: 1709", "Score: 9"], "1709"),
    ],
)
def test_the_others_too(run: Run, name: str, replies: list[str], answer: str) -> None:
    outcome, llm = run(name, *replies)
    assert (outcome.answer.text, outcome.error) == (answer, None)
    assert any("Otters were described by Georg Steller." in prompt for prompt in llm.prompts)


def test_a_part_that_fails_is_told_and_is_no_failure_of_the_question(run: Run) -> None:
    outcome, llm = run(
        "react", called(("search", {"query": "otters"})), "Answer: NOT ANSWERABLE", search="broken"
    )
    assert outcome.answer.abstained
    assert outcome.error is None
    assert "the disk is full" in llm.sent[1][-1].text


def test_replies_that_never_can_be_read_are_a_recorded_failure(run: Run) -> None:
    outcome, _ = run("plan_and_execute", "I would rather not.")
    assert outcome.answer is None
    assert "no numbered line" in outcome.error
    assert len(outcome.nodes[-1].model_calls) == 2


def test_an_agent_that_loops_ends_with_its_steps(run: Run) -> None:
    looped = called(("search", {"query": "otters"}))
    outcome, llm = run("react", looped, looped, looped, "1709", max_steps=3)
    assert outcome.answer.text == "1709"
    assert len(llm.sent) == 4
    assert [node for node, _ in asked(outcome)] == ["search", "answer"]


def test_tokens_of_its_tools_are_not_its_own(run: Run) -> None:
    outcome, llm = run(
        "react",
        called(("rag", {"question": "When?"})),
        "Answer: 1709",
        max_tokens=111,
        rag="costly",
    )
    assert outcome.answer.text == "1709"
    assert "Answer the question now" not in llm.prompts[-1]
    assert outcome.input_tokens == 10_000 + 200


def test_a_call_that_the_budget_refuses_leaves_the_question_unanswered(run: Run) -> None:
    def refused(prompt: str) -> Exception:
        current_meter().refused = "nothing is left"
        return BudgetExhaustedError("nothing is left")

    with pytest.raises(BudgetExhaustedError, match="nothing is left"):
        run("react", called(("search", {"query": "otters"})), refused)
