from __future__ import annotations

import sys

import pytest
from pydantic import TypeAdapter, ValidationError

from syftr_like.components import optional, prices
from syftr_like.components.prices import EmbeddingPrice, ModelPrice, price_of, stated_price
from syftr_like.errors import InputError


def test_tokens_are_paid_by_the_million() -> None:
    price = stated_price({"input_per_million": 3.0, "output_per_million": 15.0})
    assert price.usd(1_000_000, 0) == 3.0
    assert price.usd(2000, 100) == pytest.approx(0.006 + 0.0015)
    assert price.usd(0, 0) == 0.0
    assert price.source == "space file"


def test_free_is_said_and_kept_as_said() -> None:
    price = stated_price("free")
    assert price.usd(10**9, 10**9) == 0.0
    assert price.source == "stated: free"


def test_an_embedding_price_needs_no_output() -> None:
    assert stated_price({"input_per_million": 0.02}).usd(500_000, 0) == pytest.approx(0.01)


def test_a_stated_price_comes_before_the_list() -> None:
    pytest.importorskip("genai_prices")
    stated = price_of("openai:gpt-4o-mini", {"input_per_million": 1.0, "output_per_million": 1.0})
    assert stated.usd(1_000_000, 0) == 1.0


def test_the_list_knows_the_large_providers() -> None:
    pytest.importorskip("genai_prices")
    listed = price_of("openai:gpt-4o-mini", None)
    assert 0 < listed.usd(1_000_000, 0) < listed.usd(0, 1_000_000)
    assert listed.source.startswith("genai-prices ")
    assert price_of("google_genai:gemini-2.0-flash", None).usd(1_000_000, 0) > 0


@pytest.mark.parametrize("model", ["openai:no-such-model", "nobody:gpt-4o-mini", "plain"])
def test_an_unknown_price_is_refused(model: str) -> None:
    with pytest.raises(InputError, match=f"price of the model '{model}' is not known"):
        price_of(model, None)


def test_at_an_address_of_ones_own_the_list_does_not_hold() -> None:
    with pytest.raises(InputError, match="is not known"):
        price_of("openai:gpt-4o-mini", None, listed=False)


def test_without_the_price_list_the_price_must_be_stated(monkeypatch) -> None:
    monkeypatch.setattr(prices, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install 'syftr-like\[models\]'"):
        price_of("openai:gpt-4o-mini", None)


@pytest.mark.parametrize(
    "price",
    [
        {"input_per_million": 1.0},
        {"input_per_million": -1.0, "output_per_million": 1.0},
        {"input_per_million": float("nan"), "output_per_million": 1.0},
        {"input_per_million": 1.0, "output_per_million": 1.0, "per_image": 2.0},
        {"input_per_million": "1", "output_per_million": 1.0},
    ],
)
def test_a_model_price_is_complete_and_not_negative(price) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(ModelPrice).validate_python(price, strict=True)


def test_whole_numbers_are_prices_too() -> None:
    assert TypeAdapter(EmbeddingPrice).validate_python({"input_per_million": 0}, strict=True)


def test_a_missing_package_is_named_with_the_extra(monkeypatch) -> None:
    with pytest.raises(InputError, match="'no_such_package', which is not installed") as caught:
        optional.require("no_such_package", "chat_model")
    assert "pip install 'syftr-like[models]'" in str(caught.value)
    monkeypatch.setitem(sys.modules, "langchain", None)
    with pytest.raises(InputError):
        optional.require("langchain", "chat_model")
