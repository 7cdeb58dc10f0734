"""Reasoning and acting in turn."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from syftr_like.contracts import Answer, IntDomain, LlmReply, Message, parameter
from syftr_like.errors import ComponentError

from ..dry_reply import DryReplies
from ..prompts.replies import answer_of
from ..reply_forms import without_thoughts
from .actions import Action, actions_in
from .dry_loops import ANSWER, called, in_text, in_turn, round_of_loop, with_all
from .findings import Finding
from .labelled import first, parts_of
from .stepping import AgentParameters, SteppingAgent, Work

# Models that are not stopped there go on and make up what they observe.
_MADE_UP = re.compile(r"^[\s>*_#`-]*observation\s*\d*[\s*_`]*[:\uff1a]", re.I | re.M)
_LOOKED_UP = "An answer counts when something was looked up for it. This was, for you."


class React(SteppingAgent):
    """Thinks, uses a tool, reads what it returned, and so on until it can answer (ReAct).

    It suits questions whose next search depends on what the last one found. Each step is a call of
    the model, with all earlier ones in its prompt, so that cost grows with the square of the steps.
    Several tools asked for in one step are used side by side. What cannot be done (no such tool, no
    text for it, a part that failed) is told to the model as what it observes, and has cost the
    step. A model that answers before it has used a tool is shown what its first tool finds for the
    question, and asked again. At a limit one last call asks for the answer with what is known;
    where it brings none, the agent abstains.

    Yao et al., ReAct: Synergizing Reasoning and Acting in Language Models, ICLR 2023.
    """

    name = "react"

    class Parameters(AgentParameters):
        """How tools are called, and how often."""

        protocol: Literal["tools", "text"] = parameter(
            "tools",
            "How tools are called: by the provider's protocol, or as text, which any model can"
            " write.",
        )
        max_steps: int = parameter(
            6,
            "Replies of the model at most, before the last call for the answer.",
            ge=1,
            le=50,
            search=IntDomain(2, 10),
        )

    parameters: Parameters

    async def solve(self, work: Work) -> Answer:
        """See `Agent.answer`."""
        if self.parameters.protocol == "tools":
            return await _calling(work)
        return await _writing(work)


async def _calling(work: Work) -> Answer:
    messages = work.task("agent_react_tools")
    shown: set[int] = set()
    while True:
        reply, answer = await work.call(messages, _dry_calls(work))
        messages.append(reply.as_message())
        if answer is None:
            found = await work.use_some([work.toolbox.action_of(call) for call in reply.tool_calls])
            messages += [
                Message("tool", work.notes.told(finding, shown), answers=call.id)
                for call, finding in zip(reply.tool_calls, found, strict=True)
            ]
        elif work.notes.findings:
            return answer
        else:
            messages.append(await _looked_up(work, shown))


@dataclass(frozen=True, slots=True)
class _Step:
    said: str
    actions: Sequence[Action] = ()
    answer: Answer | None = None


async def _writing(work: Work) -> Answer:
    messages = work.task("agent_react_text", tools=work.toolbox.described())
    shown: set[int] = set()
    while True:
        step = await work.ask(messages, _read_step, _dry_text(work))
        messages.append(Message("assistant", step.said))
        if step.answer is None:
            found = await work.use_some(step.actions)
            messages.append(Message("user", _observed(work, found, shown)))
        elif work.notes.findings:
            return step.answer
        else:
            messages.append(await _looked_up(work, shown))


def _read_step(reply: str) -> _Step:
    said = _MADE_UP.split(without_thoughts(reply), maxsplit=1)[0].strip()
    parts = parts_of(said, "thought", "action input", "action", "answer")
    actions = actions_in(parts)
    if actions and actions[0].tool.lower() == "finish":  # the form of the paper
        return _Step(said, answer=answer_of(actions[0].text))
    if actions:
        return _Step(said, actions)
    answer = first(parts, "answer")
    if not answer:
        raise ComponentError('it has no line Action: tool["text"], and no line Answer: ...')
    return _Step(said, answer=answer_of(answer))


def _dry_actions(work: Work) -> list[list[Action]]:
    box, done = work.toolbox, work.steps
    return [
        [Action(box.search, work.question)],
        [in_turn(box, work.question, done)],
        with_all(box, work.question, done),
    ]


def _dry_calls(work: Work) -> DryReplies:
    fewest, usual, most = (called(work.toolbox, actions) for actions in _dry_actions(work))
    return round_of_loop(work.steps, fewest, usual, most, LlmReply(f"Answer: {ANSWER}"))


def _dry_text(work: Work) -> DryReplies:
    thought = "Thought: This is to be known next."
    fewest, usual, most = (f"{thought}\n{in_text(actions)}" for actions in _dry_actions(work))
    return round_of_loop(work.steps, fewest, usual, most, f"{thought}\nAnswer: {ANSWER}")


async def _looked_up(work: Work, shown: set[int]) -> Message:
    found = await work.use([Action(work.toolbox.search, work.question)])
    return Message("user", f"{_observed(work, found, shown)}\n\n{_LOOKED_UP}")


def _observed(work: Work, findings: Sequence[Finding], shown: set[int]) -> str:
    told = [work.notes.told(finding, shown) for finding in findings]
    if len(told) == 1:
        return f"Observation: {told[0]}"
    return "\n\n".join(f"Observation {n}: {text}" for n, text in enumerate(told, start=1))
