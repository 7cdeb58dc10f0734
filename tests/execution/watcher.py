"""An observer for tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from syftr_like.ledger import EvaluationRecord
from syftr_like.results import StudyResult, TrialResult


class Watcher:
    """An observer that notes what happens, in order, and may act on it."""

    def __init__(self, on_evaluation: Callable[[Mapping[str, Any]], None] | None = None) -> None:
        self.events: list[tuple[str, Any]] = []
        self._on_evaluation = on_evaluation

    def of(self, kind: str) -> list[Any]:
        """What was noted of one kind of event."""
        return [what for name, what in self.events if name == kind]

    def phase(self, text: str) -> None:
        self.events.append(("phase", text))

    def resumed(self, trials: Sequence[TrialResult]) -> None:
        self.events.append(("resumed", [trial.number for trial in trials]))

    def trial_started(self, trial: TrialResult) -> None:
        self.events.append(("started", trial.number))

    def evaluated(self, records: Sequence[EvaluationRecord]) -> None:
        for record in records:
            self.events.append(("evaluated", record.row))
            if self._on_evaluation:
                self._on_evaluation(record.row)

    def trial_rung(self, trial: TrialResult) -> None:
        self.events.append(("rung", (trial.number, trial.rungs[-1].questions)))

    def trial_finished(self, trial: TrialResult) -> None:
        self.events.append(("finished", trial.number))

    def study_ended(self, result: StudyResult, folder: Path) -> None:
        self.events.append(("ended", result.ended))
