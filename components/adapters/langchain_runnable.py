"""Readers by dotted path: any other LangChain `Runnable`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from langchain_core.language_models import BaseLanguageModel
from langchain_core.messages import BaseMessage
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable

from syftr_like.contracts import (
    Adapter,
    Answer,
    Indexes,
    Input,
    Passage,
    Port,
    Query,
    Reader,
)
from syftr_like.errors import ComponentError

from ..network_loop import on_network_loop
from .arguments import InnerModelParameters, made
from .factories import makes
from .inner_calls import inner_model_calls


class LangchainRunnable(Adapter, Reader):
    """Asks any LangChain `Runnable` named by dotted path for the answer.

    It is given `{"question": str, "passages": [str, ...]}` and returns a string, a message, or
    `{"answer": str, "abstained": bool, "confidence": float}`, the last two being optional. The
    language models that it calls are recorded and paid for.
    """

    name = "langchain_runnable"
    wraps = "Runnable"
    inputs: ClassVar[Mapping[str, Input]] = {
        "question": Input(Port.QUESTION),
        "passages": Input(Port.PASSAGES, required=False),
    }

    class Parameters(InnerModelParameters):
        """What is asked."""

    parameters: Parameters

    @classmethod
    def adapts(cls, factory: object) -> bool:
        """Whether it makes a runnable that is neither a model nor a retriever."""
        return makes(factory, Runnable) and not makes(factory, BaseLanguageModel, BaseRetriever)

    @property
    def asynchronous(self) -> bool:
        """Whether it waits for a network."""
        return self.parameters.network

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> object:
        """Make the runnable, so that no question waits for it.

        Raises:
            InputError: The factory failed.
        """
        return self._runnable

    def read(self, question: Query, passages: Sequence[Passage]) -> Answer:
        """Return the runnable's answer.

        Raises:
            ComponentError: It returned something else.
        """
        with inner_model_calls(self.parameters.uses, self.parameters.price):
            return _answer(self._runnable.invoke(_given(question, passages)))

    async def aread(self, question: Query, passages: Sequence[Passage]) -> Answer:
        """Return the runnable's answer.

        Raises:
            ComponentError: It returned something else.
        """
        with inner_model_calls(self.parameters.uses, self.parameters.price):
            return _answer(
                await on_network_loop(_invoke(self._runnable, _given(question, passages)))
            )

    @cached_property
    def _runnable(self) -> Runnable[Any, Any]:
        return made(self, Runnable)


async def _invoke(runnable: Runnable[Any, Any], given: Mapping[str, object]) -> object:
    return await runnable.ainvoke(given)


def _given(question: Query, passages: Sequence[Passage]) -> dict[str, object]:
    return {"question": question.text, "passages": [passage.text for passage in passages]}


def _answer(found: object) -> Answer:
    if isinstance(found, BaseMessage):
        found = str(found.text)
    if isinstance(found, str):
        found = {"answer": found}
    if not isinstance(found, Mapping):
        raise ComponentError(f"the runnable returned a {type(found).__name__}, not an answer")
    if found.get("abstained") is True:
        return Answer(text="", abstained=True, confidence=_confidence(found))
    text = found.get("answer")
    if not isinstance(text, str) or not text.strip():
        raise ComponentError("the runnable returned neither an answer nor an abstention")
    return Answer(text=text.strip(), confidence=_confidence(found))


def _confidence(found: Mapping[str, object]) -> float | None:
    value = found.get("confidence")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ComponentError(f"the runnable's confidence is {value!r}, not between 0 and 1")
    return float(value)
