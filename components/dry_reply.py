"""What a plan takes for a model's reply, where not any text will do.

Where a reply can be read in one form only, a component gives an example of it. Where it decides
what is asked next, as in an agent's loop, there are three: a plan plays each question through by
each of them, and so finds out between which numbers of calls the truth lies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from syftr_like.contracts import DryCourse, Json, LlmReply

Said = str | LlmReply
"""A reply: a text, or where tools were offered, calls of them."""


@dataclass(frozen=True, slots=True)
class DryReplies:
    """Replies of which each leads to another number of further calls.

    Attributes:
        fewest: Leads to as few as there can be.
        usual: Leads to about as many as is usual.
        most: Leads to as many as limits allow.
    """

    fewest: Said
    usual: Said
    most: Said

    def of(self, course: DryCourse) -> Said:
        """Return the reply that a course takes."""
        match course:
            case DryCourse.FEWEST:
                return self.fewest
            case DryCourse.USUAL:
                return self.usual
            case DryCourse.MOST:
                return self.most


DryExample = str | DryReplies | None

_example: ContextVar[DryExample] = ContextVar("syftr_like_dry_reply", default=None)


@contextmanager
def dry_reply(example: DryExample) -> Iterator[None]:
    """Have language models say, of calls begun inside, that they reply like this.

    Nothing but a plan, which makes no call, looks at it. With None any text will do.
    """
    token = _example.set(example)
    try:
        yield
    finally:
        _example.reset(token)


def example_or(text: str) -> str:
    """Return the text that is the example in force, else the text."""
    example = _example.get()
    return example if isinstance(example, str) else text


def by_course(form: Callable[[Said], Json]) -> Callable[[DryCourse], Json] | None:
    """Return what makes the reply of each course in a model's form, None where all are one."""
    example = _example.get()
    return (lambda course: form(example.of(course))) if isinstance(example, DryReplies) else None
