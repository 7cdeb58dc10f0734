"""A few real calls, paid for, that replace what a plan assumes by what it measures."""

from __future__ import annotations

import asyncio
import math
import statistics
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from syftr_like.contracts import (
    BudgetExhaustedError,
    CallEnvironment,
    Examples,
    ModelCall,
    calling_in,
)
from syftr_like.contracts.model_request import Pace
from syftr_like.errors import UnavailableError
from syftr_like.flow import IndexingError, IndexStore, Limits, PreparedFlow, build_flow
from syftr_like.study.loading import LoadedStudy

from .assumptions import Measured
from .document_sample import DocumentSample
from .dry_judges import spread
from .dry_models import DryRecord
from .errors import cause
from .rehearsal import RehearsedFlow, rehearse

QUESTIONS = 3
"""Questions that each flow of a probe answers."""


@dataclass(frozen=True)
class ProbePlan:
    """Which flows a probe would run, and what it may cost.

    Attributes:
        flows: As rehearsed with nothing built before.
        bound_usd: What all their calls cost at worst.
        not_run: Why a chosen flow can after all not be run, and how many it is so for.
    """

    flows: tuple[RehearsedFlow, ...]
    bound_usd: float
    not_run: Mapping[str, int]


@dataclass(frozen=True)
class ProbeResult:
    """What a probe found.

    Attributes:
        flows: How many were run.
        bound_usd: What it could have cost.
        spent_usd: What it cost.
        measured: What each model was like.
        errors: Why flows or questions failed, and how many did.
        ran: Flows that could be run: a question was answered with the help of a model, or calls
            went so far beyond what a rehearsal saw that they were refused.
    """

    flows: int
    bound_usd: float
    spent_usd: float
    measured: Mapping[str, Measured]
    errors: Mapping[str, int]
    ran: int


class CappedAccount:
    """Pays for calls up to a limit, in memory. Thread-safe."""

    def __init__(self, most_usd: float) -> None:
        self.paid = 0.0
        self._most = most_usd * (1 + 1e-9)  # the bound is a sum in another order
        self._reserved: dict[int, float] = {}
        self._next = 0
        self._lock = threading.Lock()

    def reserve(self, model: str, worst_usd: float, pace: Pace | None = None) -> int | None:
        """See `contracts.Account.reserve`.

        Raises:
            BudgetExhaustedError: It does not fit, whatever calls under way turn out to cost.
        """
        with self._lock:
            if self.paid + worst_usd > self._most:
                raise BudgetExhaustedError(
                    f"the probe's limit of ${self._most:.6g} has no room for a call of {model}"
                )
            if self.paid + sum(self._reserved.values()) + worst_usd > self._most:
                return None
            self._next += 1
            self._reserved[self._next] = worst_usd
            return self._next

    def settle(self, reservation: int, usd: float) -> None:
        """See `contracts.Account.settle`."""
        with self._lock:
            del self._reserved[reservation]
            self.paid += usd

    def spent(self) -> float:
        """Return what was paid; calls under way count with their worst case."""
        with self._lock:
            return self.paid + sum(self._reserved.values())


def plan_probe(
    rehearsed: Sequence[RehearsedFlow], loaded: LoadedStudy, sample: DocumentSample, flows: int
) -> ProbePlan:
    """Choose flows that call models, those first that call one which none before them does.

    Args:
        rehearsed: To choose from.
        loaded: The study.
        sample: The documents to be indexed.
        flows: How many at most.
    """
    waiting = [flow for flow in rehearsed if flow.models]
    chosen: list[RehearsedFlow] = []
    known: set[str] = set()
    while waiting and len(chosen) < flows:
        chosen.append(max(waiting, key=lambda flow: (len(flow.models - known), -flow.number)))
        waiting.remove(chosen[-1])
        known |= chosen[-1].models
    again = rehearse(
        [flow.config for flow in chosen], loaded, sample, questions=QUESTIONS, longest_s=math.inf
    )
    return ProbePlan(
        again.flows,
        sum(call.worst_usd for flow in again.flows for call in flow.most_calls),
        again.not_run,
    )


@dataclass
class Probe:
    """Runs a planned probe.

    Attributes:
        plan: What it runs.
        account: Who pays: no more than the plan's bound.
    """

    plan: ProbePlan
    loaded: LoadedStudy
    sample: DocumentSample
    account: CappedAccount = field(init=False)

    def __post_init__(self) -> None:
        self.account = CappedAccount(self.plan.bound_usd)

    def run(self) -> ProbeResult:
        """Run the flows with real models."""
        environment = CallEnvironment(account=self.account)
        calls: list[ModelCall] = []
        errors: dict[str, int] = defaultdict(int)
        store = IndexStore()
        ran = 0
        try:
            with calling_in(environment):
                for flow in self.plan.flows:
                    ran += self._run(flow, store, calls, errors)
        finally:
            environment.close()
        calls += store.calls_made
        return ProbeResult(
            len(self.plan.flows),
            self.plan.bound_usd,
            self.account.spent(),
            _measured(calls, self.plan.flows),
            dict(errors),
            ran,
        )

    def _run(
        self,
        flow: RehearsedFlow,
        store: IndexStore,
        calls: list[ModelCall],
        errors: dict[str, int],
    ) -> bool:
        """Run a flow; return whether that could be done."""
        file = self.loaded.file
        limits = Limits(file.limits.question_timeout_s, file.prices.usd_per_cpu_hour)
        built = build_flow(flow.config, file.allow_imports)

        async def ask(prepared: PreparedFlow) -> bool:
            ran = False
            for question in spread(self.loaded.split.tune, QUESTIONS):
                outcome = await prepared.run(question.id, question.question)
                made = [call for node in outcome.nodes for call in node.model_calls]
                calls.extend(made)
                if outcome.error is not None:
                    errors[cause(outcome.error)] += 1
                # Some questions need no model: where nothing is found, for example.
                elif made or not flow.calls:
                    ran = True
            return ran

        try:
            prepared = PreparedFlow(
                built,
                self.sample.documents,
                store,
                limits,
                examples=Examples(self.loaded.split.tune),
            )
            return asyncio.run(ask(prepared))
        except (IndexingError, UnavailableError) as error:
            errors[cause(error)] += 1
            return False
        except BudgetExhaustedError as error:
            # Refused are calls which no rehearsal saw: those that follow from a real reply.
            errors[cause(error)] += 1
            return True


def _measured(calls: Sequence[ModelCall], flows: Sequence[RehearsedFlow]) -> dict[str, Measured]:
    """Return what each model was like, by its calls."""
    expected: dict[str, list[DryRecord]] = defaultdict(list)
    for flow in flows:
        for call in flow.all_calls:
            expected[call.model].append(call)
    found = {}
    for model, planned in expected.items():
        made = [call for call in calls if call.model == model and call.attempts == 1]
        if not made:
            continue
        replies = [call.output_tokens for call in made]
        seconds = [call.seconds for call in made]
        inputs = statistics.fmean(call.input_tokens for call in made)
        usual = statistics.fmean(call.input_tokens for call in planned)
        worst = statistics.fmean(call.worst_usd for call in planned)
        shares = [call.usd / worst for call in made] if worst > 0 else [0.0]
        found[model] = Measured(
            len(made),
            statistics.fmean(replies),
            _error(replies),
            # Which of the calls are those that were counted is not told, where some were not.
            inputs / usual if usual > 0 and all(call.declared for call in planned) else 1.0,
            statistics.fmean(seconds),
            _error(seconds),
            inputs,
            statistics.fmean(shares),
            _error(shares),
        )
    return found


def _error(values: Sequence[float]) -> float:
    """Return the standard error of a mean; half of it where there is one value only."""
    if len(values) < 2:
        return abs(values[0]) / 2
    return statistics.stdev(values) / math.sqrt(len(values))
