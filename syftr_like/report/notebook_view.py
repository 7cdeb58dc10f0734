"""What a person sees in a notebook while a study runs: one short display that is renewed."""

from __future__ import annotations

import html
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from syftr_like.front import find_front
from syftr_like.ledger import EvaluationRecord
from syftr_like.results import StudyHeader, StudyResult, TrialResult

from .numbers import counted, shown
from .words import phase_words

EVERY_S = 0.5
"""Seconds between two renewals; each is a message to the browser."""


def in_notebook() -> bool:
    """Whether this is a Jupyter kernel. IPython is not imported for it."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")


class NotebookView:
    """Watches a study. A context manager around the run, as `TerminalView`.

    What it shows is renewed in place, so that a saved notebook holds the last state alone: how it
    ended, with whatever failed.

    Args:
        study: What is known of it before it runs.
    """

    def __init__(self, study: StudyHeader) -> None:
        self._study = study
        self._units = study.units
        # Evaluations are told from another thread than the rest.
        self._lock = threading.Lock()
        self._finished: dict[str, TrialResult] = {}
        self._questions = 0
        self._seen = False
        self._failures = 0
        self._phase = "starting"
        self._renewed = 0.0
        self._display: Any = None

    def __enter__(self) -> NotebookView:
        from IPython.display import DisplayHandle

        self._display = DisplayHandle()  # type: ignore[no-untyped-call]  # it has no types
        self._display.display(self._content(), raw=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._renew(now=True)

    def phase(self, text: str) -> None:
        """See `Observer.phase`."""
        self._phase = text
        self._renew(now=True)

    def resumed(self, trials: Sequence[TrialResult]) -> None:
        """See `Observer.resumed`."""
        with self._lock:
            self._finished = {t.id: t for t in trials if t.state.settled}
            self._questions = sum(t.evaluations for t in trials)
        self._renew()

    def trial_started(self, trial: TrialResult) -> None:
        """See `Observer.trial_started`."""

    def trial_rung(self, trial: TrialResult) -> None:
        """See `Observer.trial_rung`."""

    def evaluated(self, records: Sequence[EvaluationRecord]) -> None:
        """See `Observer.evaluated`."""
        with self._lock:
            self._seen = True
            self._questions += len(records)
            self._failures += sum(r.row["error"] is not None for r in records)
        self._renew()

    def trial_finished(self, trial: TrialResult) -> None:
        """See `Observer.trial_finished`."""
        with self._lock:
            self._finished[trial.id] = trial
        self._renew()

    def study_ended(self, result: StudyResult, folder: Path) -> None:
        """See `Observer.study_ended`."""
        self._phase = result.ended
        self._renew(now=True)

    def finished(self, result: StudyResult, folder: Path) -> None:
        """Nothing: the result that `optimize` returns shows itself."""

    def _renew(self, *, now: bool = False) -> None:
        with self._lock:
            moment = time.monotonic()
            if self._display is None or (not now and moment - self._renewed < EVERY_S):
                return
            self._renewed = moment
            content = self._content()
        self._display.update(content, raw=True)

    def _content(self) -> dict[str, str]:
        lines = [
            f"{self._study.study}: {phase_words(self._phase, seen=self._seen)}",
            f"{len(self._finished)} of {counted(self._study.trials, 'trial')} ended,"
            f" {counted(self._questions, 'question')} asked",
        ]
        front = find_front(list(self._finished.values()), self._study.objectives)
        if front:
            best = self._finished[front[0]]
            values = ", ".join(
                f"{o.metric} {shown(best.tune[o.metric].value, self._units[o.metric])}"
                for o in self._study.objectives
            )
            lines.append(f"{len(front)} on the front, the best so far {best.id}: {values}")
        if self._failures:
            lines.append(f"{counted(self._failures, 'question')} failed")
        shown_lines = "<br>".join(html.escape(line) for line in lines)
        return {"text/plain": "\n".join(lines), "text/html": f"<p>{shown_lines}</p>"}
