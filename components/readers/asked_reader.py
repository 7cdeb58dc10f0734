"""What the readers that ask a language model have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from typing import Any, ClassVar, Literal

from syftr_like.contracts import (
    Answer,
    ChoiceDomain,
    Indexes,
    Input,
    IntDomain,
    Llm,
    Passage,
    Port,
    Prompt,
    Query,
    Reader,
    component_parameter,
    parameter,
)
from syftr_like.errors import ComponentError

from ..asking import Asked, AskingParameters, AsksLlm, ask_all
from ..prompts.reply_form import reply_form
from ..prompts.template import Example, TemplatePrompt
from .shots import Shots

# What `arun` chose for the question at hand, for `sampled`, which readers call from `aread`: that
# takes a question and its passages, as every reader's does.
_shown: ContextVar[tuple[Example, ...]] = ContextVar("syftr_like_shots", default=())


class AskedReaderParameters(AskingParameters):
    """Which model, asked how."""

    prompt: Prompt = component_parameter("default", "How question and passages are laid out.")
    shots: int = parameter(
        0,
        "Labelled questions that the model is shown with their answers; `examples` must be wired.",
        ge=0,
        le=100,
        search=IntDomain(0, 8),
    )
    shots_by: Literal["words", "order"] = parameter(
        "words",
        "Which are shown: those most alike in words, or the first.",
        search=ChoiceDomain(("words", "order")),
    )


class AskedReader(AsksLlm, Reader):
    """A reader that asks a language model: it is awaited.

    Passages need not be wired: then the model answers from what it knows. Where they are wired
    and none were found, it abstains without asking. With `examples` wired, the model is shown some
    questions of the tune split with their answers (dynamic few-shot), never the one it is asked.
    """

    inputs: ClassVar[Mapping[str, Input]] = {
        "question": Input(Port.QUESTION),
        "passages": Input(Port.PASSAGES, required=False),
        "examples": Input(Port.EXAMPLES, required=False),
    }

    Parameters = AskedReaderParameters
    parameters: AskedReaderParameters

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> Shots | None:
        """Make the model's client, and what examples are chosen from.

        Raises:
            ComponentError: Examples are to be shown, and there are none, or the prompt cannot.
        """
        super().prepare(inputs, indexes)
        p = self.parameters
        if p.shots == 0:
            return None
        if not inputs.get("examples"):
            raise ComponentError(
                f"{p.shots} examples are to be shown, and none are there: `examples` must stand in"
                " `from`"
            )
        if not isinstance(p.prompt, TemplatePrompt):
            raise ComponentError(f"the prompt '{p.prompt.name}' shows no examples")
        return Shots.of(inputs["examples"], indexes)

    async def arun(self, inputs: Mapping[str, Any], prepared: object) -> Answer:
        """See `aread`; abstains where passages were looked for and none found."""
        passages = inputs.get("passages")
        if passages is not None and not passages:
            return Answer(text="", abstained=True)
        question = inputs["question"]
        token = _shown.set(self._shots(question, prepared))
        try:
            return await self.aread(question, passages or ())
        finally:
            _shown.reset(token)

    def _shots(self, question: Query, prepared: object) -> tuple[Example, ...]:
        if not isinstance(prepared, Shots):
            return ()
        pick = prepared.nearest if self.parameters.shots_by == "words" else prepared.first
        return tuple(pick(question, self.parameters.shots))

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
        shown = _shown.get()
        if shown and isinstance(prompt, TemplatePrompt):
            messages = prompt.messages(question, passages, shown)
        else:
            messages = prompt.messages(question, passages)
        asked = Asked(messages, form.parse, form.example)
        return await ask_all(llm, [asked] * samples, tries=self.parameters.tries)
