"""A mistake: what is edited in a valid study or typed, and what must be said about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Edit = Callable[[Path], object]

TRACKING = ("--set", "tracking.mlflow=sqlite:///mlflow.db")
"""Turns on what a run writes beside its folder."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake and the message about it.

    Attributes:
        edits: Makes the mistake in the folder of the study.
        at: How the message begins behind `error: `; the place, where the mistake has one.
        parts: What stands in the message, in this order.
        meant: The valid name that the message suggests; None: it suggests none.
        words: What is typed.
    """

    edits: tuple[Edit, ...]
    at: str
    parts: tuple[str, ...] = ()
    meant: str | None = None
    words: tuple[str, ...] = ("study.yaml",)


def change(old: str, new: str, file: str = "study.yaml") -> Edit:
    def edit(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")

    return edit


def whole(content: str | bytes, file: str = "study.yaml") -> Edit:
    data = content.encode() if isinstance(content, str) else content
    return lambda folder: (folder / file).write_bytes(data)


def with_key(line: str) -> Edit:
    """One more key, in line 12."""
    return change("workers:", f"{line}\nworkers:")


def in_study(
    edit: Edit, line: int, column: int, problem: str, *parts: str, meant: str | None = None
) -> Mistake:
    return Mistake((edit,), f"study.yaml:{line}:{column}: {problem}", parts, meant)


def typed(*words: str, at: str, parts: tuple[str, ...] = (), meant: str | None = None) -> Mistake:
    return Mistake((), at, parts, meant, words)
