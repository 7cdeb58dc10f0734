"""Whether an answer is supported by what was read, in a language model's eyes."""

from __future__ import annotations

from syftr_like.contracts import Judge, Outcome, Question

from ..asking import AskingParameters, ask, numbered, task
from .verdicts import verdict_of

WORDS = {"supported": 1.0, "unsupported": 0.0}


class Faithfulness(Judge):
    """Has a language model judge whether an answer is supported by the passages that were read.

    Needs no reference answer: an answer may be wrong and faithful, or right and made up. An
    abstention states nothing and is faithful; an answer without passages is not. Es et al. 2024
    (RAGAS).
    """

    name = "faithfulness"

    class Parameters(AskingParameters):
        """Which model."""

    parameters: Parameters

    async def judge(self, question: Question, outcome: Outcome) -> float:
        """Return 1 for a supported answer, else 0."""
        answer = outcome.answer
        if answer is None or answer.abstained:
            return 1.0
        if not outcome.passages:
            return 0.0
        messages = task(
            "judge_faithfulness",
            question=question.question,
            passages=numbered(outcome.passages),
            answer=answer.text,
        )
        p = self.parameters
        return await ask(
            p.llm,
            messages,
            lambda reply: verdict_of(reply, WORDS),
            tries=p.tries,
            example="Passage [1] says so.\n\nVerdict: supported",
        )
