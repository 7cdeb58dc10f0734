"""Running some of the planned flows on a few questions, without calling a model."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from syftr_like.contracts import (
    BudgetExhaustedError,
    DryCourse,
    Examples,
    Outcome,
    Question,
    calling_in,
)
from syftr_like.contracts.learning import LearningRouter
from syftr_like.errors import UnavailableError
from syftr_like.evaluation import JudgedMetric, score_outcome
from syftr_like.flow import IndexingError, Limits, PreparedFlow, build_flow
from syftr_like.space.flow_config import FlowConfig
from syftr_like.study.loading import LoadedStudy

from .document_sample import DocumentSample
from .dry_judges import AskedAbout, DryJudges, JudgeCalls, spread
from .dry_models import DryModels, DryRecord, calls_out_by_itself, without_bound
from .errors import cause
from .watched_store import Build, WatchedStore

MOST_FLOWS = 16
LONGEST_S = 30.0
"""Time after which no further flow is begun."""

QUESTIONS = 8
"""Questions that each flow is run on: of how many nothing is found, for example, differs."""


@dataclass(frozen=True, slots=True)
class CourseCalls:
    """The calls of models by one flow, by one course of its questions.

    Attributes:
        answering: For a few questions.
        preparing: Those that each preparation of the flow makes and shares with no other, for
            example to learn.
        learned_from: Labelled questions that components of the flow try their branches on.
        judging: Those of judges about the answers, by metric.
    """

    answering: tuple[DryRecord, ...]
    preparing: tuple[DryRecord, ...]
    learned_from: int
    judging: Mapping[str, JudgeCalls]

    @property
    def by_flow(self) -> tuple[DryRecord, ...]:
        """Those that are not a judge's."""
        return (*self.answering, *self.preparing)

    @property
    def by_judges(self) -> tuple[DryRecord, ...]:
        """Those of judges."""
        return tuple(call for judge in self.judging.values() for call in judge.calls)

    @property
    def trying(self) -> tuple[DryRecord, ...]:
        """Those by which branches are tried on all labelled questions; empty where none are."""
        return self.preparing if self.learned_from else ()

    @property
    def learned(self) -> frozenset[str]:
        """Requests whose replies are known on the tune split, for it was learned from."""
        return frozenset(call.request for call in self.preparing if call.request)


@dataclass(frozen=True, slots=True)
class RehearsedFlow:
    """What a flow took on a few questions.

    Attributes:
        number: Its place among the planned flows.
        config: The flow.
        questions: How many it answered.
        courses: Its calls by each course that questions may take; the same by all of them where
            no reply decides what is asked next.
        index_calls: The calls for its indexes which no flow before it had built.
        prepare_s: Seconds of a preparation whose indexes are there, with what its first questions
            take more than is usual.
        cpu_s: CPU seconds per question, its scoring included.
        failed: Questions on which it failed.
    """

    number: int
    config: FlowConfig
    questions: int
    courses: Mapping[DryCourse, CourseCalls]
    index_calls: tuple[DryRecord, ...]
    prepare_s: float
    cpu_s: float
    failed: int

    @property
    def calls(self) -> tuple[DryRecord, ...]:
        """The calls for its questions, by the usual course."""
        return self.courses[DryCourse.USUAL].answering

    @property
    def all_calls(self) -> tuple[DryRecord, ...]:
        """The calls for its questions and for what it was prepared with, by the usual course."""
        return (*self.courses[DryCourse.USUAL].by_flow, *self.index_calls)

    @property
    def most_calls(self) -> tuple[DryRecord, ...]:
        """The same where questions take as many calls as limits allow."""
        return (*self.courses[DryCourse.MOST].by_flow, *self.index_calls)

    @property
    def planned_calls(self) -> tuple[DryRecord, ...]:
        """All calls by any course, those of judges included: what figures rest on."""
        courses = self.courses.values()
        asked = [call for course in courses for call in (*course.by_flow, *course.by_judges)]
        return (*asked, *self.index_calls)

    @property
    def loops(self) -> bool:
        """Whether replies, or what is learned, decide what is asked next."""
        usual = self.courses[DryCourse.USUAL]
        return bool(usual.trying) or any(calls is not usual for calls in self.courses.values())

    @property
    def models(self) -> frozenset[str]:
        """The models it calls, or would call if it could be known how."""
        return frozenset(call.model for call in self.most_calls)


@dataclass(frozen=True)
class Rehearsal:
    """What was learned without paying.

    Attributes:
        flows: The flows that could be run.
        builds: Every index built, on the sample of documents.
        judged: By metric, about which questions a judge asks.
        not_run: Why a flow could not be run, and how many it was so for.
        seconds: What it took.
    """

    flows: tuple[RehearsedFlow, ...]
    builds: tuple[Build, ...]
    judged: Mapping[str, AskedAbout]
    not_run: Mapping[str, int]
    seconds: float

    @property
    def tried(self) -> int:
        """How many flows were tried, whether or not they could be run."""
        return len(self.flows) + sum(self.not_run.values())


class _NotRunError(Exception):
    """A flow cannot be run in a rehearsal; the text says why."""


@dataclass(frozen=True, slots=True)
class _Run:
    """A flow prepared and run on all questions, by one course."""

    calls: CourseCalls
    outcomes: Sequence[Outcome]
    prepare_s: float


@dataclass
class _Stage:
    loaded: LoadedStudy
    sample: DocumentSample
    questions: Sequence[Question]
    models: DryModels = field(default_factory=DryModels)
    not_run: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.store = WatchedStore(self.models)
        file = self.loaded.file
        self.limits = Limits(file.limits.question_timeout_s, file.prices.usd_per_cpu_hour)
        judged = [e for e in self.loaded.evaluators if isinstance(e, JudgedMetric)]
        split = self.loaded.split
        self.judges = DryJudges(judged, self.models, split.tune, split.holdout)

    def run(self, number: int, config: FlowConfig) -> RehearsedFlow | None:
        """Return what a flow takes; None where it cannot be run, of which note is taken."""
        first = len(self.store.builds_made)
        try:
            usual = self._by(DryCourse.USUAL, config)
            others = (DryCourse.FEWEST, DryCourse.MOST) if self.models.decided else ()
            runs = {course: self._by(course, config) for course in others}
        except _NotRunError as error:
            self.not_run[str(error)] += 1
            return None
        builds = self.store.builds_made[first:]
        # What one question computes and keeps for the later ones would count for a third of each.
        cpu_s = [outcome.cpu_s for outcome in usual.outcomes]
        usually = statistics.median_low(cpu_s)
        once_s = max(0.0, sum(cpu_s) - len(cpu_s) * usually)
        return RehearsedFlow(
            number,
            config,
            len(usual.outcomes),
            {course: runs.get(course, usual).calls for course in DryCourse},
            tuple(call for build in builds for call in build.calls),
            max(0.0, usual.prepare_s - sum(build.seconds for build in builds)) + once_s,
            usually + self._scoring(usual.outcomes) / len(usual.outcomes),
            sum(outcome.failed for outcome in usual.outcomes),
        )

    def _by(self, course: DryCourse, config: FlowConfig) -> _Run:
        """Prepare and run a flow by a course.

        Raises:
            _NotRunError: That cannot be done.
        """
        flow = build_flow(config, self.loaded.file.allow_imports)
        reason = calls_out_by_itself(node.component for node in flow.nodes.values())
        if reason is not None:
            raise _NotRunError(reason)
        self.models.taken()
        self.models.course = course
        self.models.decided = False
        started = time.process_time()
        try:
            prepared = PreparedFlow(
                flow,
                self.sample.documents,
                self.store,
                self.limits,
                examples=Examples(self.loaded.split.tune),
            )
            prepare_s = time.process_time() - started
            preparing = self.models.taken()
            outcomes = asyncio.run(_answers(prepared, self.questions))
            answering = self.models.taken()
            learns = any(isinstance(n.component, LearningRouter) for n in flow.nodes.values())
            calls = CourseCalls(
                answering,
                preparing,
                len(self.loaded.split.tune) if learns else 0,
                self.judges.calls(self.questions, outcomes),
            )
        except (IndexingError, BudgetExhaustedError, UnavailableError) as error:
            raise _NotRunError(cause(error)) from error
        unbounded = without_bound((*calls.by_flow, *calls.by_judges))
        if unbounded is not None:
            raise _NotRunError(unbounded)
        failures = [outcome.error for outcome in outcomes if outcome.error is not None]
        if len(failures) == len(outcomes):
            raise _NotRunError(cause(failures[0]))
        return _Run(calls, outcomes, prepare_s)

    def _scoring(self, outcomes: Sequence[Outcome]) -> float:
        """Return the CPU seconds that scoring takes, whatever the scores."""
        metrics = [e for e in self.loaded.evaluators if not isinstance(e, JudgedMetric)]
        started = time.thread_time()
        for question, outcome in zip(self.questions, outcomes, strict=True):
            timeout = self.limits.question_timeout_s
            score_outcome(question, outcome, metrics, timeout)
        return time.thread_time() - started


def rehearse(
    flows: Sequence[FlowConfig],
    loaded: LoadedStudy,
    sample: DocumentSample,
    *,
    questions: int = QUESTIONS,
    most: int = MOST_FLOWS,
    longest_s: float = LONGEST_S,
) -> Rehearsal:
    """Run flows one after the other until there are `most` or the time is over.

    Args:
        flows: The planned flows, in order.
        loaded: The study.
        sample: The documents.
        questions: Questions to run each on.
        most: Flows to run.
        longest_s: No further flow is begun after so many seconds; at least one is run.
    """
    stage = _Stage(loaded, sample, spread(loaded.split.tune, questions))
    environment = stage.models.environment()
    done: list[RehearsedFlow] = []
    started = time.monotonic()
    try:
        with calling_in(environment):
            for number, config in enumerate(flows):
                late = time.monotonic() - started > longest_s
                if len(done) == most or (late and (done or stage.not_run)):
                    break
                rehearsed = stage.run(number, config)
                if rehearsed is not None:
                    done.append(rehearsed)
    finally:
        environment.close()
    return Rehearsal(
        tuple(done),
        tuple(stage.store.builds_made),
        stage.judges.asked_about if done else {},
        dict(stage.not_run),
        time.monotonic() - started,
    )


async def _answers(prepared: PreparedFlow, questions: Sequence[Question]) -> list[Outcome]:
    """Return what a flow makes of some questions, one after the other."""
    return [await prepared.run(question.id, question.question) for question in questions]
