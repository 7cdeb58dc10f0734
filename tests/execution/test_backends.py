"""What both backends promise: the same study, whether it runs in this process or on Ray."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from syftr_like.errors import StudyError
from syftr_like.ledger import Ledger
from syftr_like.results import TrialState

pytestmark = pytest.mark.usefixtures("ray_cluster")

HERE_AND_RAY = pytest.mark.parametrize("workers", [0, 1], ids=["here", "ray"])
GRID = {"search.method": "grid", "search.trials": "10"}


def told(run: Any) -> list[Any]:
    """What the search proposed and what it was told, in order."""
    return [
        (dict(trial.params), {name: e.value for name, e in trial.tune.items()}, trial.violations)
        for trial in run.result.trials
    ]


class TestOneAfterTheOther:
    def test_ray_and_this_process_propose_the_same_for_the_same_results(
        self, run: Callable[..., Any]
    ) -> None:
        here, on_ray = run(workers=0), run(workers=1)
        assert told(here) == told(on_ray)
        assert here.result.front == on_ray.result.front
        assert here.result.recommended == on_ray.result.recommended
        holdout = [t.holdout for t in here.result.trials if t.id in here.result.front]
        assert holdout == [t.holdout for t in on_ray.result.trials if t.id in on_ray.result.front]
        assert all(holdout)

    def test_another_seed_proposes_otherwise(self, run: Callable[..., Any]) -> None:
        assert told(run()) != told(run(settings={"search.seed": "4"}))

    def test_order_of_completion_changes_nothing(self, run: Callable[..., Any]) -> None:
        one_by_one = run(settings={"workers.questions_in_flight": "1"})
        assert told(one_by_one) == told(run(settings={"workers.questions_in_flight": "7"}))


@pytest.mark.parametrize("workers", [0, 2], ids=["here", "ray"])
def test_every_trial_sees_every_tune_question_and_the_front_every_holdout_question(
    run: Callable[..., Any], workers: int
) -> None:
    done = run(workers=workers, settings={"search.trials": "5"})
    assert [trial.state for trial in done.result.trials] == [TrialState.COMPLETE] * 5
    for trial in done.result.trials:
        tune = [row["question"] for row in done.ledger.evaluations(trial.number, "tune")]
        holdout = [row["question"] for row in done.ledger.evaluations(trial.number, "holdout")]
        assert len(set(tune)) == len(tune) == done.result.dataset["tune"]
        on_front = trial.id in done.result.front
        assert len(holdout) == (done.result.dataset["holdout"] if on_front else 0)
        assert not set(tune) & set(holdout)
        assert bool(trial.holdout) == on_front
    assert done.result.spent.evaluations == len(list(done.ledger.evaluations()))
    assert done.result.ended == "all 5 trials are done"


def test_two_workers_carry_out_two_trials_at_a_time(
    run: Callable[..., Any], watching: Callable[..., Any], readers: Callable[[str], str],
    tmp_path: Path,
) -> None:  # fmt: skip
    """The first trial waits for what the second one does: alone, it would never end."""
    gate = tmp_path / "gate"

    def open_gate(row: Any) -> None:
        if row["trial"] == 1:
            gate.touch()

    space = readers(
        f"[{{as: slow, troubled_reader: {{trouble: wait, gate: {gate}}}}}, first_sentence]"
    )
    limits = {"limits.question_timeout_s": "30"}
    done = run(space=space, workers=2, settings=GRID | limits, watcher=watching(open_gate))
    assert [trial.failures for trial in done.result.trials] == [0, 0]


@HERE_AND_RAY
def test_evaluations_arrive_while_their_trial_runs(
    run: Callable[..., Any], watching: Callable[..., Any], readers: Callable[[str], str],
    asked: dict[str, str], tmp_path: Path, workers: int,
) -> None:  # fmt: skip
    """One question waits until all others were received: at the trial's end is too late."""
    gate = tmp_path / "gate"
    received: list[str] = []

    def open_gate(row: Any) -> None:
        received.append(row["question"])
        if len(received) == 7:
            gate.touch()

    trouble = f"trouble: wait, at: {asked['tune']}, gate: {gate}"
    done = run(
        space=readers(f"[{{troubled_reader: {{{trouble}}}}}]"),
        workers=workers,
        settings=GRID | {"limits.question_timeout_s": "30"},
        watcher=watching(open_gate),
    )
    (trial,) = done.result.trials
    assert trial.evaluations == 8
    assert gate.exists()
    assert trial.failures == 0, "the waiting question was cut off: nothing had arrived"


class TestALostWorker:
    def test_its_trial_is_tried_again_and_given_up_at_last_and_the_study_goes_on(
        self, run: Callable[..., Any], readers: Callable[[str], str], asked: dict[str, str]
    ) -> None:
        deadly = f"{{as: deadly, troubled_reader: {{trouble: die, at: {asked['tune']}}}}}"
        space = readers(f"[first_sentence, {deadly}, extractive_reader]")
        done = run(space=space, workers=1, settings=GRID)
        states = {trial.params["answer"]: trial.state for trial in done.result.trials}
        assert states == {
            "first_sentence": TrialState.COMPLETE,
            "deadly": TrialState.FAILED,
            "extractive_reader": TrialState.COMPLETE,
        }
        (lost,) = (t for t in done.result.trials if t.state is TrialState.FAILED)
        assert lost.first_error == "the worker that ran the trial was lost"
        assert lost.tune == {}
        assert lost.id not in done.result.front
        assert done.result.ended == "every configuration of the space was tried"

    def test_on_the_holdout_split_it_leaves_its_trial_without_holdout_values(
        self, run: Callable[..., Any], readers: Callable[[str], str], asked: dict[str, str]
    ) -> None:
        deadly = f"{{as: deadly, troubled_reader: {{trouble: die, at: {asked['holdout']}}}}}"
        space = readers(f"[{deadly}, {{as: twin, first_sentence: {{}}}}]")
        done = run(space=space, workers=1, settings=GRID)
        trials = {trial.params["answer"]: trial for trial in done.result.trials}
        assert {trial.state for trial in trials.values()} == {TrialState.COMPLETE}
        assert set(done.result.front) == {"t000", "t001"}, "their answers are the same"
        assert trials["deadly"].holdout == {}
        assert trials["twin"].holdout
        log = (done.folder / "log.txt").read_text(encoding="utf-8")
        assert f"trial {trials['deadly'].number} was not evaluated on the holdout split" in log


@HERE_AND_RAY
class TestFailures:
    def test_a_flow_that_cannot_be_indexed_fails_on_every_question(
        self, run: Callable[..., Any], workers: int
    ) -> None:
        space = """\
graph:
  chunks: {from: documents, choose: [troubled_splitter, whole_document]}
  passages: {from: [question, chunks], choose: [{bm25: {k: 2}}]}
  answer: {from: [question, passages], choose: [first_sentence]}
output: answer
"""
        done = run(space=space, workers=workers, settings=GRID)
        trials = {trial.params["chunks"]: trial for trial in done.result.trials}
        failed, fine = trials["troubled_splitter"], trials["whole_document"]
        assert failed.state is TrialState.COMPLETE
        assert failed.evaluations == failed.failures == 8
        assert failed.first_error == (
            "while indexing: ValueError in node 'chunks' (troubled_splitter): "
            "cannot split these documents"
        )
        assert failed.tune["answer_match"].value == 0
        assert failed.tune["failure_rate"].value == 1
        assert failed.violations == {"failure_rate <= 0.1": pytest.approx(0.9)}
        assert done.result.front == (fine.id,)
        assert all(
            row["latency_s"] == 60 and row["error"] == failed.first_error
            for row in done.ledger.evaluations(failed.number, "tune")
        )

    def test_a_failed_question_counts_in_its_trial(
        self, run: Callable[..., Any], readers: Callable[[str], str], asked: dict[str, str],
        workers: int,
    ) -> None:  # fmt: skip
        troubled_reader = f"{{troubled_reader: {{trouble: raise, at: {asked['tune']}}}}}"
        space = readers(f"[{troubled_reader}, first_sentence]")
        done = run(space=space, workers=workers, settings=GRID)
        trials = {trial.params["answer"]: trial for trial in done.result.trials}
        troubled, plain = trials["troubled_reader"], trials["first_sentence"]
        assert (troubled.evaluations, troubled.failures) == (8, 1)
        assert troubled.first_error == (
            "ValueError in node 'answer' (troubled_reader): told to fail"
        )
        assert troubled.tune["failure_rate"].value == pytest.approx(1 / 8)
        assert troubled.tune["answer_match"].n == plain.tune["answer_match"].n == 8
        assert troubled.tune["answer_match"].value <= plain.tune["answer_match"].value
        assert done.result.front == (plain.id,)

    def test_a_defective_metric_of_cost_leaves_trials_without_a_result(
        self, run: Callable[..., Any], readers: Callable[[str], str], workers: int
    ) -> None:
        done = run(
            space=readers("[first_sentence]"),
            workers=workers,
            settings=GRID | {"metrics": "[broken_cost]"},
        )
        (trial,) = done.result.trials
        assert trial.state is TrialState.FAILED
        assert trial.first_error == (
            "MetricError: ZeroDivisionError in metric 'broken_cost': no price for this"
        )
        assert done.result.front == ()

    def test_a_ledger_that_cannot_be_written_ends_the_study(
        self, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, workers: int
    ) -> None:
        def fail(self: Ledger, batch: Any) -> None:
            raise StudyError("the ledger cannot be written: disk full")

        monkeypatch.setattr(Ledger, "add_evaluations", fail)
        with pytest.raises(StudyError, match="disk full"):
            run(workers=workers)
