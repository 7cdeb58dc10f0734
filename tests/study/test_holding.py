"""`hold:` in a study: the rest of the space is searched."""

from __future__ import annotations

from pathlib import Path

import pytest

from syftr_like import Study
from syftr_like.errors import InputError
from syftr_like.study.loading import load_study

from .tiny_study import STUDY, write_tiny_study

HELD = (
    STUDY + "hold: {chunks: whole_document, passages.bm25.k: [1, 2], answer: extractive_reader}\n"
)


def test_only_flows_with_what_is_held_are_tried(tmp_path: Path) -> None:
    run = Study.from_yaml(write_tiny_study(tmp_path, study=HELD)).optimize(runs=tmp_path / "runs")
    trials = run.trials
    assert set(trials["passages.bm25.k"]) <= {1, 2}
    assert "chunks" not in trials.columns, "it is no decision any more"
    flows = [trial.flow for trial in run.result.trials]
    used = {node["component"] for flow in flows for node in flow["nodes"]}
    assert used == {"whole_document", "bm25", "extractive_reader"}


def test_a_mistake_is_told_with_its_line(tmp_path: Path) -> None:
    path = write_tiny_study(tmp_path, study=HELD.replace("passages.bm25.k", "passages.bm25.kk"))
    with pytest.raises(InputError) as caught:
        load_study(path)
    assert f"{path}:14" in str(caught.value)
    assert "did you mean 'passages.bm25.k'" in str(caught.value)


def test_another_hold_is_another_space(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    Study.from_yaml(write_tiny_study(tmp_path, study=HELD)).optimize(runs=runs)
    path = write_tiny_study(tmp_path)
    with pytest.raises(InputError, match="space"):
        Study.from_yaml(path).optimize(runs=runs)
    run = Study.from_yaml(path).optimize(runs=runs, extend=True)
    assert len(run.trials) == 4
