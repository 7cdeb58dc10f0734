"""Whether a run is being worked on, was cut off, or is done."""

from __future__ import annotations

from dataclasses import dataclass

from syftr_like.ledger import Ledger

from .run_folder import Holder, RunFolder

RUNNING, INTERRUPTED, DONE = "running", "interrupted", "done"

ENDED_BY_A_PERSON = "interrupted"
"""What the ledger holds as the end of a study that a person stopped."""


@dataclass(frozen=True, slots=True)
class RunState:
    """How a run stands.

    Attributes:
        name: `running`, `interrupted` or `done`.
        holder: The process that runs it; None when it does not run or has not said yet.
        ended: Why the study ended, as the ledger holds it; empty when it was killed or failed.
    """

    name: str
    holder: Holder | None = None
    ended: str = ""

    def __str__(self) -> str:
        if self.name == RUNNING:
            return f"{self.name} ({self.holder})" if self.holder else self.name
        if self.name == DONE:
            return f"{self.name}, {self.ended}"
        return self.name if self.ended else f"{self.name} (it was killed or failed)"


def run_state(folder: RunFolder, ledger: Ledger) -> RunState:
    """Return how a run stands, without disturbing a process that works on it.

    Raises:
        StudyError: The ledger cannot be read.
    """
    held = folder.is_held()
    ended: str = ledger.study()["ended"]
    if not ended and not held:  # a session may have begun between the two looks
        held = folder.is_held()
    if held:
        holder = folder.holder()
        # A process that only mends what a study left behind does not say who it is.
        if holder is not None or not ended:
            return RunState(RUNNING, holder)
    if ended and ended != ENDED_BY_A_PERSON:
        return RunState(DONE, ended=ended)
    return RunState(INTERRUPTED, ended=ended)
