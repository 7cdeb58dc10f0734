"""What watches a study."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from syftr_like.ledger import EvaluationRecord
from syftr_like.results import StudyResult, TrialResult


class Observer(Protocol):
    """Something that watches a study: a terminal view, a tracker. Must not raise."""

    def phase(self, text: str) -> None:
        """Take note that a new part of the study begins."""

    def resumed(self, trials: Sequence[TrialResult]) -> None:
        """Take note of the trials of earlier sessions, before anything runs."""

    def trial_started(self, trial: TrialResult) -> None:
        """Take note that a trial was proposed, or goes on after it was cut off."""

    def evaluated(self, records: Sequence[EvaluationRecord]) -> None:
        """Take note of evaluations; called from another thread than the rest."""

    def trial_rung(self, trial: TrialResult) -> None:
        """Take note that a trial has reached a rung and does not end there."""

    def trial_finished(self, trial: TrialResult) -> None:
        """Take note that a trial has ended; it is summarized."""

    def study_ended(self, result: StudyResult, folder: Path) -> None:
        """Take note that the study has ended and its files are written."""
