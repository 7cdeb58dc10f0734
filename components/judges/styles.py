"""The ways in which a judge of correctness is asked for its verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from .verdicts import marks_of, verdict_of

Style = Literal["reasoned", "brief", "marks"]

STYLE = (
    "How the verdict is asked for: after a sentence that compares the answers (reasoned), alone"
    " (brief), or as 1 to 5 marks, of which 4 or more are correct (marks)."
)
"""What the parameter is for, in words."""

WORDS = {"correct": 1.0, "incorrect": 0.0}

ENOUGH = 4
"""Marks, of 5, from which an answer counts as correct; the task says so to the model."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One way to ask for a verdict.

    Attributes:
        task: The task's name.
        parse: Returns 1 for correct and 0 for not, from a reply.
        example: A reply in the form asked for.
    """

    task: str
    parse: Callable[[str], float]
    example: str


def _enough(reply: str) -> float:
    return float(marks_of(reply, most=5) >= ENOUGH)


STYLES: Mapping[Style, Asking] = {
    "reasoned": Asking(
        "judge_correctness",
        partial(verdict_of, words=WORDS),
        "Both say the same.\n\nVerdict: correct",
    ),
    "brief": Asking(
        "judge_correctness_brief",
        partial(verdict_of, words=WORDS, alone=True),
        "Verdict: correct",
    ),
    "marks": Asking("judge_correctness_marks", _enough, "5"),
}
