"""The search loop, one proposal after the other, in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from .proposer import Feedback, Proposal, Proposer


@dataclass(frozen=True, slots=True)
class Ended:
    """Why a search ended.

    Attributes:
        reason: `trials` when all planned ones were made, `exhausted` when every flow of the
            space was proposed, `stopped` when `should_stop` said so.
        text: The same for people.
    """

    reason: Literal["trials", "exhausted", "stopped"]
    text: str

    def __str__(self) -> str:
        return self.text


def run_loop(
    proposer: Proposer,
    evaluate: Callable[[Proposal], Feedback],
    *,
    trials: int,
    should_stop: Callable[[], str | None] = lambda: None,
) -> Ended:
    """Ask, evaluate and tell until there is a reason to end.

    Args:
        proposer: May have proposals restored to it: they count among the `trials`.
        evaluate: Runs a trial. A failed trial is its business: it returns the worst values.
            What it raises ends the loop, and the proposal stays pending.
        trials: How many proposals to make in all.
        should_stop: Asked before each proposal; returns why to stop, or None to go on.
    """
    while proposer.proposed < trials:
        stop = should_stop()
        if stop is not None:
            return Ended("stopped", stop)
        proposal = proposer.ask()
        if proposal is None:
            return Ended("exhausted", f"every flow of {proposer.space.source} was proposed")
        proposer.tell(proposal.number, evaluate(proposal))
    return Ended("trials", f"all {trials:,} trials are done")
