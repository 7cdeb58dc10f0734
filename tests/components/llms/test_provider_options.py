"""What each provider is told, and what is refused because it would be told in vain."""

from __future__ import annotations

from typing import Any

import pytest

from syftr_like.components.llms.chat_model import ChatModel
from syftr_like.components.llms.provider_options import ModelOptions, provider_options
from syftr_like.errors import InputError


def options(provider: str, **values: Any) -> dict[str, Any]:
    values = {"max_output_tokens": 4096, **values}
    told = provider_options(f"{provider}:m", ModelOptions(**values))
    return {
        name: value for name, value in told.items() if name not in ("max_tokens", "num_predict")
    }


def test_the_length_of_a_reply_goes_by_two_names() -> None:
    assert provider_options("openai:m", ModelOptions(9)) == {"max_tokens": 9}
    assert provider_options("upstage:m", ModelOptions(9)) == {"max_tokens": 9}
    assert provider_options("ollama:m", ModelOptions(9)) == {"num_predict": 9}


def test_what_is_left_to_the_provider_is_not_told() -> None:
    assert options("openai") == {}
    assert options("openai", temperature=0.0) == {"temperature": 0.0}


@pytest.mark.parametrize(
    ("provider", "effort", "told"),
    [
        ("openai", "minimal", {"reasoning_effort": "minimal"}),
        ("azure_openai", "none", {"reasoning_effort": "none"}),
        ("anthropic", "max", {"effort": "max"}),
        ("google_genai", "low", {"thinking_level": "low"}),
        ("groq", "none", {"reasoning_effort": "none"}),
        ("ollama", "high", {"reasoning": "high"}),
        ("ollama", "none", {"reasoning": False}),
    ],
)
def test_effort_goes_by_the_providers_name_for_it(provider, effort, told) -> None:
    assert options(provider, reasoning_effort=effort) == told


@pytest.mark.parametrize(
    ("provider", "budget", "told"),
    [
        ("anthropic", 1024, {"thinking": {"type": "enabled", "budget_tokens": 1024}}),
        ("anthropic", 4095, {"thinking": {"type": "enabled", "budget_tokens": 4095}}),
        ("anthropic", 0, {"thinking": {"type": "disabled"}}),
        ("google_genai", 0, {"thinking_budget": 0}),
        ("google_genai", 9000, {"thinking_budget": 9000}),
    ],
)
def test_a_budget_goes_by_the_providers_name_for_it(provider, budget, told) -> None:
    assert options(provider, thinking_budget=budget) == told


@pytest.mark.parametrize(
    ("provider", "values"),
    [
        ("mistralai", {"reasoning_effort": "low"}),
        ("openai", {"thinking_budget": 2048}),
        ("ollama", {"thinking_budget": 0}),
        ("upstage", {"top_p": 0.5}),
    ],
)
def test_an_option_that_a_provider_has_not_is_refused(provider, values) -> None:
    (name,) = values
    with pytest.raises(InputError, match=f"is not known to take {name}") as caught:
        options(provider, **values)
    assert f"found:    {provider}" in str(caught.value)
    assert f"expected: {name}: null, or one of the providers" in str(caught.value)


def test_a_level_that_a_provider_has_not_is_refused() -> None:
    with pytest.raises(InputError, match="no such reasoning_effort") as caught:
        options("google_genai", reasoning_effort="max")
    assert "expected: minimal, low, medium, high" in str(caught.value)


def test_top_p_goes_beside_the_fields_where_there_is_none() -> None:
    assert options("openai", top_p=0.5) == {"top_p": 0.5}
    assert options("groq", top_p=0.5) == {"model_kwargs": {"top_p": 0.5}}


def test_effort_and_budget_exclude_each_other() -> None:
    with pytest.raises(InputError, match="either a reasoning_effort or a thinking_budget"):
        options("anthropic", reasoning_effort="low", thinking_budget=2048)


@pytest.mark.parametrize("budget", [1, 1023, 4096, 9999])
def test_a_budget_of_anthropics_leaves_room_for_the_reply(budget: int) -> None:
    with pytest.raises(InputError, match="out of bounds"):
        options("anthropic", thinking_budget=budget)


def test_anthropics_models_think_at_their_own_temperature() -> None:
    assert "thinking" in options("anthropic", thinking_budget=2048, temperature=1.0)
    assert "thinking" in options("anthropic", thinking_budget=0, temperature=0.0)
    with pytest.raises(InputError, match="at its own temperature only"):
        options("anthropic", thinking_budget=2048, temperature=0.0)


def test_the_model_is_refused_when_it_is_made() -> None:
    pytest.importorskip("langchain")
    parameters = ChatModel.Parameters(model="openai:m", price="free", thinking_budget=2048)
    with pytest.raises(InputError, match="thinking_budget"):
        ChatModel(parameters)
