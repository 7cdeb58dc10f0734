"""Waiting for several things at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import TypeVar

T = TypeVar("T")


async def side_by_side(work: Sequence[Awaitable[T]]) -> list[T]:
    """Return the results, in order, when all have ended; raise what came first, if anything did.

    Nothing is left running behind the agent's back, as it would be with `asyncio.gather` alone.
    """
    results = await asyncio.gather(*work, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result for result in results if not isinstance(result, BaseException)]
