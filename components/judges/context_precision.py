"""Whether relevant passages come first, in a language model's eyes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from syftr_like.contracts import IntDomain, Judge, Outcome, Question, parameter

from ..asking import Asked, AskingParameters, ask_all, task
from ..reply_forms import choice_of, without_thoughts

# `Yes, the passage says so.`, but not `No passage says so` or `Yes or no`.
_FIRST = re.compile(r"[\W_]*(?P<word>yes|no)[\s*_`\"']*(?:[.,;:!\u2013\u2014-]|$)", re.IGNORECASE)


def relevance_of(reply: str) -> float:
    """Return 1 for yes and 0 for no.

    Raises:
        ComponentError: It says neither, or both.
    """
    first = _FIRST.match(without_thoughts(reply))
    word = first["word"].lower() if first else choice_of(reply, ("yes", "no"), "relevant")
    return float(word == "yes")


class ContextPrecision(Judge):
    """Has a language model judge each passage that was read: whether those of use come first.

    The mean, over the relevant passages, of the share of relevant ones down to each: 1 where all of
    them come before all others, 0 where none is relevant. One call per passage. Where evidence is
    labelled, `retrieval_ndcg` costs nothing. Only for questions with an answer. Es et al. 2024
    (RAGAS).
    """

    name = "context_precision"

    class Parameters(AskingParameters):
        """Which model, and how many passages it judges."""

        passages: int = parameter(
            10, "Passages judged at most, the first ones.", ge=1, le=100, search=IntDomain(1, 10)
        )

    parameters: Parameters

    def applies(self, question: Question) -> bool:
        """Whether there is an answer to judge by."""
        return question.answerable and bool(question.answers)

    async def judge(self, question: Question, outcome: Outcome) -> float:
        """Return the average precision of the passages."""
        p = self.parameters
        read = outcome.passages[: p.passages]
        reference = " / ".join(question.answers)
        asked = [
            Asked(
                task(
                    "judge_relevance",
                    question=question.question,
                    reference=reference,
                    passage=passage.text,
                ),
                relevance_of,
                "yes",
            )
            for passage in read
        ]
        return average_precision(await ask_all(p.llm, asked, tries=p.tries))


def average_precision(relevant: Sequence[float]) -> float:
    """Return the mean precision at each relevant place; 0 where none is relevant."""
    found = 0.0
    precisions: list[float] = []
    for place, is_relevant in enumerate(relevant, start=1):
        found += is_relevant
        if is_relevant:
            precisions.append(found / place)
    return sum(precisions) / len(precisions) if precisions else 0.0
