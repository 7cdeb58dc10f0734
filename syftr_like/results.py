"""The result of a study as plain data: what reports, trackers and notebooks read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from syftr_like.contracts import Json
from syftr_like.search.objective import Constraint, Objective
from syftr_like.statistics.estimate import Estimate


class TrialState(StrEnum):
    """Where a trial stands.

    `running` and `paused` (it waits whether it is promoted) change while a study runs; `complete`
    saw every tune question; `stopped` was ended early by the search, for others were better;
    `interrupted` was cut off with its session and goes on in the next one; `failed` broke, or was
    lost with its worker more often than it is tried again; `outside` is a flow that the space does
    not hold any more since the study was extended.
    """

    RUNNING = "running"
    PAUSED = "paused"
    COMPLETE = "complete"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    FAILED = "failed"
    OUTSIDE = "outside"

    @property
    def settled(self) -> bool:
        """Whether it came to an end of its own, not with its session."""
        return self in (TrialState.COMPLETE, TrialState.STOPPED, TrialState.FAILED)


def trial_id(number: int) -> str:
    """Return the name of the trial of that number."""
    return f"t{number:03d}"


@dataclass(frozen=True, slots=True)
class Rung:
    """A trial's standing when it had answered so many questions.

    Attributes:
        questions: How many tune questions, the first of the order that all trials share.
        at: When it got there, seconds since the epoch.
        verdict: What early stopping said: `continue`, `pause` or `stop`; `complete` at the last.
        tune: Metric name to estimate over these questions.
    """

    questions: int
    at: float
    verdict: str
    tune: Mapping[str, Estimate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrialResult:
    """One trial.

    Attributes:
        number: Order of proposal, from 0.
        params: Searched parameters by path, active ones only.
        flow: The decoded flow as JSON (`FlowConfig.to_json`).
        state: Where it stands.
        tune: Metric name to estimate over the tune questions that it was asked: all of the split
            when it is complete, the first of them when it was stopped; empty before its first rung.
        holdout: The same on the holdout split; empty unless the trial is on the front.
        violations: Constraint text to amount, those that are broken only.
        evaluations: Questions evaluated on the tune split.
        failures: How many of them failed.
        first_error: The first recorded error, for a person.
        rungs: Where it stood after how many questions, ascending.
        started_at: Seconds since the epoch.
        seconds: Wall time from its start to its end, pauses included.
        index_seconds: Wall time that the flow's index-time work took when it was first done.
        usd_index: Cost of that work: model calls and CPU time.
    """

    number: int
    params: Mapping[str, Json]
    flow: Mapping[str, Json]
    state: TrialState
    tune: Mapping[str, Estimate] = field(default_factory=dict)
    holdout: Mapping[str, Estimate] = field(default_factory=dict)
    violations: Mapping[str, float] = field(default_factory=dict)
    evaluations: int = 0
    failures: int = 0
    first_error: str | None = None
    rungs: tuple[Rung, ...] = ()
    started_at: float = 0.0
    seconds: float = 0.0
    index_seconds: float = 0.0
    usd_index: float = 0.0

    @property
    def id(self) -> str:
        """Name of the trial in files, MLflow and commands: `t007`."""
        return trial_id(self.number)

    @property
    def feasible(self) -> bool:
        """Complete, and no constraint broken."""
        return self.state is TrialState.COMPLETE and not self.violations


@dataclass(frozen=True, slots=True)
class StudyHeader:
    """What is known of a study before it runs: what a view shows above its progress.

    Attributes:
        study: Its name.
        documents: How many there are.
        tune: Questions of the tune split.
        holdout: Questions of the holdout split.
        cardinality: Size of the space, in words.
        trials: How many are wanted.
        objectives: In the order of the study file.
        units: Metric name to unit.
        mlflow: Tracking address, None for none.
    """

    study: str
    documents: int
    tune: int
    holdout: int
    cardinality: str
    trials: int
    objectives: tuple[Objective, ...]
    units: Mapping[str, str]
    mlflow: str | None


@dataclass(frozen=True, slots=True)
class MetricInfo:
    """How a metric is shown."""

    name: str
    direction: str
    unit: str
    summary: str


@dataclass(frozen=True, slots=True)
class Spent:
    """What a study consumed.

    Attributes:
        usd: Money newly paid to providers.
        seconds: Wall time of all sessions.
        trials: Trials made.
        evaluations: Questions asked, on both splits, those that failed included.
        model_calls: Calls newly made.
        cache_hits: Node results and replies found in the cache.
        index_builds: Index-time results computed; what was found is not counted.
    """

    usd: float
    seconds: float
    trials: int
    evaluations: int
    model_calls: int
    cache_hits: int
    index_builds: int = 0


@dataclass(frozen=True, slots=True)
class StudyResult:
    """A study as it stands.

    Attributes:
        study: Its name.
        objectives: In the order of the study file.
        constraints: Declared and default ones.
        metrics: Every metric that was computed, objectives first.
        trials: In order of proposal.
        front: Trial ids of the feasible non-dominated trials on the tune split, best first
            objective first; where no trial is feasible, those that break the constraints least.
        p_nondominated: Front member to the probability that none of the others dominates it.
        recommended: `knee`, `best`, `cheapest_within` to trial ids; None where there is none.
        dataset: Facts for people: path, documents, tune and holdout questions, fingerprint.
        space: Facts for people: path, cardinality as text, number of parameters.
        spent: Totals.
        search: Facts for people: method, seed, trials asked for.
        ended: Why it ended: `trials`, `space exhausted`, `budget: minutes`, `interrupted`, ...;
            empty while it runs.
    """

    study: str
    objectives: tuple[Objective, ...]
    constraints: tuple[Constraint, ...]
    metrics: tuple[MetricInfo, ...]
    trials: tuple[TrialResult, ...]
    front: tuple[str, ...]
    p_nondominated: Mapping[str, float]
    recommended: Mapping[str, str | None]
    dataset: Mapping[str, Json]
    space: Mapping[str, Json]
    spent: Spent
    search: Mapping[str, Json]
    ended: str = ""

    @property
    def feasible(self) -> bool:
        """Whether the front keeps every constraint; if not, its flows are the least-violating."""
        return all(self.trial(id).feasible for id in self.front)

    def trial(self, id: str) -> TrialResult:
        """Return a trial by id.

        Raises:
            KeyError: There is none.
        """
        for trial in self.trials:
            if trial.id == id:
                return trial
        raise KeyError(id)
