"""Why flows could not be run, a line for each reason."""

from __future__ import annotations

from collections.abc import Mapping

LONGEST = 200
MOST_REASONS = 8


def cause(error: Exception | str) -> str:
    """Return an error on one line, shortened."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def reasons(counts: Mapping[str, int], what: str) -> list[str]:
    """Return a line for each of the most frequent reasons, and one for all others.

    Args:
        counts: Reason to how often.
        what: What is counted, in the singular.
    """
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    others = sum(count for _, count in ordered[MOST_REASONS:])
    told = ordered[:MOST_REASONS] + ([("for other reasons", others)] if others else [])
    return [f"{count:,} {what}{'' if count == 1 else 's'}: {reason}" for reason, count in told]


def with_reasons(text: str, counts: Mapping[str, int], what: str) -> str:
    """Return a message with the reasons below it; see `reasons`."""
    return "\n  ".join([text, *reasons(counts, what)])
