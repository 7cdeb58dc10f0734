"""What a person sees in the terminal: a live view, or plain lines when it is not a terminal."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from syftr_like.front import find_front
from syftr_like.ledger import EvaluationRecord
from syftr_like.results import StudyHeader, StudyResult, TrialResult, TrialState

from .choices import choices_text
from .front_table import FlowRow, front_table, live_table
from .numbers import counted, shown
from .practice import practice_notice
from .words import asked_words, phase_words, recommended_names

FRONT_ROWS = 8
"""Front members shown while the study runs."""

_STANDING = {
    TrialState.RUNNING: "goes on",
    TrialState.PAUSED: "pauses",
    TrialState.INTERRUPTED: "interrupted",
    TrialState.FAILED: "failed",
}

LONGEST_ERROR = 160
"""Characters of an error that are shown with its trial."""


class TerminalView:
    """Watches a study and shows it. A context manager around the run.

    Args:
        study: What is known of it before it runs.
        console: Where to print; standard output when None.
    """

    def __init__(self, study: StudyHeader, console: Console | None = None) -> None:
        self._study = study
        self._console = console or Console()
        self._units = study.units
        self._lock = threading.Lock()
        self._finished: dict[str, TrialResult] = {}
        self._front: tuple[str, ...] = ()
        self._phase = "starting"
        self._seen = False
        self._failures = 0
        self._live: Live | None = None
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
        )
        wanted = study.trials
        self._trials_bar = self._progress.add_task("trials", total=wanted)
        self._questions_bar = self._progress.add_task("questions", total=wanted * study.tune)

    def __enter__(self) -> TerminalView:
        study = self._study
        self._say(
            f"{study.study}: {counted(study.documents, 'document')}, {study.tune} tune and"
            f" {counted(study.holdout, 'holdout question')}, {study.cardinality}"
        )
        if self._console.is_terminal:
            self._live = Live(
                get_renderable=self._render,
                console=self._console,
                refresh_per_second=4,
                transient=True,
            )
            self._live.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._live is not None:
            self._live.stop()

    def phase(self, text: str) -> None:
        """See `Observer.phase`."""
        self._phase = text
        if self._live is None:
            self._say(phase_words(text, seen=self._seen))

    def resumed(self, trials: Sequence[TrialResult]) -> None:
        """See `Observer.resumed`."""
        with self._lock:
            inside = [t for t in trials if t.state is not TrialState.OUTSIDE]
            self._finished = {t.id: t for t in inside if t.state.settled}
            self._front = find_front(list(self._finished.values()), self._study.objectives)
            self._progress.advance(self._trials_bar, len(self._finished))
            self._progress.advance(self._questions_bar, sum(t.evaluations for t in inside))
        left = len(trials) - len(inside)
        self._say(
            f"going on with an earlier run of {counted(len(inside), 'trial')}"
            + (f", and {left} outside the space" if left else "")
        )

    def trial_rung(self, trial: TrialResult) -> None:
        """See `Observer.trial_rung`."""
        if self._live is None:
            self._say(self._line(trial))

    def trial_started(self, trial: TrialResult) -> None:
        """See `Observer.trial_started`."""

    def evaluated(self, records: Sequence[EvaluationRecord]) -> None:
        """See `Observer.evaluated`."""
        with self._lock:
            self._seen = True
            self._failures += sum(r.row["error"] is not None for r in records)
            tune = sum(r.row["split"] == "tune" for r in records)
            self._progress.advance(self._questions_bar, tune)

    def trial_finished(self, trial: TrialResult) -> None:
        """See `Observer.trial_finished`."""
        with self._lock:
            self._finished[trial.id] = trial
            self._front = find_front(list(self._finished.values()), self._study.objectives)
            self._progress.advance(self._trials_bar)
        if self._live is None:
            self._say(self._line(trial))

    def study_ended(self, result: StudyResult, folder: Path) -> None:
        """See `Observer.study_ended`; the result is shown once the live view is gone."""

    def _line(self, trial: TrialResult) -> str:
        if not trial.tune:
            reason = _one_line(trial.first_error or "")
            return f"{trial.id}  {trial.state.value}{f': {reason}' if reason else ''}"
        if trial.state is TrialState.STOPPED:
            return f"{trial.id}  stopped after {counted(trial.rungs[-1].questions, 'question')}"
        values = "  ".join(
            f"{o.metric} {shown(trial.tune[o.metric].value, self._units[o.metric])}"
            for o in self._study.objectives
        )
        marks = "  *front*" if trial.id in self._front else ""
        if trial.state is not TrialState.COMPLETE:
            asked = counted(trial.rungs[-1].questions, "question")
            marks = f"  after {asked}, {_STANDING[trial.state]}"
        broken = "".join(f"  breaks {c}" for c in trial.violations)
        failed = f"  {trial.failures} of {trial.evaluations} failed" if trial.failures else ""
        error = f": {_one_line(trial.first_error)}" if failed and trial.first_error else ""
        return f"{trial.id}  {values}{marks}{broken}{failed}{error}"

    def _render(self) -> RenderableType:
        with self._lock:
            phase = phase_words(self._phase, seen=self._seen)
            parts: list[RenderableType] = [Text(phase, style="bold cyan"), self._progress]
            if self._front:
                parts.append(Text("front so far (tune split)", style="bold"))
                parts.append(self._front_so_far())
                hidden = len(self._front) - FRONT_ROWS
                if hidden > 0:
                    parts.append(Text(f"  and {hidden} more on the front", style="dim"))
            if self._failures:
                parts.append(Text(f"{counted(self._failures, 'question')} failed", style="yellow"))
            return Group(*parts)

    def _front_so_far(self) -> RenderableType:
        metrics = [objective.metric for objective in self._study.objectives]
        rows = []
        for id in self._front[:FRONT_ROWS]:
            trial = self._finished[id]
            values = (shown(trial.tune[metric].value, self._units[metric]) for metric in metrics)
            rows.append(FlowRow(id, tuple(values), choices_text(trial)))
        return live_table(metrics, rows, self._console)

    def finished(self, result: StudyResult, folder: Path) -> None:
        """Show the result."""
        self._show(result, folder)

    def interrupted(self, result: StudyResult, folder: Path) -> None:
        """Show what there is of a study that was stopped."""
        self._say("interrupted; what was finished is kept", "yellow")
        self._show(result, folder)

    def _show(self, result: StudyResult, folder: Path) -> None:
        spent = result.spent
        self._say("")
        if result.front:
            if not result.feasible:
                self._say(self._least_violating(result), "yellow")
            self._console.print(front_table(result, self._console))
            self._say("")
        else:
            self._say("the front is empty: no trial was completed", "yellow")
        for id, names in recommended_names(result).items():
            self._say(f"{', '.join(names)}: {id}")
        self._say(
            f"{self._trials(result)},"
            f" {asked_words(spent.evaluations, result.trials)} in {spent.seconds:.0f} s,"
            f" {shown(spent.usd, 'USD')} paid to providers; {result.ended}"
        )
        self._say_of_failed(result)
        practised = practice_notice(result)
        if practised is not None:
            self._say(practised, style="yellow")
        self._say(f"report: {folder / 'report.html'}", wrap=False)
        address = self._study.mlflow
        if address is not None:
            self._say(f"MLflow: mlflow ui --backend-store-uri {address}", wrap=False)

    def _say_of_failed(self, result: StudyResult) -> None:
        """Say how many flows answered nothing at all, and why the first of them did not.

        A missing key or package must not pass for a flow that is merely bad.
        """
        failed = [t for t in result.trials if t.evaluations and t.failures == t.evaluations]
        if not failed:
            return
        why = f": {_one_line(failed[0].first_error)}" if failed[0].first_error else ""
        self._say(
            f"{len(failed)} of {counted(len(result.trials), 'flow')} failed on every question,"
            f" such as {failed[0].id}{why}",
            style="yellow",
        )
        self._say(
            "They count as tried. Where the cause was not the flow, mend it and use --fresh: what"
            " was computed and paid for is in the cache.",
            style="yellow",
        )

    def _trials(self, result: StudyResult) -> str:
        """Return how many trials there are; those outside the space count for nothing."""
        states = Counter(trial.state for trial in result.trials)
        outside = states[TrialState.OUTSIDE]
        inside, wanted = len(result.trials) - outside, self._study.trials
        stopped = states[TrialState.STOPPED]
        notes = [
            *([f"{stopped} stopped early"] if stopped else []),
            *(
                [f"{outside} more {'are' if outside > 1 else 'is'} outside the space"]
                if outside
                else []
            ),
            # An earlier session made them; why this one ended speaks of those that it wanted.
            *([f"this time {wanted} were asked for"] if inside > wanted else []),
        ]
        return counted(inside, "trial") + (f" ({', '.join(notes)})" if notes else "")

    def _least_violating(self, result: StudyResult) -> str:
        constraints = ", ".join(str(constraint) for constraint in result.constraints)
        broken = "; ".join(
            f"{id} breaks {', '.join(result.trial(id).violations)}" for id in result.front
        )
        return f"no flow keeps every constraint ({constraints}); these break them least: {broken}"

    def _say(self, text: str, style: str = "", *, wrap: bool = True) -> None:
        """Print a line as it is: what stands in it may be a person's own, and is no markup.

        Lines are broken between words on a terminal, and never in a file or what is to be copied.
        """
        broken = wrap and self._console.is_terminal
        self._console.print(Text(text, style=style), soft_wrap=not broken)


def _one_line(text: str) -> str:
    """Return the start of a text on one line, without anything that a terminal acts upon."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    short = " ".join(plain.split())
    return short if len(short) <= LONGEST_ERROR else f"{short[: LONGEST_ERROR - 3]}..."
