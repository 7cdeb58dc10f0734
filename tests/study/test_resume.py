"""A study goes on where it ended: what is kept, what is run, what may change between sessions."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from syftr_like.execution.backend import InProcessBackend
from syftr_like.ledger import Ledger
from syftr_like.results import StudyResult, TrialState, trial_id
from syftr_like.study.loading import load_study
from syftr_like.study.session import NOTHING_TO_RUN, InterruptedStudyError, Session

from ..execution.watcher import Watcher
from .tiny_study import SPACE, write_tiny_study

# No objective depends on time, so that sessions can be compared.
STUDY = """\
study: tiny
dataset:
  documents: documents.jsonl
  questions: questions.jsonl
  split: {tune: 0.75, holdout: 0.25, seed: 1}
space: space.yaml
objectives: {maximize: [answer_match], minimize: [context_tokens]}
metrics: []
search: {method: tpe, trials: 16, seed: 3, early_stopping: {min_questions: 3, eta: 2}}
workers: {count: 0, questions_in_flight: 4}
tracking: {mlflow: null}
"""
FILES = ("front.json", "trials.csv", "report.html")
Rows = dict[tuple[int, str, str], Mapping[str, Any]]


def digest(folder: Path, *but: str) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in but
    }


@dataclass
class Tiny:
    """The study in a folder, session after session."""

    folder: Path
    kept: list[Session] = field(default_factory=list)
    watcher: Watcher = field(default_factory=Watcher)

    @property
    def run(self) -> Path:
        return self.folder / "runs" / "tiny"

    def write(self, study: str = STUDY, **files: str) -> None:
        write_tiny_study(self.folder, study=study, **files)

    def session(
        self,
        settings: Mapping[str, Any] | None = None,
        *,
        on_event: Callable[[Watcher], None] | None = None,
        **options: Any,
    ) -> StudyResult:
        """Run a session to its end."""
        self.watcher = Interrupting(on_event) if on_event else Watcher()
        loaded = load_study(self.folder / "study.yaml", settings or {})
        session = Session(loaded, runs=self.folder / "runs", observers=[self.watcher], **options)
        self.kept.append(session)
        try:
            return session.run()
        finally:
            session.ledger.close()

    def rows(self) -> Rows:
        ledger = Ledger(f"sqlite:///{self.run}/ledger.db", "tiny")
        rows = {(r["trial"], r["split"], r["question"]): r for r in ledger.evaluations()}
        ledger.close()
        return rows

    def asked(self) -> list[tuple[int, str, str]]:
        """What the last session asked."""
        return [(r["trial"], r["split"], r["question"]) for r in self.watcher.of("evaluated")]


class Interrupting(Watcher):
    """A watcher that may press Ctrl+C at any event."""

    def __init__(self, on_event: Callable[[Watcher], None]) -> None:
        super().__init__()
        self._on_event = on_event

    def trial_rung(self, trial: Any) -> None:
        super().trial_rung(trial)
        self._on_event(self)

    def trial_finished(self, trial: Any) -> None:
        super().trial_finished(trial)
        self._on_event(self)

    def evaluated(self, records: Any) -> None:
        super().evaluated(records)
        self._on_event(self)


def ctrl_c_at(kind: str, count: int) -> Callable[[Watcher], None]:
    """Press it when there have been so many events of a kind."""

    def press(watcher: Watcher) -> None:
        if len(watcher.of(kind)) == count:
            watcher.events.append((kind, None))  # once
            raise KeyboardInterrupt

    return press


def course(result: StudyResult) -> list[Any]:
    return [
        (
            dict(trial.params), trial.state, [(r.questions, r.verdict) for r in trial.rungs],
            {name: estimate.value for name, estimate in trial.tune.items()},
        )
        for trial in result.trials
    ]  # fmt: skip


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    tiny = Tiny(tmp_path)
    tiny.write()
    return tiny


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> StudyResult:
    tiny = Tiny(tmp_path_factory.mktemp("whole"))
    tiny.write()
    return tiny.session()


@pytest.fixture
def no_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: InProcessBackend) -> None:
        pytest.fail("a worker is started")

    monkeypatch.setattr(InProcessBackend, "__enter__", refuse)


class TestAfterCtrlC:
    @pytest.mark.parametrize(
        ("kind", "count"),
        [("evaluated", 1), ("evaluated", 5), ("evaluated", 40), ("rung", 1), ("finished", 2)],
    )
    def test_what_was_answered_is_kept_and_not_asked_again(
        self, tiny: Tiny, uninterrupted: StudyResult, kind: str, count: int
    ) -> None:
        with pytest.raises(InterruptedStudyError) as caught:
            tiny.session(on_event=ctrl_c_at(kind, count))
        before = tiny.rows()
        assert caught.value.result.ended == "interrupted"
        assert (tiny.run / "front.json").exists()

        result = tiny.session()

        after = tiny.rows()
        assert before
        assert before.items() <= after.items()
        assert set(tiny.asked()) == after.keys() - before.keys()
        assert len(tiny.asked()) == len(set(tiny.asked()))
        assert len(result.trials) == len(uninterrupted.trials) == 16
        assert all(trial.state.settled for trial in result.trials)
        assert tiny.watcher.events[0] == ("resumed", [t.number for t in caught.value.result.trials])

    @pytest.mark.parametrize(
        ("method", "count"), [("tpe", 1), ("tpe", 5), ("random", 5), ("grid", 5), ("auto", 5)]
    )
    def test_between_trials_the_study_takes_the_same_course(
        self, tiny: Tiny, method: str, count: int
    ) -> None:
        settings = {"search.method": method}
        space = SPACE.replace("{float: [0.0, 0.6]}", "{float: [0.0, 0.6], step: 0.1}")
        tiny.write(space=space)
        with pytest.raises(InterruptedStudyError):
            tiny.session(settings, on_event=ctrl_c_at("finished", count))
        continued = tiny.session(settings)

        whole = Tiny(tiny.folder / "whole")
        whole.write(space=space)
        assert course(continued) == course(whole.session(settings))

    def test_in_the_holdout_split_too(self, tiny: Tiny, uninterrupted: StudyResult) -> None:
        tune = sum(t.evaluations for t in uninterrupted.trials)
        with pytest.raises(InterruptedStudyError):
            tiny.session(on_event=ctrl_c_at("evaluated", tune + 2))
        before = tiny.rows()
        result = tiny.session()
        assert {split for _, split, _ in tiny.asked()} == {"holdout"}
        assert before.items() <= tiny.rows().items()
        assert course(result) == course(uninterrupted)
        assert all(result.trial(id).holdout for id in result.front)


@pytest.mark.usefixtures("no_backend")
class TestAFinishedStudy:
    @pytest.fixture
    def finished(self, tiny: Tiny) -> Tiny:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(InProcessBackend, "__enter__", ENTER)
            tiny.session()
        return tiny

    def test_runs_nothing_and_leaves_the_same_files(self, finished: Tiny) -> None:
        files, rows = digest(finished.run, "ledger.db", "log.txt", ".lock"), finished.rows()
        result = finished.session()
        assert finished.asked() == []
        assert ("phase", NOTHING_TO_RUN) in finished.watcher.events
        assert digest(finished.run, "ledger.db", "log.txt", ".lock") == files
        assert finished.rows() == rows
        assert result.ended == "all 16 trials are done"

    @pytest.mark.parametrize(
        "settings",
        [
            {"budget.minutes": 5},
            {"budget.usd": 1},
            {"workers.count": 3},
            {"workers.questions_in_flight": 1},
            {"search.seed": 4},
            {"search.method": "random"},
            {"search.trials": 8},
            {"search.early_stopping.racing": False},
        ],
        ids=lambda settings: next(iter(settings)),
    )
    def test_another_way_of_running_it_changes_no_result(
        self, finished: Tiny, settings: Mapping[str, Any]
    ) -> None:
        rows = finished.rows()
        result = finished.session(settings)
        assert finished.asked() == []
        assert finished.rows() == rows
        assert len(result.trials) == 16

    def test_ray_is_not_even_imported(self, finished: Tiny) -> None:
        program = (
            "import sys; from syftr_like.cli.main import run_command; "
            "code = run_command(['study.yaml', '--workers', '2']); "
            "sys.exit(code or 3 * ('ray' in sys.modules))"
        )
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=finished.folder, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert NOTHING_TO_RUN in done.stdout


ENTER = InProcessBackend.__enter__


class TestMoreOfIt:
    @pytest.mark.parametrize(
        "settings",
        [
            {},
            {"search.method": "random"},
            {"search.seed": 9},
            {"workers.questions_in_flight": 1},
            {"search.early_stopping.method": "none"},
            {"search.early_stopping.eta": 3},
            {"search.early_stopping.min_questions": 6},
        ],
        ids=str,
    )
    def test_more_trials_go_on_with_the_study(
        self, tiny: Tiny, settings: Mapping[str, Any]
    ) -> None:
        first = tiny.session({"search.trials": 8})
        before = tiny.rows()
        result = tiny.session({"search.trials": 14, **settings})
        after = tiny.rows()
        assert before.items() <= after.items()
        assert set(tiny.asked()) == after.keys() - before.keys()
        assert [dict(t.params) for t in result.trials[:8]] == [dict(t.params) for t in first.trials]
        assert len({str(sorted(t.params.items())) for t in result.trials}) == 14
        for trial in result.trials:
            assert trial.state in (TrialState.COMPLETE, TrialState.STOPPED)
            if trial.state is TrialState.COMPLETE:
                assert trial.evaluations == 12
                assert trial.first_error is None
        if settings == {"search.early_stopping.method": "none"}:
            assert {t.state for t in result.trials} == {TrialState.COMPLETE}

    def test_sessions_of_one_process_follow_each_other(self, tiny: Tiny) -> None:
        """Also while the earlier ones are still referred to."""
        for trials in (1, 2, 3):
            assert len(tiny.session({"search.trials": trials}).trials) == trials
        assert len(tiny.kept) == 3

    def test_time_is_added_up_and_stands_still_where_nothing_runs(self, tiny: Tiny) -> None:
        first = tiny.session({"search.trials": 2}).spent.seconds
        second = tiny.session({"search.trials": 4}).spent.seconds
        assert second > first > 0
        assert tiny.session({"search.trials": 4}).spent.seconds == second


class TestAnotherSpaceAndBack:
    def test_trials_that_were_stopped_early_are_not_taken_up_again_for_that(
        self, tiny: Tiny
    ) -> None:
        first = tiny.session()
        stopped = [t for t in first.trials if t.state is TrialState.STOPPED]
        tiny.write(space=SPACE.replace("int: [1, 4]", "int: [1, 2]"))
        narrow = tiny.session({"search.trials": 1}, extend=True)
        outside = [t.id for t in narrow.trials if t.state is TrialState.OUTSIDE]
        assert {t.id for t in stopped} & set(outside)
        assert not set(outside) & set(narrow.front)
        tiny.write()
        back = tiny.session({"search.trials": 16}, extend=True)
        assert not {trial_id(number) for number, _, _ in tiny.asked()} & set(outside)
        assert {t.id: t.state for t in back.trials if t.id in outside} == {
            t.id: t.state for t in first.trials if t.id in outside
        }

    def test_a_trial_that_was_cut_off_goes_on_when_it_counts_again(self, tiny: Tiny) -> None:
        with pytest.raises(InterruptedStudyError):
            tiny.session(on_event=ctrl_c_at("evaluated", 2))
        tiny.write(space=SPACE.replace("int: [1, 4]", "int: [7, 8]"))
        tiny.session({"search.trials": 1}, extend=True)
        before = tiny.rows()
        tiny.write()
        back = tiny.session({"search.trials": 1}, extend=True)
        assert back.trials[0].state.settled
        assert 0 in {number for number, _, _ in tiny.asked()}
        assert before.items() <= tiny.rows().items()


def test_a_study_on_postgresql_goes_on(tiny: Tiny, postgresql: str) -> None:
    tiny.write(STUDY.replace("study: tiny", "study: resumed") + f'ledger: "{postgresql}"\n')
    with pytest.raises(InterruptedStudyError):
        tiny.session(on_event=ctrl_c_at("evaluated", 30))
    ledger = Ledger(postgresql, "resumed")
    before = {(r["trial"], r["split"], r["question"]): r for r in ledger.evaluations()}
    tiny.session()
    after = {(r["trial"], r["split"], r["question"]): r for r in ledger.evaluations()}
    ledger.close()
    assert before
    assert before.items() <= after.items()
    assert set(tiny.asked()) == after.keys() - before.keys()
