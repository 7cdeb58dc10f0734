"""Waiting for several things at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import TypeVar

T = TypeVar("T")


AT_A_TIME = 8
"""Things under way at a time, where one leads to many; a model's own limits hold as well."""


async def side_by_side(work: Sequence[Awaitable[T]]) -> list[T]:
    """Return the results, in order, when all have ended; raise what came first, if anything did.

    At most 8 are under way at a time. Nothing is left running behind the asker's back, as it would
    be with `asyncio.gather` alone.
    """
    slots = asyncio.Semaphore(AT_A_TIME)

    async def one(item: Awaitable[T]) -> T:
        async with slots:
            return await item

    results = await asyncio.gather(*map(one, work), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result for result in results if not isinstance(result, BaseException)]
