"""What a plan takes for a model's reply, where only one of a certain form can be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_example: ContextVar[str | None] = ContextVar("syftr_like_dry_reply", default=None)


@contextmanager
def dry_reply(example: str | None) -> Iterator[None]:
    """Have language models say, of calls begun inside, that they reply like this one.

    Nothing but a plan, which makes no call, looks at it. With None any text will do.
    """
    token = _example.set(example)
    try:
        yield
    finally:
        _example.reset(token)


def example_or(text: str) -> str:
    """Return the example in force, else the text."""
    example = _example.get()
    return text if example is None else example
