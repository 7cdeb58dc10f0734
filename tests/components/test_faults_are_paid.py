"""Whatever goes wrong at a provider's, what it may charge is counted: by the server's own log."""

from __future__ import annotations

import asyncio
from typing import Any, get_args

import pytest

from syftr_like.components.embedders.embedding_model import EmbeddingModel
from syftr_like.components.llms.chat_model import ChatModel
from syftr_like.contracts import Message, ModelCall, metered
from syftr_like.errors import ComponentError
from syftr_like.testing.model_server import Fault, ModelServer
from syftr_like.testing.model_server.faults import Kind

pytest.importorskip("langchain_openai")

KINDS = get_args(Kind)
REFUSED = ("rate_limit", "server_error")
MESSAGES = [Message("user", "Explain step by step. Question: Who built the lighthouse?")]
CALLING = {"retry_wait_seconds": 0.001, "timeout_seconds": 0.5, "attempts": 3}
IN, OUT = 2.0, 5.0  # dollars per million tokens


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "practice")


def called(server: ModelServer, kind: str) -> tuple[Any, ModelCall]:
    """Ask a chat model or an embedder; return what came of it and the call that was recorded."""
    with metered() as meter:
        try:
            if kind == "chat":
                price = {"input_per_million": IN, "output_per_million": OUT}
                parameters = ChatModel.Parameters(
                    model="openai:practice-large",
                    base_url=server.url,
                    price=price,
                    max_output_tokens=200,
                    **CALLING,
                )
                found: Any = asyncio.run(ChatModel(parameters).complete(MESSAGES))
            else:
                embedding = EmbeddingModel.Parameters(
                    model="openai:practice-embed-small",
                    base_url=server.url,
                    price={"input_per_million": IN},
                    **CALLING,
                )
                found = EmbeddingModel(embedding).fit(()).embed_documents(["Who built it?"])
        except ComponentError as error:
            found = error
    (call,) = meter.model_calls
    return found, call


def charged(server: ModelServer) -> float:
    """What the server charged, in dollars."""
    tokens = server.tokens()
    return (tokens.prompt * IN + tokens.completion * OUT) / 1e6


@pytest.mark.parametrize("model", ["chat", "embedder"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("times", [1, 3])
def test_no_reply_is_counted_at_less_than_was_charged(kind: str, model: str, times: int) -> None:
    fault = Fault.model_validate({"kind": kind, "requests": tuple(range(1, times + 1))})
    with ModelServer(speed=0, faults=[fault]) as server:
        found, call = called(server, model)
        assert call.usd >= charged(server) * (1 - 1e-9)
        if kind in REFUSED and times == 3:
            assert (call.usd, charged(server)) == (0, 0)
            assert isinstance(found, ComponentError)


@pytest.mark.parametrize("model", ["chat", "embedder"])
@pytest.mark.parametrize("kind", ["truncated", "not_json", "no_choices", "hang", *REFUSED])
def test_a_spoilt_reply_is_asked_for_again(kind: str, model: str) -> None:
    fault = Fault.model_validate({"kind": kind, "requests": (1, 2), "retry_after": 0})
    with ModelServer(speed=0, faults=[fault]) as server:
        found, call = called(server, model)
        assert not isinstance(found, ComponentError)
        assert call.attempts == 3
        assert call.tokens_estimated is (model == "embedder" or kind not in REFUSED)
