"""Answers chosen by a judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from syftr_like.contracts import (
    Answer,
    Indexes,
    IntDomain,
    Llm,
    Message,
    Passage,
    Query,
    component_parameter,
    parameter,
)

from ..asking import ask, connect, numbered, task
from ..prompts.template import ABSTENTION
from ..reply_forms import UnreadableReplyError
from .agreement import distinct
from .asked_reader import AskedReader, AskedReaderParameters
from .chosen_answer import chosen_answer
from .shots import Shots

_NO_PASSAGES = "(There are none: judge by what you know.)"


class BestOfN(AskedReader):
    """Asks a language model several times and has a judge choose among the answers.

    Pays off where judging is easier than answering: a cheap model answers, a better one judges.
    Costs `samples` calls and one of the judge, unless all answers agree. Give the model a
    temperature above 0. The confidence is the share of the replies that agree with the chosen one.
    Where no choice of the judge can be read within `tries`, the most frequent answer is taken, the
    first of equally frequent ones.
    """

    name = "best_of_n"

    class Parameters(AskedReaderParameters):
        """Which model, asked how, how often, and who judges."""

        judge: Llm = component_parameter(None, "The language model that chooses.")
        samples: int = parameter(
            4, "How often the model is asked.", ge=1, le=50, search=IntDomain(2, 8)
        )

    parameters: Parameters

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> Shots | None:
        """Make the clients of both models."""
        connect(self.parameters.judge)
        return super().prepare(inputs, indexes)

    async def aread(self, question: Query, passages: Sequence[Passage]) -> Answer:
        """Return the answer that the judge chose; it may be to abstain.

        Raises:
            ComponentError: A model did not reply, or an answer is not in the prompt's form.
        """
        p = self.parameters
        candidates = distinct(await self.sampled(p.llm, question, passages, p.samples))
        chosen = await self._chosen(question, passages, candidates) if len(candidates) > 1 else 0
        answer, share = candidates[chosen]
        return replace(answer, confidence=share)

    async def _chosen(
        self,
        question: Query,
        passages: Sequence[Passage],
        candidates: Sequence[tuple[Answer, float]],
    ) -> int:
        """Return the position of the judge's choice, or of the most frequent answer."""
        p = self.parameters
        messages = _judged(question, passages, [answer for answer, _ in candidates])
        parse = partial(chosen_answer, count=len(candidates))
        try:
            return await ask(p.judge, messages, parse, tries=p.tries, example="1")
        except UnreadableReplyError:
            return max(
                range(len(candidates)), key=lambda n: candidates[n][1]
            )  # the first of equals


def _judged(
    question: Query, passages: Sequence[Passage], answers: Sequence[Answer]
) -> list[Message]:
    listed = "\n\n".join(
        f"Answer {n}: {ABSTENTION if answer.abstained else answer.text}"
        for n, answer in enumerate(answers, start=1)
    )
    return task(
        "best_of_n",
        question=question.text,
        passages=numbered(passages) or _NO_PASSAGES,
        answers=listed,
        abstention=ABSTENTION,
    )
