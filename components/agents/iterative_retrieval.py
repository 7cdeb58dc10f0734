"""Retrieval and reasoning in turn, then the answer."""

from __future__ import annotations

from syftr_like.contracts import Answer, IntDomain, parameter
from syftr_like.errors import ComponentError

from .actions import Action, wanted
from .labelled import first, parts_of
from .stepping import AgentParameters, SteppingAgent, Work


class IterativeRetrieval(SteppingAgent):
    """Searches again for what the model finds missing, then answers from all that was found.

    The first search is for the question itself. After each search the model says either what is
    known and enough, or what to search for next; the answer is then written from all passages. It
    suits questions of several hops, and costs a call for each search and one for the answer, each
    with all passages in its prompt. The node's first tool that yields passages is searched with; a
    node without one has its first expert asked. Another search for the same text is not made: it
    would find the same. At a limit one last call asks for the answer with what is known; where it
    brings none, the agent abstains.

    After IRCoT (Trivedi et al., Interleaving Retrieval with Chain-of-Thought Reasoning, ACL 2023)
    and FLARE (Jiang et al., Active Retrieval Augmented Generation, EMNLP 2023), which search for
    the next sentence of a chain of thought, or of the answer; here the model names the search.
    """

    name = "iterative_retrieval"

    class Parameters(AgentParameters):
        """How often is searched."""

        rounds: int = parameter(
            3,
            "Searches at most, that for the question included.",
            ge=1,
            le=20,
            search=IntDomain(2, 5),
        )

    parameters: Parameters

    async def solve(self, work: Work) -> Answer:
        """See `Agent.answer`."""
        searched: list[str] = []
        search = work.question
        while search and search not in searched:
            searched.append(search)
            await work.use([Action(work.toolbox.search, search)])
            if len(searched) == self.parameters.rounds:
                break
            messages = work.task("agent_missing", known=work.notes.text())
            search, enough = await work.ask(messages, _read_missing)
            work.thoughts = f"What is known from it: {enough}" if enough else ""
        return await work.conclude()


def _read_missing(reply: str) -> tuple[str, str]:
    """Return what is missing, empty where nothing is, and what is known."""
    parts = parts_of(reply, "thought", "missing", "enough")
    missing, enough = wanted(parts, "missing"), first(parts, "enough")
    if missing is None and not enough:
        raise ComponentError("it has no line Missing: ..., and no line Enough: ...")
    return ("", enough) if enough else (missing or "", "")
