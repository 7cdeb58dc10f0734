"""Choosing a method by name, or having it chosen."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import get_args

import pytest

from syftr_like.search import (
    METHODS,
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


def test_any_number_of_objectives_and_constraints(
    small: Space, objectives: tuple[Objective, ...]
) -> None:
    for count in (1, 2, 3):
        some = (*objectives, Objective("latency", objectives[1].direction))[:count]
        proposer = make_proposer("tpe", small, some, trials=4, seed=0)
        for number in range(8):
            assert proposer.ask() is not None
            proposer.tell(number, Feedback(tuple(float(number) for _ in some)))


def test_optuna_is_imported_only_when_needed() -> None:
    script = (
        "import sys, syftr_like.search, syftr_like.search.tpe, syftr_like.search.grid;"
        "print([m for m in ('optuna', 'ray', 'mlflow', 'sqlalchemy') if m in sys.modules])"
    )
    finished = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert finished.stdout.strip() == "[]"
