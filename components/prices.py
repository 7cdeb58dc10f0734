"""What calls of models cost.

A model without a known price is refused when the component is made: an unknown price must not
pass for a low one. Discounts for input that the provider has cached are left out, so that what a
flow costs does not depend on what ran before it; the stated cost is an upper bound.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from typing import Annotated, Literal, NotRequired, TypeAlias

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from syftr_like.errors import InputError

from .optional import EXTRA

_Usd: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class ModelPrice(TypedDict):
    """Price of a language model, in US dollars per million tokens."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    input_per_million: _Usd
    output_per_million: _Usd


class EmbeddingPrice(TypedDict):
    """Price of an embedding model, in US dollars per million tokens."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    input_per_million: _Usd
    output_per_million: NotRequired[_Usd]


StatedPrice: TypeAlias = ModelPrice | EmbeddingPrice | Literal["free"]
"""What a space says; `free` is for models that run on one's own machine."""


class Price(ABC):
    """The price of one model; `source` says where it comes from."""

    source: str

    @abstractmethod
    def usd(self, input_tokens: int, output_tokens: int) -> float:
        """Return what a call costs, in US dollars."""


@dataclass(frozen=True, slots=True)
class PerMillion(Price):
    """So many US dollars per million tokens."""

    source: str
    input_per_million: float
    output_per_million: float

    def usd(self, input_tokens: int, output_tokens: int) -> float:
        """Return what a call costs, in US dollars."""
        return (
            input_tokens * self.input_per_million + output_tokens * self.output_per_million
        ) / 1e6


@dataclass(frozen=True, slots=True)
class Listed(Price):
    """The price in the table of `genai-prices`, with its steps for long inputs."""

    source: str
    provider: str
    model: str

    def usd(self, input_tokens: int, output_tokens: int) -> float:
        """Return what a call costs, in US dollars.

        Raises:
            LookupError: The table does not know the model.
        """
        from genai_prices import Usage, calc_price

        usage = Usage(input_tokens=input_tokens, output_tokens=output_tokens)
        found = calc_price(usage, model_ref=self.model, provider_id=self.provider)
        return float(found.total_price)


# Where LangChain and genai-prices call a provider by different names.
_PROVIDERS = {
    "azure_openai": "azure",
    "bedrock": "aws",
    "bedrock_converse": "aws",
    "google_genai": "google",
    "google_vertexai": "google",
    "mistralai": "mistral",
    "xai": "x-ai",
}


def stated_price(stated: StatedPrice) -> Price:
    """Return the price that a space states."""
    if stated == "free":
        return PerMillion("stated: free", 0.0, 0.0)
    return PerMillion(
        "space file", stated["input_per_million"], stated.get("output_per_million", 0.0)
    )


def price_of(model: str, stated: StatedPrice | None, *, listed: bool = True) -> Price:
    """Return the price of `provider:model`: the stated one, else the listed one.

    Args:
        model: Provider and model.
        stated: What the space says, if anything.
        listed: Whether the provider's list price applies; it does not at an address of one's own.

    Raises:
        InputError: Nothing is stated, and the model is not listed.
    """
    if stated is not None:
        return stated_price(stated)
    if listed and find_spec("genai_prices") is not None:
        provider, _, name = model.partition(":")
        price = Listed(
            f"genai-prices {version('genai-prices')}", _PROVIDERS.get(provider, provider), name
        )
        try:
            price.usd(1, 1)
        except LookupError:
            pass
        else:
            return price
    raise InputError(
        f"the price of the model '{model}' is not known",
        expected=(
            "price: {input_per_million: ..., output_per_million: ...} in US dollars, "
            f"or price: free, or a model listed in genai-prices (pip install 'syftr-like[{EXTRA}]')"
        ),
    )
