"""The words of a plan: singular and plural, what is left out, and what differences mean."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console, Group

from syftr_like.cli.plan_view import plan_view
from syftr_like.cli.resolution_view import resolution_view
from syftr_like.planning.plan import Plan, make_plan
from syftr_like.planning.probe import ProbeResult
from syftr_like.planning.resolution import Resolution
from syftr_like.study.loading import load_study

from ..study.tiny_study import write_tiny_study
from .viewed import text_of

SPACE = """\
graph:
  chunks: {from: documents, choose: [whole_document]}
  passages: {from: [question, chunks], choose: [{bm25: {k: {int: [1, 4]}}}]}
  answer: {from: [question, passages], choose: [extractive_reader]}
output: answer
"""


def plan(folder: Path, trials: int) -> Plan:
    settings = {"search.trials": trials, "budget.minutes": trials}
    return make_plan(load_study(write_tiny_study(folder, space=SPACE), settings))


def test_one_of_a_thing_is_said_in_the_singular(tmp_path: Path) -> None:
    one = plan(tmp_path, 1)
    seen = text_of(plan_view(replace(one, probe=ProbeResult(1, 1.0, 0.5, {}, {"no": 1}, 2))))
    for words in (
        ", 1 parameter\n", "1 trial, random", "1 of the first flows was run", "budget of 1 minute ",
        "The probe of 1 flow spent", "1 time: no",
    ):  # fmt: skip
        assert words in "\n".join(line.rstrip() for line in seen.splitlines())
    for wrong in ("1 parameters", "1 trials", "flows were", "1 minutes", "1 flows", "1 times"):
        assert wrong not in seen


def test_more_are_said_in_the_plural(tmp_path: Path) -> None:
    seen = text_of(plan_view(plan(tmp_path, 3)))
    for words in ("3 trials, random", "3 of the first flows were run", "budget of 3 minutes "):
        assert words in seen


@pytest.mark.parametrize(
    ("run", "failed", "told"),
    [
        (3, 1, "rest on 3 of the 4 flows that were tried, as if every flow were like them. The"
         " other could not be run:\n  - 1 flow: broken\n"),
        (3, 2, "rest on 3 of the 5 flows that were tried, as if every flow were like them. The"
         " other 2 could not be run:\n  - 2 flows: broken\n"),
        (1, 2, "rest on 1 of the 3 flows that were tried, as if every flow were like it. The"
         " other 2 could not be run:\n"),
    ],
)  # fmt: skip
def test_flows_left_out_are_said_before_any_figure(
    tmp_path: Path, run: int, failed: int, told: str
) -> None:
    found = plan(tmp_path, 3)
    rehearsal = replace(
        found.rehearsal, flows=found.rehearsal.flows[:run], not_run={"broken": failed}
    )
    seen = text_of(plan_view(replace(found, rehearsal=rehearsal)))
    lines = "\n".join(line.rstrip() for line in seen.splitlines())
    headline, rest = lines.split("\n", 1)
    assert headline.startswith("plan of tiny")
    assert rest.startswith(f"All figures {told}")


class TestDifferences:
    """What is said of the differences that the questions can show."""

    SHARE = Resolution(
        "answer_match", "share", "tune", 8, (0.3, 0.6), "assumed", (0.35, 0.69), (285, 1133)
    )

    def seen(self, *found: Resolution) -> str:
        return text_of(Group(*resolution_view(found)))

    def test_metric_scale_and_questions_are_said(self) -> None:
        seen = self.seen(self.SHARE, replace(self.SHARE, split="holdout"))
        row = "answer_match (0 to 1)     8 tune      0.35 to 0.69        285 to 1,133"
        assert row in seen
        assert "questions for 0.05" in seen
        assert seen.count("answer_match 0.3 to 0.6, assumed") == 1
        assert "none" not in seen

    def test_more_than_the_whole_scale_is_no_difference(self) -> None:
        some, nothing = (replace(self.SHARE, difference=(low, 1.3)) for low in (0.64, 1.1))
        assert " 0.64 to none " in self.seen(some)
        assert " none " in self.seen(nothing)
        assert "none: not even 0 against 1" in self.seen(nothing)

    def test_costs_have_their_unit_and_no_scale(self) -> None:
        cost = replace(self.SHARE, metric="usd", unit="USD", difference=(0.001, 4.0), needed=None)
        seen = self.seen(cost)
        assert "$0.001 to $4.00" in seen
        assert "questions for" not in seen
        assert "(0 to 1)" not in seen


def test_of_many_reasons_the_most_frequent_are_said(tmp_path: Path) -> None:
    found = plan(tmp_path, 3)
    many = {f"reason {n}": n for n in range(1, 13)}
    seen = text_of(plan_view(replace(found, rehearsal=replace(found.rehearsal, not_run=many))))
    told = [line.split("- ")[1].rstrip() for line in seen.splitlines()[2:11]]
    assert told == [
        *(f"{n} flows: reason {n}" for n in range(12, 4, -1)),
        "10 flows: for other reasons",
    ]


@pytest.mark.parametrize("width", [80, 120])
def test_it_fits_the_terminal(tmp_path: Path, width: int) -> None:
    console = Console(width=width)
    with console.capture() as capture:
        console.print(plan_view(plan(tmp_path, 3)))
    lines = capture.get().splitlines()
    assert max(map(len, lines)) <= width
    assert not any("\u2026" in line for line in lines), "nothing is cut"
