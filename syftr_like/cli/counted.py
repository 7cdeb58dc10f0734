"""Numbers of things in words."""

from __future__ import annotations


def counted(count: int, what: str) -> str:
    """Return `1 trial`, `2 trials`, `1,000 trials`."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
