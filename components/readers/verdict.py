"""Verdicts on answers, as answers: what makes a judge a flow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from pydantic import model_validator

from syftr_like.contracts import (
    Answer,
    Chunk,
    ComponentParameters,
    Indexes,
    Input,
    Judge,
    Outcome,
    Passage,
    Port,
    Query,
    Question,
    Reader,
    component_parameter,
    fingerprint,
    parameter,
)
from syftr_like.errors import ComponentError

from ..asking import connect
from ..judges.judged_text import JudgedText, read_judged


class Verdict(Reader):
    """Has a judge judge the answer that stands in the question, and replies with its verdict.

    For a study that searches for the judge which agrees best with labels. Its questions are judged
    answers, each one text: `Question:`, `Reference answer:` (repeated, or absent where there is no
    answer), `Passage:` (repeated, or absent), `Answer to judge:` (empty for an abstention), in this
    order, each at the start of a line. Their answers are the labels, `correct` or `incorrect`, so
    that `exact_match` is the agreement. Costs what the judge costs. A question in another form is
    a failure.
    """

    name = "verdict"
    inputs: ClassVar[Mapping[str, Input]] = {"question": Input(Port.QUESTION)}

    class Parameters(ComponentParameters):
        """Who judges, and how the verdict is put."""

        judge: Judge = component_parameter(None, "The judge whose verdict it is.")
        at_least: float = parameter(
            0.5,
            "The judge's score from which an answer is correct; those of yes and no are 1 and 0.",
            gt=0,
            le=1,
        )
        correct: str = parameter(
            "correct", "The reply for an answer that is correct.", min_length=1
        )
        incorrect: str = parameter(
            "incorrect", "The reply for an answer that is not.", min_length=1
        )

        @model_validator(mode="after")
        def _told_apart(self) -> Self:
            if self.correct.casefold() == self.incorrect.casefold():
                raise ValueError(f"`correct` and `incorrect` are both '{self.correct}'")
            return self

    parameters: Parameters

    @property
    def asynchronous(self) -> bool:
        """Always: it waits for the judge."""
        return True

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> object:
        """Make the clients of the judge's models, so that the first question waits for none."""
        connect(self.parameters.judge)
        return None

    def read(self, question: Query, passages: Sequence[Passage]) -> Answer:
        """Refuse: judges are awaited, see `aread`."""
        raise NotImplementedError(f"{self.name} is asynchronous: call aread")

    async def aread(self, question: Query, passages: Sequence[Passage]) -> Answer:
        """Return the verdict, in the word that stands for it.

        Raises:
            ComponentError: The question is no judged answer, the judge does not judge such ones, or
                its judgement cannot be read.
        """
        p = self.parameters
        asked, outcome = _judged(read_judged(question.text))
        if not p.judge.applies(asked):
            raise ComponentError(f"'{p.judge.name}' does not judge answers to this question")
        score = await p.judge.judge(asked, outcome)
        if not 0 <= score <= 1:
            raise ComponentError(f"the score of '{p.judge.name}' is {score}, and not from 0 to 1")
        return Answer(p.correct if score >= p.at_least else p.incorrect)


def _judged(text: JudgedText) -> tuple[Question, Outcome]:
    """Return the question that was answered, named by its text, and what came of it."""
    question = Question(
        fingerprint(text.question),
        text.question,
        text.references,
        answerable=bool(text.references),
    )
    passages = tuple(
        Passage(Chunk(f"passage {n}", 0, len(passage), passage), 1 / n)
        for n, passage in enumerate(text.passages, start=1)
    )
    answer = Answer(text.answer, abstained=not text.answer)
    return question, Outcome(question.id, answer, passages, {}, (), 0.0, 0.0, 0.0)
