"""What a study leaves in its folder; people's scripts rest on names and keys."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from syftr_like import Study, StudyRun
from syftr_like.report.files import write_files
from syftr_like.space import load_space
from syftr_like.space.flow_config import FlowConfig


@pytest.fixture(scope="module")
def front(tiny_run: StudyRun) -> Any:
    return json.loads((tiny_run.folder / "front.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def trials(tiny_run: StudyRun) -> list[dict[str, str]]:
    with (tiny_run.folder / "trials.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_folder_holds_what_is_promised(tiny_run: StudyRun) -> None:
    names = sorted(p.name for p in tiny_run.folder.iterdir() if not p.name.startswith("ledger.db-"))

    assert names == [
        ".lock", "flows", "front.json", "ledger.db", "log.txt", "report.html", "study.lock.yaml",
        "trials.csv",
    ]  # fmt: skip


def test_front_json_has_the_keys_of_the_contract(front: Any, tiny_run: StudyRun) -> None:
    assert set(front) >= {"study", "objectives", "front", "recommended", "spent"}
    assert front["study"] == "tiny"
    assert front["objectives"] == [
        {"metric": "answer_match", "direction": "maximize"},
        {"metric": "usd_per_1k_questions", "direction": "minimize"},
        {"metric": "latency_p95_s", "direction": "minimize"},
    ]
    assert set(front["recommended"]) >= {"knee", "best", "cheapest_within"}
    assert set(front["spent"]) == {
        "usd", "seconds", "trials", "evaluations", "model_calls", "cache_hits", "index_builds",
    }  # fmt: skip
    assert [member["id"] for member in front["front"]] == list(tiny_run.result.front)
    for member in front["front"]:
        assert set(member) >= {
            "id", "params", "tune", "holdout", "p_nondominated", "evaluations", "failures",
        }  # fmt: skip
        assert member["evaluations"] == 8
        for split in ("tune", "holdout"):
            for metric in ("answer_match", "usd_per_1k_questions", "latency_p95_s"):
                assert set(member[split][metric]) == {"value", "low", "high"}


def test_front_json_is_strict_json(tiny_run: StudyRun) -> None:
    def refuse(constant: str) -> None:
        pytest.fail(f"{constant} is not JSON")

    text = (tiny_run.folder / "front.json").read_text(encoding="utf-8")
    json.loads(text, parse_constant=refuse)


def test_a_quantile_has_no_upper_end_on_few_questions(front: Any) -> None:
    latency = front["front"][0]["tune"]["latency_p95_s"]

    assert latency["value"] > 0
    assert latency["high"] is None


def test_spent_counts_both_splits(front: Any) -> None:
    assert front["spent"]["trials"] == 6
    assert front["spent"]["evaluations"] == 6 * 8 + len(front["front"]) * 8
    assert front["spent"]["usd"] == 0


def test_trials_csv_has_a_row_per_trial_and_a_column_per_parameter(
    trials: list[dict[str, str]], tiny_run: StudyRun
) -> None:
    assert [row["id"] for row in trials] == [trial.id for trial in tiny_run.result.trials]
    for row, trial in zip(trials, tiny_run.result.trials, strict=True):
        assert row["state"] == "complete"
        assert row["on_front"] == str(trial.id in tiny_run.result.front)
        assert float(row["answer_match"]) == trial.tune["answer_match"].value
        assert float(row["answer_match_low"]) <= float(row["answer_match"])
        assert (row["holdout_answer_match"] != "") == (trial.id in tiny_run.result.front)
        for path in ("chunks", "chunks.sentence_splitter.sentences", "answer"):
            assert row[path] == str(trial.params.get(path, ""))


def test_a_flow_file_is_a_space_of_one_flow_that_is_the_trials(tiny_run: StudyRun) -> None:
    files = sorted((tiny_run.folder / "flows").iterdir())

    assert [file.stem for file in files] == sorted(tiny_run.result.front)
    for file in files:
        space = load_space(file)
        assert space.cardinality().count == 1
        of_trial = FlowConfig.from_json(tiny_run.result.trial(file.stem).flow)
        assert space.decode({}).key == of_trial.key


def test_flow_files_of_an_earlier_front_are_removed(tiny_run: StudyRun, tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "t999.yaml").write_text("graph: {}\n", encoding="utf-8")

    study = Study.from_yaml(tiny_run.folder.parent.parent / "study.yaml")
    write_files(tiny_run.result, tmp_path, study.loaded.space)

    names = {path.stem for path in (tmp_path / "flows").iterdir()}
    assert names == set(tiny_run.result.front)


def test_the_lock_names_all_that_the_results_rest_on(tiny_run: StudyRun) -> None:
    lock = yaml.safe_load((tiny_run.folder / "study.lock.yaml").read_text(encoding="utf-8"))

    assert lock["study"]["search"] == {
        "method": "random",
        "trials": 6,
        "seed": 0,
        "early_stopping": {
            "method": "hyperband",
            "min_questions": 12,
            "eta": 3.0,
            "racing": True,
        },
    }
    assert lock["study"]["limits"]["question_timeout_s"] == 60.0
    assert {"python", "syftr-like", "optuna", "numpy"} <= set(lock["versions"])
    assert len(lock["dataset"]["tune"]) == len(lock["dataset"]["holdout"]) == 8
    assert not set(lock["dataset"]["tune"]) & set(lock["dataset"]["holdout"])
    assert lock["dataset"]["fingerprint"]
    assert lock["space"]["fingerprint"]
    assert lock["metrics"]["answer_match"] >= 1


def test_the_log_tells_the_course_of_the_study(tiny_run: StudyRun) -> None:
    log = (tiny_run.folder / "log.txt").read_text(encoding="utf-8")

    for line in ("searching", "all 6 trials are done", "6 trials, "):
        assert line in log
