"""The prompt that gives the model a role."""

from __future__ import annotations

from collections.abc import Mapping

from syftr_like.contracts import Answer, ComponentParameters, parameter

from .replies import answer_of
from .template import TemplatePrompt


class DomainExpertPrompt(TemplatePrompt):
    """Asks the model to read and answer as an expert of a domain would.

    Helps where passages use a field's words without explaining them; costs a few tokens more than
    `default`. Answers still come from the passages alone.
    """

    name = "domain_expert"

    class Parameters(ComponentParameters):
        """Which domain."""

        domain: str = parameter(
            ...,
            "The domain in a few words, such as `maritime insurance law`.",
            min_length=1,
            max_length=200,
        )

    parameters: Parameters

    @property
    def variables(self) -> Mapping[str, str]:
        """The domain."""
        return {"domain": self.parameters.domain}

    def parse(self, reply: str) -> Answer:
        """Return the reply as an answer, or an abstention.

        Raises:
            ComponentError: The reply is empty.
        """
        return answer_of(reply)
