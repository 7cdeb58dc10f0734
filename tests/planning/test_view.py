"""The words of a plan, where there is one of a thing and where there are more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from syftr_like.cli.plan_view import plan_view
from syftr_like.planning.plan import Plan, make_plan
from syftr_like.planning.probe import ProbeResult
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
    seen = text_of(plan_view(replace(one, probe=ProbeResult(1, 1.0, 0.5, {}, {"no": 1}))))
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
    ("failed", "told"),
    [
        (1, "1 of 4 flows could not be run and is not in these figures"),
        (2, "2 of 5 flows could not be run and are not in these figures"),
    ],
)
def test_flows_left_out_are_said(tmp_path: Path, failed: int, told: str) -> None:
    three = plan(tmp_path, 3)
    short = replace(three, rehearsal=replace(three.rehearsal, not_run={"broken": failed}))
    assert told in text_of(plan_view(short))
