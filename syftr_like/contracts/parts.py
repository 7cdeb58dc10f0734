"""The kinds of components that stand in parameters of others: embedders, prompts, models."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from syftr_like.errors import ComponentError

from .component import Component, Kind
from .messages import LlmReply, Message, Tool
from .values import Answer, Passage, Query

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]


class Embedder(Component):
    """Turns texts into vectors. Local ones may first be fitted on the chunks' texts."""

    kind = Kind.EMBEDDER

    def fit(self, texts: Sequence[str]) -> FittedEmbedder:
        """Return the embedder, fitted on the texts where it needs that."""
        raise NotImplementedError

    @property
    def kept(self) -> bool:
        """Whether what it makes of the chunks is written to the cache."""
        return self.cacheable and type(self).load is not Embedder.load

    def load(self, files: Mapping[str, bytes]) -> FittedEmbedder:
        """Return the fitted embedder from the files of its `dump`.

        Without it, and `dump`, the chunks are embedded once per worker process.
        """
        raise NotImplementedError(f"what {self.name} learned is not kept")


class FittedEmbedder(ABC):
    """An embedder that is ready for use. Vectors are float32, rows of unit length."""

    @property
    @abstractmethod
    def dimensions(self) -> int:
        """Length of each vector."""

    @abstractmethod
    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Return an array of shape (len(texts), dimensions)."""

    @abstractmethod
    def embed_query(self, text: str) -> Vectors:
        """Return an array of shape (dimensions,)."""

    async def aembed_query(self, text: str) -> Vectors:
        """Asynchronous twin of `embed_query`; remote embedders override it."""
        return self.embed_query(text)

    def dump(self) -> Mapping[str, bytes]:
        """Return what was learned as files, by name, for `Embedder.load`."""
        raise NotImplementedError(f"what {type(self).__name__} learned is not kept")


class Prompt(Component):
    """Lays out the question and the passages as messages for a language model."""

    kind = Kind.PROMPT

    @abstractmethod
    def messages(self, question: Query, passages: Sequence[Passage]) -> Sequence[Message]:
        """Return the messages, in order; roles are system, user and assistant."""

    def parse(self, reply: str) -> Answer:
        """Turn the model's reply into an answer; an abstention is recognised here.

        Raises:
            ComponentError: The reply is not what the prompt asked for.
        """
        return Answer(text=reply.strip())


class Llm(Component):
    """A language model behind one method. Each call reports itself to the meter."""

    kind = Kind.LLM

    @abstractmethod
    async def complete(self, messages: Sequence[Message]) -> str:
        """Return the reply's text.

        Raises:
            ComponentError: The model did not reply within the declared attempts.
        """

    async def call(self, messages: Sequence[Message], tools: Sequence[Tool]) -> LlmReply:
        """Return the reply of the model, which may ask for tools to be used.

        Raises:
            ComponentError: The model did not reply, or cannot be given tools.
        """
        raise ComponentError(f"{self.name} cannot be given tools")
