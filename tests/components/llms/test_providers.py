"""`chat_model` and `embedding_model` through LangChain and OpenAI's client, to a local server."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

from syftr_like.components.embedders.embedding_model import EmbeddingModel
from syftr_like.components.llms.chat_model import ChatModel
from syftr_like.components.prompts.default import DefaultPrompt
from syftr_like.components.readers.self_consistency import SelfConsistency
from syftr_like.contracts import Answer, Message, Query, metered
from syftr_like.errors import ComponentError, InputError

from .openai_server import KEY, PRICE, Server


def chat(server: Server, **values: Any) -> ChatModel:
    return ChatModel(
        ChatModel.Parameters(
            model="openai:gpt-test",
            base_url=server.url,
            price=PRICE,
            **{"retry_wait_seconds": 0.001, **values},
        )
    )


def ask(llm: ChatModel) -> str:
    async def go() -> str:
        return await llm.complete([Message("user", "Who?")])

    return asyncio.run(go())


def test_a_reply_comes_with_its_tokens_and_price(server: Server) -> None:
    with metered() as meter:
        assert ask(chat(server, temperature=0.5, max_output_tokens=9)) == "Steller"
    (call,) = meter.model_calls
    assert (call.model, call.input_tokens, call.output_tokens) == ("openai:gpt-test", 70, 3)
    assert call.usd == pytest.approx(76e-6)
    ((path, body, authorization),) = server.requests
    assert path == "/v1/chat/completions"
    assert authorization == f"Bearer {KEY}"
    assert body["model"] == "gpt-test"
    assert body["temperature"] == 0.5
    assert 9 in (body.get("max_tokens"), body.get("max_completion_tokens"))


def test_no_temperature_is_sent_where_there_is_none(server: Server) -> None:
    ask(chat(server, temperature=None))
    assert "temperature" not in server.requests[0][1]


def test_at_their_defaults_options_leave_the_request_as_it_is(server: Server) -> None:
    ask(chat(server))
    body = dict(server.requests[0][1])
    assert 512 in (body.pop("max_tokens", None), body.pop("max_completion_tokens", None))
    assert body == {
        "model": "gpt-test",
        "messages": [{"role": "user", "content": "Who?"}],
        "stream": False,
        "temperature": 0.0,
    }


def test_options_are_sent_by_the_providers_names(server: Server) -> None:
    ask(chat(server, temperature=None, top_p=0.5, reasoning_effort="low", stop=["\n", "END"]))
    body = server.requests[0][1]
    assert body["top_p"] == 0.5
    assert body["reasoning_effort"] == "low"
    assert body["stop"] == ["\n", "END"]


def test_samples_are_requests_of_their_own(server: Server) -> None:
    reader = SelfConsistency(
        SelfConsistency.Parameters(
            llm=chat(server, temperature=0.7), prompt=DefaultPrompt(), samples=3
        )
    )
    inputs = {"question": Query("Who?"), "passages": None}
    with metered() as meter:
        answer = asyncio.run(reader.arun(inputs, reader.prepare({}, None)))
    assert answer == Answer("Steller", confidence=1.0)
    assert len(server.requests) == 3
    assert len({call.request for call in meter.model_calls}) == 3
    assert sum(call.usd for call in meter.model_calls) == pytest.approx(3 * 76e-6)


def test_every_request_is_counted(server: Server) -> None:
    server.statuses = [429, 500]
    with metered() as meter:
        assert ask(chat(server, attempts=3)) == "Steller"
    assert meter.model_calls[0].attempts == 3
    assert len(server.requests) == 3


def test_a_lasting_error_is_not_repeated_and_shows_no_key(server: Server) -> None:
    server.statuses = [401]
    with pytest.raises(ComponentError) as caught:
        ask(chat(server))
    assert len(server.requests) == 1
    assert KEY not in str(caught.value)
    assert "***" in str(caught.value)


def test_one_model_serves_many_event_loops(server: Server) -> None:
    llm = chat(server, attempts=1)
    assert [ask(llm) for _ in range(3)] == ["Steller"] * 3


def test_embeddings_are_of_unit_length_batched_and_counted(server: Server) -> None:
    embedder = EmbeddingModel(
        EmbeddingModel.Parameters(
            model="openai:embed-test",
            base_url=server.url,
            price={"input_per_million": 1.0},
            batch=2,
            retry_wait_seconds=0.001,
        )
    )
    server.statuses = [429]
    with metered() as meter:
        fitted = embedder.fit(["ignored"])
        vectors = fitted.embed_documents(["one two", "", "three", "four"])
    assert vectors.shape == (4, 3)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 1, 1])
    assert [body["input"] for _, body, _ in server.requests] == [
        ["one two", "three"],
        ["one two", "three"],
        ["four"],
    ]
    assert [(c.input_tokens, c.attempts) for c in meter.model_calls] == [(3, 2), (1, 1)]
    assert sum(c.usd for c in meter.model_calls) == pytest.approx(4e-6)
    assert all(c.tokens_estimated for c in meter.model_calls)
    query = asyncio.run(fitted.aembed_query("three"))
    assert query == pytest.approx(vectors[2])
    assert embedder.asynchronous


@pytest.mark.parametrize("component", [ChatModel, EmbeddingModel])
def test_a_model_without_a_known_price_is_refused(component) -> None:
    pytest.importorskip("langchain")
    with pytest.raises(InputError, match="price of the model 'openai:no-such' is not known"):
        component(component.Parameters(model="openai:no-such"))


@pytest.mark.parametrize(
    ("component", "model"),
    [(ChatModel, "openai:gpt-4o-mini"), (EmbeddingModel, "openai:text-embedding-3-small")],
)
def test_a_listed_price_does_not_hold_at_an_address_of_ones_own(component, model: str) -> None:
    pytest.importorskip("langchain")
    pytest.importorskip("genai_prices")
    component(component.Parameters(model=model))
    with pytest.raises(InputError, match="is not known"):
        component(component.Parameters(model=model, base_url="http://localhost:8000/v1"))


@pytest.mark.parametrize("component", [ChatModel, EmbeddingModel])
def test_a_missing_package_is_named(component, monkeypatch) -> None:
    monkeypatch.setattr("syftr_like.components.optional.find_spec", lambda name: None)
    with pytest.raises(InputError, match="needs the package 'langchain'"):
        component(component.Parameters(model="openai:x", price="free"))


def test_a_missing_key_is_an_input_error(monkeypatch) -> None:
    pytest.importorskip("langchain_openai")
    monkeypatch.delenv("OPENAI_API_KEY")
    llm = ChatModel(ChatModel.Parameters(model="openai:x", price="free"))
    with pytest.raises(InputError, match="the model 'openai:x' cannot be used"):
        llm.connect()


def test_a_missing_provider_package_is_an_input_error() -> None:
    pytest.importorskip("langchain")
    llm = ChatModel(ChatModel.Parameters(model="upstage:x", price="free"))
    with pytest.raises(InputError, match="cannot be used"):
        llm.connect()


@pytest.mark.parametrize("model", ["gpt-4o", "openai:", ":x", "Open AI:x"])
def test_a_model_is_named_with_its_provider(model: str) -> None:
    with pytest.raises(ValueError, match="model"):
        ChatModel.Parameters(model=model)
