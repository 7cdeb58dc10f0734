"""A study in one process over recorded scores: no flow is run, and time is simulated.

Proposers and early stopping are the same objects that decide in a real study, so that ways of
searching are compared with many seeds in seconds.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from syftr_like.contracts.evaluator import Aggregation, Quantile
from syftr_like.statistics.completion import completed
from syftr_like.statistics.pareto import non_dominated
from syftr_like.statistics.racing import Measure, dominated_by

from .early_stopping import EarlyStopping, Verdict
from .objective import losses
from .proposer import Feedback, Proposal, Proposer, Value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RecordedMetric:
    """How a metric's scores of single questions are used.

    Attributes:
        measure: For racing.
        aggregation: From scores to a trial's value.
        logarithmic: Whether scores are positive and are completed by ratios.
    """

    measure: Measure
    aggregation: Aggregation
    logarithmic: bool = False

    def value(self, scores: Floats) -> float:
        """Return the aggregate of scores, shape (questions,)."""
        import numpy as np

        if isinstance(self.aggregation, Quantile):
            return float(np.quantile(scores, self.aggregation.level))
        return float(scores.mean())


@dataclass(slots=True)
class SimulatedTrial:
    """A trial and how far it came.

    Attributes:
        scores: Of every metric on all questions, also on those that were never asked.
        questions: How many were asked.
        state: `running`, `paused`, `stopped` or `complete`.
        told: What it measured on the questions so far.
    """

    proposal: Proposal
    scores: Mapping[str, Floats]
    questions: int = 0
    state: str = "running"
    told: Feedback | None = None


@dataclass
class Simulation:
    """Evaluates what a proposer proposes, as far as early stopping lets it.

    Attributes:
        metrics: Those of all objectives and constraints.
        response: Configuration to the scores of every metric on all questions.
        trials_wanted: How many proposals to make at most.
        evaluations_allowed: No job begins that would ask more questions in all; None for no limit.
        workers: How many trials run at a time; a question takes each the same time.
        alpha: Of racing against the front; None for none.
        estimate: Tell the proposer estimates of full scores (`completed`), not the scores so far.
        trials: By number.
        evaluations: Questions asked so far.
    """

    proposer: Proposer
    early_stopping: EarlyStopping
    metrics: Mapping[str, RecordedMetric]
    response: Callable[[Mapping[str, Value]], Mapping[str, Floats]]
    trials_wanted: int
    evaluations_allowed: int | None = None
    workers: int = 1
    alpha: float | None = 0.05
    estimate: bool = True
    trials: dict[int, SimulatedTrial] = field(default_factory=dict)
    evaluations: int = 0

    def run(self) -> None:
        """Run to the end: no proposal is wanted, no trial may go on, or nothing is allowed."""
        clock, closed = 0, False
        busy: list[tuple[int, int, int]] = []  # (end, number, questions)
        while True:
            while len(busy) < self.workers and (job := self._next_job(closed)) is not None:
                heapq.heappush(busy, (clock + self._asked(*job), *job))
            if not busy:
                if closed:
                    break
                self.early_stopping.close()
                closed = True
                continue
            clock, number, questions = heapq.heappop(busy)
            if self._report(number, questions):
                questions = self._next_level(number)
                if self._afford(number, questions):
                    end = clock + self._asked(number, questions)
                    heapq.heappush(busy, (end, number, questions))
                else:
                    self._stop(number)
        for number in self.early_stopping.waiting():
            self._stop(number)

    def front(self) -> list[int]:
        """Return the feasible complete trials that no other dominates by their full scores."""
        complete = [
            (number, feedback.losses)
            for number, trial in sorted(self.trials.items())
            if trial.state == "complete"
            and (feedback := self._feedback(trial, self.early_stopping.levels[-1])).feasible
        ]
        if not complete:
            return []
        mask = non_dominated([row for _, row in complete])
        return [number for (number, _), on in zip(complete, mask, strict=True) if on]

    def values(self, number: int) -> dict[str, float]:
        """Return a trial's full value of each metric, whether or not all questions were asked."""
        scores = self.trials[number].scores
        return {name: metric.value(scores[name]) for name, metric in self.metrics.items()}

    def _next_job(self, closed: bool) -> tuple[int, int] | None:
        number = self.early_stopping.promote()
        if number is None:
            first = self.early_stopping.levels[0]
            if closed or self.proposer.proposed >= self.trials_wanted or not self._allowed(first):
                return None
            proposal = self.proposer.ask()
            if proposal is None:
                return None
            number = proposal.number
            self.trials[number] = SimulatedTrial(proposal, self.response(proposal.params))
            self.early_stopping.add(number)
        questions = self._next_level(number)
        if not self._afford(number, questions):
            self._stop(number)
            return self._next_job(closed)
        self.trials[number].state = "running"
        return number, questions

    def _report(self, number: int, questions: int) -> bool:
        """Take a result in; return whether the trial goes on at once."""
        trial = self.trials[number]
        trial.questions = questions
        trial.told = self._feedback(trial, questions)
        verdict = self.early_stopping.report(number, questions, trial.told)
        trial.state = {Verdict.CONTINUE: "running", Verdict.PAUSE: "paused"}.get(verdict, verdict)
        self._tell(number)
        if verdict not in (Verdict.COMPLETE, Verdict.STOP) and self._outrun(trial, questions):
            self._stop(number)
            return False
        return verdict is Verdict.CONTINUE

    def _outrun(self, trial: SimulatedTrial, questions: int) -> bool:
        if self.alpha is None:
            return False
        names = [objective.metric for objective in self.early_stopping.objectives]
        complete = sum(t.state == "complete" for t in self.trials.values())

        def prefix(scores: Mapping[str, Floats]) -> list[Floats]:
            return [scores[name][:questions] for name in names]

        rivals = {number: prefix(self.trials[number].scores) for number in self.front()}
        measures = [self.metrics[name].measure for name in names]
        outrun = dominated_by(
            prefix(trial.scores), rivals, measures, alpha=self.alpha, among=complete
        )
        return outrun is not None

    def _tell(self, number: int) -> None:
        """Tell what a trial reported; of all partial ones again when a complete one tells more."""
        estimates = self._estimates()
        again = estimates if self.trials[number].state == "complete" else {}
        for n in {number, *again}:
            feedback = estimates.get(n, self.trials[n].told)
            assert feedback is not None
            self.proposer.tell(n, feedback)

    def _estimates(self) -> dict[int, Feedback]:
        """Return the estimated feedback of the trials that have not answered all questions."""
        import numpy as np

        asked = {n: t for n, t in self.trials.items() if t.questions}
        total = self.early_stopping.levels[-1]
        if not self.estimate or all(t.questions == total for t in asked.values()):
            return {}
        tables = {}
        for name, metric in self.metrics.items():
            table = np.array([trial.scores[name] for trial in asked.values()])
            for row, trial in zip(table, asked.values(), strict=True):
                row[trial.questions :] = np.nan
            tables[name] = completed(table, logarithmic=metric.logarithmic)
        return {
            number: self._judged({name: tables[name][row] for name in tables})
            for row, (number, trial) in enumerate(asked.items())
            if trial.questions < total
        }

    def _feedback(self, trial: SimulatedTrial, questions: int) -> Feedback:
        return self._judged({name: trial.scores[name][:questions] for name in self.metrics})

    def _judged(self, scores: Mapping[str, Floats]) -> Feedback:
        values = {name: metric.value(scores[name]) for name, metric in self.metrics.items()}
        return Feedback(
            losses(self.early_stopping.objectives, values),
            tuple(c.violation(values[c.metric]) for c in self.early_stopping.constraints),
        )

    def _asked(self, number: int, questions: int) -> int:
        more = questions - self.trials[number].questions
        self.evaluations += more
        return more

    def _next_level(self, number: int) -> int:
        asked = self.trials[number].questions
        return next(level for level in self.early_stopping.levels if level > asked)

    def _afford(self, number: int, questions: int) -> bool:
        return self._allowed(questions - self.trials[number].questions)

    def _allowed(self, more: int) -> bool:
        limit = self.evaluations_allowed
        return limit is None or self.evaluations + more <= limit

    def _stop(self, number: int) -> None:
        self.early_stopping.stop(number)
        self.trials[number].state = "stopped"
