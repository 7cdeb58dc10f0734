"""Whether an answer is correct, in a language model's eyes."""

from __future__ import annotations

from syftr_like.contracts import ChoiceDomain, Judge, Llm, Outcome, Question, parameter

from ..asking import AskingParameters, ask, task
from .styles import STYLE, STYLES, Style

NO_ANSWER = "The question cannot be answered from the documents."
"""The reference of a question that is said to have an answer, and names none."""


class CorrectnessParameters(AskingParameters):
    """Which model, asked how."""

    style: Style = parameter("reasoned", STYLE, search=ChoiceDomain(tuple(STYLES)))


class LlmJudge(Judge):
    """Has a language model judge whether an answer is correct, by the reference answers.

    Sees that other words mean the same, where metrics of words do not; costs a call per question,
    and has preferences of its own (for long answers, for its own family). An abstention is judged
    without asking: it is right where the question has no answer. Zheng et al. 2023.
    """

    name = "llm_judge"

    Parameters = CorrectnessParameters
    parameters: CorrectnessParameters

    async def judge(self, question: Question, outcome: Outcome) -> float:
        """Return 1 for a correct answer, else 0."""
        p = self.parameters
        return await correctness(p.llm, question, outcome, style=p.style, tries=p.tries)


async def correctness(
    llm: Llm, question: Question, outcome: Outcome, *, style: Style, tries: int
) -> float:
    """Return 1 where a model finds an answer correct, else 0.

    Raises:
        ComponentError: Its verdict could not be read.
    """
    answer = outcome.answer
    if answer is None:  # a flow that ends in passages
        return 0.0
    if answer.abstained or not question.answerable:
        return float(answer.abstained is not question.answerable)
    asking = STYLES[style]
    messages = task(
        asking.task,
        question=question.question,
        reference=" / ".join(question.answers) or NO_ANSWER,
        answer=answer.text,
    )
    return await ask(llm, messages, asking.parse, tries=tries, example=asking.example)
