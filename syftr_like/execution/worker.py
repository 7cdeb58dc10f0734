"""What a worker does: build a trial's flow, prepare it, and evaluate it on a split."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from syftr_like.contracts import Documents, ModelCall, Outcome, Question
from syftr_like.contracts.registry import evaluator
from syftr_like.evaluation import Evaluation, evaluate_questions, score_outcome
from syftr_like.flow import (
    LONGEST_ERROR,
    CpuSlot,
    IndexCost,
    IndexingError,
    IndexStore,
    Limits,
    PreparedFlow,
    build_flow,
)
from syftr_like.flow.redaction import redact
from syftr_like.ledger import EvaluationRecord
from syftr_like.space.flow_config import FlowConfig

Send = Callable[[EvaluationRecord], None]


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


@dataclass(frozen=True, slots=True)
class TrialJob:
    """One trial to be carried out on one split."""

    number: int
    flow: FlowConfig
    split: str


@dataclass(frozen=True, slots=True)
class TrialReport:
    """How a job ended; its evaluations were sent before.

    Attributes:
        number: The trial's number.
        index_seconds: Original wall time of the flow's index-time work.
        index_usd: Original cost of it: model calls and CPU time.
        index_paid_usd: What was newly paid to providers for it.
        index_calls: The model calls that were newly made for it.
        error: Why the flow could not be prepared, None when it could.
    """

    number: int
    index_seconds: float
    index_usd: float
    index_paid_usd: float
    index_calls: tuple[ModelCall, ...] = ()
    error: str | None = None


def told(error: Exception) -> str:
    """Return an error in words that can be recorded: short, and without secrets."""
    return redact(f"{type(error).__name__}: {error}")[:LONGEST_ERROR]


class FlowWorker:
    """Carries out one job at a time and keeps index-time results between jobs."""

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        self._store = IndexStore()
        self._slot = CpuSlot()
        self._evaluators = [evaluator(name) for name in settings.metrics]

    def run(self, job: TrialJob, send: Send) -> TrialReport:
        """Carry out a job.

        A flow that cannot be built or prepared fails on every question: a recorded failure each.

        Args:
            job: The job.
            send: Takes each evaluation as soon as it is there.

        Raises:
            MetricError: A metric of cost or time is defective; the trial has no result.
        """
        made_before = len(self._store.calls_made)
        try:
            prepared = self._prepare(job.flow)
        except IndexingError as failure:
            cost, error = failure.cost, str(failure)
        except Exception as failure:
            cost, error = IndexCost(), told(failure)
        else:
            self._evaluate(prepared, job, send)
            return self._report(job, prepared.index_cost, made_before)
        for question in self._settings.questions[job.split]:
            send(self._failed(job, question, error))
        return self._report(job, cost, made_before, error)

    def _prepare(self, config: FlowConfig) -> PreparedFlow:
        s = self._settings
        flow = build_flow(config, s.allow_imports)
        return PreparedFlow(flow, s.documents, self._store, s.limits, self._slot)

    def _evaluate(self, prepared: PreparedFlow, job: TrialJob, send: Send) -> None:
        asyncio.run(
            evaluate_questions(
                prepared,
                self._settings.questions[job.split],
                self._evaluators,
                trial=job.number,
                split=job.split,
                in_flight=self._settings.questions_in_flight,
                on_evaluation=lambda evaluation: send(EvaluationRecord.of(evaluation)),
            )
        )

    def _report(
        self, job: TrialJob, cost: IndexCost, made_before: int, error: str | None = None
    ) -> TrialReport:
        made = tuple(self._store.calls_made[made_before:])
        return TrialReport(
            job.number,
            cost.seconds,
            cost.usd(self._settings.limits.usd_per_cpu_second),
            sum(call.usd for call in made),
            made,
            error,
        )

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
