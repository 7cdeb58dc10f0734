"""Totals of a study by Monte Carlo: over flows, models, and how far trials go.

Each draw resamples the rehearsed flows (bootstrap), draws what the models are like and how long
loops are, and takes one played search. Trials take the flows so drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from syftr_like.contracts import DryCourse

from .assumptions import TIME_OFF, Assumptions, draw_course
from .consumption import (
    QUANTITIES,
    TOLD,
    Amount,
    Beliefs,
    FlowAmounts,
    build_amount,
    flow_amounts,
)
from .dry_judges import AskedAbout
from .durations import LEARNED, Machinery, Work, around, elapsed
from .evaluations import Played
from .interval import Interval, interval_of
from .rehearsal import RehearsedFlow
from .watched_store import Build

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .dry_models import DryRecord

    Floats = NDArray[np.float64]

DRAWS = 1000
FRONT_GROWS = 0.6
"""A front grows about with this power of the number of trials."""


@dataclass(frozen=True)
class StudyShape:
    """What a study is to do.

    Attributes:
        trials: How many.
        played: Several played searches.
        holdout: Questions of the holdout split.
        indexes: Distinct index-time results.
        share: Share of the documents, by characters, that the rehearsal indexed.
        judged: By metric, about which questions a judge asks.
        replays: Whether equal requests are made once: what was learned from is answered already,
            and preparing a trial again takes no calls.
        machinery: What carries it out.
        usd_limit: Budget of dollars.
        minutes_limit: Budget of minutes.
    """

    trials: int
    played: Sequence[Played]
    holdout: int
    indexes: Interval
    share: float
    judged: Mapping[str, AskedAbout]
    replays: bool
    machinery: Machinery
    usd_limit: float | None
    minutes_limit: float | None


@dataclass(frozen=True, slots=True)
class Limit:
    """What a budget allows.

    Attributes:
        kind: `usd` or `minutes`.
        value: The budget.
        used_up: Probability that it is used up before all trials are done.
        trials: Trials done until then, where it is used up.
    """

    kind: str
    value: float
    used_up: float
    trials: Interval | None


@dataclass(frozen=True)
class Totals:
    """What a study takes without its budgets, and what they allow of it.

    Attributes:
        calls: Of models, by flows, for indexes and by judges.
        judge_calls: Those of `calls` that judges make, who are metrics.
        unknown_calls: Those of `calls` whose lengths nobody knows: they are not in the tokens, and
            in the dollars with up to their worst case.
    """

    tune_evaluations: Interval
    holdout_evaluations: Interval
    evaluations: Interval
    index_builds: Interval
    calls: Interval
    judge_calls: Interval
    unknown_calls: Interval
    input_tokens: Interval
    output_tokens: Interval
    usd: Interval
    minutes: Interval
    limits: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Each of `QUANTITIES` of each flow, shape (flows, quantities); see `FlowAmounts`."""

    per_tune: Floats
    per_holdout: Floats
    once: Floats
    again: Floats


def estimate(
    flows: Sequence[RehearsedFlow],
    builds: Sequence[Build],
    shape: StudyShape,
    assumptions: Assumptions,
    *,
    seed: int = 0,
) -> Totals:
    """Return the totals.

    Args:
        flows: Rehearsed flows; at least one.
        builds: What was built for them.
        shape: What the study is to do.
        assumptions: What models are like.
        seed: Of the draws.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    models: dict[str, int] = {}
    for call in _all_calls(flows, builds):
        models[call.model] = max(models.get(call.model, 0), call.most_output_tokens)
    amounts = {
        course: [flow_amounts(f, course, shape.judged, replays=shape.replays) for f in flows]
        for course in DryCourse
    }
    build_amounts = [build_amount(build, shape.share) for build in builds]
    drawn: dict[str, list[float]] = {name: [] for name in _DRAWN}
    reached: dict[str, list[int | None]] = {"usd": [], "minutes": []}
    for number in range(DRAWS):
        beliefs = {m: assumptions.draw(m, most, rng) for m, most in models.items()}
        drawn_flows = _drawn_flows(amounts, draw_course(rng), beliefs)
        built = np.array([amount.drawn(beliefs) for amount in build_amounts])
        total = _drawn_study(
            drawn_flows, built, shape, shape.played[number % len(shape.played)], rng, reached
        )
        for name, value in total.items():
            drawn[name].append(value)
    limits = [
        _limit(kind, value, reached[kind])
        for kind, value in (("usd", shape.usd_limit), ("minutes", shape.minutes_limit))
        if value is not None
    ]
    return Totals(
        index_builds=shape.indexes,
        **{name: interval_of(values) for name, values in drawn.items()},
        limits=tuple(limits),
    )


_DRAWN = ("tune_evaluations", "holdout_evaluations", "evaluations", *TOLD, "minutes")


def _drawn_flows(
    amounts: Mapping[DryCourse, Sequence[FlowAmounts]],
    course: Mapping[DryCourse, float],
    beliefs: Beliefs,
) -> _Drawn:
    """Return what flows take in one draw, between the courses that loops may take."""
    import numpy as np

    def mixed(part: Callable[[FlowAmounts], Amount]) -> Floats:
        found: Floats = np.sum(
            [
                share * np.array([part(flow).drawn(beliefs) for flow in amounts[taken]])
                for taken, share in course.items()
                if share > 0
            ],
            axis=0,
        )
        return found

    return _Drawn(
        mixed(attrgetter("per_tune")),
        mixed(attrgetter("per_holdout")),
        mixed(attrgetter("once")),
        mixed(attrgetter("again")),
    )


def _drawn_study(
    rehearsed: _Drawn,
    built: Floats,
    shape: StudyShape,
    played: Played,
    rng: np.random.Generator,
    reached: dict[str, list[int | None]],
) -> dict[str, float]:
    """Return one draw's totals, and note when each budget would be used up."""
    import numpy as np

    per_tune, per_holdout = rehearsed.per_tune, rehearsed.per_holdout
    answered, begun, judged = (
        np.resize(np.asarray(numbers, dtype=float), shape.trials)
        for numbers in (played.answered, played.begun, played.judged)
    )
    grown = (shape.trials / len(played.answered)) ** FRONT_GROWS
    front = min(shape.trials, round(played.front * grown))
    resampled = rng.integers(len(per_tune), size=len(per_tune))
    each = resampled[rng.integers(len(resampled), size=shape.trials)]
    ahead = resampled[rng.integers(len(resampled), size=front)]
    expected = shape.indexes
    indexes = expected.likely
    if expected.low < expected.high:
        indexes = rng.triangular(expected.low, expected.likely, expected.high)
    one = built[rng.integers(len(built), size=len(built))].mean(axis=0) if len(built) else 0.0
    index = indexes * one * np.ones(len(QUANTITIES))
    if shape.machinery.learning:
        faster = np.ones(len(QUANTITIES))
        faster[_CPU_S] = rng.uniform(*LEARNED)
        per_tune, per_holdout = per_tune * faster, per_holdout * faster
    again = rehearsed.again
    tune = per_tune[each] * answered[:, None]
    tune += rehearsed.once[each] + again[each] * (begun - 1)[:, None]
    holdout = per_holdout[ahead] * shape.holdout + again[ahead]
    total = tune.sum(axis=0) + holdout.sum(axis=0) + index
    share = np.arange(1, shape.trials + 1) / shape.trials
    usd_after = np.cumsum(tune[:, _USD]) + index[_USD] * share
    # What is set aside for the holdout split grows with the front.
    held = share**FRONT_GROWS
    reached["usd"].append(_when(usd_after + holdout[:, _USD].sum() * held, shape.usd_limit))
    flows_slower, slower = rng.lognormal(0, TIME_OFF, size=2)
    spread = tune + index / shape.trials
    searching = Work(
        spread[:, _CALL_S] * flows_slower, spread[:, _CPU_S] * flows_slower, judged, begun
    )
    ones = np.ones(front)
    checking = Work(
        holdout[:, _CALL_S] * flows_slower,
        holdout[:, _CPU_S] * flows_slower,
        judged=ones,
        begun=ones,
        proposed=False,
    )
    seconds_after = elapsed(searching, shape.machinery, slower)
    seconds_after = seconds_after + slower * around(shape.machinery, front)
    if front:
        seconds_after = seconds_after + elapsed(checking, shape.machinery, slower)[-1] * held
    minutes_after = seconds_after / 60
    reached["minutes"].append(_when(minutes_after, shape.minutes_limit))
    return {
        "tune_evaluations": float(answered.sum()),
        "holdout_evaluations": float(front * shape.holdout),
        "evaluations": float(answered.sum() + front * shape.holdout),
        **dict(zip(TOLD, map(float, total), strict=False)),
        "minutes": float(minutes_after[-1]),
    }


_USD, _CALL_S, _CPU_S = (QUANTITIES.index(name) for name in ("usd", "call_s", "cpu_s"))


def _all_calls(flows: Sequence[RehearsedFlow], builds: Sequence[Build]) -> list[DryRecord]:
    asked = [call for flow in flows for call in flow.planned_calls]
    return asked + [call for build in builds for call in build.calls]


def _when(after: Floats, limit: float | None) -> int | None:
    """Return how many trials are done when a limit is reached; None where it is not."""
    import numpy as np

    if limit is None or after[-1] < limit:
        return None
    return int(np.argmax(after >= limit))


def _limit(kind: str, value: float, reached: Sequence[int | None]) -> Limit:
    trials = [number for number in reached if number is not None]
    share = len(trials) / len(reached)
    return Limit(kind, value, share, interval_of(trials) if trials else None)
