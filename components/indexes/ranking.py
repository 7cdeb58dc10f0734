"""The best of many scores, ties broken by position."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def best_positions(scores: NDArray[np.float32], k: int) -> NDArray[np.intp]:
    """Return the positions of the `k` highest scores above zero, best first.

    Args:
        scores: Array of shape (n,).
        k: At most so many are returned.

    Equal scores come in ascending order of position, also across the cut at `k`.
    """
    hits = np.flatnonzero(scores > 0)
    if len(hits) > k:
        least = np.partition(scores[hits], len(hits) - k)[len(hits) - k]
        hits = hits[scores[hits] >= least]
    return hits[np.argsort(-scores[hits], kind="stable")][:k]
