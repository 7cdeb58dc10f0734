"""Judges as metrics of a study: kept, paid, recorded, and no part of a flow's cost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from syftr_like import Study, StudyRun
from syftr_like.errors import InputError
from syftr_like.study.loading import load_study
from syftr_like.testing.model_server import Fault, ModelServer

from .tiny_study import SPACE, STUDY, write_tiny_study

PRICE = "{input_per_million: 100.0, output_per_million: 100.0}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    pytest.importorskip("langchain_openai")
    monkeypatch.setenv("OPENAI_API_KEY", "practice")
    with ModelServer(speed=0) as running:
        yield running


def judging(server: ModelServer, metrics: str = "", objectives: str = "correct") -> tuple[str, str]:
    """A study with a judge, whose model stands in the space."""
    model = f'{{llm: "openai:practice-large", base_url: "{server.url}", price: {PRICE}}}'
    space = f"models:\n  judge: {model}\n" + SPACE
    study = STUDY.replace("maximize: [answer_match]", f"maximize: [{objectives}]")
    return study + (
        f"metrics: [answer_match, {{as: correct, llm_judge: {{llm: judge}}}}{metrics}]\n"
    ), space


def run(folder: Path, study: str, space: str, **settings: str) -> StudyRun:
    path = write_tiny_study(folder, study=study, space=space)
    given = {key.replace("__", "."): value for key, value in settings.items()}
    return Study.from_yaml(path, settings=given).optimize(runs=folder / "runs")


def test_a_judge_decides_a_study(server: ModelServer, tmp_path: Path) -> None:
    done = run(tmp_path, *judging(server))
    assert {"correct", "answer_match"} <= set(done.trials.columns)
    assert server.count() > 0
    assert all("Answer to judge:" in str(e.messages) for e in server.requests)
    assert done.result.spent.usd > 0
    (best,) = [t for t in done.result.trials if t.id == done.result.recommended["best"]]
    assert 0 < best.tune["correct"].value <= 1
    assert best.tune["usd_per_1k_questions"].value < 0.01, "what judges cost is not the flow's"


def test_its_calls_are_recorded_under_its_metric(server: ModelServer, tmp_path: Path) -> None:
    done = run(tmp_path, *judging(server))
    calls = list(done._run.ledger.model_calls(0))
    judged = [call for call in calls if call["node"] == "judge of correct"]
    assert judged
    assert {call["model"] for call in judged} == {"openai:practice-large"}


def test_equal_judgements_are_paid_for_once(server: ModelServer, tmp_path: Path) -> None:
    study, space = judging(server)
    done = run(tmp_path, study, space)
    asked = server.count()
    path = tmp_path / "study.yaml"
    again = Study.from_yaml(path).optimize(runs=tmp_path / "runs", fresh=True)
    assert server.count() == asked
    assert again.result.spent.usd == 0
    assert list(again.trials["correct"]) == list(done.trials["correct"])


def test_a_judgement_that_cannot_be_had_is_a_failure(tmp_path: Path, server: ModelServer) -> None:
    with ModelServer(speed=0, faults=[Fault(kind="empty", every=1)]) as broken:
        done = run(tmp_path, *judging(broken))
        answering = [t for t in done.result.trials if t.failures]
        assert answering
        assert "in metric 'correct'" in (answering[0].first_error or "")
        assert done.result.trials[0].evaluations == 8


def test_a_finished_run_is_read_with_its_judges(server: ModelServer, tmp_path: Path) -> None:
    done = run(tmp_path, *judging(server))
    loaded = StudyRun.load("tiny", runs=tmp_path / "runs")
    assert list(loaded.trials["correct"]) == list(done.trials["correct"])


def test_it_counts_against_the_budget(server: ModelServer, tmp_path: Path) -> None:
    done = run(tmp_path, *judging(server), budget__usd="0.02")
    assert done.result.spent.usd <= 0.02


@pytest.mark.parametrize(
    ("metrics", "objective", "told"),
    [
        (", {as: answer_match, llm_judge: {llm: judge}}", "correct", "a metric 'answer_match'"),
        (", {llm_judge: {llm: jduge}}", "correct", "did you mean 'judge'"),
        (", {bm25: {k: 2}}", "correct", "cannot fill a metric"),
        (", {llm_judge: {llm: judge, tries: {int: [1, 3]}}}", "correct", "a metric is fixed"),
        ("", "corect", "did you mean 'correct'"),
    ],
)
def test_mistakes(
    server: ModelServer, tmp_path: Path, metrics: str, objective: str, told: str
) -> None:
    study, space = judging(server, metrics, objective)
    with pytest.raises(InputError) as caught:
        load_study(write_tiny_study(tmp_path, study=study, space=space))
    assert told in str(caught.value)
    assert str(tmp_path / "study.yaml") in str(caught.value)


def test_another_judge_is_another_study(server: ModelServer, tmp_path: Path) -> None:
    study, space = judging(server)
    run(tmp_path, study, space)
    with pytest.raises(InputError, match="judge"):
        run(tmp_path, study.replace("{llm: judge}", "{llm: judge, tries: 3}"), space)
