"""Choosing a method by name, or having it chosen."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import get_args

import pytest

from syftr_like.contracts.evaluator import Direction
from syftr_like.search import (
    METHODS,
    Constraint,
    Feedback,
    Method,
    Objective,
    Proposer,
    choose_method,
    make_proposer,
)
from syftr_like.space import Space


def test_every_method_has_a_line_of_help() -> None:
    assert tuple(METHODS) == get_args(Method)
    assert all(METHODS.values())


def test_auto_goes_through_a_space_that_fits(small: Space) -> None:
    choice = choose_method(small, 13)
    assert choice.method == "grid"
    assert choice.reason == "grid, because all of the space (13 flows) fits into 13 trials"


def test_auto_learns_where_the_space_does_not_fit(small: Space, conditional: Space) -> None:
    choice = choose_method(small, 12)
    assert choice.method == "tpe"
    assert choice.reason == "TPE, because the space holds 13 flows, more than 12 trials can try"
    assert choose_method(conditional, 10**9).method == "tpe"


def test_auto_passes_its_reason_on(make: Callable[..., Proposer], small: Space) -> None:
    proposer = make("auto", small, trials=13)
    assert (proposer.method, proposer.reason) == ("grid", choose_method(small, 13).reason)
    assert make("auto", small, trials=5).method == "tpe"


def test_a_search_needs_an_objective(small: Space) -> None:
    with pytest.raises(ValueError, match="at least one objective"):
        make_proposer("random", small, (), trials=5, seed=0)


@pytest.mark.parametrize("method", ["tpe", "nsga2", "nsga3"])
@pytest.mark.parametrize(("count", "bounds"), [(1, 0), (1, 2), (2, 0), (3, 3), (5, 1)])
def test_any_number_of_objectives_and_constraints(
    small: Space, method: Method, count: int, bounds: int
) -> None:
    some = [Objective(f"loss_{i}", Direction.MINIMIZE) for i in range(count)]
    constraints = [Constraint(f"metric_{i}", "<=", float(i)) for i in range(bounds)]
    proposer = make_proposer(method, small, some, constraints, trials=4, seed=0)
    for number in range(12):
        assert proposer.ask() is not None
        violations = tuple(float(number % (i + 2) - 1) for i in range(bounds))
        proposer.tell(number, Feedback(tuple(float(number) for _ in some), violations))


def test_optuna_and_pymoo_are_imported_only_when_needed() -> None:
    script = (
        "import sys, syftr_like.search, syftr_like.search.tpe, syftr_like.search.nsga;"
        "print([m for m in ('optuna', 'pymoo', 'ray', 'mlflow', 'sqlalchemy') if m in sys.modules])"
    )
    finished = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert finished.stdout.strip() == "[]"
