"""`optimize plan` as a person uses it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ..study.tiny_study import write_tiny_study
from .conftest import Optimize
from .test_mistakes import contents


def test_it_says_what_a_study_takes_and_writes_nothing(tiny: Path, optimize: Optimize) -> None:
    before = contents(tiny)

    outcome = optimize("plan", "study.yaml", "--set", "budget.minutes=10")

    assert (outcome.code, outcome.err) == (0, "")
    assert contents(tiny) == before
    for words in (
        "plan of tiny", "4 trials, random", "8 tune, asked in every trial; 8 holdout",
        "indexes built", "paid to providers", "The budget of 10 minutes will do.",
        "answer_match (0 to 1)", "8 tune", "assumed",
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
    assert outcome.out.startswith("probe: no flow calls a model")


class TestFlowsThatCannotBeRun:
    """Their reader's calls say neither how long they would be nor what they cost at most."""

    SPACE = """\
graph:
  chunks: {from: documents, choose: [whole_document]}
  passages: {from: [question, chunks], choose: [{bm25: {k: {int: [1, 4]}}}]}
  answer: {from: [question, passages], choose: [CHOICES]}
output: answer
"""
    UNBOUND = "{paying_reader: {log: log, worst_usd: 0}}"

    @pytest.fixture
    def study(self, tiny: Path, third_party: Path) -> Callable[..., None]:
        def write(*choices: str) -> None:
            write_tiny_study(tiny, space=self.SPACE.replace("CHOICES", ", ".join(choices)))

        return write

    @pytest.mark.parametrize("words", [(), ("--probe", "2"), ("--json",)], ids=" ".join)
    def test_without_any_there_are_no_figures(
        self, words: tuple[str, ...], study: Callable[..., None], optimize: Optimize
    ) -> None:
        study(self.UNBOUND)

        outcome = optimize("plan", "study.yaml", *words)

        assert (outcome.code, outcome.out) == (1, "")
        first, *reasons = outcome.err.splitlines()
        assert first == "error: the study cannot be planned, for no flow can be run:"
        assert reasons == [
            "  4 flows: calls of tide:small say neither how long they would be nor what they cost"
            " at most"
        ]

    def test_where_there_are_others_the_plan_begins_with_them(
        self, study: Callable[..., None], optimize: Optimize
    ) -> None:
        study("extractive_reader", self.UNBOUND)
        outcome = optimize("plan", "study.yaml", "--set", "search.trials=8")
        assert outcome.code == 0
        assert re.match(r"plan of tiny.*\nAll figures rest on \d of the 8 flows", outcome.out)

    def test_a_probe_that_finds_no_model_among_the_others_has_failed(
        self, study: Callable[..., None], optimize: Optimize
    ) -> None:
        study("extractive_reader", self.UNBOUND)
        outcome = optimize("plan", "study.yaml", "--set", "search.trials=8", "--probe", "1")
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err.startswith("error: nothing can be probed")

    def test_a_probe_says_what_it_may_cost_in_the_singular(
        self, study: Callable[..., None], optimize: Optimize
    ) -> None:
        study("{paying_reader: {log: log}}")
        outcome = optimize("plan", "study.yaml", "--probe", "1")
        assert outcome.code == 0
        assert outcome.out.startswith(
            "probe: 1 flow on 3 questions, with real models, costs $0.06 at most\n"
        )
