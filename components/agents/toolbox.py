"""The tools of an agent: parts of the graph, by name, each used with a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from syftr_like.contracts import AskedAnswer, AskedPassages, Json, Tool, ToolCall
from syftr_like.errors import ComponentError, nearest

from ..side_by_side import AT_A_TIME, side_by_side
from .actions import Action
from .findings import Finding

_SEARCH = "Searches the documents and returns the passages found, best first."
_EXPERT = "Answers a question that can be understood by itself."


class Toolbox:
    """What can be used, and using it.

    Args:
        tools: Parts that look something up.
        experts: Parts that answer.

    Raises:
        ComponentError: There is none.
    """

    def __init__(
        self, tools: Mapping[str, AskedPassages], experts: Mapping[str, AskedAnswer]
    ) -> None:
        if not tools and not experts:
            raise ComponentError(
                "an agent needs a tool: name a node that yields passages, or one that yields "
                "answers, in the node's `from`"
            )
        self.tools = dict(tools)
        self.experts = dict(experts)

    @property
    def names(self) -> list[str]:
        """All names, those that look something up first."""
        return [*self.tools, *self.experts]

    @property
    def search(self) -> str:
        """The first tool that looks something up, or else the first expert."""
        return self.names[0]

    @property
    def expert(self) -> str:
        """The first expert, or else the first tool that looks something up."""
        return next(iter(self.experts), self.search)

    def described(self) -> str:
        """Return the tools as lines of a prompt."""
        lines = [f"- {name}[query]: {_SEARCH}" for name in self.tools]
        return "\n".join(lines + [f"- {name}[question]: {_EXPERT}" for name in self.experts])

    def offered(self) -> list[Tool]:
        """Return the tools for a model that calls them."""
        searches = [Tool(name, _SEARCH, _arguments("query")) for name in self.tools]
        return searches + [Tool(name, _EXPERT, _arguments("question")) for name in self.experts]

    def action_of(self, call: ToolCall) -> Action:
        """Return the action that a tool call is; what is wrong with it is its `problem`."""
        if call.arguments is None:
            problem = f"the arguments are no JSON object: {call.written!r:.80}"
            return Action(call.name, "", problem)
        wanted = "question" if call.name in self.experts else "query"
        text = call.arguments.get(wanted)
        if call.name in self.names and not isinstance(text, str):
            given = ", ".join(call.arguments) or "nothing"
            return Action(call.name, "", f"it takes a text as '{wanted}', given was {given}")
        return Action(call.name, text if isinstance(text, str) else "")

    async def use_some(self, actions: Sequence[Action]) -> list[Finding]:
        """Carry out the first 8 actions, and return a finding for each; see `use`.

        For a reply that may ask for as many as the model likes: those behind the eighth come to
        findings that say that they were too many.
        """
        done = await self.use(actions[:AT_A_TIME])
        too_many = f"at most {AT_A_TIME} are done at a time"
        return done + [Finding(action, problem=too_many) for action in actions[AT_A_TIME:]]

    async def use(self, actions: Sequence[Action]) -> list[Finding]:
        """Carry out actions side by side, 8 at a time, and return their findings, in order.

        What cannot be done, because there is no such tool, or its text is missing, or the part
        failed, is a finding that says so.
        """
        return await side_by_side([self._use(action) for action in actions])

    async def _use(self, action: Action) -> Finding:
        problem = action.problem or self._problem(action)
        if problem is not None:
            return Finding(action, problem=problem)
        try:
            if action.tool in self.tools:
                return Finding(action, await self.tools[action.tool].ask(action.text))
            answer = await self.experts[action.tool].ask(action.text)
        except ComponentError as error:
            return Finding(action, problem=str(error))
        text = "" if answer.abstained else answer.text
        return Finding(action, answer=text, confidence=answer.confidence)

    def _problem(self, action: Action) -> str | None:
        if action.tool not in self.names:
            close = nearest(action.tool, self.names)
            meant = f"; did you mean '{close}'?" if close else ""
            return f"there is no tool '{action.tool}', only {', '.join(self.names)}{meant}"
        return None if action.text.strip() else "the text to use it with is empty"


def _arguments(name: str) -> dict[str, Json]:
    return {"type": "object", "properties": {name: {"type": "string"}}, "required": [name]}
