"""One server for all tests that only ask it; whoever counts requests starts one of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from openai import OpenAI

from syftr_like.testing.model_server import ModelServer

Ask = Callable[..., str]
KEY = "sk-practice-key-that-must-not-be-kept"

PASSAGES = """\
[1] The lighthouse at Cape Orlin was built in 1874 by the engineer Maria Venn. It is 41 metres tall.

[2] Cape Orlin is a fishing village. Its harbour freezes in winter.

[3] Maria Venn was born in Lindhamn in 1839. She taught mathematics before that."""


@pytest.fixture(scope="session")
def server() -> Iterator[ModelServer]:
    with ModelServer(speed=0, seed=1) as running:
        yield running


@pytest.fixture(scope="session")
def client(server: ModelServer) -> OpenAI:
    return OpenAI(base_url=server.url, api_key=KEY, max_retries=0)


@pytest.fixture(scope="session")
def passages() -> str:
    return PASSAGES


@pytest.fixture(scope="session")
def ask(client: OpenAI) -> Ask:
    """Returns what the best model replies to a prompt."""

    def reply(user: str, system: str | None = None, model: str = "practice-large") -> str:
        messages = [{"role": "system", "content": system}] if system else []
        messages.append({"role": "user", "content": user})
        completion = client.chat.completions.create(model=model, messages=messages)
        return completion.choices[0].message.content

    return reply
