"""Embedding models of a provider, by name."""

from __future__ import annotations

from typing import Any, Literal

from langchain_core.embeddings import Embeddings

from syftr_like.contracts import ComponentParameters, parameter

from ..llms.calling_parameters import CallingParameters
from ..missing import cannot_be_used
from ..optional import require
from ..prices import EmbeddingPrice, Price, price_of
from .langchain_embedder import LangchainEmbedder


class EmbeddingModel(LangchainEmbedder):
    """Calls an embedding model by `provider:model`, such as `openai:text-embedding-3-small`.

    Providers are those of LangChain's `init_embeddings`; each needs its own package, for example
    `langchain-openai`. The key is read from the environment variable that the provider's package
    names and from nowhere else. Chunks are embedded once per study, each question when it comes.
    A `huggingface:` model runs on this machine and its CPU time is not counted here: take
    `sentence_transformer` for those.
    """

    name = "embedding_model"

    class Parameters(CallingParameters):
        """The model and how it is asked."""

        model: str = parameter(
            ...,
            "Provider and model, such as `openai:text-embedding-3-small`.",
            pattern=r"^[a-z0-9_]+:\S+$",
        )
        batch: int = parameter(64, "Chunks per request.", ge=1, le=2048)
        base_url: str | None = parameter(
            None,
            "Address of a server that speaks the provider's protocol; its price must be stated.",
            pattern=r"^https?://\S+$",
        )
        price: EmbeddingPrice | Literal["free"] | None = parameter(
            None, "US dollars per million tokens, or `free`; null takes the price list's."
        )

    parameters: Parameters

    def __init__(self, parameters: ComponentParameters | None = None) -> None:
        super().__init__(parameters)
        require("langchain", self.name)
        p = self.parameters
        self._price = price_of(p.model, p.price, listed=p.base_url is None)

    @property
    def asynchronous(self) -> bool:
        """Always: it waits for a provider."""
        return True

    @property
    def model_name(self) -> str:
        """Provider and model."""
        return self.parameters.model

    @property
    def price(self) -> Price:
        """The stated price, else the listed one."""
        return self._price

    @property
    def batch(self) -> int:
        """Texts per request."""
        return self.parameters.batch

    def check_available(self) -> None:
        """Check that the client can be made; not where that would load a model's weights."""
        if not self.parameters.model.startswith("huggingface:"):
            self.connect()

    def make_model(self) -> Embeddings:
        """Make the client.

        Raises:
            UnavailableError: The provider's package or key is missing.
        """
        from langchain.embeddings import init_embeddings

        p = self.parameters
        provider, _, name = p.model.partition(":")
        options: dict[str, Any] = {}
        if provider in ("openai", "azure_openai"):
            # Its own retries would go uncounted; its check of lengths fetches a vocabulary from
            # the network, and sends token numbers that other servers do not understand.
            options |= {"max_retries": 0, "check_embedding_ctx_length": False}
        if p.base_url is not None:
            options["base_url"] = p.base_url
        try:
            model = init_embeddings(name, provider=provider, **options)
        except Exception as error:
            raise cannot_be_used(f"the embedding model '{p.model}'", error) from error
        if not isinstance(model, Embeddings):
            raise TypeError(f"init_embeddings returned a {type(model).__name__}")
        return model
