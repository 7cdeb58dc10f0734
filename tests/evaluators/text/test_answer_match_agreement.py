"""The shipped weights against the human judgements that they were fitted to."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from syftr_like.evaluators.text.answer_match import answer_match

ROOT = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("SYFTR_LIKE_DATA", ROOT.parent / "shared" / "data"))
JUDGEMENTS = DATA / "recorded_outcomes" / "human_judged_answers.jsonl.gz"


@pytest.fixture(scope="module")
def fit() -> ModuleType:
    path = ROOT / "benchmarks" / "answer_match" / "fit.py"
    spec = importlib.util.spec_from_file_location("answer_match_fit", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(
    not JUDGEMENTS.is_file(),
    reason="needs the human judgements in SYFTR_LIKE_DATA or ../shared/data",
)
def test_the_shipped_weights_agree_with_the_humans(fit: ModuleType) -> None:
    """In sample, on a fifth of the questions: it tells whether code and weights fit together."""
    data = fit.load(DATA)
    chosen = np.flatnonzero(data.sealed)
    assert len(chosen) > 4000
    decided = [
        answer_match(data.rows[i]["question"], data.golds[i], data.rows[i]["answer"])
        for i in chosen
    ]
    truth = data.correct[chosen]
    assert cohen_kappa_score(truth, decided) >= 0.82
    systems = data.system[chosen]
    for system in set(systems):
        rows = systems == system
        assert cohen_kappa_score(truth[rows], np.array(decided)[rows]) >= 0.65


def test_folds_keep_the_answers_to_a_question_together(fit: ModuleType) -> None:
    question = np.array([0, 1, 2, 0, 1, 2, 3, 3, 4, 4])
    fold = fit.folds(question, 3, seed=1)
    assert all(len(set(fold[question == q])) == 1 for q in range(5))
    assert set(fold) == {0, 1, 2}


def test_kappa_from_counts_is_cohens_kappa(fit: ModuleType) -> None:
    truth, decision = [0] * 7 + [1] * 13, [0] * 4 + [1] * 3 + [0] * 2 + [1] * 11
    cells = np.array([4.0, 3.0, 2.0, 11.0])
    assert fit.kappa_of_cells(cells) == pytest.approx(cohen_kappa_score(truth, decision))


def test_aliases_are_joined_with_slashes(fit: ModuleType) -> None:
    assert fit.split_golds("Ikra/Black caviar/ /Caviar") == ("Ikra", "Black caviar", "Caviar")
