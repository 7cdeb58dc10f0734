"""A coroutine from code that is not asynchronous, in a kernel that runs a loop or without one."""

from __future__ import annotations

import asyncio
import contextvars
import os
import signal
import threading

import pytest

from syftr_like.flow.own_loop import run_in_own_loop

place = contextvars.ContextVar("place", default="nowhere")


async def where() -> str:
    await asyncio.sleep(0)
    return place.get()


async def broken() -> None:
    raise LookupError("gone")


def test_it_returns_and_raises_without_a_loop() -> None:
    place.set("here")
    assert run_in_own_loop(where()) == "here"
    with pytest.raises(LookupError, match="gone"):
        run_in_own_loop(broken())


def test_it_returns_and_raises_inside_a_running_loop() -> None:
    async def cell() -> str:
        place.set("in a cell")
        with pytest.raises(LookupError, match="gone"):
            run_in_own_loop(broken())
        return run_in_own_loop(where())

    assert asyncio.run(cell()) == "in a cell"


def test_an_interrupt_inside_a_running_loop_cancels_it() -> None:
    cancelled = threading.Event()

    async def endless() -> None:
        try:
            threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    loop = asyncio.new_event_loop()  # `asyncio.run` would take the interrupt itself

    async def cell() -> None:
        run_in_own_loop(endless())

    # A shell lets the commands that it runs in the background ignore interrupts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            loop.run_until_complete(cell())
    finally:
        signal.signal(signal.SIGINT, before)
        loop.close()
    assert cancelled.is_set()
