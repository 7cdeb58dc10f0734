"""What a study may use, and what of it is set aside for the holdout split."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Budget:
    """The limits of the whole study: all its sessions, the holdout split included.

    Attributes:
        usd: Dollars to providers, None without a limit.
        minutes: Wall time, None without a limit.
        spent_usd: Tells what was spent so far, by all sessions.
        earlier_seconds: Wall time of earlier sessions.
        started: When this session began, by the monotonic clock.
    """

    usd: float | None
    minutes: float | None
    spent_usd: Callable[[], float]
    earlier_seconds: float = 0.0
    started: float = field(default_factory=time.monotonic)

    def seconds(self) -> float:
        """Return the wall time of all sessions so far."""
        return self.earlier_seconds + time.monotonic() - self.started

    def used_up(self, *, held_usd: float = 0.0, held_seconds: float = 0.0) -> str | None:
        """Return which budget is used up, None while there is some left.

        Args:
            held_usd: Set aside for what comes later.
            held_seconds: The same of time.
        """
        if self.minutes is not None and self.seconds() + held_seconds >= self.minutes * 60:
            return f"the budget of {self.minutes:g} minutes is used up"
        if self.usd is not None and self.spent_usd() + held_usd >= self.usd:
            return f"the budget of ${self.usd:g} is used up"
        return None

    def deadline(self, *, held_seconds: float = 0.0) -> float | None:
        """Return when the time is over, in seconds since the epoch; None without a limit."""
        if self.minutes is None:
            return None
        return time.time() + self.minutes * 60 - self.seconds() - held_seconds
