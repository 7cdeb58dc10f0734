"""Rebuilding the search from the ledger: what was proposed, how far it came, what goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from syftr_like.ledger import TrialRow
from syftr_like.results import TrialResult, TrialState
from syftr_like.search import Value, Verdict

from .search_driver import SearchDriver


def restore(driver: SearchDriver) -> None:
    """Tell a driver's proposer, early stopping and standings what the ledger holds.

    Trials are told in the order of proposal, so that the next proposal is the one that would have
    come. A trial that was under way goes on from its last rung with the questions that are not in
    the ledger. One that waited for a promotion when the study ended waits again: more trials may
    yet make it one of the best.
    """
    for row in driver.ledger.trials():
        _restore_trial(driver, row)


def _restore_trial(driver: SearchDriver, row: TrialRow) -> None:
    ledger, stopping, standings, number = (
        driver.ledger,
        driver.early_stopping,
        driver.standings,
        row.number,
    )
    standings.load(number, ledger.evaluations(number, "tune"))
    if row.state is TrialState.OUTSIDE:
        driver.summarize(number)
        return
    params = cast("Mapping[str, Value]", row.params)  # decisions are scalars
    driver.proposals[number] = driver.proposer.restore(params, None)
    stopping.add(number)
    answered, questions = standings.answered(number), len(standings.order)
    for level in stopping.levels:
        # Levels are those of this session: what was answered tells where it stands in them.
        if level > answered:
            break
        stopping.restore(number, level, standings.feedback(number, level))
        verdict = Verdict.COMPLETE if level == questions else Verdict.CONTINUE
        ledger.add_rung(number, level, verdict.value)
    trial = driver.summarize(number)
    if answered == questions:
        feedback = standings.feedback(number, questions)
        driver.proposer.tell(driver.proposals[number], feedback)
        if row.state is not TrialState.COMPLETE:
            driver.record_end(number, TrialState.COMPLETE, row.error)
    elif row.state is TrialState.FAILED or _was_outrun(trial):
        stopping.stop(number)
    elif row.state in (TrialState.RUNNING, TrialState.INTERRUPTED):
        stopping.resume(number)
        driver.cut_off.append(number)


def _was_outrun(trial: TrialResult) -> bool:
    return bool(trial.rungs) and trial.rungs[-1].verdict == Verdict.STOP.value
