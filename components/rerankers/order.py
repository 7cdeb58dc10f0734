"""Passages in the order of new scores."""

from __future__ import annotations

from collections.abc import Sequence

from syftr_like.contracts import Passage


def reordered(passages: Sequence[Passage], scores: Sequence[float], top: int) -> list[Passage]:
    """Return the `top` passages by falling score, carrying it; equal ones keep their order."""
    order = sorted(range(len(passages)), key=lambda place: -scores[place])
    return [Passage(passages[place].chunk, float(scores[place])) for place in order[:top]]
