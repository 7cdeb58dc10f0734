"""A study whose constraints no flow keeps ends with those that come closest, marked as such."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from syftr_like import Study
from syftr_like.results import TrialState

from .tiny_study import STUDY, write_tiny_study

STOPPING = {
    "dataset.split": {"tune": 0.75, "holdout": 0.25, "seed": 1},
    "search.early_stopping": {"min_questions": 3, "eta": 2},
    "search.trials": 12,
}


@pytest.mark.parametrize("settings", [{}, STOPPING], ids=["all questions", "early stopping"])
def test_the_least_violating_flows_are_the_front(
    settings: dict[str, object], tmp_path: Path
) -> None:
    study = STUDY.replace("context_tokens <= 5000", "context_tokens <= 1, answer_match >= 0.1")
    path = write_tiny_study(tmp_path, study=study)
    # `abstain` reads nothing and would keep the first constraint.
    space = tmp_path / "space.yaml"
    space.write_text(space.read_text(encoding="utf-8").replace("      - abstain\n", ""))

    run = Study.from_yaml(path, settings=settings).optimize(runs=tmp_path / "runs")

    result = run.result
    complete = [t for t in result.trials if t.state is TrialState.COMPLETE]
    assert not result.feasible
    assert not any(trial.feasible for trial in result.trials)
    assert result.front
    least = min(t.violations["context_tokens <= 1"] for t in complete)
    for id in result.front:
        member = result.trial(id)
        assert member.state is TrialState.COMPLETE
        assert member.holdout, "they are evaluated on the holdout split as any front is"
    assert least in {result.trial(id).violations["context_tokens <= 1"] for id in result.front}
    written = json.loads((run.folder / "front.json").read_text(encoding="utf-8"))
    assert [member["id"] for member in written["front"]] == list(result.front)


def test_a_front_that_keeps_the_constraints_is_feasible(tmp_path: Path) -> None:
    run = Study.from_yaml(write_tiny_study(tmp_path)).optimize(runs=tmp_path / "runs")
    assert run.result.feasible
    assert all(run.result.trial(id).feasible for id in run.result.front)


def test_a_constraint_that_was_loosened_makes_it_feasible_and_runs_nothing_in_the_search(
    tmp_path: Path,
) -> None:
    path = write_tiny_study(
        tmp_path, study=STUDY.replace("<= 5000", "<= 5000, answer_match >= 0.99")
    )
    assert not Study.from_yaml(path).optimize(runs=tmp_path / "runs").result.feasible
    path = write_tiny_study(tmp_path)
    result = Study.from_yaml(path).optimize(runs=tmp_path / "runs").result
    assert result.feasible
    assert sum(trial.evaluations for trial in result.trials) == 4 * 8
    assert all(result.trial(id).holdout for id in result.front)
