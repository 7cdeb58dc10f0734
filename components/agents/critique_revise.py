"""A draft, criticised and revised."""

from __future__ import annotations

from syftr_like.contracts import Answer, IntDomain, parameter

from ..dry_reply import DryReplies
from ..reply_forms import UnreadableReplyError
from .actions import Action
from .dry_loops import searched
from .judgements import Critique, read_critique
from .labelled import read_answer
from .stepping import AgentParameters, SteppingAgent, Work

_DECLINED = "(the draft declines to answer)"


class CritiqueRevise(SteppingAgent):
    """Has a draft criticised by the model, and revises it until no fault is found.

    The draft is that of the node's first expert, or else written from what the node's first tool
    finds for the question. The critique sees what the tool found. It says that the draft is fine,
    or names its faults and, where `search` is on, what to look up to mend them. It suits drafts of
    a cheap flow that are often nearly right; each round costs two calls. An answer that was found
    fine is returned as it was drafted, with its confidence; so is one of whose critiques none can
    be read within `tries`. At a limit one last call asks for the answer with what is known; where
    it brings none, the agent abstains.

    After Madaan et al., Self-Refine: Iterative Refinement with Self-Feedback, NeurIPS 2023, and
    Gou et al., CRITIC: Large Language Models Can Self-Correct with Tool-Interactive Critiquing,
    ICLR 2024.
    """

    name = "critique_revise"

    class Parameters(AgentParameters):
        """How often is revised, and with what."""

        rounds: int = parameter(
            1,
            "Critiques at most, each followed by a revision where faults are found.",
            ge=1,
            le=10,
            search=IntDomain(1, 3),
        )
        search: bool = parameter(True, "Whether what a critique finds missing is looked up.")

    parameters: Parameters

    async def solve(self, work: Work) -> Answer:
        """See `Agent.answer`."""
        draft = await _draft(work)
        for number in range(self.parameters.rounds):
            told = _DECLINED if draft.abstained else draft.text
            work.thoughts = f"A draft, which may be wrong: {told}"
            critique = await _critique(work, told, number)
            if critique is None:
                return draft
            work.thoughts += f"\nIts faults: {critique.faults}"
            if self.parameters.search and critique.search:
                await work.use([Action(work.toolbox.search, critique.search)])
            messages = work.task(
                "agent_revise", known=work.notes.text(), draft=told, faults=critique.faults
            )
            draft = await work.ask(messages, read_answer)
        return draft


async def _draft(work: Work) -> Answer:
    """Return an expert's answer, or else one from what was found; evidence is looked up too."""
    box = work.toolbox
    asked = dict.fromkeys([box.search, *list(box.experts)[:1]])
    found = await work.use([Action(name, work.question) for name in asked])
    drafted = found[-1]
    if drafted.answer is None:  # no expert, or it failed
        return await work.conclude()
    return Answer(drafted.answer, abstained=not drafted.answer, confidence=drafted.confidence)


def _dry_critique(work: Work, number: int) -> DryReplies:
    """As a rule faults are found once, and mended."""
    search = searched(work.question, number + 1)
    faults = f"Faults: It does not answer the question.\nSearch: {search}"
    return DryReplies("NO FAULTS", "NO FAULTS" if number else faults, faults)


async def _critique(work: Work, draft: str, number: int) -> Critique | None:
    """Return what is wrong with a draft; None where nothing is, or no reply can be read."""
    messages = work.task("agent_critique", known=work.notes.text(), draft=draft)
    try:
        return await work.ask(messages, read_critique, _dry_critique(work, number))
    except UnreadableReplyError:
        return None
