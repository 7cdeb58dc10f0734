"""Trials that stop, pause and go on, in this process and on Ray."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from syftr_like.errors import StudyError
from syftr_like.ledger import Ledger
from syftr_like.results import TrialState

pytestmark = pytest.mark.usefixtures("ray_cluster")

HERE_AND_RAY = pytest.mark.parametrize("workers", [0, 2], ids=["here", "ray"])
LEVELS = (3, 6, 12)
STOPPING = {
    "dataset.split": "{tune: 0.75, holdout: 0.25, seed: 1}",
    "search.early_stopping": "{min_questions: 3, eta: 2, racing: false}",
}


def questions(run: Any, trial: int) -> set[str]:
    return {row["question"] for row in run.ledger.evaluations(trial, "tune")}


@HERE_AND_RAY
def test_trials_pause_are_promoted_and_end_and_no_question_is_asked_twice(
    run: Callable[..., Any], workers: int
) -> None:
    done = run(workers=workers, settings=STOPPING)
    trials = done.result.trials
    order = done.ledger.study()["lock"]["dataset"]["tune"]
    assert len(trials) == 14
    assert len(order) == LEVELS[-1]

    received = Counter(
        (r["trial"], r["split"], r["question"]) for r in done.watcher.of("evaluated")
    )
    assert set(received.values()) == {1}
    assert len(received) == done.result.spent.evaluations

    for trial in trials:
        levels = tuple(rung.questions for rung in trial.rungs)
        assert levels == LEVELS[: len(levels)]
        assert questions(done, trial.number) == set(order[: levels[-1]])
        assert trial.evaluations == levels[-1]
        complete = levels[-1] == LEVELS[-1]
        assert trial.state is (TrialState.COMPLETE if complete else TrialState.STOPPED)
        assert trial.rungs[-1].verdict == ("complete" if complete else "pause")
        assert [rung.tune["answer_match"].n for rung in trial.rungs] == list(levels)
        assert [(r.questions, r.verdict) for r in done.ledger.rungs(trial.number)] == [
            (rung.questions, rung.verdict) for rung in trial.rungs
        ]
    stopped = [trial for trial in trials if trial.state is TrialState.STOPPED]
    promoted = [t for t in trials if "pause" in [rung.verdict for rung in t.rungs[:-1]]]
    assert stopped
    assert promoted
    assert set(done.result.front) <= {t.id for t in trials if t.state is TrialState.COMPLETE}

    for trial in trials:
        assert done.watcher.of("finished").count(trial.number) == 1
        heard = [
            questions for number, questions in done.watcher.of("rung") if number == trial.number
        ]
        assert heard == [rung.questions for rung in trial.rungs if rung.verdict != "complete"]


def test_one_after_the_other_the_same_is_decided_here_and_on_ray(run: Callable[..., Any]) -> None:
    def course(done: Any) -> list[Any]:
        return [
            (dict(t.params), t.state, [(r.questions, r.verdict) for r in t.rungs])
            for t in done.result.trials
        ]

    assert course(run(workers=0, settings=STOPPING)) == course(run(workers=1, settings=STOPPING))


def test_a_trial_whose_worker_was_lost_goes_on_and_repeats_nothing(
    run: Callable[..., Any], readers: Callable[[str], str], tmp_path: Path
) -> None:
    """The worker's process ends at the question about the radio, after others were answered."""
    mortal = f"{{troubled_reader: {{trouble: die, at: radio, gate: {tmp_path}/died}}}}"
    settings = STOPPING | {
        "search.method": "grid",
        "workers.questions_in_flight": "1",
        "search.early_stopping": "{min_questions: 12}",
    }
    done = run(space=readers(f"[{mortal}]"), workers=1, settings=settings)
    (trial,) = done.result.trials
    assert (tmp_path / "died").exists()
    assert done.ledger.trial(0).starts == 2
    assert trial.state is TrialState.COMPLETE
    assert (trial.evaluations, trial.failures, trial.first_error) == (12, 0, None)
    received = [r["question"] for r in done.watcher.of("evaluated") if r["split"] == "tune"]
    assert len(received) == len(set(received)) == 12
    again = [kind for kind, _ in done.watcher.events].index("started", 2)
    before = [r["question"] for kind, r in done.watcher.events[:again] if kind == "evaluated"]
    at = done.ledger.study()["lock"]["dataset"]["tune"].index("q-radio")
    assert len(before) == at > 0, "what was answered had arrived, and was not asked again"


@HERE_AND_RAY
def test_a_trial_that_is_beaten_for_sure_is_stopped_at_its_rung(
    run: Callable[..., Any], readers: Callable[[str], str], workers: int
) -> None:
    """Readers that fail on every question against some that never do, judged at 8 of 15."""
    troubled = "{troubled_reader: {trouble: raise, at: {choose: ['', '?']}}}"
    plain = "{first_sentence: {words: {int: [1, 3]}}}"
    settings = STOPPING | {
        "dataset.split": "{tune: 0.94, holdout: 0.06, seed: 1}",
        "objectives": "{minimize: [failure_rate]}",
        "search.method": "grid",
        "search.early_stopping": "{min_questions: 8, eta: 2, racing: true}",
    }
    done = run(space=readers(f"[{plain}, {troubled}]"), workers=workers, settings=settings)
    beaten = [t for t in done.result.trials if t.rungs[-1].verdict == "stop"]
    assert beaten
    for trial in beaten:
        assert trial.params["answer"] == "troubled_reader"
        assert trial.state is TrialState.STOPPED
        assert trial.evaluations == 8
        assert trial.first_error == "others were better on the same questions"


@pytest.mark.parametrize(
    ("workers", "method"),
    [(0, "start_trial"), (0, "set_state"), (0, "add_rung"), (2, "add_rung")],
    ids=str,
)
def test_a_decision_that_cannot_be_recorded_ends_the_study(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, workers: int, method: str
) -> None:
    """Whatever is under way, paused or resumed then: the error is told, and nothing hangs."""
    calls = Counter[str]()
    through = getattr(Ledger, method)

    def fail(self: Ledger, *args: Any, **values: Any) -> Any:
        calls[method] += 1
        if calls[method] > 5:
            raise StudyError("the ledger cannot be written: disk full")
        return through(self, *args, **values)

    monkeypatch.setattr(Ledger, method, fail)
    with pytest.raises(StudyError, match="disk full"):
        run(workers=workers, settings=STOPPING)
