"""Search in a tree of steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from syftr_like.contracts import Answer, FloatDomain, IntDomain, parameter
from syftr_like.errors import ComponentError

from ..dry_reply import DryReplies
from ..prompts.replies import answer_of
from ..reply_forms import UnreadableReplyError, without_thoughts
from ..side_by_side import side_by_side
from .actions import Action, actions_in
from .dry_loops import ANSWER, in_text, searched
from .judgements import HIGHEST_SCORE, read_score
from .labelled import parts_of
from .search_tree import TreeNode
from .stepping import AgentParameters, SteppingAgent, Work

_REFLECTIONS = 3
_UNREAD_VALUE = 0.5
_FIRST_STEP = "Only things to look up, for nothing was looked up yet. "
_LAST_STEP = "Only answers, for this way ends here. "
_DECLINED = "(it declines to answer)"


class Lats(SteppingAgent):
    """Searches a tree of steps for the answer that the model values highest (LATS).

    Again and again the most promising open state is chosen (UCT). The model proposes several next
    steps for it, tools to be used or an answer; they are carried out side by side; the model gives
    each resulting state a value, which is passed up the tree in place of a rollout. It reflects on
    each way that ended in a poor answer, or in none within `depth` steps, and later proposals see
    the last three reflections. An answer valued at `accept` or higher ends the search at once, else
    the one of the highest value is given when `expansions` are used up; its value is its
    confidence. A state counts as half good, 0.5, where no reply about its value can be read within
    `tries`, and a reflection that cannot is left out. Nothing is drawn by lot. It is by far the
    dearest agent: an expansion costs a call for the proposals, one for each of them, and some for
    reflections. It suits hard questions with many ways that lead nowhere. At a limit one last call
    asks for the answer with what is known; where it brings none, the agent abstains.

    Zhou et al., Language Agent Tree Search Unifies Reasoning, Acting, and Planning in Language
    Models, ICML 2024.
    """

    name = "lats"

    class Parameters(AgentParameters):
        """How wide, deep and long is searched."""

        max_steps: int = parameter(
            30, "Things asked of the model at most, before the last call.", ge=1, le=500
        )
        max_tokens: int = parameter(
            60_000, "Tokens of its own calls, after which no step is begun.", ge=1, le=10_000_000
        )
        expansions: int = parameter(
            4, "States from which next steps are proposed.", ge=1, le=50, search=IntDomain(2, 8)
        )
        candidates: int = parameter(
            2, "Steps proposed for a state.", ge=1, le=8, search=IntDomain(2, 4)
        )
        depth: int = parameter(
            4, "Steps of one way, the answer included.", ge=2, le=20, search=IntDomain(2, 6)
        )
        exploration: float = parameter(
            1.0,
            "Weight of what was seldom tried, against what looks good.",
            ge=0,
            le=10,
            search=FloatDomain(0.2, 2.0, 0.2),
        )
        accept: float = parameter(0.8, "Value at which an answer is taken at once.", ge=0, le=1)

    parameters: Parameters

    async def solve(self, work: Work) -> Answer:
        """See `Agent.answer`."""
        p = self.parameters
        root = TreeNode()
        best: Answer | None = None
        reflections: list[str] = []
        for expansion in range(p.expansions):
            if root.closed:
                break
            node = root.select(p.exploration)
            children = await self._proposed(work, node, reflections)
            values = await side_by_side([_value(work, child) for child in children])
            node.add(children, values)
            for child, value in zip(children, values, strict=True):
                if child.answer is not None and (best is None or value > (best.confidence or 0)):
                    best = replace(child.answer, confidence=value)
            if best is not None and (best.confidence or 0) >= p.accept:
                return best
            work.thoughts = "" if best is None else f"An answer that may be wrong: {_said(best)}"
            ends = [child for child in children if child.answer is not None]
            ends = ends if children else [node]  # a way without an answer within `depth` steps
            for end in ends:
                end.close()
            if expansion < p.expansions - 1 and not root.closed:
                learned = await side_by_side([_reflection(work, end) for end in ends])
                reflections += [text for text in learned if text]
        return best if best is not None else await work.conclude()

    async def _proposed(
        self, work: Work, node: TreeNode, reflections: Sequence[str]
    ) -> list[TreeNode]:
        """Return the states after each of the steps that the model proposes for a state."""
        p = self.parameters
        only = _LAST_STEP if node.depth == p.depth - 1 else ""
        only = _FIRST_STEP if node.parent is None else only
        messages = work.task(
            "agent_lats_steps",
            tools=work.toolbox.described(),
            steps=work.notes.steps(node.findings),
            reflections=_told(reflections[-_REFLECTIONS:]),
            most=p.candidates,
            only=only,
        )
        steps = await work.ask(messages, _read_steps, self._dry_steps(work, node))
        if node.parent is None:  # an answer is worth nothing before anything was looked up
            first_search = Action(work.toolbox.search, work.question)
            steps = [s for s in steps if isinstance(s, Action)] or [first_search]
        elif only:  # and a way has to end somewhere
            steps = [s for s in steps if isinstance(s, Answer)]
        steps = steps[: p.candidates]
        found = await work.use([step for step in steps if isinstance(step, Action)])
        lookups = iter(found)
        return [
            TreeNode(node, finding=next(lookups))
            if isinstance(step, Action)
            else TreeNode(node, answer=step)
            for step in steps
        ]

    def _dry_steps(self, work: Work, node: TreeNode) -> DryReplies:
        """Look things up first, then answer: all candidates as a rule, all but one at most."""
        p, box = self.parameters, work.toolbox
        number = len(work.notes.findings)
        names = [box.names[n % len(box.names)] for n in range(number, number + p.candidates)]
        actions = [
            Action(name, searched(work.question, number + n)) for n, name in enumerate(names)
        ]
        answers = [f"Final Answer: {ANSWER} {n}" for n in range(1, p.candidates + 1)]
        if node.parent is None:
            looked_up = in_text(actions)
            return DryReplies(in_text([Action(box.search, work.question)]), looked_up, looked_up)
        going_on = [in_text(actions[:1]), *answers[1:]] if node.depth < p.depth - 1 else answers
        return DryReplies(answers[0], "\n".join(answers), "\n".join(going_on))


def _read_steps(reply: str) -> list[Action | Answer]:
    """Return the steps that a reply proposes, each once."""
    parts = parts_of(reply, "thought", "observation", "action input", "action", "answer")
    actions = iter(actions_in(parts))
    steps: list[Action | Answer] = []
    for label, text in parts:
        step: Action | Answer | None = None
        if label == "action":
            step = next(actions)
        elif label == "answer" and text:
            step = answer_of(text)
        if step is not None and step not in steps:
            steps.append(step)
    if not steps:
        raise ComponentError("it has no line Action: tool[text], and no line Final Answer: ...")
    return steps


async def _value(work: Work, node: TreeNode) -> float:
    """Return the value that the model gives to a state, in [0, 1]; 0.5 where none can be read."""
    messages = work.task("agent_lats_value", highest=HIGHEST_SCORE, **_attempt(work, node))
    good, fair, poor = (f"Score: {score}" for score in (HIGHEST_SCORE, 5, 1))
    usual = fair if node.answer is None else good
    try:
        return await work.ask(messages, read_score, DryReplies(good, usual, poor))
    except UnreadableReplyError:
        return _UNREAD_VALUE


async def _reflection(work: Work, node: TreeNode) -> str:
    """Return what the model learns from a way that failed; empty where no reply can be read."""
    messages = work.task("agent_lats_reflection", **_attempt(work, node))
    try:
        return await work.ask(messages, _read_reflection)
    except UnreadableReplyError:
        return ""


def _read_reflection(reply: str) -> str:
    text = without_thoughts(reply)
    if not text:
        raise UnreadableReplyError("it is empty")
    return text


def _attempt(work: Work, node: TreeNode) -> dict[str, str]:
    answer = "(no answer yet)" if node.answer is None else _said(node.answer)
    return {"known": work.notes.text(node.findings), "answer": answer}


def _said(answer: Answer) -> str:
    return answer.text or _DECLINED


def _told(reflections: Sequence[str]) -> str:
    if not reflections:
        return ""
    lines = "\n".join(f"- {' '.join(text.split())}" for text in reflections)
    return f"What was learned from ways that failed:\n{lines}\n\n"
