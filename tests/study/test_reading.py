"""A run that is read back from its folder is the run that was made."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from syftr_like import Study, StudyRun
from syftr_like.errors import InputError
from syftr_like.study.loading import load_study
from syftr_like.study.reading import read_run

from .tiny_study import STUDY, write_tiny_study


def test_the_result_is_the_one_that_was_returned(tiny_run: StudyRun) -> None:
    run = read_run(tiny_run.folder)
    run.ledger.close()

    assert run.result == tiny_run.result


def test_neither_dataset_nor_space_is_needed(tmp_path: Path) -> None:
    study = write_tiny_study(tmp_path / "study")
    made = Study.from_yaml(study, settings={"search.trials": 2}).optimize(runs=tmp_path / "runs")
    shutil.rmtree(tmp_path / "study")

    run = read_run(made.folder)
    run.ledger.close()

    assert run.result == made.result
    with pytest.raises(InputError, match="no such file"):
        run.read_dataset()


def test_the_dataset_is_divided_as_it_was(tiny_run: StudyRun) -> None:
    run = read_run(tiny_run.folder)
    run.ledger.close()

    dataset, split = run.read_dataset()

    loaded = load_study(run.lock["file"])
    assert dataset.fingerprint == loaded.dataset.fingerprint
    assert (split.tune, split.holdout) == (loaded.split.tune, loaded.split.holdout)


def test_it_is_divided_by_the_fields_that_the_study_named(tmp_path: Path) -> None:
    study = write_tiny_study(tmp_path)
    questions = tmp_path / "questions.jsonl"
    rows = questions.read_text(encoding="utf-8").splitlines()
    kinds = [row.replace("{", f'{{"level": "{n % 3}", ', 1) for n, row in enumerate(rows)]
    questions.write_text("\n".join(kinds) + "\n", encoding="utf-8")
    settings = {
        "search.trials": 1,
        "dataset.limit": 12,
        "dataset.split.stratify_by": ["level"],
    }
    made = Study.from_yaml(study, settings=settings).optimize(runs=tmp_path / "runs")

    run = read_run(made.folder)
    run.ledger.close()
    _, split = run.read_dataset()

    assert [q.id for q in split.tune] == run.lock["dataset"]["tune"]
    assert [q.id for q in split.holdout] == run.lock["dataset"]["holdout"]


def test_a_changed_dataset_is_refused(tmp_path: Path) -> None:
    study = write_tiny_study(tmp_path)
    made = Study.from_yaml(study, settings={"search.trials": 1}).optimize(runs=tmp_path / "runs")
    documents = tmp_path / "documents.jsonl"
    documents.write_text(documents.read_text(encoding="utf-8").replace("green", "blue"))

    run = read_run(made.folder)
    run.ledger.close()

    with pytest.raises(InputError, match="has changed since"):
        run.read_dataset()


@pytest.mark.parametrize("own_ledger", [True, False])
def test_a_run_that_was_set_aside_is_read_as_well(own_ledger: bool, tmp_path: Path) -> None:
    extra = f"ledger: sqlite:///{tmp_path}/all.db\n" if own_ledger else ""
    study = Study.from_yaml(
        write_tiny_study(tmp_path, study=STUDY + extra), settings={"search.trials": 1}
    )
    first = study.optimize(runs=tmp_path / "runs")
    first._run.ledger.close()  # as the process of the first run would have ended
    study.optimize(runs=tmp_path / "runs", fresh=True)

    run = read_run(tmp_path / "runs" / "tiny.1")
    run.ledger.close()

    assert run.result == first.result
    assert run.result.study == "tiny"


def test_a_folder_that_is_no_run_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not the folder of a run"):
        read_run(tmp_path)


def test_a_ledger_that_is_gone_is_a_mistake_and_none_is_made(tmp_path: Path) -> None:
    made = Study.from_yaml(write_tiny_study(tmp_path), settings={"search.trials": 1}).optimize(
        runs=tmp_path / "runs"
    )
    for file in made.folder.glob("ledger.db*"):
        file.unlink()

    with pytest.raises(InputError, match="ledger of the run is gone"):
        read_run(made.folder)
    assert not (made.folder / "ledger.db").exists()


@pytest.mark.parametrize("damage", ["study: 3\n", "[]\n", "study: {study: tiny}\n"])
def test_a_lock_that_was_edited_is_a_mistake(damage: str, tmp_path: Path) -> None:
    (tmp_path / "study.lock.yaml").write_text(damage, encoding="utf-8")

    with pytest.raises(InputError, match=r"another version, or its lock was edited"):
        read_run(tmp_path)
