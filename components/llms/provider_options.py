"""What providers call the options of a language model, and which of them take which.

LangChain's classes for providers share `temperature` and, but for one, `max_tokens`; what a model
may spend on reasoning is called otherwise by each. A provider that has no such option, or is not
known to have it, is refused: some classes would pass over it without a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from syftr_like.errors import InputError

Effort: TypeAlias = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
"""How much a model reasons; each provider knows some of these."""

_LEAST_ANTHROPIC_BUDGET = 1024

# langchain-openai 1.7, -anthropic 1.7, -google-genai 4.4, -groq 1.1, -ollama 1.1, -mistralai 1.1;
# `effort` and `thinking_level` are what older releases know as well.
_EFFORT_LEVELS: Mapping[str, tuple[str, tuple[Effort, ...]]] = {
    "openai": ("reasoning_effort", ("none", "minimal", "low", "medium", "high", "xhigh")),
    "azure_openai": ("reasoning_effort", ("none", "minimal", "low", "medium", "high", "xhigh")),
    "anthropic": ("effort", ("low", "medium", "high", "xhigh", "max")),
    "google_genai": ("thinking_level", ("minimal", "low", "medium", "high")),
    "groq": ("reasoning_effort", ("none", "low", "medium", "high")),
    "ollama": ("reasoning", ("none", "low", "medium", "high")),
}
_BUDGETS = ("anthropic", "google_genai")
# What ChatDeepSeek and ChatXAI take they have from the class for OpenAI.
_TOP_P = (
    "openai", "azure_openai", "anthropic", "deepseek", "google_genai", "groq", "mistralai",
    "ollama", "xai",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """How a model is asked; None leaves an option to the provider.

    Attributes:
        max_output_tokens: Longest reply, reasoning included.
        temperature: Randomness of the reply.
        top_p: Share of probability from which words are drawn.
        reasoning_effort: How much the model reasons, as a level.
        thinking_budget: How much it reasons, as tokens at most; 0 for not at all.
    """

    max_output_tokens: int
    temperature: float | None = None
    top_p: float | None = None
    reasoning_effort: Effort | None = None
    thinking_budget: int | None = None


def provider_options(model: str, options: ModelOptions) -> dict[str, Any]:
    """Return the options by the names of the provider's LangChain class.

    Args:
        model: Provider and model, such as `openai:gpt-4o-mini`.
        options: How the model is asked.

    Raises:
        InputError: The provider has no such option, or not with this value.
    """
    provider = model.partition(":")[0]
    # Ollama alone calls the length of a reply otherwise, and ignores what it does not know.
    length = "num_predict" if provider == "ollama" else "max_tokens"
    found: dict[str, Any] = {length: options.max_output_tokens}
    if options.temperature is not None:
        found["temperature"] = options.temperature
    if options.top_p is not None:
        _must_take(model, "top_p", _TOP_P)
        share = {"top_p": options.top_p}
        # ChatGroq has no field for it, and warns of what it passes on unasked.
        found |= {"model_kwargs": share} if provider == "groq" else share
    if options.reasoning_effort is not None:
        found |= _effort(model, options.reasoning_effort)
    if options.thinking_budget is not None:
        found |= _budget(model, options, options.thinking_budget)
    return found


def _effort(model: str, effort: Effort) -> dict[str, Any]:
    _must_take(model, "reasoning_effort", _EFFORT_LEVELS)
    name, levels = _EFFORT_LEVELS[model.partition(":")[0]]
    if effort not in levels:
        raise InputError(
            f"the provider of the model '{model}' has no such reasoning_effort",
            found=effort,
            expected=", ".join(levels),
        )
    if name == "reasoning" and effort == "none":
        return {name: False}
    return {name: effort}


def _budget(model: str, options: ModelOptions, budget: int) -> dict[str, Any]:
    _must_take(model, "thinking_budget", _BUDGETS)
    if options.reasoning_effort is not None:
        raise InputError(
            f"the model '{model}' takes either a reasoning_effort or a thinking_budget",
            found=f"reasoning_effort {options.reasoning_effort} and thinking_budget {budget}",
            expected="one of them, the other null",
        )
    if model.startswith("google_genai:"):
        return {"thinking_budget": budget}
    if budget == 0:
        return {"thinking": {"type": "disabled"}}
    _check_anthropic_budget(model, options, budget)
    return {"thinking": {"type": "enabled", "budget_tokens": budget}}


def _check_anthropic_budget(model: str, options: ModelOptions, budget: int) -> None:
    if not _LEAST_ANTHROPIC_BUDGET <= budget < options.max_output_tokens:
        raise InputError(
            f"the thinking_budget of the model '{model}' is out of bounds",
            found=str(budget),
            expected=(
                f"0, or {_LEAST_ANTHROPIC_BUDGET} at least and less than max_output_tokens,"
                f" {options.max_output_tokens}"
            ),
        )
    if options.temperature not in (None, 1.0):
        raise InputError(
            f"the model '{model}' thinks at its own temperature only",
            found=f"temperature {options.temperature:g} with a thinking_budget",
            expected="temperature: null",
        )


def _must_take(model: str, option: str, providers: Mapping[str, object] | tuple[str, ...]) -> None:
    provider = model.partition(":")[0]
    if provider not in providers:
        raise InputError(
            f"the provider of the model '{model}' is not known to take {option}",
            found=provider,
            expected=f"{option}: null, or one of the providers {', '.join(providers)}",
        )
