"""Answers written by a language model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from syftr_like.contracts import (
    Answer,
    Indexes,
    Input,
    Passage,
    Port,
    Prompt,
    Query,
    Reader,
    component_parameter,
)

from ..asking import AskingParameters, ask, connect


class LlmAnswer(Reader):
    """Asks a language model to answer from the passages.

    Passages need not be wired: then the model answers from what it knows. Where they are wired
    and none were found, it abstains without asking. A reply that is not in the prompt's form is
    shown to the model with what is wrong, until `tries` replies were got; each is paid for.
    """

    name = "llm_answer"
    inputs: ClassVar[Mapping[str, Input]] = {
        "question": Input(Port.QUESTION),
        "passages": Input(Port.PASSAGES, required=False),
    }

    class Parameters(AskingParameters):
        """Which model, asked how."""

        prompt: Prompt = component_parameter("default", "How question and passages are laid out.")

    parameters: Parameters

    @property
    def asynchronous(self) -> bool:
        """Always: it waits for the model."""
        return True

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> object:
        """Make the model's client, so that the first question does not wait for it."""
        connect(self.parameters.llm)
        return None

    async def arun(self, inputs: Mapping[str, Any], prepared: object) -> Answer:
        """See `aread`; abstains where passages were looked for and none found."""
        passages = inputs.get("passages")
        if passages is not None and not passages:
            return Answer(text="", abstained=True)
        return await self.aread(inputs["question"], passages or ())

    def read(self, question: Query, passages: Sequence[Passage]) -> Answer:
        """Refuse: models are awaited, see `aread`."""
        raise NotImplementedError("llm_answer is asynchronous: call aread")

    async def aread(self, question: Query, passages: Sequence[Passage]) -> Answer:
        """Return the model's answer, or its abstention.

        Raises:
            ComponentError: The model did not reply, or not in the prompt's form.
        """
        p = self.parameters
        messages = p.prompt.messages(question, passages)
        return await ask(p.llm, messages, p.prompt.parse, tries=p.tries)
