"""Money in whole studies: the budget is kept, nothing is paid twice, refusals are no failures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from syftr_like.ledger import Ledger
from syftr_like.results import StudyResult, TrialState
from syftr_like.study.loading import load_study
from syftr_like.study.session import Session

from .tiny_study import write_tiny_study

pytestmark = pytest.mark.usefixtures("third_party")

STUDY = """\
study: tiny
dataset:
  documents: documents.jsonl
  questions: questions.jsonl
  split: {tune: 0.75, holdout: 0.25, seed: 1}
space: space.yaml
objectives: {maximize: [answer_match], minimize: [usd_per_1k_questions]}
search: {method: grid, trials: 6}
workers: {count: 0, questions_in_flight: 4}
tracking: {mlflow: null}
"""
SPACE = """\
graph:
  chunks: {from: documents, choose: [whole_document]}
  passages: {from: [question, chunks], choose: [{bm25: {k: 2}}]}
  answer:
    from: [question, passages]
    choose: [{paying_reader: {style: {int: [0, 5]}, log: LOG}}]
output: answer
"""
TUNE, HOLDOUT, PRICE = 12, 4, 0.01

Run = Callable[..., tuple[StudyResult, Ledger]]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "calls"


def calls(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


@pytest.fixture
def run(tmp_path: Path, log: Path) -> Run:
    path = write_tiny_study(tmp_path, study=STUDY, space=SPACE.replace("LOG", str(log)))

    def run_study(settings: Mapping[str, Any] = {}, *, fresh: bool = False) -> Any:
        session = Session(load_study(path, dict(settings)), runs=tmp_path / "runs", fresh=fresh)
        return session.run(), session.ledger

    return run_study


@pytest.mark.parametrize("workers", [0, 2], ids=["here", "ray"])
def test_a_budget_is_never_exceeded_and_more_of_it_goes_on(
    run: Run, log: Path, workers: int
) -> None:
    budget = 0.30  # of 6 x 12 + 4 answers at a cent each
    result, ledger = run({"budget.usd": budget, "workers.count": workers})

    assert calls(log) * PRICE <= budget + 1e-9
    assert result.spent.usd == pytest.approx(calls(log) * PRICE)
    assert "budget" in result.ended
    assert sum(trial.failures for trial in result.trials) == 0, "a refusal is no failure"
    assert not any(row["answer"] == "sorry" for row in ledger.evaluations())
    cut_off = [t for t in result.trials if t.state is TrialState.INTERRUPTED]
    assert cut_off
    before = {(r["trial"], r["split"], r["question"]): r for r in ledger.evaluations()}

    result, ledger = run({"budget.usd": 2.0, "workers.count": workers})

    assert [trial.state for trial in result.trials] == [TrialState.COMPLETE] * 6
    after = {(r["trial"], r["split"], r["question"]): r for r in ledger.evaluations()}
    assert {key: after[key] for key in before} == before
    assert calls(log) == len(after), "each answer was paid for once"
    assert result.spent.usd == pytest.approx(calls(log) * PRICE)


def test_the_front_on_the_holdout_split_has_its_money_set_aside(run: Run) -> None:
    result, ledger = run({"budget.usd": 0.40})

    assert result.front
    done = ledger.evaluated("holdout")
    for id in result.front:
        assert len(done[result.trial(id).number]) == HOLDOUT


def test_a_budget_without_room_for_one_call_ends_with_nothing_paid(run: Run, log: Path) -> None:
    result, _ = run({"budget.usd": 0.015})  # a call may cost .02

    assert calls(log) == 0
    assert (result.spent.usd, result.front) == (0.0, ())
    assert "no room for a call" in result.ended


def test_an_empty_ledger_and_a_warm_cache_pay_nothing_and_cost_the_same(
    run: Run, log: Path
) -> None:
    cold, first = run()
    paid = calls(log)
    costs = {
        (r["trial"], r["split"], r["question"]): (r["usd"], r["latency_s"], r["scores"])
        for r in first.evaluations()
    }
    first.close()

    warm, second = run(fresh=True)

    assert calls(log) == paid
    assert (cold.spent.usd, warm.spent.usd) == (pytest.approx(paid * PRICE), 0.0)
    assert (warm.spent.model_calls, warm.spent.index_builds) == (0, 0)
    assert warm.spent.cache_hits > 0
    assert costs == {
        (r["trial"], r["split"], r["question"]): (r["usd"], r["latency_s"], r["scores"])
        for r in second.evaluations()
    }
    assert [t.params for t in warm.trials] == [t.params for t in cold.trials]
    assert warm.front == cold.front
    assert [t.usd_index for t in warm.trials] == [t.usd_index for t in cold.trials]


def test_without_a_cache_every_answer_is_paid_again(run: Run, log: Path) -> None:
    _, first = run({"cache.enabled": False})
    paid = calls(log)
    first.close()
    run({"cache.enabled": False}, fresh=True)
    assert calls(log) == 2 * paid


def test_two_workers_build_each_index_once(run: Run) -> None:
    """All six flows have the same chunks and the same BM25 index."""
    result, _ = run({"workers.count": 2})
    assert result.spent.index_builds == 2
