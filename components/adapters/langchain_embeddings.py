"""Embedding models by dotted path."""

from __future__ import annotations

from typing import Literal

from langchain_core.embeddings import Embeddings

from syftr_like.contracts import Adapter, ComponentParameters, parameter

from ..embedders.langchain_embedder import LangchainEmbedder
from ..llms.calling_parameters import CallingParameters
from ..prices import EmbeddingPrice, Price, stated_price
from .arguments import NetworkParameters, made
from .factories import makes


class LangchainEmbeddings(Adapter, LangchainEmbedder):
    """Calls any LangChain `Embeddings` named by dotted path.

    Timeout and retries hold for classes that wait for a network (`network: true`); a local class
    is called as it is. Keys come from the environment.
    """

    name = "langchain_embeddings"
    wraps = "Embeddings"

    class Parameters(NetworkParameters, CallingParameters):
        """What is called, and its price."""

        batch: int = parameter(64, "Chunks per request.", ge=1, le=2048)
        price: EmbeddingPrice | Literal["free"] = parameter(
            ..., "US dollars per million tokens, or `free` for a model on one's own machine."
        )

    parameters: Parameters

    def __init__(self, parameters: ComponentParameters | None = None) -> None:
        super().__init__(parameters)
        self._price = stated_price(self.parameters.price)

    @classmethod
    def adapts(cls, factory: object) -> bool:
        """Whether it makes an embedding model."""
        return makes(factory, Embeddings)

    @property
    def asynchronous(self) -> bool:
        """Whether it waits for a network."""
        return self.parameters.network

    @property
    def model_name(self) -> str:
        """The argument `model`, else the dotted path."""
        arguments = self.parameters.arguments
        return str(arguments.get("model") or arguments.get("model_name") or self.parameters.uses)

    @property
    def price(self) -> Price:
        """The stated price."""
        return self._price

    @property
    def batch(self) -> int:
        """Texts per request."""
        return self.parameters.batch

    def make_model(self) -> Embeddings:
        """Make the client.

        Raises:
            InputError: The factory failed.
        """
        return made(self, Embeddings)
