"""What all agents have in common: their limits, what they know, and their last answer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from syftr_like.contracts import (
    Agent,
    Answer,
    AskedAnswer,
    AskedPassages,
    ChoiceDomain,
    Indexes,
    LlmReply,
    Message,
    Meter,
    Query,
    metered,
    parameter,
)
from syftr_like.contracts.metering import current_meter
from syftr_like.errors import ComponentError

from ..asking import AskingParameters, ask, connect, task
from ..dry_reply import DryExample, dry_reply
from ..prompts.template import ABSTENTION
from .actions import Action
from .findings import Finding, Notes
from .labelled import read_answer
from .toolbox import Toolbox

T = TypeVar("T")

_AGAIN = "Use a tool, or answer."


class AgentParameters(AskingParameters):
    """Which model, and how much of it."""

    max_steps: int = parameter(
        10,
        "Things asked of the model at most, before the last call for the answer; replies that "
        "could not be read are asked for again in the same step.",
        ge=1,
        le=100,
    )
    max_tokens: int = parameter(
        20_000,
        "Tokens of the agent's own model calls, input and output, after which no step is begun.",
        ge=1,
        le=10_000_000,
    )
    passage_tokens: int = parameter(
        200,
        "Tokens after which the text of a passage is cut.",
        ge=10,
        le=10_000,
        search=ChoiceDomain((100, 200, 400)),
    )


class LimitReachedError(Exception):
    """No step may be begun. It never leaves the agent: see `SteppingAgent.answer`."""


class UnreadableAnswerError(ComponentError):
    """A model was asked for the answer, and what it replied is none."""


class Work:
    """One question under way.

    Attributes:
        question: The question.
        toolbox: What can be used.
        notes: What tools returned.
        thoughts: What else the last call for the answer should know: a plan, a draft.
    """

    def __init__(
        self, parameters: AgentParameters, question: Query, toolbox: Toolbox, meter: Meter
    ) -> None:
        self.question = question.text
        self.toolbox = toolbox
        self.notes = Notes(parameters.passage_tokens)
        self.thoughts = ""
        self._parameters = parameters
        self._meter = meter
        self._earlier = len(meter.model_calls)
        self._steps = 0

    def task(self, name: str, **values: object) -> list[Message]:
        """Return the messages of a task about the question."""
        return task(name, question=self.question, abstention=ABSTENTION, **values)

    @property
    def steps(self) -> int:
        """Steps that were begun."""
        return self._steps

    async def ask(
        self, messages: Sequence[Message], parse: Callable[[str], T], example: DryExample = None
    ) -> T:
        """Ask the model for a text; one step.

        Args:
            messages, parse, example: See `asking.ask`.

        Raises:
            LimitReachedError: There is no step left, or there are no tokens left.
            ComponentError: See `asking.ask`.
        """
        self._begin_step()
        p = self._parameters
        return await ask(p.llm, messages, parse, tries=p.tries, example=example)

    async def call(
        self, messages: Sequence[Message], example: DryExample = None
    ) -> tuple[LlmReply, Answer | None]:
        """Offer the tools to the model; one step.

        Args:
            messages: What it is asked.
            example: What a plan takes for its reply.

        Returns:
            The reply, and the answer that it is where it calls no tool.

        Raises:
            LimitReachedError: There is no step left, or there are no tokens left.
            ComponentError: The model did not reply, takes no tools, or never said anything.
        """
        self._begin_step()
        p = self._parameters
        said = list(messages)
        for left in reversed(range(p.tries)):
            with dry_reply(example):
                reply = await p.llm.call(said, self.toolbox.offered())
            if reply.tool_calls:
                return reply, None
            try:
                return reply, read_answer(reply.text)
            except ComponentError as error:
                if left == 0:
                    raise
                said.append(Message("user", f"Your reply could not be read: {error}. {_AGAIN}"))
        raise ValueError(f"tries is at least 1, not {p.tries}")

    async def use(self, actions: Sequence[Action]) -> list[Finding]:
        """Use tools side by side, and take note of what they return."""
        findings = await self.toolbox.use(actions)
        self.notes.add(findings)
        return findings

    async def use_some(self, actions: Sequence[Action]) -> list[Finding]:
        """Use tools for one reply, the first 8 times that it asks for; see `Toolbox.use_some`."""
        findings = await self.toolbox.use_some(actions)
        self.notes.add(findings)
        return findings

    async def conclude(self) -> Answer:
        """Ask for the answer with what is known; one step.

        Raises:
            LimitReachedError: There is no step left, or there are no tokens left.
            ComponentError: The model did not reply, or with nothing that is an answer.
        """
        self._begin_step()
        return await self._answer()

    async def last_answer(self) -> Answer:
        """Ask for the answer with what is known, limits or no; abstain where there is none.

        Raises:
            ComponentError: The model did not reply.
        """
        try:
            return await self._answer()
        except UnreadableAnswerError:
            return Answer("", abstained=True)

    async def _answer(self) -> Answer:
        p = self._parameters
        thoughts = f"{self.thoughts}\n\n" if self.thoughts else ""
        messages = self.task("agent_answer", known=self.notes.text(), thoughts=thoughts)
        return await ask(p.llm, messages, _answer_in, tries=p.tries)

    def _begin_step(self) -> None:
        calls = self._meter.model_calls[self._earlier :]
        tokens = sum(call.input_tokens + call.output_tokens for call in calls)
        if self._steps >= self._parameters.max_steps or tokens >= self._parameters.max_tokens:
            raise LimitReachedError
        self._steps += 1


class SteppingAgent(Agent):
    """An agent with limits.

    When it has taken `max_steps` steps or used `max_tokens` tokens, the model is asked once more
    and for nothing but the answer, with what is known by then; the agent abstains where it then
    gives none.
    """

    Parameters = AgentParameters
    parameters: AgentParameters

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> object:
        """Make the model's client, so that the first question does not wait for it."""
        connect(self.parameters.llm)
        return None

    async def answer(
        self,
        question: Query,
        tools: Mapping[str, AskedPassages],
        experts: Mapping[str, AskedAnswer],
    ) -> Answer:
        """Return the answer, or an abstention.

        Raises:
            ComponentError: There is no tool, the model did not reply, or its reply could not be
                read.
        """
        toolbox = Toolbox(tools, experts)
        meter = current_meter()
        if meter is not None:
            return await self._within_limits(Work(self.parameters, question, toolbox, meter))
        with metered() as own:  # in direct use nobody counts
            return await self._within_limits(Work(self.parameters, question, toolbox, own))

    async def _within_limits(self, work: Work) -> Answer:
        try:
            return await self.solve(work)
        except LimitReachedError:
            return await work.last_answer()

    @abstractmethod
    async def solve(self, work: Work) -> Answer:
        """Return the answer; a limit that is reached on the way is not its concern."""


def _answer_in(reply: str) -> Answer:
    try:
        return read_answer(reply)
    except ComponentError as error:
        raise UnreadableAnswerError(str(error)) from error
