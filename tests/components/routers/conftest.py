"""Flows whose output is a router over branches that the test writes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import pytest

from syftr_like.contracts import (
    Answer,
    Component,
    Document,
    Documents,
    Examples,
    Input,
    Kind,
    Llm,
    LlmReply,
    Message,
    ModelCall,
    NodeComponent,
    Outcome,
    Port,
    Query,
    QueryTransform,
    Question,
    record_model_call,
    traits,
)
from syftr_like.contracts.registry import component_class
from syftr_like.flow import IndexStore, Limits, PreparedFlow, build_flow
from syftr_like.space import ComponentConfig, FlowConfig, NodeConfig

DOCUMENTS = Documents([Document("d", "D", "Otters eat urchins.")])
Branch = Callable[[str], Any]


def paid(usd: float, model: str = "m") -> None:
    """Record a call of a model."""
    record_model_call(ModelCall(model, 100, 10, usd=usd, seconds=0.0))


class Branches(NodeComponent):
    """Does what the test says: `work(question)` is the branch's answer."""

    kind = Kind.READER
    output = Port.ANSWER
    inputs: ClassVar[Mapping[str, Input]] = {"question": Input(Port.QUESTION)}
    work: Branch

    def run(self, inputs: Mapping[str, Any], prepared: object) -> Any:
        return type(self).work(inputs["question"].text)


class ScriptedLlm(Llm):
    """Replies with what the test says, `reply(messages)`; keeps what it was sent; costs 0.01."""

    name = "scripted_llm"
    reply: ClassVar[Callable[[Sequence[Message]], str]]
    sent: ClassVar[list[list[Message]]]

    async def complete(self, messages: Sequence[Message]) -> str:
        type(self).sent.append(list(messages))
        paid(0.01, "scripted_llm")
        return type(self).reply(messages)

    async def call(self, messages: Sequence[Message], tools: Any) -> LlmReply:
        raise NotImplementedError


class Routed:
    """Builds flows, and counts the questions that each branch was asked."""

    def __init__(self, catalogue: dict[str, type[Component]]) -> None:
        self.catalogue = catalogue
        self.asked: list[tuple[str, str]] = []
        self.llm = type("ScriptedLlm", (ScriptedLlm,), {"sent": [], "reply": lambda m: "?"})
        catalogue["scripted_llm"] = self.llm

    def says(self, reply: str | Callable[[Sequence[Message]], str]) -> None:
        """Set what the language model replies."""
        self.llm.reply = staticmethod(reply if callable(reply) else lambda messages: reply)

    def flow(
        self,
        router: str,
        branches: Mapping[str, Branch],
        labelled: Sequence[Question] = (),
        reword: Callable[[str], str] | None = None,
        **parameters: Any,
    ) -> PreparedFlow:
        """Return a flow that answers with the router; `llm` is the scripted one.

        With `reword` the router is given the question in these other words.
        """
        nodes, wiring = [], {"question": "question"}
        for name, work in branches.items():
            self.catalogue[f"branch_{name}"] = self._branch(name, work)
            node = f"node_{name}"
            nodes.append(
                NodeConfig(node, {"question": "question"}, ComponentConfig(node, f"branch_{name}"))
            )
            wiring[f"branches.{name}"] = node
        if reword is not None:
            members = {"name": "reword", "transform": lambda self, q: Query(reword(q.text))}
            self.catalogue["reword"] = type("Reword", (QueryTransform,), members)
            config = ComponentConfig("again", "reword")
            nodes.append(NodeConfig("again", {"question": "question"}, config))
            wiring["question"] = "again"
        cls = component_class(router)
        if "examples" in cls.inputs:
            wiring["examples"] = "examples"
        for name, field in cls.Parameters.model_fields.items():
            component = "scripted_llm" if name == "llm" else traits(field).component_default
            if component is not None:
                parameters[name] = ComponentConfig(component, component)
        nodes.append(NodeConfig("answer", wiring, ComponentConfig(router, router, parameters)))
        return PreparedFlow(
            build_flow(FlowConfig(tuple(nodes), "answer")),
            DOCUMENTS,
            IndexStore(),
            Limits(usd_per_cpu_hour=0.0),
            examples=Examples(labelled),
        )

    def _branch(self, name: str, work: Branch) -> type[Component]:
        def counted(text: str) -> Any:
            self.asked.append((name, text))
            return work(text)

        members = {"name": f"branch_{name}", "work": staticmethod(counted)}
        return type(f"branch_{name}", (Branches,), members)


def ask(flow: PreparedFlow, question: str) -> Outcome:
    """Return what comes of a question."""
    return asyncio.run(flow.run("q", question))


def ran(outcome: Outcome) -> list[str]:
    """Return the branches that were run, in the order in which they ended."""
    return [record.node.removeprefix("node_") for record in outcome.nodes[:-1]]


def replies(text: str, usd: float = 0.0, **more: Any) -> Branch:
    """A branch that always gives this answer."""

    def work(question: str) -> Answer:
        paid(usd)
        return Answer(text, **more)

    return work


def broken(question: str) -> Answer:
    """A branch that fails, after it has paid."""
    paid(0.5)
    raise ValueError("the branch is broken")


@pytest.fixture
def routed(monkeypatch: pytest.MonkeyPatch) -> Routed:
    added: dict[str, type[Component]] = {}
    monkeypatch.setattr(
        "syftr_like.flow.build.component_class",
        lambda name: added[name] if name in added else component_class(name),
    )
    return Routed(added)
