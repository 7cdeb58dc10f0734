"""The kinds of components that have parts of the graph run when they ask: agents and routers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from .branch import AskedAnswer, AskedPassages
from .component import Input, Kind, NodeComponent
from .values import Answer, Port, Query


class Agent(NodeComponent):
    """Answers a question in steps, each of which depends on what came before.

    Its tools are parts of the graph: those that yield passages look something up, those that yield
    an answer are asked; each with texts of the agent's own.
    """

    kind = Kind.AGENT
    inputs: ClassVar[Mapping[str, Input]] = {
        "question": Input(Port.QUESTION),
        "tools": Input(Port.PASSAGES, required=False, branches=True),
        "experts": Input(Port.ANSWER, required=False, branches=True),
    }
    output = Port.ANSWER

    @property
    def asynchronous(self) -> bool:
        """Always: its tools are run when they are asked."""
        return True

    @abstractmethod
    async def answer(
        self,
        question: Query,
        tools: Mapping[str, AskedPassages],
        experts: Mapping[str, AskedAnswer],
    ) -> Answer:
        """Return the answer, or an abstention."""

    def run(self, inputs: Mapping[str, Any], prepared: object) -> Answer:
        """Refuse: agents are awaited, see `answer`."""
        raise NotImplementedError(f"{self.name} is asynchronous: call answer")

    async def arun(self, inputs: Mapping[str, Any], prepared: object) -> Answer:
        """See `answer`."""
        tools, experts = inputs.get("tools") or {}, inputs.get("experts") or {}
        return await self.answer(inputs["question"], tools, experts)


class Router(NodeComponent):
    """Answers a question by one of several parts of the graph, or by some in turn."""

    kind = Kind.ROUTER
    inputs: ClassVar[Mapping[str, Input]] = {
        "question": Input(Port.QUESTION),
        "branches": Input(Port.ANSWER, branches=True),
    }
    output = Port.ANSWER

    @property
    def asynchronous(self) -> bool:
        """Always: branches are run when they are asked."""
        return True

    # Most routers take whatever branches there are: not abstract on purpose.
    @classmethod
    def check_branches(cls, possible: Mapping[str, Sequence[Any]], branches: Sequence[str]) -> None:
        """Check, when a space is loaded, that what parameters say of branches can hold.

        Args:
            possible: Parameter name to the values that it may have: a default as it is, of a
                range its ends, of components none.
            branches: Names of the branches, in the order of the node's `from`.

        Raises:
            ComponentError: It cannot; `route` would fail.
        """

    @abstractmethod
    async def route(
        self, question: Query, branches: Mapping[str, AskedAnswer], prepared: Any
    ) -> Answer:
        """Return the answer of a branch.

        Args:
            question: The question.
            branches: By name, in the order of the node's `from`.
            prepared: What `prepare` returned.
        """

    def run(self, inputs: Mapping[str, Any], prepared: object) -> Answer:
        """Refuse: routers are awaited, see `route`."""
        raise NotImplementedError(f"{self.name} is asynchronous: call route")

    async def arun(self, inputs: Mapping[str, Any], prepared: object) -> Answer:
        """See `route`."""
        return await self.route(inputs["question"], inputs["branches"], prepared)
