"""A chain of reasoning with gaps, which tools fill."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from syftr_like.contracts import Answer, IntDomain, parameter
from syftr_like.errors import ComponentError, nearest

from ..dry_reply import DryReplies
from ..reply_forms import without_thoughts
from .actions import Action
from .dry_loops import USUAL_LOOKUPS, several
from .findings import Finding
from .requests import Request, fulfil, referring
from .stepping import AgentParameters, SteppingAgent, Work
from .toolbox import Toolbox

_PLACEHOLDER = re.compile(r"\b(y\d+)\b")
_CALL = re.compile(
    r"""\b(?P<name>y\d+)[*_`]*\s*=\s*[*_`]*\[?\s*(?P<tool>[\w.-]+)\s*\(\s*(?:\w+\s*=\s*)?"""
    r"""(?:"(?P<double>[^"\n]*)"|'(?P<single>[^\n]*?)'|\u201c(?P<curly>[^\u201d\n]*)\u201d|(?P<bare>[^"'()\n]*))\s*\)"""
)


class ChainOfAbstraction(SteppingAgent):
    """Has the model write its whole reasoning at once with gaps, fills them, and answers.

    The reasoning calls tools where a fact is missing, `y1 = search("...")`, and goes on with the
    placeholder; a later call may hold an earlier placeholder. Calls that do not depend on each
    other run side by side. It takes two calls of the model however many facts are looked up, and
    suits questions whose shape is plain from the start; it cannot change its mind. In a later call
    a placeholder stands for the answer of an expert, or for the first 40 tokens of the first
    passage found, so that questions of several hops want an expert. A call that needs what was not
    found is not made. At a limit one last call asks for the answer with what is known; where it
    brings none, the agent abstains.

    Gao et al., Efficient Tool Use with Chain-of-Abstraction Reasoning, COLING 2025 (2024).
    """

    name = "chain_of_abstraction"

    class Parameters(AgentParameters):
        """How much is looked up."""

        calls: int = parameter(
            5, "Calls of tools in the reasoning at most.", ge=1, le=20, search=IntDomain(2, 8)
        )

    parameters: Parameters

    async def solve(self, work: Work) -> Answer:
        """See `Agent.answer`."""
        most = self.parameters.calls
        messages = work.task("agent_abstraction", tools=_signatures(work.toolbox), most=most)
        plan = await work.ask(
            messages, partial(_read_plan, work.toolbox, most), _dry_plan(work, most)
        )
        work.thoughts = f"How the question was reasoned about before that:\n{plan.text}"
        await fulfil(plan.requests, _PLACEHOLDER, partial(_filled, work))
        return await work.conclude()


def _dry_plan(work: Work, most: int) -> DryReplies:
    def written(count: int) -> str:
        actions = several(work.toolbox, work.question, count)
        texts = [action.text.replace('"', "") for action in actions]
        lines = [
            f'y{number} = {action.tool}("{text}")'
            for number, (action, text) in enumerate(zip(actions, texts, strict=True), start=1)
        ]
        return "\n".join([*lines, "The answer follows from these."])

    return DryReplies(written(1), written(min(USUAL_LOOKUPS, most)), written(most))


@dataclass(frozen=True, slots=True)
class _Plan:
    text: str
    requests: list[Request]


def _read_plan(box: Toolbox, most: int, reply: str) -> _Plan:
    text = without_thoughts(reply)
    calls = [(match["name"], _action(match)) for match in _CALL.finditer(text)]
    if not calls:
        raise ComponentError('it calls no tool in the form y1 = tool("text")')
    for name, action in calls:
        if action.tool not in box.names:
            close = nearest(action.tool, box.names)
            meant = f"; did you mean {close}?" if close else ""
            raise ComponentError(
                f"{name} calls {action.tool}, but there is only {', '.join(box.names)}{meant}"
            )
    return _Plan(text, referring(calls, _PLACEHOLDER, most))


def _action(match: re.Match[str]) -> Action:
    written = match["double"] or match["single"] or match["curly"] or match["bare"] or ""
    return Action(match["tool"], written.strip())


def _signatures(box: Toolbox) -> str:
    searches = [f"- {name}(query) finds passages" for name in box.tools]
    return "\n".join(searches + [f"- {name}(question) answers it" for name in box.experts])


async def _filled(work: Work, requests: Sequence[Request]) -> list[Finding]:
    found = await work.toolbox.use([request.action for request in requests])
    named = [
        replace(finding, label=request.name)
        for request, finding in zip(requests, found, strict=True)
    ]
    work.notes.add(named)
    return named
