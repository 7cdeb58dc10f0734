"""Why a flow could not be run dry, in a line."""

from __future__ import annotations

LONGEST = 200


def cause(error: Exception | str) -> str:
    """Return an error on one line, shortened."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
