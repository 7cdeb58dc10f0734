"""Calls of a provider with a budget and a store of replies: real HTTP, a real ledger."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from syftr_like.components.called_model import most_tokens
from syftr_like.components.embedders.embedding_model import EmbeddingModel
from syftr_like.components.llms.chat_model import ChatModel
from syftr_like.contracts import (
    BudgetExhaustedError,
    CallEnvironment,
    Message,
    Meter,
    ModelReply,
    calling_in,
    metered,
)
from syftr_like.contracts.tokens import count_tokens
from syftr_like.errors import ComponentError
from syftr_like.ledger import Ledger
from syftr_like.ledger.payments import Payments
from syftr_like.study.account import LedgerAccount

from .openai_server import PRICE, Server


class Store:
    """Keeps replies in memory, as the JSON that a real one would write."""

    def __init__(self) -> None:
        self.replies: dict[str, dict[str, Any]] = {}

    def get(self, key: str) -> ModelReply | None:
        found = self.replies.get(key)
        return None if found is None else ModelReply.from_json(found)

    def put(self, key: str, reply: ModelReply) -> None:
        self.replies[key] = reply.to_json()

    def claim(self, key: str) -> None:
        return None


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(f"sqlite:///{tmp_path}/ledger.db", "money")
    made.create({})
    yield made
    made.close()


@pytest.fixture
def environment() -> Iterator[Callable[..., CallEnvironment]]:
    made: list[CallEnvironment] = []

    def make(**parts: Any) -> CallEnvironment:
        made.append(CallEnvironment(**parts))
        return made[-1]

    yield make
    for each in made:
        each.close()


def chat(server: Server, **values: Any) -> ChatModel:
    parameters = {"retry_wait_seconds": 0.001, "max_output_tokens": 10, "price": PRICE} | values
    return ChatModel(
        ChatModel.Parameters(model="openai:gpt-test", base_url=server.url, **parameters)
    )


def embedder(server: Server, **values: Any) -> EmbeddingModel:
    parameters = {"retry_wait_seconds": 0.001, "price": {"input_per_million": 1.0}} | values
    return EmbeddingModel(
        EmbeddingModel.Parameters(model="openai:embed-test", base_url=server.url, **parameters)
    )


async def ask(llm: ChatModel, text: str = "Who?") -> tuple[Any, Meter]:
    with metered() as meter:
        try:
            return await llm.complete([Message("user", text)]), meter
        except (ComponentError, BudgetExhaustedError, TimeoutError) as error:
            return error, meter


def asked(llm: ChatModel, environment: CallEnvironment, text: str = "Who?") -> tuple[Any, Meter]:
    with calling_in(environment):
        return asyncio.run(ask(llm, text))


def test_a_replay_has_the_cost_tokens_and_time_of_the_call(server, environment) -> None:
    server.takes = 0.05
    here = environment(store=Store())
    text, cold = asked(chat(server), here)
    started = time.perf_counter()
    again, warm = asked(chat(server), here)
    took = time.perf_counter() - started
    assert (text, again, len(server.requests)) == ("Steller", "Steller", 1)
    (first,), (second,) = cold.model_calls, warm.model_calls
    assert (second.usd, second.seconds, second.input_tokens, second.output_tokens) == (
        first.usd, first.seconds, first.input_tokens, first.output_tokens,
    )  # fmt: skip
    assert (first.cached, second.cached, first.request) == (False, True, second.request)
    looked_up = first.seconds - warm.replayed_seconds
    assert 0 < looked_up <= took


@pytest.mark.parametrize(
    "values",
    [{"temperature": 0.5}, {"max_output_tokens": 11}, {"model": "openai:gpt-other"}],
    ids=str,
)
def test_what_determines_the_reply_makes_another_request(server, environment, values) -> None:
    here = environment(store=Store())
    asked(chat(server), here)
    other = ChatModel(chat(server).parameters.model_copy(update=values))
    asked(other, here)
    asked(chat(server), here, "Who was it?")
    assert len(server.requests) == 3


@pytest.mark.parametrize("values", [{"attempts": 5}, {"timeout_seconds": 7.0}], ids=str)
def test_what_only_says_how_it_is_called_does_not(server, environment, values) -> None:
    here = environment(store=Store())
    asked(chat(server), here)
    asked(chat(server, **values), here)
    assert len(server.requests) == 1


def test_a_replay_costs_what_the_price_now_is(server, environment) -> None:
    here = environment(store=Store())
    asked(chat(server), here)
    dear = {"input_per_million": 100.0, "output_per_million": 0.0}
    _, meter = asked(chat(server, price=dear), here)
    assert len(server.requests) == 1
    assert meter.model_calls[0].usd == pytest.approx(70 * 100e-6)


def test_many_equal_requests_are_paid_once(server, environment, ledger) -> None:
    server.takes = 0.05
    account = LedgerAccount(ledger, 1.0)
    here = environment(store=Store(), account=account)

    async def all_at_once() -> list[Any]:
        return await asyncio.gather(*(ask(chat(server)) for _ in range(20)))

    with calling_in(here):
        results = asyncio.run(all_at_once())
    assert {text for text, _ in results} == {"Steller"}
    assert len(server.requests) == 1
    assert account.spent() == pytest.approx(76e-6)
    calls = [call for _, meter in results for call in meter.model_calls]
    assert sum(not call.cached for call in calls) == 1
    assert len({call.usd for call in calls}) == 1


def test_embeddings_are_bought_once_and_come_back_the_same(server, environment) -> None:
    here = environment(store=Store())
    texts = ["one", "two two", " ", "three"]
    with calling_in(here):
        first = embedder(server, batch=2).fit([]).embed_documents(texts)
        second = embedder(server, batch=2).fit([]).embed_documents(texts)
        query = embedder(server).fit([]).embed_query("two two")
        awaited = asyncio.run(embedder(server).fit([]).aembed_query("two two"))
    assert len(server.requests) == 3
    assert np.array_equal(first, second)
    assert np.array_equal(query, awaited)


def test_the_worst_case_covers_every_attempt_and_is_given_back(server, environment, ledger) -> None:
    server.statuses = [429, 500]
    account = LedgerAccount(ledger, 1.0)
    _, meter = asked(chat(server, attempts=3), environment(account=account))
    worst = 3 * ((most_tokens("Who?") + 16) * 1e-6 + 10 * 2e-6)
    with ledger._reading() as connection:
        row = connection.exec_driver_sql("SELECT reserved_usd, paid_usd FROM payments").one()
    assert row == (pytest.approx(worst), pytest.approx(76e-6))
    assert meter.model_calls[0].attempts == 3


@pytest.mark.parametrize(
    "text", ["plain words", "naïve café", "日本語のテキスト", "🙂🙃" * 5, "a\n\n\t b", "x" * 99]
)
def test_a_text_has_no_more_tokens_than_its_worst_case(text) -> None:
    assert count_tokens(text) <= most_tokens(text)


def test_a_call_that_does_not_fit_is_not_sent(server, environment, ledger) -> None:
    here = environment(account=LedgerAccount(ledger, 1e-6))
    error, meter = asked(chat(server), here)
    assert isinstance(error, BudgetExhaustedError)
    assert (server.requests, meter.model_calls) == ([], [])
    assert "$1e-06" in str(meter.refused)


def test_a_question_that_runs_out_of_time_pays_for_the_request_under_way(
    server, environment, ledger
) -> None:
    server.statuses = [0]
    account = LedgerAccount(ledger, 1.0)

    async def hurried() -> Meter:
        with metered() as meter:
            calling = asyncio.create_task(chat(server).complete([Message("user", "Who?")]))
            while not server.requests:
                await asyncio.sleep(0.01)
            calling.cancel()
            with pytest.raises(asyncio.CancelledError):
                await calling
        return meter

    with calling_in(environment(account=account)):
        meter = asyncio.run(hurried())
    (call,) = meter.model_calls
    assert call.usd == pytest.approx((count_tokens("Who?") + 4) * 1e-6 + 10 * 2e-6)
    assert Payments(ledger).unsettled() == []
    assert account.spent() == pytest.approx(call.usd)


def test_whatever_the_provider_does_the_budget_is_never_exceeded(
    server, environment, ledger
) -> None:
    """Two hundred calls, forty at a time; 429, 500, requests that hang or are cut off."""
    draw = random.Random(0)
    budget = 2e-3
    server.statuses = draw.choices([200, 429, 500, 0], [12, 4, 4, 1], k=300)
    # What the provider charges stays within what was asked for.
    server.usage = {"prompt_tokens": 20, "completion_tokens": 10, "total_tokens": 30}
    account = LedgerAccount(ledger, budget)
    llm = chat(server, attempts=3, timeout_seconds=1.0)
    llm.connect()
    highest = 0.0
    ends: list[Any] = []

    async def caller(mine: list[int]) -> None:
        nonlocal highest
        for number in mine:
            try:
                async with asyncio.timeout(0.3 if number % 7 == 0 else 20):
                    ends.append(await ask(llm, f"Question {number}"))
            except TimeoutError:
                ends.append((TimeoutError(), Meter()))
            highest = max(highest, account.spent())

    async def all_of_them() -> None:
        numbers = list(range(200))
        await asyncio.gather(*(caller(numbers[start::40]) for start in range(40)))

    with calling_in(environment(account=account)):
        asyncio.run(all_of_them())
    assert highest <= budget + 1e-12
    assert server.answered * (20e-6 + 2 * 10e-6) <= account.spent() + 1e-9
    assert account.spent() <= budget
    assert Payments(ledger).unsettled() == []
    refused = [meter for end, meter in ends if isinstance(end, BudgetExhaustedError)]
    assert refused
    assert all(meter.refused for meter in refused)
    # The budget was used, not just guarded: no call that would have fitted was refused early.
    assert account.spent() > 0.8 * budget
