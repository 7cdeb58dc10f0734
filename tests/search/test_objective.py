"""Objectives and constraints."""

from __future__ import annotations

from syftr_like.contracts.evaluator import Direction
from syftr_like.search import Constraint, Objective, losses


def test_less_loss_is_better_whatever_the_direction() -> None:
    objectives = (
        Objective("accuracy", Direction.MAXIMIZE),
        Objective("usd", Direction.MINIMIZE),
    )
    assert losses(objectives, {"usd": 2.0, "accuracy": 0.75, "other": 1.0}) == (-0.75, 2.0)


def test_a_violation_is_above_zero_when_the_bound_is_broken() -> None:
    at_most, at_least = Constraint("latency", "<=", 2.0), Constraint("accuracy", ">=", 0.5)
    assert [at_most.violation(v) for v in (1.5, 2.0, 3.0)] == [-0.5, 0.0, 1.0]
    assert [at_least.violation(v) for v in (0.75, 0.5, 0.25)] == [-0.25, 0.0, 0.25]
    assert (str(at_most), str(at_least)) == ("latency <= 2", "accuracy >= 0.5")
