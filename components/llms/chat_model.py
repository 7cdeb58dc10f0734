"""Language models of a provider, by name."""

from __future__ import annotations

from typing import Any, Literal

from langchain_core.language_models import BaseChatModel

from syftr_like.contracts import ComponentParameters, FloatDomain, parameter

from ..missing import cannot_be_used
from ..optional import require
from ..prices import ModelPrice, Price, price_of
from .calling_parameters import CallingParameters
from .langchain_llm import LangchainLlm


class ChatModel(LangchainLlm):
    """Calls a language model by `provider:model`, such as `openai:gpt-4o-mini`.

    Providers are those of LangChain's `init_chat_model`; each needs its own package, for example
    `langchain-openai`. The key is read from the environment variable that the provider's package
    names (`OPENAI_API_KEY`) and from nowhere else. LangChain's own retries are turned off, so
    that every request is counted.
    """

    name = "chat_model"

    class Parameters(CallingParameters):
        """The model and how it is asked."""

        model: str = parameter(
            ..., "Provider and model, such as `openai:gpt-4o-mini`.", pattern=r"^[a-z0-9_]+:\S+$"
        )
        temperature: float | None = parameter(
            0.0,
            "Randomness of the reply; null for models that take none.",
            ge=0,
            le=2,
            search=FloatDomain(0.0, 1.0, 0.1),
        )
        max_output_tokens: int = parameter(
            512, "Longest reply, reasoning included.", ge=1, le=1_000_000
        )
        base_url: str | None = parameter(
            None,
            "Address of a server that speaks the provider's protocol; its price must be stated.",
            pattern=r"^https?://\S+$",
        )
        price: ModelPrice | Literal["free"] | None = parameter(
            None, "US dollars per million tokens, or `free`; null takes the price list's."
        )

    parameters: Parameters

    def __init__(self, parameters: ComponentParameters | None = None) -> None:
        super().__init__(parameters)
        require("langchain", self.name)
        p = self.parameters
        self._price = price_of(p.model, p.price, listed=p.base_url is None)

    @property
    def model_name(self) -> str:
        """Provider and model."""
        return self.parameters.model

    @property
    def price(self) -> Price:
        """The stated price, else the listed one."""
        return self._price

    @property
    def longest_reply(self) -> int:
        """What the model is told."""
        return self.parameters.max_output_tokens

    def check_available(self) -> None:
        """Check that the client can be made."""
        self.connect()

    def make_model(self) -> BaseChatModel:
        """Make the client.

        Raises:
            UnavailableError: The provider's package or key is missing.
        """
        from langchain.chat_models import init_chat_model

        p = self.parameters
        provider, _, name = p.model.partition(":")
        # Ollama alone calls the length of a reply otherwise, and ignores what it does not know.
        length = "num_predict" if provider == "ollama" else "max_tokens"
        options: dict[str, Any] = {length: p.max_output_tokens, "max_retries": 0}
        if p.temperature is not None:
            options["temperature"] = p.temperature
        if p.base_url is not None:
            options["base_url"] = p.base_url
        try:
            model = init_chat_model(name, model_provider=provider, **options)
        except Exception as error:
            raise cannot_be_used(f"the model '{p.model}'", error) from error
        if not isinstance(model, BaseChatModel):
            raise TypeError(f"init_chat_model returned a {type(model).__name__}")
        return model
