"""What a person sees in the terminal: a live view, or plain lines when it is not a terminal."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from syftr_like.ledger import EvaluationRecord
from syftr_like.results import StudyResult, TrialResult
from syftr_like.study.assemble import find_front
from syftr_like.study.loading import LoadedStudy

from .choices import choices_text
from .numbers import shown, shown_estimate

FRONT_ROWS = 8
"""Front members shown while the study runs."""


class TerminalView:
    """Watches a study and shows it. A context manager around the run.

    Args:
        loaded: The study.
        console: Where to print; standard output when None.
    """

    def __init__(self, loaded: LoadedStudy, console: Console | None = None) -> None:
        self._loaded = loaded
        self._console = console or Console()
        self._units = {e.name: e.unit for e in loaded.evaluators}
        self._lock = threading.Lock()
        self._finished: dict[str, TrialResult] = {}
        self._front: tuple[str, ...] = ()
        self._phase = "starting"
        self._failures = 0
        self._live: Live | None = None
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
        )
        wanted = loaded.file.search.trials
        self._trials_bar = self._progress.add_task("trials", total=wanted)
        self._questions_bar = self._progress.add_task(
            "questions", total=wanted * len(loaded.split.tune)
        )

    def __enter__(self) -> TerminalView:
        split = self._loaded.split
        self._console.print(
            f"[bold]{self._loaded.name}[/]: {len(self._loaded.dataset.documents)} documents,"
            f" {len(split.tune)} tune and {len(split.holdout)} holdout questions,"
            f" {self._loaded.space.cardinality()}"
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
            self._console.print(text)

    def trial_started(self, trial: TrialResult) -> None:
        """See `Observer.trial_started`."""

    def evaluated(self, records: Sequence[EvaluationRecord]) -> None:
        """See `Observer.evaluated`."""
        with self._lock:
            self._failures += sum(r.row["error"] is not None for r in records)
            tune = sum(r.row["split"] == "tune" for r in records)
            self._progress.advance(self._questions_bar, tune)

    def trial_finished(self, trial: TrialResult) -> None:
        """See `Observer.trial_finished`."""
        with self._lock:
            self._finished[trial.id] = trial
            self._front = find_front(list(self._finished.values()), self._loaded.objectives)
            self._progress.advance(self._trials_bar)
        if self._live is None:
            self._console.print(self._line(trial), highlight=False, soft_wrap=True)

    def study_ended(self, result: StudyResult, folder: Path) -> None:
        """See `Observer.study_ended`; the result is shown once the live view is gone."""

    def _line(self, trial: TrialResult) -> str:
        if not trial.tune:
            return f"{trial.id}  {trial.state.value}: {trial.first_error}"
        values = "  ".join(
            f"{o.metric} {shown(trial.tune[o.metric].value, self._units[o.metric])}"
            for o in self._loaded.objectives
        )
        marks = "  *front*" if trial.id in self._front else ""
        broken = "".join(f"  breaks {c}" for c in trial.violations)
        failed = f"  {trial.failures} failed" if trial.failures else ""
        return f"{trial.id}  {values}{failed}{broken}{marks}"

    def _render(self) -> RenderableType:
        with self._lock:
            parts: list[RenderableType] = [Text(self._phase, style="bold cyan"), self._progress]
            if self._front:
                parts.append(self._front_table(self._front[:FRONT_ROWS], self._finished))
                hidden = len(self._front) - FRONT_ROWS
                if hidden > 0:
                    parts.append(Text(f"  and {hidden} more on the front", style="dim"))
            if self._failures:
                parts.append(Text(f"{self._failures} questions failed", style="yellow"))
            return Group(*parts)

    def _front_table(self, ids: Sequence[str], trials: dict[str, TrialResult]) -> Table:
        table = Table(title="front so far (tune split)", title_justify="left", box=None)
        table.add_column("flow")
        for objective in self._loaded.objectives:
            table.add_column(objective.metric, justify="right")
        table.add_column("choices", overflow="ellipsis", no_wrap=True)
        for id in ids:
            trial = trials[id]
            table.add_row(
                id,
                *(
                    shown(trial.tune[o.metric].value, self._units[o.metric])
                    for o in self._loaded.objectives
                ),
                choices_text(trial),
            )
        return table

    def finished(self, result: StudyResult, folder: Path) -> None:
        """Show the result."""
        self._show(result, folder)

    def interrupted(self, result: StudyResult, folder: Path) -> None:
        """Show what there is of a study that was stopped."""
        self._console.print("[yellow]interrupted[/]; what was finished is kept")
        self._show(result, folder)

    def _show(self, result: StudyResult, folder: Path) -> None:
        spent = result.spent
        if result.front:
            self._console.print(result_table(result))
        else:
            self._console.print("[yellow]no trial keeps every constraint: the front is empty[/]")
        self._console.print(
            f"{spent.trials} trials, {spent.evaluations:,} questions answered in"
            f" {spent.seconds:.0f} s, ${spent.usd:.2f} paid to providers ({result.ended})",
            highlight=False,
        )
        for name, id in result.recommended.items():
            if id is not None:
                self._console.print(f"  {name.replace('_', ' ')}: {id}", highlight=False)
        self._console.print(f"report: {folder / 'report.html'}", highlight=False)
        if self._loaded.file.tracking.mlflow is not None:
            self._console.print(
                f"MLflow: mlflow ui --backend-store-uri {self._loaded.file.tracking.mlflow}",
                highlight=False,
                soft_wrap=True,
            )


def result_table(result: StudyResult) -> Table:
    """Return the front with both splits' values and intervals."""
    units = {info.name: info.unit for info in result.metrics}
    table = Table(title=f"front of {result.study}", title_justify="left", box=None)
    table.add_column("flow")
    for objective in result.objectives:
        table.add_column(f"{objective.metric}\ntune", justify="right")
    for objective in result.objectives:
        table.add_column(f"{objective.metric}\nholdout", justify="right")
    table.add_column("choices")
    for id in result.front:
        trial = result.trial(id)
        row = [id]
        for estimates in (trial.tune, trial.holdout):
            row += [
                shown_estimate(estimates[o.metric], units[o.metric])
                if o.metric in estimates
                else "-"
                for o in result.objectives
            ]
        table.add_row(*row, choices_text(trial))
    return table
