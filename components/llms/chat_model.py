"""Language models of a provider, by name."""

from __future__ import annotations

from typing import Any, Literal

from langchain_core.language_models import BaseChatModel

from syftr_like.contracts import ChoiceDomain, ComponentParameters, FloatDomain, parameter

from ..missing import cannot_be_used
from ..optional import require
from ..prices import ModelPrice, Price, price_of
from .calling_parameters import CallingParameters
from .langchain_llm import LangchainLlm
from .provider_options import Effort, ModelOptions, provider_options


class ChatModel(LangchainLlm):
    """Calls a language model by `provider:model`, such as `openai:gpt-4o-mini`.

    Providers are those of LangChain's `init_chat_model`; each needs its own package, for example
    `langchain-openai`. The key is read from the environment variable that the provider's package
    names (`OPENAI_API_KEY`) and from nowhere else. LangChain's own retries are turned off, so
    that every request is counted. `reasoning_effort` and `thinking_budget` are given to providers
    that have them, by their names for it; others are refused.
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
            512,
            "Longest reply, reasoning included.",
            ge=1,
            le=1_000_000,
            search=ChoiceDomain((128, 256, 512, 1024)),
        )
        top_p: float | None = parameter(
            None,
            "Share of probability from which words are drawn; null leaves it to the provider.",
            gt=0,
            le=1,
            search=FloatDomain(0.5, 1.0, 0.1),
        )
        reasoning_effort: Effort | None = parameter(
            None,
            "How much a reasoning model reasons, in the provider's levels; null leaves it to it.",
            search=ChoiceDomain(("low", "medium", "high")),
        )
        thinking_budget: int | None = parameter(
            None,
            "Tokens for reasoning at most, 0 for none; null leaves it to the provider.",
            ge=0,
            le=1_000_000,
        )
        stop: list[str] | None = parameter(
            None, "Texts at which a reply ends, without them.", min_length=1, max_length=4
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
        self._options = provider_options(
            p.model,
            ModelOptions(
                p.max_output_tokens, p.temperature, p.top_p, p.reasoning_effort, p.thinking_budget
            ),
        )

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

    @property
    def stop(self) -> list[str] | None:
        """What the model is told."""
        stop: list[str] | None = self.parameters.stop
        return stop

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
        options: dict[str, Any] = {**self._options, "max_retries": 0}
        if p.base_url is not None:
            options["base_url"] = p.base_url
        try:
            model = init_chat_model(name, model_provider=provider, **options)
        except Exception as error:
            raise cannot_be_used(f"the model '{p.model}'", error) from error
        if not isinstance(model, BaseChatModel):
            raise TypeError(f"init_chat_model returned a {type(model).__name__}")
        return model
