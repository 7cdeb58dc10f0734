"""A question taken apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from syftr_like.contracts import Answer, IntDomain, parameter

from ..dry_reply import DryReplies
from ..side_by_side import side_by_side
from .actions import Action
from .dry_loops import USUAL_LOOKUPS, listing, several
from .findings import Finding
from .labelled import read_answer
from .requests import Request, fulfil, listed, referring
from .stepping import AgentParameters, SteppingAgent, Work
from .toolbox import Toolbox

_REFERENCE = re.compile(r"#(\d+)")


class SubQuestion(SteppingAgent):
    """Takes a question apart, has each sub-question answered, and joins the answers.

    A sub-question goes to the expert that the model names for it, else to the node's first expert.
    One that goes to a tool that yields passages is answered by the model from these. A later one
    may refer to the answer of an earlier one (`#1`) and then waits for it; others run side by side.
    One that needs an answer that was not found is left out. It suits comparisons and questions of
    several hops; it costs one call to take apart, one to join, and what the experts cost, or one
    call for each search. At a limit one last call asks for the answer with what is known; where it
    brings none, the agent abstains.

    The sub-question query engine of LlamaIndex; Press et al., Measuring and Narrowing the
    Compositionality Gap in Language Models (self-ask), EMNLP Findings 2023.
    """

    name = "sub_question"

    class Parameters(AgentParameters):
        """How far a question is taken apart."""

        sub_questions: int = parameter(
            4, "Sub-questions at most.", ge=1, le=20, search=IntDomain(2, 6)
        )

    parameters: Parameters

    async def solve(self, work: Work) -> Answer:
        """See `Agent.answer`."""
        most = self.parameters.sub_questions
        box = work.toolbox
        messages = work.task("agent_sub_questions", tools=box.described(), most=most)
        requests = await work.ask(
            messages, partial(_read_requests, box, most), _dry_requests(work, most)
        )
        await fulfil(requests, _REFERENCE, partial(_answered, work))
        return await work.conclude()


def _dry_requests(work: Work, most: int) -> DryReplies:
    box = work.toolbox
    usual = several(box, work.question, min(USUAL_LOOKUPS, most))
    return DryReplies(
        listing([Action(box.expert, work.question)]),
        listing(usual),
        listing(several(box, work.question, most)),
    )


def _read_requests(box: Toolbox, most: int, reply: str) -> list[Request]:
    return referring(listed(reply, box, box.expert), _REFERENCE, most)


async def _answered(work: Work, requests: Sequence[Request]) -> list[Finding]:
    found = await work.use([request.action for request in requests])
    return await side_by_side([_answer(work, finding) for finding in found])


async def _answer(work: Work, finding: Finding) -> Finding:
    if not finding.passages:
        return finding
    known = work.notes.text([finding])
    messages = work.task("agent_sub_answer", known=known, sub_question=finding.action.text)
    answer = await work.ask(messages, read_answer)
    answered = replace(finding, answer="" if answer.abstained else answer.text)
    work.notes.replace(finding, answered)
    return answered
