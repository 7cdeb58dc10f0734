"""What a worker does: build a trial's flow, prepare it, and evaluate it on a split."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from syftr_like.contracts import Documents, Outcome, Question
from syftr_like.contracts.registry import evaluator
from syftr_like.evaluation import Evaluation, evaluate_questions, score_outcome
from syftr_like.flow import (
    CpuSlot,
    IndexCost,
    IndexingError,
    IndexStore,
    Limits,
    PreparedFlow,
    build_flow,
)
from syftr_like.ledger import EvaluationRecord
from syftr_like.space.flow_config import FlowConfig

from .jobs import TrialJob, TrialReport, told

Send = Callable[[EvaluationRecord], None]

OUT_OF_TIME = "the budget of minutes is used up"


@dataclass(frozen=True)
class WorkerSettings:
    """What every trial of a study shares.

    Attributes:
        documents: The documents.
        questions: Split name to its questions, in the order in which every trial sees them.
        metrics: Names of the evaluators.
        limits: Timeout and price of compute.
        questions_in_flight: Questions under way at a time.
        allow_imports: Module prefixes that `uses:` may import from.
    """

    documents: Documents
    questions: Mapping[str, tuple[Question, ...]]
    metrics: tuple[str, ...]
    limits: Limits
    questions_in_flight: int
    allow_imports: tuple[str, ...] = ()


@dataclass(slots=True)
class _Current:
    """The trial at hand: its flow, prepared or not, so that its next stop begins at once."""

    number: int
    prepared: PreparedFlow | None
    cost: IndexCost
    error: str | None


class FlowWorker:
    """Carries out one job at a time and keeps index-time results between jobs."""

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        self._store = IndexStore()
        self._slot = CpuSlot()
        self._evaluators = [evaluator(name) for name in settings.metrics]
        self._current: _Current | None = None

    def run(self, job: TrialJob, send: Send) -> TrialReport:
        """Carry out a job up to its first stop.

        A flow that cannot be built or prepared fails on every question: a recorded failure each.

        Args:
            job: The job.
            send: Takes each evaluation as soon as it is there.

        Raises:
            MetricError: A metric of cost or time is defective; the trial has no result.
        """
        made_before = len(self._store.calls_made)
        current = self._current
        if current is None or current.number != job.number:
            current = self._current = self._prepare(job.number, job.flow)
        questions = [
            question
            for question in self._settings.questions[job.split][job.start : job.stops[0]]
            if question.id not in job.answered
        ]
        unfinished = None
        if current.prepared is None:
            for question in questions:
                send(self._failed(job, question, current.error or ""))
        else:
            unfinished = self._evaluate(current.prepared, job, questions, send)
        made = tuple(self._store.calls_made[made_before:])
        return TrialReport(
            job.number,
            job.split,
            job.stops[0],
            current.cost.seconds,
            current.cost.usd(self._settings.limits.usd_per_cpu_second),
            sum(call.usd for call in made),
            made,
            current.error,
            unfinished,
        )

    def _prepare(self, number: int, config: FlowConfig) -> _Current:
        s = self._settings
        try:
            flow = build_flow(config, s.allow_imports)
            prepared = PreparedFlow(flow, s.documents, self._store, s.limits, self._slot)
        except IndexingError as failure:
            return _Current(number, None, failure.cost, str(failure))
        except Exception as failure:
            return _Current(number, None, IndexCost(), told(failure))
        return _Current(number, prepared, prepared.index_cost, None)

    def _evaluate(
        self, prepared: PreparedFlow, job: TrialJob, questions: Sequence[Question], send: Send
    ) -> str | None:
        """Evaluate the questions; return why some were not begun, None when all were."""
        late = False

        def in_time() -> Iterator[Question]:
            nonlocal late
            for question in questions:
                if job.deadline is not None and time.time() >= job.deadline:
                    late = True
                    return
                yield question

        asyncio.run(
            evaluate_questions(
                prepared,
                in_time(),
                self._evaluators,
                trial=job.number,
                split=job.split,
                in_flight=self._settings.questions_in_flight,
                on_evaluation=lambda evaluation: send(EvaluationRecord.of(evaluation)),
            )
        )
        return OUT_OF_TIME if late else None

    def _failed(self, job: TrialJob, question: Question, error: str) -> EvaluationRecord:
        timeout = self._settings.limits.question_timeout_s
        outcome = Outcome(
            question_id=question.id,
            answer=None,
            passages=(),
            retrieved={},
            nodes=(),
            latency_s=timeout,
            cpu_s=0.0,
            usd=0.0,
            error=error,
        )
        outcome, scores = score_outcome(question, outcome, self._evaluators, timeout)
        return EvaluationRecord.of(Evaluation(job.number, job.split, outcome, scores))

    def close(self) -> None:
        """Let the worker's thread end."""
        self._slot.close()
