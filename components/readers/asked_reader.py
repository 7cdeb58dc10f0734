"""What the readers that ask a language model have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from syftr_like.contracts import (
    Answer,
    Input,
    Llm,
    Passage,
    Port,
    Prompt,
    Query,
    Reader,
    component_parameter,
)

from ..asking import Asked, AskingParameters, AsksLlm, ask_all
from ..prompts.reply_form import reply_form


class AskedReaderParameters(AskingParameters):
    """Which model, asked how."""

    prompt: Prompt = component_parameter("default", "How question and passages are laid out.")


class AskedReader(AsksLlm, Reader):
    """A reader that asks a language model: it is awaited.

    Passages need not be wired: then the model answers from what it knows. Where they are wired
    and none were found, it abstains without asking.
    """

    inputs: ClassVar[Mapping[str, Input]] = {
        "question": Input(Port.QUESTION),
        "passages": Input(Port.PASSAGES, required=False),
    }

    Parameters = AskedReaderParameters
    parameters: AskedReaderParameters

    async def arun(self, inputs: Mapping[str, Any], prepared: object) -> Answer:
        """See `aread`; abstains where passages were looked for and none found."""
        passages = inputs.get("passages")
        if passages is not None and not passages:
            return Answer(text="", abstained=True)
        return await self.aread(inputs["question"], passages or ())

    def read(self, question: Query, passages: Sequence[Passage]) -> Answer:
        """Refuse: models are awaited, see `aread`."""
        raise NotImplementedError(f"{self.name} is asynchronous: call aread")

    async def sampled(
        self, llm: Llm, question: Query, passages: Sequence[Passage], samples: int
    ) -> list[Answer]:
        """Ask a model the same several times, side by side, each a call of its own.

        Raises:
            ComponentError: The model did not reply, or not in the prompt's form.
        """
        prompt = self.parameters.prompt
        form = reply_form(prompt, passages)
        asked = Asked(prompt.messages(question, passages), form.parse, form.example)
        return await ask_all(llm, [asked] * samples, tries=self.parameters.tries)
