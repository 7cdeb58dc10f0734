"""The search as the backends see it: hands out trials, keeps the ledger, decides who goes on."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from syftr_like.contracts import Evaluator
from syftr_like.execution.backend import WAIT, Next, Wait
from syftr_like.execution.jobs import OUT_OF_TIME, TrialJob, TrialReport
from syftr_like.front import find_front
from syftr_like.ledger import Ledger, LedgerWriter
from syftr_like.results import TrialResult, TrialState
from syftr_like.search import EarlyStopping, Proposer, Verdict
from syftr_like.search.objective import Constraint, Objective
from syftr_like.space import Space
from syftr_like.space.flow_config import FlowConfig

from .assemble import trial_result
from .observer import Observer
from .racing import Racing
from .standings import Standings

MOST_LOSSES = 3
"""How often a trial is lost with its worker before it is given up."""

MOST_REFUSALS = 3
"""How many trials in a row a budget may cut off before the search ends.

A cheaper flow may still have room where a dear one has none.
"""

OUTRUN = "others were better on the same questions"
EXHAUSTED = "every configuration of the space was tried"
LEFT_WAITING = "it waited for more questions when the search ended"


@dataclass
class SearchDriver:
    """Proposes, promotes, records, summarizes, tells.

    Attributes:
        trials: Every trial so far by number, in order of proposal.
        ended: Why no more trials are proposed; empty while they are.
        cut_off: Trials of an earlier session, or lost with their worker, that go on.
        proposals: Trial number to the proposer's number.
    """

    space: Space
    proposer: Proposer
    early_stopping: EarlyStopping
    racing: Racing | None
    standings: Standings
    objectives: tuple[Objective, ...]
    constraints: tuple[Constraint, ...]
    evaluators: tuple[Evaluator, ...]
    trials_wanted: int
    ledger: Ledger
    writer: LedgerWriter
    observers: Sequence[Observer] = ()
    trials: dict[int, TrialResult] = field(default_factory=dict)
    ended: str = ""
    cut_off: list[int] = field(default_factory=list)
    proposals: dict[int, int] = field(default_factory=dict)
    _running: set[int] = field(default_factory=set)
    _losses: Counter[int] = field(default_factory=Counter)
    _told: bool = False
    _refusals: int = 0
    _over: str | None = None
    _cut_short: bool = False

    @property
    def counted(self) -> int:
        """How many trials were made of those wanted."""
        return sum(trial.state is not TrialState.OUTSIDE for trial in self.trials.values())

    @property
    def complete(self) -> int:
        """How many trials answered all questions."""
        return sum(trial.state is TrialState.COMPLETE for trial in self.trials.values())

    def next_job(
        self, *, stop: str | None, deadline: float | None, complete_one: bool = False
    ) -> TrialJob | Wait | None:
        """Return the next job; None when the search is over and nothing is under way.

        Args:
            stop: Why nothing more may begin: a budget is used up. None while something may.
            deadline: When no further question may begin.
            complete_one: Whether one of the waiting trials may still be completed after `stop`,
                if none was.
        """
        if stop is not None or self._over is not None:
            self.ended = stop or self._over or ""
            self._cut_short = True
            if complete_one and not self.complete and not self._running:
                self._over = self.ended  # completing it must not open the search again
                return self._next_of_waiting(deadline)
            return WAIT if self._running else None
        if self.cut_off:
            number = self.cut_off.pop(0)
            self.ledger.restart_trial(number)
            return self._go_on(number, deadline)
        job = self._promoted(deadline) or self._propose(deadline)
        if job is not None or self._running:
            return job or WAIT
        return self._next_of_waiting(deadline)

    def finish(self) -> None:
        """End the trials that wait for a promotion which will not come.

        Those that were to go on when a budget was used up go on in a later session.
        """
        reason = LEFT_WAITING if self._cut_short else OUTRUN
        for number in self.cut_off:
            self.record_end(number, TrialState.INTERRUPTED)
        self.cut_off.clear()
        for number in self.early_stopping.waiting():
            if self.trials[number].state is not TrialState.STOPPED:
                self.record_end(number, TrialState.STOPPED, reason)

    def interrupt(self) -> None:
        """Take note that the session ends with trials under way: they go on in the next one."""
        for number in [*self._running, *self.cut_off]:
            self.record_end(number, TrialState.INTERRUPTED)
        self._running.clear()

    def reported(self, report: TrialReport) -> Next:
        """Take the report of a trial at a stop, and say what becomes of it."""
        number = report.number
        self.writer.flush()
        self.ledger.record_index(
            number,
            seconds=report.index_seconds,
            usd=report.index_usd,
            paid_usd=report.index_paid_usd,
            calls=report.index_calls,
            builds=report.index_builds,
        )
        self.standings.load(number, self.ledger.evaluations(number, "tune"))
        if report.unfinished is not None:
            self._refusals += 1
            if report.unfinished == OUT_OF_TIME or self._refusals >= MOST_REFUSALS:
                self.ended = self._over = report.unfinished
            self.record_end(number, TrialState.INTERRUPTED)
            return Next.END
        self._refusals = 0
        feedback = self.standings.feedback(number, report.questions)
        verdict = self.early_stopping.report(number, report.questions, feedback)
        if verdict in (Verdict.CONTINUE, Verdict.PAUSE) and self._is_outrun(number, report):
            self.early_stopping.stop(number)
            verdict = Verdict.STOP
        if verdict is Verdict.PAUSE:  # first, so that a kill in between does not let it go on
            self._running.discard(number)
            self.ledger.set_state(number, TrialState.PAUSED)
        self.ledger.add_rung(number, report.questions, verdict.value)
        self._told = False
        if verdict is Verdict.COMPLETE:
            self.proposer.tell(self.proposals[number], feedback)
            self.record_end(number, TrialState.COMPLETE, report.error)
            return Next.END
        if verdict is Verdict.STOP:
            self.record_end(number, TrialState.STOPPED, report.error or OUTRUN)
            return Next.END
        trial = self.summarize(number)
        for observer in self.observers:
            observer.trial_rung(trial)
        return Next.PAUSE if verdict is Verdict.PAUSE else Next.CONTINUE

    def lost(self, number: int, error: str, *, again: bool) -> None:
        """Take note that a trial did not come to its next stop.

        It is tried again if it was lost with its worker, not too often; otherwise it stays out of
        the front, and its place is not filled.
        """
        self.writer.flush()
        self.standings.load(number, self.ledger.evaluations(number, "tune"))
        self._losses[number] += 1
        if again and self._losses[number] < MOST_LOSSES:
            self._running.discard(number)
            self.cut_off.append(number)
            return
        self.early_stopping.stop(number)
        self.record_end(number, TrialState.FAILED, error)

    def _next_of_waiting(self, deadline: float | None) -> TrialJob | None:
        """Return a waiting trial's job, as no new trial is to come; None if none may go on."""
        self.early_stopping.close()
        return self._promoted(deadline)

    def _promoted(self, deadline: float | None) -> TrialJob | None:
        promoted = self.early_stopping.promote()
        if promoted is None:
            return None
        self.ledger.set_state(promoted, TrialState.RUNNING)
        return self._go_on(promoted, deadline)

    def _propose(self, deadline: float | None) -> TrialJob | None:
        if self.counted >= self.trials_wanted:
            done = self.counted  # more than wanted, if an earlier session wanted more
            self.ended = f"all {done} trials are done" if done > 1 else "the one trial is done"
            return None
        self._tell_partial()
        proposal = self.proposer.ask()
        if proposal is None:
            self.ended = EXHAUSTED
            return None
        flow = self.space.decode(proposal.params)
        number = len(self.trials)
        self.proposals[number] = proposal.number
        self.early_stopping.add(number)
        self.ledger.start_trial(number, proposal.key, proposal.params, flow.to_json())
        self.trials[number] = TrialResult(
            number=number,
            params=proposal.params,
            flow=flow.to_json(),
            state=TrialState.RUNNING,
            started_at=time.time(),
        )
        return self._job(number, flow, 0, deadline)

    def _tell_partial(self) -> None:
        """Tell the proposer what the trials would come to that did not see all questions.

        All are told again when one has reported, for what one scores on a question says how hard
        it is for the others.
        """
        if self._told:
            return
        partial = [
            number
            for number, trial in self.trials.items()
            if trial.rungs and trial.state not in (TrialState.COMPLETE, TrialState.OUTSIDE)
        ]
        if partial:
            for number, feedback in self.standings.completed_feedback(partial).items():
                self.proposer.tell(self.proposals[number], feedback)
        self._told = True

    def _go_on(self, number: int, deadline: float | None) -> TrialJob:
        trial = replace(self.trials[number], state=TrialState.RUNNING)
        self.trials[number] = trial
        start = trial.rungs[-1].questions if trial.rungs else 0
        return self._job(number, FlowConfig.from_json(trial.flow), start, deadline)

    def _job(self, number: int, flow: FlowConfig, start: int, deadline: float | None) -> TrialJob:
        self._running.add(number)
        for observer in self.observers:
            observer.trial_started(self.trials[number])
        used = self.ledger.consumption([number], "tune")
        return TrialJob(
            number,
            flow,
            "tune",
            start,
            tuple(level for level in self.early_stopping.levels if level > start),
            self.standings.answered_ids(number),
            deadline,
            used_usd=used[0].usd if used else 0.0,
            used_seconds=used[0].latency_s if used else 0.0,
        )

    def _is_outrun(self, number: int, report: TrialReport) -> bool:
        if self.racing is None:
            return False
        front = set(find_front(list(self.trials.values()), self.objectives))
        rivals = [n for n, trial in self.trials.items() if trial.id in front]
        return self.racing.is_outrun(number, rivals, report.questions, self.complete)

    def record_end(self, number: int, state: TrialState, error: str | None = None) -> None:
        """Record that nothing more happens to a trial in this session, and summarize it."""
        self._running.discard(number)
        self.ledger.set_state(number, state, error=error)
        trial = self.summarize(number)
        for observer in self.observers:
            observer.trial_finished(trial)

    def summarize(self, number: int) -> TrialResult:
        """Read from the ledger where a trial stands."""
        row = self.ledger.trial(number)
        trial = trial_result(
            self.ledger, row, self.evaluators, self.constraints, self.standings.order
        )
        self.trials[number] = trial
        return trial
