"""Studies that wait for Ray, whose room others take."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import ray

from syftr_like.errors import StudyError
from syftr_like.execution import tune_search
from syftr_like.execution.backend import JobSource, Next
from syftr_like.execution.jobs import TrialJob, TrialReport
from syftr_like.execution.tune_search import NO_LONGER_WAITING, WAITING, SourceSearch
from syftr_like.results import TrialState
from syftr_like.space.flow_config import FlowConfig
from syftr_like.study.budget import Budget

from .watcher import Watcher

TOO_LONG_S = 90.0
"""A broken study would wait for ever; then it goes on, and its test fails."""

ONE = {"search.trials": "1", "search.early_stopping": "{method: none}"}


class Acting(Watcher):
    """Notes what happens, and acts on phases."""

    def __init__(self, on_phase: Callable[[str], None]) -> None:
        super().__init__()
        self._on_phase = on_phase

    def phase(self, text: str) -> None:
        super().phase(text)
        self._on_phase(text)


class Tenant:
    """Somebody else on the cluster, who takes all of its CPUs until told to leave."""

    def __init__(self) -> None:
        self.gone = threading.Event()
        self._actor: Any = ray.remote(num_cpus=2)(Tenant.Stays).remote()
        ray.get(self._actor.here.remote())

    def leave(self) -> None:
        if not self.gone.is_set():
            self.gone.set()
            ray.kill(self._actor)

    class Stays:
        def here(self) -> bool:
            return True


@contextmanager
def taken() -> Iterator[Tenant]:
    tenant = Tenant()
    timer = threading.Timer(TOO_LONG_S, tenant.leave)
    timer.daemon = True
    timer.start()
    try:
        yield tenant
    finally:
        timer.cancel()
        tenant.leave()


@pytest.mark.usefixtures("ray_cluster")
class TestNoRoom:
    def test_the_budget_of_minutes_ends_it_and_its_trial_goes_on_another_time(
        self, run: Callable[..., Any], capsys: pytest.CaptureFixture[str]
    ) -> None:
        with taken() as tenant:
            done = run(workers=1, settings=ONE | {"budget.minutes": "0.03"})
            assert not tenant.gone.is_set(), "it waited until there was room"
        (trial,) = done.result.trials
        assert (trial.state, trial.evaluations) == (TrialState.INTERRUPTED, 0)
        assert done.result.ended == "the budget of 0.03 minutes is used up"
        assert (done.folder / "front.json").exists()
        assert "FlowTrainable" not in capsys.readouterr().out, "Tune says nothing of its own"

    def test_so_does_a_time_that_was_over_before_its_trial_was_begun(
        self, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Budget, "deadline", lambda *_, **__: time.time())
        done = run(workers=1, settings=ONE | {"budget.minutes": "60"})
        (trial,) = done.result.trials
        assert (trial.state, trial.evaluations) == (TrialState.INTERRUPTED, 0)
        assert done.result.ended == "the budget of minutes is used up"

    def test_a_person_is_told_and_it_goes_on_when_there_is_some(
        self, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tune_search, "WAITING_IS_TOLD_AFTER_S", 0.5)
        with taken() as tenant:
            watcher = Acting(lambda text: tenant.leave() if text == WAITING else None)
            done = run(workers=1, settings=ONE, watcher=watcher)
        (trial,) = done.result.trials
        assert trial.state is TrialState.COMPLETE
        phases = watcher.of("phase")
        assert phases.count(WAITING) == phases.count(NO_LONGER_WAITING) == 1
        assert phases.index(WAITING) < phases.index(NO_LONGER_WAITING)


class Broken(JobSource):
    """Hands out jobs until the first one is lost; that cannot be recorded."""

    def __init__(self) -> None:
        self.handed_out = 0

    def next_job(self) -> TrialJob:
        self.handed_out += 1
        flow = FlowConfig.from_json({"nodes": {}, "output": "answer"})
        return TrialJob(self.handed_out, flow, "tune", 0, (8,))

    def reported(self, report: TrialReport) -> Next:
        return Next.END

    def lost(self, number: int, error: str, *, again: bool = False) -> None:
        raise StudyError("the ledger cannot be written: disk full")


def test_no_job_waits_any_longer_once_the_study_is_broken() -> None:
    """Its node is gone and took one trial along; the other would wait for a node for ever."""
    search = SourceSearch(Broken(), lambda: None, lambda number: None, workers=2)
    running, waiting = search.next_new("running"), search.next_new("waiting")
    assert running is not None
    assert waiting is not None
    assert not search.waits_no_longer("waiting", waiting)
    search.ended("running")
    assert search.waits_no_longer("waiting", waiting)
    assert search.next_new("another") is None
    assert search.over
    assert "disk full" in str(search.error)
