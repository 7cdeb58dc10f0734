"""`optimize plan` as a person uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Optimize
from .test_mistakes import contents


def test_it_says_what_a_study_takes_and_writes_nothing(tiny: Path, optimize: Optimize) -> None:
    before = contents(tiny)

    outcome = optimize("plan", "study.yaml", "--set", "budget.minutes=10")

    assert (outcome.code, outcome.err) == (0, "")
    assert contents(tiny) == before
    for words in (
        "plan of tiny", "4 trials, random", "8 tune, all by every trial; 8 holdout",
        "indexes built", "paid to providers", "The budget of 10 minutes will do.",
        "answer_match, 8 tune questions", "assumed",
    ):  # fmt: skip
        assert words in outcome.out


def test_as_json_it_holds_the_same(tiny: Path, optimize: Optimize) -> None:
    plan = json.loads(optimize("plan", "study.yaml", "--json").out)

    assert plan["totals"]["tune_evaluations"] == {"low": 32, "likely": 32, "high": 32}
    assert plan["totals"]["index_builds"] == plan["indexes"]["distinct"]
    assert plan["totals"]["usd"]["high"] == 0
    assert plan["search"] == {"method": "random", "trials": 4}
    assert plan["probe"] is None
    assert {item["metric"] for item in plan["resolution"]} == {"answer_match"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("plan", "stduy.yaml"), "study.yaml"),
        (("plan", "study.yaml", "--set", "search.trials=0"), "search.trials"),
        (("plan", "study.yaml", "--probe", "0"), "--probe takes a number of flows"),
        (("plan", "study.yaml", "--probe", "many"), "many"),
    ],
)
def test_bad_input_is_told_and_ends_with_2(
    words: tuple[str, ...], told: str, tiny: Path, optimize: Optimize
) -> None:
    outcome = optimize(*words)

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("error: ")
    assert told in outcome.err
    assert "Traceback" not in outcome.err


def test_a_probe_without_models_has_nothing_to_measure(tiny: Path, optimize: Optimize) -> None:
    outcome = optimize("plan", "study.yaml", "--probe", "1")

    assert outcome.code == 0
    assert outcome.out.startswith("probe: no rehearsed flow calls a model")
