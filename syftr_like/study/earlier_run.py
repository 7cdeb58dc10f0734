"""What an earlier run means for the next one, found out without taking part in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from syftr_like.contracts import Json
from syftr_like.errors import InputError, SyftrLikeError
from syftr_like.front import shown_front
from syftr_like.ledger import Ledger
from syftr_like.ledger.ledger import TrialRow
from syftr_like.results import TrialState

from .assemble import trial_result
from .budget import Budget
from .continuing import SPACE, differences
from .loading import LoadedStudy
from .lock import lock
from .run_folder import RunFolder
from .search_driver import EXHAUSTED, LEFT_WAITING

INTERRUPTED = "interrupted"
_PLURAL = ("objectives", "metrics")


class Standing(StrEnum):
    """What `optimize run` would make of an earlier run."""

    GOES_ON = "goes on"
    DONE = "done"
    USED_UP = "budget used up"
    REFUSED = "cannot be continued"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """An earlier run of a study, as a session that began now would find it.

    Attributes:
        folder: Where it is.
        standing: What would become of it.
        trials: Trials begun whose flows the space of that time holds.
        wanted: Trials that the study asks for now.
        reason: Why its search ended, empty while it runs and after it was cut off; which budget
            is used up; or in full why it cannot be read.
        changed: What every evaluation rests on and is not what it was, for people.
    """

    folder: str
    standing: Standing
    trials: int
    wanted: int
    reason: str
    changed: tuple[str, ...] = ()

    def in_words(self) -> str:
        """Return it as a sentence; of several lines where it cannot be read."""
        match self.standing:
            case Standing.UNREADABLE:
                return self.reason
            case Standing.REFUSED:
                mend = "--extend or --fresh" if self.changed == (SPACE,) else "--fresh"
                return f"{self.folder} cannot be continued: {_have_changed(self.changed)} ({mend})"
            case Standing.DONE:
                return f"{self.folder}: {self._done()}; nothing to do"
            case Standing.USED_UP:
                return f"{self.folder}: {self._some()}; {self.reason}, a larger one goes on"
            case Standing.GOES_ON:
                begun = "" if self.trials < self.wanted else " begun"
                cut_off = "" if self.reason else ", running now or cut off"
                return f"{self.folder}: {self._some()}{begun}{cut_off}; goes on"

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {
            "folder": self.folder,
            "standing": self.standing.value,
            "trials": self.trials,
            "wanted": self.wanted,
            "reason": self.reason,
            "changed": list(self.changed),
        }

    def _some(self) -> str:
        return f"{self.trials:,} of {self.wanted:,} trial{'' if self.wanted == 1 else 's'}"

    def _done(self) -> str:
        if self.trials < self.wanted:
            return f"{self._some()}, {EXHAUSTED}"
        done = "the one trial done" if self.trials == 1 else f"all {self.trials:,} trials done"
        return done + (f" ({self.wanted:,} asked for now)" if self.trials > self.wanted else "")


def earlier_run(loaded: LoadedStudy, runs: Path = Path("runs")) -> EarlierRun | None:
    """Look at an earlier run of a study; None where there is none.

    Only reads, so that it may be called while another process is at the run: it takes no lock.

    Args:
        loaded: The study as it is now.
        runs: The folder of all runs.

    Raises:
        InputError: The ledger's address cannot be used at all, for any run.
    """
    folder = RunFolder(runs / loaded.name)
    ledger = _ledger(loaded, folder)
    shown, wanted = str(folder.path), loaded.file.search.trials
    try:
        before = earlier_lock(folder, ledger)
        if before is None:
            return None
        row = ledger.study()
        trials = [t for t in ledger.trials() if t.state is not TrialState.OUTSIDE]
        found = differences(before, lock(loaded))
        if found:
            changed = tuple(difference.what for difference in found)
            return EarlierRun(
                shown, Standing.REFUSED, len(trials), wanted, str(row["ended"]), changed
            )
        standing, reason = _standing(loaded, before, row, trials, ledger)
        return EarlierRun(shown, standing, len(trials), wanted, reason)
    except SyftrLikeError as error:
        return EarlierRun(shown, Standing.UNREADABLE, 0, wanted, str(error))
    finally:
        ledger.close()


def earlier_scores(loaded: LoadedStudy, runs: Path, most: int) -> list[dict[str, dict[str, float]]]:
    """Return the scores of complete trials of an earlier run: per trial, question to scores.

    Args:
        loaded: The study.
        runs: The folder of all runs.
        most: Trials that are read at most.

    Raises:
        InputError, StudyError: The earlier run cannot be read.
    """
    folder = RunFolder(runs / loaded.name)
    ledger = _ledger(loaded, folder)
    try:
        if earlier_lock(folder, ledger) is None:
            return []
        complete = [t.number for t in ledger.trials() if t.state is TrialState.COMPLETE]
        return [
            {row["question"]: row["scores"] for row in ledger.evaluations(number, "tune")}
            for number in complete[:most]
        ]
    finally:
        ledger.close()


def earlier_lock(folder: RunFolder, ledger: Ledger) -> Mapping[str, Any] | None:
    """Return the lock of an earlier run, which the ledger holds; None when there was no run.

    A folder without results is no run: a session was ended before it began.

    Raises:
        InputError: There was one, and its ledger is gone.
        StudyError: The ledger cannot be reached or read.
    """
    if ledger.exists():
        lock: Mapping[str, Any] = ledger.study()["lock"]
        return lock
    if any(path.exists() for path in (folder.lock, folder.front, folder.trials, folder.report)):
        raise InputError(
            f"the ledger of the earlier run of '{folder.path.name}' is gone",
            found=str(folder.path),
            expected="its database, or --fresh, which renames what is left and starts anew",
        )
    return None


def _ledger(loaded: LoadedStudy, folder: RunFolder) -> Ledger:
    return Ledger(loaded.file.ledger or folder.ledger_url, loaded.name)


def _standing(
    loaded: LoadedStudy,
    before: Mapping[str, Any],
    row: Mapping[str, Any],
    trials: Sequence[TrialRow],
    ledger: Ledger,
) -> tuple[Standing, str]:
    """Return what a session would do with a run that it may continue, and why.

    Where early stopping or constraints are not what they were, trials that were stopped may go on:
    only a session can tell which.
    """
    ended: str = row["ended"]
    if _is_searched(loaded, before["study"], ended, trials) and _is_checked(loaded, trials, ledger):
        return Standing.DONE, ended
    budget = loaded.file.budget
    limits = Budget(budget.usd, budget.minutes, lambda: ledger.totals()["usd"], row["seconds"])
    used_up = limits.used_up()
    limited = budget.usd is not None or budget.minutes is not None
    if used_up is None and limited and not _is_raised(before["study"]["budget"], loaded):
        # What was left of it then was set aside, or too little for one more call.
        if "budget" in ended:
            used_up = ended
        elif len(trials) >= loaded.file.search.trials and _was_refused(ended, trials):
            used_up = "the budget had no room for the rest"
    return (Standing.GOES_ON, ended) if used_up is None else (Standing.USED_UP, used_up)


def _is_searched(
    loaded: LoadedStudy, before: Mapping[str, Any], ended: str, trials: Sequence[TrialRow]
) -> bool:
    now = loaded.file.model_dump(mode="json")
    search, earlier = now["search"], before["search"]
    exhausted = ended == EXHAUSTED and search["method"] == earlier["method"]
    same_rules = (
        search["early_stopping"] == earlier["early_stopping"]
        and now["constraints"] == before["constraints"]
    )
    return (
        (len(trials) >= search["trials"] or exhausted)
        and all(trial.state.settled and trial.error != LEFT_WAITING for trial in trials)
        and (same_rules or all(trial.state is not TrialState.STOPPED for trial in trials))
    )


def _is_checked(loaded: LoadedStudy, trials: Sequence[TrialRow], ledger: Ledger) -> bool:
    """Whether the front has answered the whole holdout split."""
    order = [question.id for question in loaded.split.tune]
    results = [
        trial_result(ledger, trial, loaded.evaluators, loaded.constraints, order)
        for trial in trials
    ]
    front = set(shown_front(results, loaded.objectives, loaded.constraints))
    answered = ledger.evaluated("holdout")
    asked = len(loaded.split.holdout)
    return all(len(answered.get(t.number, ())) == asked for t in results if t.id in front)


def _was_refused(ended: str, trials: Sequence[TrialRow]) -> bool:
    """Whether trials were cut off in a session that came to its end: by the budget, that is."""
    cut_off = any(trial.state is TrialState.INTERRUPTED for trial in trials)
    return cut_off and ended not in ("", INTERRUPTED)


def _is_raised(before: Mapping[str, Any], loaded: LoadedStudy) -> bool:
    now = loaded.file.budget
    return any(
        old is not None and (new is None or new > old)
        for old, new in ((before["usd"], now.usd), (before["minutes"], now.minutes))
    )


def _have_changed(changed: Sequence[str]) -> str:
    *most, last = [f"the {what}" for what in changed]
    listed = f"{', '.join(most)} and {last}" if most else last
    return f"{listed} {'have' if most or changed[0] in _PLURAL else 'has'} changed"
