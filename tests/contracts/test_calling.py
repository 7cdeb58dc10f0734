"""Calling models through the engine: replays, reservations, refusals, cancellations."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from syftr_like.contracts import (
    BudgetExhaustedError,
    CallEnvironment,
    ModelCall,
    ModelCallError,
    ModelReply,
    ModelRequest,
    call_model,
    call_model_blocking,
    calling_in,
    metered,
)

CALL = ModelCall("acme:small", 10, 5, usd=0.3, seconds=2.0)
ASKED = ModelRequest("acme:small", {"messages": ["Who?"], "temperature": 0}, worst_usd=0.5)


class Store:
    """Keeps replies in memory."""

    def __init__(self) -> None:
        self.replies: dict[str, dict[str, Any]] = {}

    def get(self, key: str) -> ModelReply | None:
        found = self.replies.get(key)
        return None if found is None else ModelReply.from_json(found)

    def put(self, key: str, reply: ModelReply) -> None:
        assert key not in self.replies
        self.replies[key] = reply.to_json()

    def claim(self, key: str) -> None:
        return None


class ClaimedStore(Store):
    """A store that two environments use, as two processes would."""

    def __init__(self) -> None:
        super().__init__()
        self.locks: dict[str, threading.RLock] = {}

    @contextmanager
    def claim(self, key: str) -> Iterator[None]:  # type: ignore[override]
        with self.locks.setdefault(key, threading.RLock()):
            yield


class Account:
    """Notes what it is asked; `answers` are given first, then reservations."""

    def __init__(self, *answers: Exception | None) -> None:
        self.answers = list(answers)
        self.reserved: list[float] = []
        self.settled: dict[int, float] = {}

    def reserve(self, model: str, worst_usd: float) -> int | None:
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return None
        self.reserved.append(worst_usd)
        return len(self.reserved) - 1

    def settle(self, reservation: int, usd: float) -> None:
        assert reservation not in self.settled
        self.settled[reservation] = usd


class Model:
    """Replies with the number of the call, after a while."""

    def __init__(self, *, error: Exception | None = None, takes: float = 0.0) -> None:
        self.calls = 0
        self.error = error
        self.takes = takes
        self.reached = asyncio.Event()

    async def __call__(self) -> ModelReply:
        self.calls += 1
        number = self.calls
        self.reached.set()
        try:
            await asyncio.sleep(self.takes)
        except asyncio.CancelledError:
            raise ModelCallError("cut off", replace(CALL, usd=0.2)) from None
        if self.error is not None:
            raise self.error
        return ModelReply(f"reply {number}", CALL)


@pytest.fixture
def environment() -> Iterator[Callable[..., CallEnvironment]]:
    made: list[CallEnvironment] = []

    def make(store: Any = None, account: Any = None) -> CallEnvironment:
        made.append(CallEnvironment(store, account))
        return made[-1]

    yield make
    for each in made:
        each.close()


def run(work: Callable[[], Awaitable[Any]], environment: CallEnvironment | None = None):
    """Run one node; return its result or exception, and its meter."""

    async def go() -> Any:
        return await work()

    with metered() as meter:
        try:
            if environment is None:
                return asyncio.run(go()), meter
            with calling_in(environment):
                return asyncio.run(go()), meter
        except (Exception, asyncio.CancelledError) as error:
            return error, meter


def test_without_an_environment_a_call_is_made_and_recorded() -> None:
    model = Model()
    value, meter = run(lambda: call_model(ASKED, model))
    assert value == "reply 1"
    assert meter.model_calls == [replace(CALL, request=ASKED.key())]


def test_an_equal_request_is_paid_once_and_replays_cost_and_time(environment) -> None:
    store, account, model = Store(), Account(), Model()
    here = environment(store, account)
    first, cold = run(lambda: call_model(ASKED, model), here)
    again, warm = run(lambda: call_model(ASKED, model), here)
    assert (first, again, model.calls) == ("reply 1", "reply 1", 1)
    assert warm.model_calls == [replace(cold.model_calls[0], cached=True)]
    assert account.settled == {0: 0.3}


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKED, model="acme:large"),
        replace(ASKED, content={"messages": ["Who?"], "temperature": 0.5}),
    ],
)
def test_another_request_is_another_call(environment, other) -> None:
    model = Model()
    here = environment(Store())
    run(lambda: call_model(ASKED, model), here)
    assert run(lambda: call_model(other, model), here)[0] == "reply 2"


def test_the_order_of_keys_does_not_matter() -> None:
    content = {"temperature": 0, "messages": ["Who?"]}
    assert replace(ASKED, content=content).key() == ASKED.key()


def test_samples_of_one_node_differ_and_replay_in_order(environment) -> None:
    model = Model()
    here = environment(Store())

    async def thrice() -> list[Any]:
        return [await call_model(ASKED, model) for _ in range(3)]

    assert run(thrice, here)[0] == ["reply 1", "reply 2", "reply 3"]
    assert run(thrice, here)[0] == ["reply 1", "reply 2", "reply 3"]
    assert model.calls == 3


def test_deterministic_requests_are_made_once_within_a_node(environment) -> None:
    model = Model()
    asked = replace(ASKED, deterministic=True)

    async def twice() -> list[Any]:
        return [await call_model(asked, model) for _ in range(2)]

    values, meter = run(twice, environment(Store()))
    assert values == ["reply 1", "reply 1"]
    assert [call.cached for call in meter.model_calls] == [False, True]


def many(count: int, model: Model, *environments: CallEnvironment) -> list[Any]:
    async def one(environment: CallEnvironment) -> Any:
        with calling_in(environment), metered():
            return await call_model(ASKED, model)

    async def go() -> list[Any]:
        waiting = (one(environments[n % len(environments)]) for n in range(count))
        return await asyncio.gather(*waiting, return_exceptions=True)

    return asyncio.run(go())


def test_the_same_call_at_the_same_time_is_made_once(environment) -> None:
    model = Model(takes=0.02)
    assert many(30, model, environment(Store())) == ["reply 1"] * 30
    assert model.calls == 1


def test_processes_that_share_a_store_make_a_call_once(environment) -> None:
    store, model = ClaimedStore(), Model(takes=0.02)
    assert many(12, model, *(environment(store) for _ in range(4))) == ["reply 1"] * 12
    assert model.calls == 1


def test_who_waited_for_a_call_that_fails_tries_again(environment) -> None:
    model = Model(error=ModelCallError("no", CALL), takes=0.005)
    answers = many(3, model, environment(Store()))
    assert [type(answer) for answer in answers] == [ModelCallError] * 3
    assert model.calls == 3


def test_a_failed_call_is_paid_recorded_and_not_kept(environment) -> None:
    store, account = Store(), Account()
    failing = Model(error=ModelCallError("no", replace(CALL, usd=0.1)))
    error, meter = run(lambda: call_model(ASKED, failing), environment(store, account))
    assert isinstance(error, ModelCallError)
    assert [call.usd for call in meter.model_calls] == [0.1]
    assert (account.settled, store.replies) == ({0: 0.1}, {})
    assert meter.refused is None


def test_a_call_that_does_not_say_what_it_consumed_costs_its_worst_case(environment) -> None:
    account = Account()
    run(lambda: call_model(ASKED, Model(error=ValueError())), environment(account=account))
    assert account.settled == {0: 0.5}


def test_what_costs_nothing_is_not_reserved(environment) -> None:
    account = Account(BudgetExhaustedError("spent"))
    free = replace(ASKED, worst_usd=0.0)
    assert run(lambda: call_model(free, Model()), environment(account=account))[0] == "reply 1"


def test_a_refused_call_is_not_made_whatever_the_component_makes_of_it(environment) -> None:
    model = Model()

    async def careless() -> str:
        try:
            return str(await call_model(ASKED, model))
        except Exception:
            return "I do not know"

    here = environment(Store(), Account(BudgetExhaustedError("the budget of $2 is spent")))
    value, meter = run(careless, here)
    assert (value, model.calls) == ("I do not know", 0)
    assert meter.refused == "the budget of $2 is spent"
    assert meter.model_calls == []


def test_it_asks_again_while_there_may_be_room_and_that_is_no_time_of_the_node(
    environment,
) -> None:
    account = Account(None, None, None)
    started = time.perf_counter()
    value, meter = run(lambda: call_model(ASKED, Model()), environment(account=account))
    waited = time.perf_counter() - started
    assert value == "reply 1"
    assert 0.07 <= CALL.seconds - meter.replayed_seconds <= waited


def test_a_question_whose_time_ends_while_there_is_no_room_was_refused(environment) -> None:
    account = Account(*[None] * 1000)

    async def impatient() -> None:
        async with asyncio.timeout(0.05):
            await call_model(ASKED, Model())

    error, meter = run(impatient, environment(account=account))
    assert isinstance(error, TimeoutError)
    assert "no room" in str(meter.refused)
    assert account.reserved == []


def test_a_cancelled_call_settles_for_what_was_under_way(environment) -> None:
    store, account, model = Store(), Account(), Model(takes=60)

    async def cut_off() -> None:
        async with asyncio.timeout(0.05):
            await call_model(ASKED, model)

    error, meter = run(cut_off, environment(store, account))
    assert isinstance(error, TimeoutError)
    assert account.settled == {0: 0.2}
    assert [call.usd for call in meter.model_calls] == [0.2]
    assert (store.replies, meter.refused) == ({}, None)


def test_a_call_cancelled_while_it_is_reserved_gives_its_reservation_back(environment) -> None:
    class Slow(Account):
        def reserve(self, model: str, worst_usd: float) -> int | None:
            time.sleep(0.1)
            return super().reserve(model, worst_usd)

    account, model = Slow(), Model()

    async def cut_off() -> None:
        async with asyncio.timeout(0.02):
            await call_model(ASKED, model)

    run(cut_off, environment(account=account))
    assert (account.settled, model.calls) == ({0: 0.0}, 0)


def test_who_waits_for_a_cancelled_call_makes_it(environment) -> None:
    here = environment(Store())
    model = Model(takes=0.2)

    async def first() -> None:
        with metered():
            async with asyncio.timeout(0.05):
                await call_model(ASKED, model)

    async def second() -> Any:
        await model.reached.wait()
        with metered():
            return await call_model(ASKED, model)

    async def both() -> list[Any]:
        return await asyncio.gather(first(), second(), return_exceptions=True)

    results, _ = run(both, here)
    assert [type(results[0]), results[1]] == [TimeoutError, "reply 2"]


def test_a_ledger_or_cache_that_breaks_is_no_failure_of_the_flow(environment) -> None:
    class Broken(Store):
        def get(self, key: str) -> ModelReply | None:
            raise OSError("the disk is gone")

    error, meter = run(lambda: call_model(ASKED, Model()), environment(Broken()))
    assert isinstance(error, OSError)
    assert meter.refused == "the disk is gone"


@pytest.mark.parametrize("in_a_loop", [False, True])
def test_blocking_calls_share_replies_with_awaited_ones(environment, in_a_loop) -> None:
    model = Model()
    here = environment(Store())

    async def blocking() -> Any:
        return call_model_blocking(ASKED, model)

    if in_a_loop:
        first, meter = run(blocking, here)
    else:
        with metered() as meter, calling_in(here):
            first = call_model_blocking(ASKED, model)
    assert len(meter.model_calls) == 1
    assert (first, run(lambda: call_model(ASKED, model), here)[0]) == ("reply 1", "reply 1")
    assert model.calls == 1
