"""Rate limits: what all workers of a study together may begin."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.contracts import (
    CallEnvironment,
    ModelCall,
    ModelReply,
    ModelRequest,
    call_model,
    calling_in,
)
from syftr_like.contracts.model_request import Pace, RateLimit
from syftr_like.ledger import Ledger
from syftr_like.study.account import LedgerAccount
from syftr_like.study.pacing import Pacer


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def pace(tokens: int = 0, **limit: float) -> Pace:
    return Pace(RateLimit(**limit), tokens)  # type: ignore[arg-type]


def test_so_many_begin_within_any_minute() -> None:
    clock = Clock()
    pacer, two = Pacer(clock), pace(requests_per_minute=2)
    for moment, may in [(0, True), (30, True), (59, False), (60, True), (61, False), (90, True)]:
        clock.now = moment
        assert pacer.may_begin("m", two) is may, moment
        if may:
            pacer.begin("m", two)


def test_a_model_does_not_wait_for_another() -> None:
    pacer, one = Pacer(Clock()), pace(requests_per_minute=1)
    pacer.begin("m", one)
    assert not pacer.may_begin("m", one)
    assert pacer.may_begin("n", one)


def test_tokens_count_and_one_call_of_too_many_is_not_stuck() -> None:
    clock = Clock()
    pacer = Pacer(clock)
    assert pacer.may_begin("m", pace(500, tokens_per_minute=100))
    pacer.begin("m", pace(500, tokens_per_minute=100))
    assert not pacer.may_begin("m", pace(1, tokens_per_minute=100))
    clock.now = 60
    assert pacer.may_begin("m", pace(1, tokens_per_minute=100))


def test_calls_under_way_end() -> None:
    pacer, one = Pacer(Clock()), pace(concurrent=1)
    pacer.begin("m", one)
    assert not pacer.may_begin("m", one)
    pacer.end("m")
    assert pacer.may_begin("m", one)


@given(
    st.lists(st.tuples(st.floats(0, 40), st.integers(0, 50)), max_size=60),
    st.integers(1, 5),
    st.integers(20, 100),
)
def test_no_minute_ever_holds_more(
    asked: list[tuple[float, int]], requests: int, tokens: int
) -> None:
    clock = Clock()
    pacer = Pacer(clock)
    begun: list[tuple[float, int]] = []
    for gap, size in asked:
        clock.now += gap
        wanted = pace(size, requests_per_minute=requests, tokens_per_minute=tokens)
        if pacer.may_begin("m", wanted):
            pacer.begin("m", wanted)
            begun.append((clock.now, size))
    for start, _ in begun:
        inside = [size for at, size in begun if start <= at < start + 60]
        assert len(inside) <= requests
        assert sum(inside) <= tokens or len(inside) == 1


@pytest.fixture
def account(tmp_path: Path) -> LedgerAccount:
    ledger = Ledger(f"sqlite:///{tmp_path}/ledger.db", "paced")
    ledger.create({})
    return LedgerAccount(ledger, None)


def test_calls_of_a_study_keep_to_it_free_ones_too(account: LedgerAccount) -> None:
    under_way = most = 0

    async def send() -> ModelReply:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.01)
        under_way -= 1
        return ModelReply("yes", ModelCall("m", 1, 1, 0.0, 0.01))

    async def many() -> None:
        limit = RateLimit(concurrent=2)
        requests = (ModelRequest("m", [n], 0.0, limit=limit) for n in range(8))
        await asyncio.gather(*(call_model(request, send) for request in requests))

    environment = CallEnvironment(None, account)
    with calling_in(environment):
        asyncio.run(many())
    environment.close()
    assert most == 2
    assert account.spent() == 0
