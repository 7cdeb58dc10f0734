"""What a task found, before it is written in the form that was asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of a task; a task fills what it has.

    Attributes:
        text: The main thing to say.
        items: Where the outcome is a list: its members.
        number: A degree from 0 to 1: relevance, agreement, confidence.
        verdict: Yes or no.
        order: Marks of passages, best first.
        choice: The name or letter of what was chosen.
        reason: Why, in a sentence or a few.
        sources: Marks of the passages used.
        query: What to search for next.
        abstained: Whether there is no answer; `text` is then the phrase that says so.
        bare: Whether it is written without the lines that the prompt asks for.
        task: What the prompt was taken to ask for.
    """

    text: str = ""
    items: tuple[Finding, ...] = ()
    number: float | None = None
    verdict: bool | None = None
    order: tuple[str, ...] = ()
    choice: str = ""
    reason: str = ""
    sources: tuple[str, ...] = ()
    query: str = ""
    abstained: bool = False
    bare: bool = False
    task: str = ""


def listed(texts: list[str]) -> tuple[Finding, ...]:
    """Return texts as the items of a finding."""
    return tuple(Finding(text=text) for text in texts)
