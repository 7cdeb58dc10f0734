"""A plan that is carried out step by step, and changed on the way."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from syftr_like.contracts import Answer, IntDomain, parameter
from syftr_like.errors import ComponentError

from ..dry_reply import DryReplies
from ..prompts.replies import answer_of
from .actions import Action
from .dry_loops import ANSWER, in_turn, listing, round_of_loop
from .labelled import first, parts_of
from .requests import listed, unlisted
from .stepping import AgentParameters, SteppingAgent, Work
from .toolbox import Toolbox


class PlanAndExecute(SteppingAgent):
    """Plans what to look up, does the first step, plans anew from what was found, until it answers.

    The plan keeps sight of the whole question where an agent that goes step by step may lose its
    way. Each step is a call of the model, with the results so far and the rest of the plan, but
    without what was said before: its prompts are shorter than those of `react`. A step is carried
    out by the tool that it names, else by the node's first one. At a limit one last call asks for
    the answer with what is known; where it brings none, the agent abstains.

    Wang et al., Plan-and-Solve Prompting, ACL 2023; with a new plan after each step, as the
    plan-and-execute agents of LangGraph have it.
    """

    name = "plan_and_execute"

    class Parameters(AgentParameters):
        """How long it goes on."""

        max_steps: int = parameter(
            7,
            "Plans at most, the first one included, before the last call for the answer.",
            ge=1,
            le=50,
            search=IntDomain(3, 10),
        )

    parameters: Parameters

    async def solve(self, work: Work) -> Answer:
        """See `Agent.answer`."""
        box = work.toolbox
        planning = work.task("agent_plan", tools=box.described())
        plan = await work.ask(planning, partial(_read_plan, box), _dry_plan(work))
        while True:
            await work.use(plan[:1])
            messages = work.task(
                "agent_replan",
                tools=box.described(),
                known=work.notes.text(),
                plan=_written(plan[1:]),
            )
            next_plan = await work.ask(messages, partial(_read_replan, box), _dry_plan(work))
            if isinstance(next_plan, Answer):
                return next_plan
            plan = next_plan


def _dry_plan(work: Work) -> DryReplies:
    box, done = work.toolbox, work.steps
    # Two steps, of which the second is never reached: plans change.
    steps = listing([in_turn(box, work.question, number) for number in (done, done + 1)])
    first = listing([Action(box.search, work.question)])
    return round_of_loop(done, first, steps, steps, answer=f"Answer: {ANSWER}")


def _read_plan(box: Toolbox, reply: str) -> list[Action]:
    return [action for _, action in listed(reply, box, box.search)]


def _read_replan(box: Toolbox, reply: str) -> Answer | list[Action]:
    answer = _answer_in(unlisted(reply))  # not a later step that says `3. Answer: ...`
    if answer:
        return answer_of(answer)
    try:
        plan = _read_plan(box, reply)
    except ComponentError as error:
        raise ComponentError(f"{error}, and no line Answer: ...") from error
    answer = _answer_in(plan[0].text)
    return answer_of(answer) if answer else plan


def _answer_in(text: str) -> str:
    return first(parts_of(text, "answer"), "answer")


def _written(plan: Sequence[Action]) -> str:
    lines = [f"{n}. {action.tool}: {action.text}" for n, action in enumerate(plan, start=1)]
    return "\n".join(lines) or "(nothing)"
