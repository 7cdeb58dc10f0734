"""Answers written by a language model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from syftr_like.contracts import (
    Answer,
    ComponentParameters,
    Indexes,
    Input,
    Llm,
    Message,
    Passage,
    Port,
    Prompt,
    Query,
    Reader,
    component_parameter,
    parameter,
)
from syftr_like.errors import ComponentError

from ..llms.langchain_llm import LangchainLlm


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

    class Parameters(ComponentParameters):
        """Which model, asked how."""

        llm: Llm = component_parameter(None, "The language model.")
        prompt: Prompt = component_parameter("default", "How question and passages are laid out.")
        tries: int = parameter(
            2, "Replies asked for at most, where one is not in the prompt's form.", ge=1, le=5
        )

    parameters: Parameters

    @property
    def asynchronous(self) -> bool:
        """Always: it waits for the model."""
        return True

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> object:
        """Make the model's client, so that the first question does not wait for it."""
        if isinstance(self.parameters.llm, LangchainLlm):
            self.parameters.llm.connect()
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
        messages: list[Message] = list(p.prompt.messages(question, passages))
        for left in reversed(range(p.tries)):
            reply = await p.llm.complete(messages)
            try:
                return p.prompt.parse(reply)
            except ComponentError as error:
                if left == 0:
                    raise
                messages += _correction(reply, error)
        raise AssertionError("unreachable: tries is at least 1")


def _correction(reply: str, error: ComponentError) -> list[Message]:
    """Return the messages that ask again; providers refuse an empty message."""
    again = Message(
        "user", f"Your reply could not be read: {error}. Reply again, in the form asked for."
    )
    return [Message("assistant", reply), again] if reply.strip() else [again]
