"""Judges among the metrics: their calls are planned, on the holdout split too."""

from __future__ import annotations

from pathlib import Path

import pytest

from syftr_like import Study
from syftr_like.cli.plan_view import plan_view
from syftr_like.planning.interval import Interval
from syftr_like.planning.plan import Plan, make_plan
from syftr_like.study.loading import LoadedStudy, load_study
from syftr_like.testing.model_server import ModelServer

from ..study.tiny_study import STUDY, write_tiny_study
from .test_plan import holds
from .viewed import text_of

SPACE = """\
models:
  judge:
    llm: "openai:practice-large"
    base_url: "{url}"
    price: {{input_per_million: 3.0, output_per_million: 15.0}}
graph:
  chunks: {{from: documents, choose: [whole_document]}}
  passages: {{from: [question, chunks], choose: [bm25: {{k: 1}}]}}
  answer: {{from: [question, passages], choose: [{reader}]}}
output: answer
"""
READER = "extractive_reader: {abstain_below: 0.0}"
JUDGES = {
    "llm_judge: {llm: judge}": 1,
    "judge_panel: {llm: judge, second_llm: judge, third_llm: judge}": 3,
    "judge_panel: {llm: judge, second_llm: judge, third_llm: judge, mode: random}": 1,
    "context_precision: {llm: judge}": 1,  # one passage is read
}


def judged(
    practice_server: ModelServer, folder: Path, *judges: str, reader: str = READER, trials: int = 1
) -> Path:
    metrics = [f"{{as: judged_{n}, {judge}}}" for n, judge in enumerate(judges)]
    study = STUDY.replace("trials: 4", f"trials: {trials}")
    return write_tiny_study(
        folder,
        study=study + f"metrics: [{', '.join(['answer_match', *metrics])}]\n",
        space=SPACE.format(url=practice_server.url, reader=reader),
    )


def planned(loaded: LoadedStudy, folder: Path) -> Plan:
    return make_plan(loaded, runs=folder / "runs")


def exactly(count: float) -> Interval:
    return Interval(*[pytest.approx(count)] * 3)


@pytest.mark.parametrize("judge", JUDGES)
def test_a_judge_is_asked_once_for_each_question_that_has_an_answer(
    judge: str, practice_server: ModelServer, tmp_path: Path
) -> None:
    path = judged(practice_server, tmp_path, judge)
    loaded = load_study(path)
    plan = planned(loaded, tmp_path)
    assert practice_server.count() == 0

    result = Study.from_yaml(path).optimize(runs=tmp_path / "runs").result

    both = (*loaded.split.tune, *loaded.split.holdout)
    count = JUDGES[judge] * sum(question.answerable for question in both)
    assert practice_server.count() == count
    assert plan.totals.judge_calls == plan.totals.calls == exactly(count)
    assert holds(plan.totals.input_tokens, practice_server.tokens().prompt)
    assert 0 < plan.totals.usd.low <= result.spent.usd <= plan.totals.usd.high


def test_several_judges_add_up(practice_server: ModelServer, tmp_path: Path) -> None:
    # A panel would ask what the first asks already, which is paid for once.
    path = judged(
        practice_server, tmp_path, "llm_judge: {llm: judge}", "context_precision: {llm: judge}"
    )
    loaded = load_study(path)
    plan = planned(loaded, tmp_path)
    Study.from_yaml(path).optimize(runs=tmp_path / "runs")
    assert plan.totals.judge_calls == exactly(practice_server.count())


def test_judges_and_flows_are_told_apart(practice_server: ModelServer, tmp_path: Path) -> None:
    path = judged(practice_server, tmp_path, next(iter(JUDGES)), reader="llm_answer: {llm: judge}")
    totals = planned(load_study(path), tmp_path).totals
    assert 0 < totals.judge_calls.low < totals.calls.low
    seen = text_of(plan_view(planned(load_study(path), tmp_path)))
    assert "of judges" in seen


def test_each_trial_is_judged(practice_server: ModelServer, tmp_path: Path) -> None:
    judge = next(iter(JUDGES))
    reader = "extractive_reader: {abstain_below: {float: [0.0, 0.001]}}"
    one = judged(practice_server, tmp_path / "one", judge, reader=reader)
    four = judged(practice_server, tmp_path / "four", judge, reader=reader, trials=4)
    loaded = load_study(one)
    tune = sum(question.answerable for question in loaded.split.tune)
    added = planned(load_study(four), tmp_path).totals.judge_calls.low - tune * 3
    assert added >= planned(loaded, tmp_path).totals.judge_calls.low


def test_without_an_answer_no_judge_is_asked(practice_server: ModelServer, tmp_path: Path) -> None:
    path = judged(
        practice_server,
        tmp_path,
        next(iter(JUDGES)),
        reader="extractive_reader: {abstain_below: 1.0}",
    )
    assert planned(load_study(path), tmp_path).totals.judge_calls == Interval(0, 0, 0)


def test_what_judges_cost_uses_a_budget_up(practice_server: ModelServer, tmp_path: Path) -> None:
    path = judged(practice_server, tmp_path, next(iter(JUDGES)))
    low = planned(load_study(path), tmp_path).totals.usd.low
    (limit,) = planned(load_study(path, {"budget.usd": low / 2}), tmp_path).totals.limits
    assert limit.used_up > 0.9
