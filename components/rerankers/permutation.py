"""Reading the order that a model puts numbered passages in."""

from __future__ import annotations

import re

from syftr_like.errors import ComponentError

from ..reply_forms import without_thoughts

_CHAIN = re.compile(r"\[\d+\](?:\W{0,6}\[\d+\])+")
_BRACKETED = re.compile(r"\[(\d+)\]")
_BARE = re.compile(r"[\d\s>,;.=-]+")


def order_of(reply: str, count: int) -> list[int]:
    """Return the order in a reply such as `[2] > [1] > [3]`, as positions from 0.

    What is named again is passed over; what is missing follows in its old order (Sun et al. 2023).
    Of several orders in a reply the last one counts.

    Raises:
        ComponentError: It names no passage, or one that there is not.
    """
    text = without_thoughts(reply)
    chains = _CHAIN.findall(text)
    numbers = [int(number) for number in _BRACKETED.findall(chains[-1] if chains else text)]
    if not numbers and _BARE.fullmatch(text):
        numbers = [int(number) for number in re.findall(r"\d+", text)]
    if not numbers:
        raise ComponentError("it names no passages; reply in the form [2] > [1] > [3]")
    unknown = [number for number in numbers if not 1 <= number <= count]
    if unknown:
        raise ComponentError(f"there is no passage [{unknown[0]}]; they are [1] to [{count}]")
    return list(dict.fromkeys([*(number - 1 for number in numbers), *range(count)]))
