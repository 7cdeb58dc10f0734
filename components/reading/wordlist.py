"""Word lists written as running text."""

from __future__ import annotations

__all__ = ["word_set"]


def word_set(text: str) -> frozenset[str]:
    """The distinct words of a text separated by white space."""
    return frozenset(text.split())
