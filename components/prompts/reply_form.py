"""How a reply to a prompt is read, once the passages are known that it showed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from syftr_like.contracts import Answer, Passage, Prompt

from .template import PassagePrompt


@dataclass(frozen=True, slots=True)
class ReplyForm:
    """The form of a reply.

    Attributes:
        parse: Reads a reply; raises ComponentError, in words for the model, where it cannot.
        example: A reply in this form, for a plan; None where any text is.
    """

    parse: Callable[[str], Answer]
    example: str | None = None


def reply_form(prompt: Prompt, passages: Sequence[Passage]) -> ReplyForm:
    """Return the form of the replies to a prompt that showed these passages."""
    if isinstance(prompt, PassagePrompt):
        parse = partial(prompt.parse_for, passages=passages)
        return ReplyForm(parse, prompt.example if passages else None)
    return ReplyForm(prompt.parse)
