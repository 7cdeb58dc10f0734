"""What a worker does: build a trial's flow, prepare it, and evaluate it on a split."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from syftr_like.cache import Cache, CachedCalls
from syftr_like.contracts import (
    Account,
    BudgetExhaustedError,
    CallEnvironment,
    Documents,
    Evaluator,
    Examples,
    Judge,
    ModelCall,
    Outcome,
    Question,
    calling_in,
)
from syftr_like.contracts.registry import evaluator
from syftr_like.errors import UnavailableError
from syftr_like.evaluation import Evaluation, JudgedMetric, evaluate_questions, score_outcome
from syftr_like.flow import (
    CpuSlot,
    IndexCost,
    IndexingError,
    IndexStore,
    Limits,
    PreparedFlow,
    build_flow,
)
from syftr_like.flow.build import build_component
from syftr_like.flow.own_loop import run_in_own_loop
from syftr_like.ledger import EvaluationRecord
from syftr_like.space.flow_config import ComponentConfig

from .jobs import OUT_OF_TIME, TrialJob, TrialReport, told
from .time_limit import TimeLimitError, with_time_limit

Send = Callable[[EvaluationRecord], None]


@dataclass(frozen=True, slots=True)
class Caps:
    """What a trial may take on a split; None without a limit.

    Questions under way when a limit is passed are finished. The holdout split counts anew: what
    the search has used would else fail questions there that the flow can answer, and a good flow
    would look bad by bookkeeping. A trial that was cut off in the search has mostly failed too
    often to be on the front and never sees the holdout; `budget.usd` holds for all together.

    Attributes:
        usd: Flow cost of its index-time work and its questions.
        seconds: Service time of its questions, added up.
        index_seconds: Wall time of its index-time work.
    """

    usd: float | None = None
    seconds: float | None = None
    index_seconds: float | None = None

    def passed(self, usd: float, seconds: float) -> str | None:
        """Return which limit is passed, None while none is."""
        if self.usd is not None and usd > self.usd:
            return f"the trial's limit of ${self.usd:g} is passed"
        if self.seconds is not None and seconds > self.seconds:
            return f"the trial's limit of {self.seconds / 60:g} minutes is passed"
        return None


@dataclass(frozen=True)
class WorkerSettings:
    """What every trial of a study shares.

    Attributes:
        documents: The documents.
        questions: Split name to its questions, in the order in which every trial sees them.
        metrics: Names of the evaluators, and the judges among them as they are configured.
        limits: Timeout and price of compute.
        caps: What a trial may take on a split.
        questions_in_flight: Questions under way at a time.
        allow_imports: Module prefixes that `uses:` may import from.
        cache: Where results and replies are kept; None keeps them in this worker only.
    """

    documents: Documents
    questions: Mapping[str, tuple[Question, ...]]
    metrics: tuple[str | ComponentConfig, ...]
    limits: Limits
    questions_in_flight: int
    allow_imports: tuple[str, ...] = ()
    caps: Caps = Caps()
    cache: Cache | None = None


@dataclass(slots=True)
class _Current:
    """The trial at hand: its flow, prepared or not, so that its next stop begins at once."""

    number: int
    split: str
    prepared: PreparedFlow | None
    cost: IndexCost
    error: str | None
    used_usd: float
    used_seconds: float


class FlowWorker:
    """Carries out one job at a time and keeps index-time results between jobs.

    Args:
        settings: What every trial shares.
        account: Who pays for model calls.
    """

    def __init__(self, settings: WorkerSettings, account: Account) -> None:
        self._settings = settings
        calls = None if settings.cache is None else CachedCalls(settings.cache)
        self._environment = CallEnvironment(calls, account)
        self._store = IndexStore(cache=settings.cache)
        self._examples = Examples(settings.questions["tune"])
        self._slot = CpuSlot()
        self._evaluators = [_metric(m, settings.allow_imports) for m in settings.metrics]
        self._current: _Current | None = None

    def run(self, job: TrialJob, send: Send) -> TrialReport:
        """Carry out a job up to its first stop.

        A flow that cannot be built or prepared, or that has passed a limit, fails on every
        question that is left: a recorded failure each.

        Args:
            job: The job.
            send: Takes each evaluation as soon as it is there.

        Raises:
            MetricError: A metric of cost or time is defective; the trial has no result.
            UnavailableError: A key or a package is missing here; it says nothing about the flow.
        """
        with calling_in(self._environment):
            return self._run(job, send)

    def _run(self, job: TrialJob, send: Send) -> TrialReport:
        store = self._store
        made_before, built_before = len(store.calls_made), store.builds
        current = self._current
        calls: tuple[ModelCall, ...] = ()
        unfinished = None
        try:
            if current is None or (current.number, current.split) != (job.number, job.split):
                current = self._current = None
                current = self._current = self._prepare(job)
                calls = current.cost.model_calls
            unfinished = self._evaluate(current, job, self._questions(job), send)
        except BudgetExhaustedError as refused:
            unfinished = str(refused)
        made = store.calls_made[made_before:]
        cost = IndexCost() if current is None else current.cost
        return TrialReport(
            job.number,
            job.split,
            job.stops[0],
            cost.seconds,
            cost.usd(self._settings.limits.usd_per_cpu_second),
            sum(call.usd for call in made),
            _marked(calls, made),
            store.builds - built_before,
            None if current is None else current.error,
            unfinished,
        )

    def _questions(self, job: TrialJob) -> list[Question]:
        return [
            question
            for question in self._settings.questions[job.split][job.start : job.stops[0]]
            if question.id not in job.answered
        ]

    def _prepare(self, job: TrialJob) -> _Current:
        s = self._settings
        prepared, cost, error = None, IndexCost(), None
        limit = s.caps.index_seconds
        made_before = len(self._store.calls_made)
        try:
            flow = build_flow(job.flow, s.allow_imports)
            prepared = with_time_limit(
                lambda: PreparedFlow(
                    flow,
                    s.documents,
                    self._store,
                    s.limits,
                    self._slot,
                    s.cache,
                    self._examples,
                ),
                limit,
            )
            cost = prepared.index_cost
            if limit is not None and cost.seconds > limit:
                raise TimeLimitError  # it was found; built anew it would have been ended
        except TimeLimitError:
            prepared, error = None, f"indexing took longer than the limit of {limit:g} s"
            if cost == IndexCost():  # it was ended on the way: what it had paid by then
                cost = IndexCost(limit or 0.0, 0.0, tuple(self._store.calls_made[made_before:]))
            self._store = IndexStore(cache=s.cache)  # the other may be left locked
        except IndexingError as failure:
            cost, error = failure.cost, str(failure)
        except (BudgetExhaustedError, UnavailableError):
            raise
        except Exception as failure:
            error = told(failure)
        used_usd = job.used_usd + cost.usd(s.limits.usd_per_cpu_second)
        return _Current(job.number, job.split, prepared, cost, error, used_usd, job.used_seconds)

    def _evaluate(
        self, current: _Current, job: TrialJob, questions: Sequence[Question], send: Send
    ) -> str | None:
        """Evaluate the questions; return why some were not begun, None when all were.

        Raises:
            BudgetExhaustedError: A model call was refused; the others are finished.
        """
        prepared = current.prepared
        if prepared is None:
            for question in questions:
                send(self._failed(job, question, current.error or ""))
            return None
        late = False
        caps = self._settings.caps
        begun = 0

        def to_be_asked() -> Iterator[Question]:
            nonlocal late, begun
            for question in questions:
                late = job.deadline is not None and time.time() >= job.deadline
                if late or caps.passed(current.used_usd, current.used_seconds):
                    return
                begun += 1
                yield question

        def take(evaluation: Evaluation) -> None:
            current.used_usd += evaluation.outcome.usd
            current.used_seconds += evaluation.outcome.latency_s
            send(EvaluationRecord.of(evaluation))

        try:
            run_in_own_loop(
                evaluate_questions(
                    prepared,
                    to_be_asked(),
                    self._evaluators,
                    trial=job.number,
                    split=job.split,
                    in_flight=self._settings.questions_in_flight,
                    on_evaluation=take,
                )
            )
        finally:
            prepared.flush_results()
        if late:
            return OUT_OF_TIME
        passed = caps.passed(current.used_usd, current.used_seconds)
        for question in questions[begun:]:
            send(self._failed(job, question, passed or ""))
        return None

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
        """Let the worker's threads end."""
        self._slot.close()
        self._environment.close()


def _metric(metric: str | ComponentConfig, allow_imports: Sequence[str]) -> Evaluator:
    if isinstance(metric, str):
        return evaluator(metric)
    judge = build_component(metric, allow_imports)
    assert isinstance(judge, Judge)
    return JudgedMetric(metric.option, judge)


def _marked(calls: Sequence[ModelCall], made: Sequence[ModelCall]) -> tuple[ModelCall, ...]:
    """Return a flow's index-time calls, those that were not newly made as found in the cache.

    Work that failed made calls that the flow's cost does not hold; they are among them too.
    """
    left = list(made)
    marked = []
    for call in calls:
        if call in left:
            left.remove(call)
            marked.append(call)
        else:
            marked.append(replace(call, cached=True))
    return (*marked, *left)
