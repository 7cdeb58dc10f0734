"""Rebuilding the search from the ledger: what was proposed, how far it came, what goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from syftr_like.ledger import TrialRow
from syftr_like.results import TrialResult, TrialState
from syftr_like.search import Value, Verdict

from .search_driver import OUTRUN, SearchDriver

CUT_OFF = (TrialState.RUNNING, TrialState.INTERRUPTED)


def restore(driver: SearchDriver) -> None:
    """Tell a driver's proposer, early stopping and standings what the ledger holds.

    Trials are told in the order of proposal, so that the next proposal is the one that would have
    come. A trial that was under way goes on from its last rung with the questions that are not in
    the ledger. One that waited for a promotion when the study ended waits again: more trials may
    yet make it one of the best. So does one that had answered the questions of a level and was cut
    off before it was judged there.
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
    judged_at = {rung.questions for rung in ledger.rungs(number)}
    # Levels are those of this session: what was answered tells where it stands in them.
    levels = [level for level in stopping.levels if level <= answered]
    for level in levels:
        stopping.restore(number, level, standings.feedback(number, level))
        ledger.add_rung(number, level, _verdict(level, levels[-1], questions).value)
    trial = driver.summarize(number)
    if answered == questions:
        feedback = standings.feedback(number, questions)
        driver.proposer.tell(driver.proposals[number], feedback)
        if row.state is not TrialState.COMPLETE:
            ledger.set_state(number, TrialState.RUNNING)  # whatever error it had is over
            driver.record_end(number, TrialState.COMPLETE)
    elif row.state is TrialState.FAILED or _was_outrun(trial):
        stopping.stop(number)
        if not row.state.settled:
            driver.record_end(number, TrialState.STOPPED, row.error or OUTRUN)
    elif not levels or (row.state in CUT_OFF and levels[-1] in judged_at):
        stopping.resume(number)
        driver.cut_off.append(number)
    elif row.state in CUT_OFF:
        ledger.set_state(number, TrialState.PAUSED)
        driver.summarize(number)


def _verdict(level: int, last: int, questions: int) -> Verdict:
    if level == questions:
        return Verdict.COMPLETE
    return Verdict.PAUSE if level == last else Verdict.CONTINUE


def _was_outrun(trial: TrialResult) -> bool:
    return bool(trial.rungs) and trial.rungs[-1].verdict == Verdict.STOP.value
