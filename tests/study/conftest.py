"""One run of the small study, shared by the tests that look at what it left."""

from __future__ import annotations

from pathlib import Path

import pytest

from syftr_like import Study, StudyRun

from .tiny_study import write_tiny_study


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory: pytest.TempPathFactory) -> StudyRun:
    folder = tmp_path_factory.mktemp("tiny")
    study = Study.from_yaml(write_tiny_study(folder), settings={"search.trials": 6})
    return study.optimize(runs=folder / "runs")


@pytest.fixture
def tiny_study(tmp_path: Path) -> Path:
    return write_tiny_study(tmp_path)
