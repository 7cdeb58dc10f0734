from __future__ import annotations

import asyncio
import contextvars
import multiprocessing
import threading

import pytest

from syftr_like.components.network_loop import on_network_loop, wait_on_network_loop

variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")


async def where() -> tuple[int, str]:
    return threading.get_ident(), variable.get()


def test_all_callers_share_one_loop_and_keep_their_context() -> None:
    async def go() -> tuple[int, str]:
        variable.set("mine")
        return await on_network_loop(where())

    first, context = asyncio.run(go())
    second, _ = asyncio.run(go())
    third, unset = wait_on_network_loop(where())
    assert first == second == third != threading.get_ident()
    assert (context, unset) == ("mine", "unset")


def test_errors_come_back() -> None:
    async def fail() -> None:
        raise KeyError("lost")

    with pytest.raises(KeyError, match="lost"):
        wait_on_network_loop(fail())


def test_cancelling_the_caller_cancels_the_work() -> None:
    ended = threading.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    async def go() -> None:
        async with asyncio.timeout(0.05):
            await on_network_loop(work())

    with pytest.raises(TimeoutError):
        asyncio.run(go())
    assert ended.wait(5)


def test_work_on_the_loop_may_await_more_of_it_but_not_wait_for_it() -> None:
    async def awaits() -> tuple[int, str]:
        return await on_network_loop(where())

    async def waits() -> tuple[int, str]:
        return wait_on_network_loop(where())

    assert wait_on_network_loop(awaits()) == wait_on_network_loop(where())
    with pytest.raises(RuntimeError, match="must be awaited"):
        wait_on_network_loop(waits())


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="cannot fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_process_has_a_loop_of_its_own() -> None:
    wait_on_network_loop(where())
    child = multiprocessing.get_context("fork").Process(target=_in_child)
    child.start()
    child.join(20)
    assert child.exitcode == 0


def _in_child() -> None:
    wait_on_network_loop(where())
