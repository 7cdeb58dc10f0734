"""Retrieval and reasoning in turn, then the answer."""

from __future__ import annotations

import re

from syftr_like.contracts import Answer, IntDomain, parameter
from syftr_like.errors import ComponentError

from ..dry_reply import DryReplies
from ..reply_forms import without_thoughts
from .actions import Action, unquoted
from .dry_loops import USUAL_LOOKUPS
from .dry_loops import searched as dry_search
from .labelled import parts_of
from .stepping import AgentParameters, SteppingAgent, Work

_LABELS = ("next search query", "search query", "next search", "search", "query", "missing")
_DONE = re.compile(
    r"""DONE(?:\W*\Z|[.!:;,(]|\s+[-\u2013\u2014]\s)
    |(?i:(?:done|nothing|none|n/a)\W*\Z)
    |(?i:(?:done|nothing|none)(?:[.!;,]|\s+[-\u2013\u2014(])
        .*\b(?:nothing|all|no|done|enough|sufficient|complete|answer(?:ed)?)\b)
    |(?i:(?:nothing|none|no\s+(?:further\s+|more\s+|other\s+)?(?:facts?|information))
        (?:\s+(?:else|more|further))?\s+(?:is|are)\s+(?:missing|needed))\b""",
    re.VERBOSE,
)
_DONE_AT_THE_END = re.compile(r"[.!:]\s+\W*DONE\W*\Z", re.IGNORECASE)
_DONE_LINE = re.compile(r"^\W*DONE\W*$", re.IGNORECASE | re.MULTILINE)
_TURN = re.compile(
    r"\b(?:but|however|except|although|though|apart\s+from|other\s+than)\b", re.IGNORECASE
)
_LONGEST = 400  # characters; what is longer is an explanation


class IterativeRetrieval(SteppingAgent):
    """Searches again for what the model finds missing, then answers from all that was found.

    The first search is for the question itself. After each search the model names the next one, or
    says that nothing is missing; the answer is then written from all passages. It suits questions
    of several hops, and costs a call for each search and one for the answer, each with all passages
    in its prompt. The node's first tool that yields passages is searched with; a node without one
    has its first expert asked. Another search for the same text is not made: it would find the
    same. At a limit one last call asks for the answer with what is known; where it brings none, the
    agent abstains.

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
            another = dry_search(work.question, len(searched))
            usual = another if len(searched) < USUAL_LOOKUPS else "DONE"
            search = await work.ask(messages, _read_missing, DryReplies("DONE", usual, another))
        return await work.conclude()


def _read_missing(reply: str) -> str:
    """Return the next search, empty where nothing is missing.

    `DONE` may have its reason with it: `DONE - all facts found`, `All facts are known. DONE`. A
    search that only begins like it is one: `Nothing Compares 2 U songwriter`.

    Raises:
        ComponentError: It is neither, or both.
    """
    text = without_thoughts(reply)
    labelled = [part for _, part in parts_of(text, *_LABELS) if part]
    said = labelled[-1] if labelled else text
    lines = [line for raw in said.splitlines() if (line := raw.strip())]
    opening = unquoted(lines[0].strip("*` ")) if lines else ""
    if _DONE.match(opening) or (not labelled and _DONE_AT_THE_END.search(said)):
        if _TURN.search(said):
            raise ComponentError("it says DONE, but goes on; reply with DONE or a search alone")
        return ""
    if len(lines) != 1 or len(opening) > _LONGEST or _DONE_LINE.search(text):
        raise ComponentError("it is neither DONE nor one line with a search")
    return opening
