"""Running some of the planned flows on a few questions, without calling a model."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from syftr_like.contracts import BudgetExhaustedError, Examples, Outcome, Question, calling_in
from syftr_like.errors import UnavailableError
from syftr_like.evaluation import JudgedMetric, score_outcome
from syftr_like.flow import IndexingError, Limits, PreparedFlow, build_flow
from syftr_like.space.flow_config import FlowConfig
from syftr_like.study.loading import LoadedStudy

from .document_sample import DocumentSample
from .dry_models import DryModels, DryRecord, calls_out_by_itself, without_bound
from .errors import cause
from .watched_store import Build, WatchedStore

MOST_FLOWS = 16
LONGEST_S = 30.0
"""Time after which no further flow is begun."""

QUESTIONS = 3
"""Questions that each flow is run on."""


@dataclass(frozen=True, slots=True)
class RehearsedFlow:
    """What a flow took on a few questions.

    Attributes:
        number: Its place among the planned flows.
        config: The flow.
        questions: How many it answered.
        calls: The calls of models for all of them.
        index_calls: The calls for its indexes which no flow before it had built.
        own_calls: The calls that each preparation of the flow makes and shares with no other.
        prepare_s: Seconds of a preparation whose indexes are there, with what its first questions
            take more than is usual.
        cpu_s: CPU seconds per question, its scoring included.
        failed: Questions on which it failed.
    """

    number: int
    config: FlowConfig
    questions: int
    calls: tuple[DryRecord, ...]
    index_calls: tuple[DryRecord, ...]
    own_calls: tuple[DryRecord, ...]
    prepare_s: float
    cpu_s: float
    failed: int

    @property
    def all_calls(self) -> tuple[DryRecord, ...]:
        """The calls for its questions and for what it was prepared with."""
        return (*self.calls, *self.own_calls, *self.index_calls)

    @property
    def models(self) -> frozenset[str]:
        """The models it calls, or would call if it could be known how."""
        return frozenset(call.model for call in self.all_calls)


@dataclass(frozen=True)
class Rehearsal:
    """What was learned without paying.

    Attributes:
        flows: The flows that could be run.
        builds: Every index built, on the sample of documents.
        not_run: Why a flow could not be run, and how many it was so for.
        seconds: What it took.
    """

    flows: tuple[RehearsedFlow, ...]
    builds: tuple[Build, ...]
    not_run: Mapping[str, int]
    seconds: float

    @property
    def tried(self) -> int:
        """How many flows were tried, whether or not they could be run."""
        return len(self.flows) + sum(self.not_run.values())


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

    def run(self, number: int, config: FlowConfig) -> RehearsedFlow | None:
        flow = build_flow(config, self.loaded.file.allow_imports)
        reason = calls_out_by_itself(node.component for node in flow.nodes.values())
        if reason is not None:
            self.not_run[reason] += 1
            return None
        first = len(self.store.builds_made)
        self.models.taken()
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
            own_calls = self.models.taken()
            outcomes = asyncio.run(_answers(prepared, self.questions))
        except (IndexingError, BudgetExhaustedError, UnavailableError) as error:
            self.not_run[cause(error)] += 1
            return None
        calls = self.models.taken()
        failures = [outcome.error for outcome in outcomes if outcome.error is not None]
        unbounded = without_bound((*own_calls, *calls))
        if unbounded is not None or len(failures) == len(outcomes):
            self.not_run[unbounded or cause(failures[0])] += 1
            return None
        builds = self.store.builds_made[first:]
        # What one question computes and keeps for the later ones would count for a third of each.
        cpu_s = [outcome.cpu_s for outcome in outcomes]
        usual = statistics.median_low(cpu_s)
        once_s = max(0.0, sum(cpu_s) - len(cpu_s) * usual)
        return RehearsedFlow(
            number,
            config,
            len(outcomes),
            calls,
            tuple(call for build in builds for call in build.calls),
            own_calls,
            max(0.0, prepare_s - sum(build.seconds for build in builds)) + once_s,
            usual + self._scoring(outcomes) / len(outcomes),
            len(failures),
        )

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
    most: int = MOST_FLOWS,
    longest_s: float = LONGEST_S,
) -> Rehearsal:
    """Run flows one after the other until there are `most` or the time is over.

    Args:
        flows: The planned flows, in order.
        loaded: The study.
        sample: The documents.
        most: Flows to run.
        longest_s: No further flow is begun after so many seconds; at least one is run.
    """
    stage = _Stage(loaded, sample, few_questions(loaded.split.tune))
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
        dict(stage.not_run),
        time.monotonic() - started,
    )


def few_questions(questions: Sequence[Question]) -> list[Question]:
    """Return the questions that flows are tried on, spread over the split."""
    wanted = min(QUESTIONS, len(questions))
    return [questions[place * len(questions) // wanted] for place in range(wanted)]


async def _answers(prepared: PreparedFlow, questions: Sequence[Question]) -> list[Outcome]:
    """Return what a flow makes of some questions, one after the other."""
    return [await prepared.run(question.id, question.question) for question in questions]
