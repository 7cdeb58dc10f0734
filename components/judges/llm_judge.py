"""Whether an answer is correct, in a language model's eyes."""

from __future__ import annotations

from syftr_like.contracts import Judge, Llm, Message, Outcome, Question

from ..asking import AskingParameters, ask, task
from .verdicts import verdict_of

NO_ANSWER = "The question cannot be answered from the documents."
"""The reference of a question that has no answer, and what an abstention says."""

WORDS = {"correct": 1.0, "incorrect": 0.0}


class LlmJudge(Judge):
    """Has a language model judge whether an answer is correct, by the reference answers.

    Sees that other words mean the same, where metrics of words do not; costs a call per question,
    and has preferences of its own (for long answers, for its own family). An abstention is judged
    without asking: it is right where the question has no answer. Zheng et al. 2023.
    """

    name = "llm_judge"

    class Parameters(AskingParameters):
        """Which model."""

    parameters: Parameters

    async def judge(self, question: Question, outcome: Outcome) -> float:
        """Return 1 for a correct answer, else 0."""
        return await correctness(self.parameters.llm, question, outcome, self.parameters.tries)


async def correctness(llm: Llm, question: Question, outcome: Outcome, tries: int) -> float:
    """Return 1 where a model finds an answer correct, else 0.

    Raises:
        ComponentError: Its verdict could not be read.
    """
    answer = outcome.answer
    if answer is None or answer.abstained or not question.answerable:
        abstained = answer is None or answer.abstained
        return float(abstained is not question.answerable)
    return await ask(
        llm,
        judging(question, answer.text),
        lambda reply: verdict_of(reply, WORDS),
        tries=tries,
        example="Verdict: correct",
    )


def judging(question: Question, answer: str) -> list[Message]:
    """Return what a judge of correctness is asked."""
    return task(
        "judge_correctness",
        question=question.question,
        reference=" / ".join(question.answers) or NO_ANSWER,
        answer=answer,
    )
