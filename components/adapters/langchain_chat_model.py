"""Chat models by dotted path."""

from __future__ import annotations

from typing import Literal

from langchain_core.language_models import BaseChatModel

from syftr_like.contracts import Adapter, ComponentParameters, parameter

from ..called_model import stated_reply_limit
from ..llms.calling_parameters import CallingParameters
from ..llms.langchain_llm import LangchainLlm
from ..prices import ModelPrice, Price, stated_price
from .arguments import LangchainParameters, made
from .factories import makes, product_of


class LangchainChatModel(Adapter, LangchainLlm):
    """Calls any LangChain `BaseChatModel` named by dotted path.

    The class's own retries are turned off where it has `max_retries`, so that every request is
    counted. Keys come from the environment.
    """

    name = "langchain_chat_model"
    wraps = "BaseChatModel"

    class Parameters(LangchainParameters, CallingParameters):
        """What is called, and its price."""

        price: ModelPrice | Literal["free"] = parameter(
            ..., "US dollars per million tokens, or `free` for a model on one's own machine."
        )
        max_output_tokens: int = parameter(
            4096,
            "Longest reply that money is reserved for, where no argument limits it; the class "
            "must keep to it.",
            ge=1,
            le=1_000_000,
        )

    parameters: Parameters

    def __init__(self, parameters: ComponentParameters | None = None) -> None:
        super().__init__(parameters)
        self._price = stated_price(self.parameters.price)

    @classmethod
    def adapts(cls, factory: object) -> bool:
        """Whether it makes a chat model."""
        return makes(factory, BaseChatModel)

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
    def longest_reply(self) -> int:
        """The argument that limits it, else what the parameters say."""
        p = self.parameters
        return stated_reply_limit(p.arguments) or p.max_output_tokens

    def make_model(self) -> BaseChatModel:
        """Make the client.

        Raises:
            InputError: The factory failed.
        """
        product = product_of(self.factory)
        own_retries = (
            product is self.factory
            and product is not None
            and "max_retries" in getattr(product, "model_fields", {})
            and "max_retries" not in self.parameters.arguments
        )
        return made(self, BaseChatModel, **({"max_retries": 0} if own_retries else {}))
