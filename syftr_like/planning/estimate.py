"""Totals of a study by Monte Carlo: over flows, models, and how far trials go.

Each draw resamples the rehearsed flows (bootstrap), draws what the models are like, and takes one
played search. Trials take the flows so drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .assumptions import TIME_OFF, Assumptions, ModelBelief
from .durations import KEEP_S, LEARNED, PREPARE_S, Machinery, Work, around, elapsed
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
        machinery: What carries it out.
        usd_limit: Budget of dollars.
        minutes_limit: Budget of minutes.
    """

    trials: int
    played: Sequence[Played]
    holdout: int
    indexes: Interval
    share: float
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
        unknown_calls: Those of `calls` whose lengths nobody knows: they are not in the tokens, and
            in the dollars with up to their worst case.
    """

    tune_evaluations: Interval
    holdout_evaluations: Interval
    evaluations: Interval
    index_builds: Interval
    calls: Interval
    unknown_calls: Interval
    input_tokens: Interval
    output_tokens: Interval
    usd: Interval
    minutes: Interval
    limits: tuple[Limit, ...]


_TOLD = ("calls", "unknown_calls", "input_tokens", "output_tokens", "usd")
QUANTITIES = (*_TOLD, "call_s", "cpu_s")


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
    drawn: dict[str, list[float]] = {name: [] for name in _DRAWN}
    reached: dict[str, list[int | None]] = {"usd": [], "minutes": []}
    for number in range(DRAWS):
        beliefs = {m: assumptions.draw(m, most, rng) for m, most in models.items()}
        per_flow = np.array([_per_question(flow, beliefs) for flow in flows])
        once = np.array([_once(flow, beliefs) for flow in flows])
        built = np.array([_per_build(build, beliefs, shape.share) for build in builds])
        total = _drawn_study(
            (per_flow, once), built, shape, shape.played[number % len(shape.played)], rng, reached
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


_DRAWN = ("tune_evaluations", "holdout_evaluations", "evaluations", *_TOLD, "minutes")


def _drawn_study(
    rehearsed: tuple[Floats, Floats],
    built: Floats,
    shape: StudyShape,
    played: Played,
    rng: np.random.Generator,
    reached: dict[str, list[int | None]],
) -> dict[str, float]:
    """Return one draw's totals, and note when each budget would be used up."""
    import numpy as np

    per_flow, once = rehearsed
    answered, begun, judged = (
        np.resize(np.asarray(numbers, dtype=float), shape.trials)
        for numbers in (played.answered, played.begun, played.judged)
    )
    grown = (shape.trials / len(played.answered)) ** FRONT_GROWS
    front = min(shape.trials, round(played.front * grown))
    resampled = rng.integers(len(per_flow), size=len(per_flow))
    each = resampled[rng.integers(len(resampled), size=shape.trials)]
    ahead = resampled[rng.integers(len(resampled), size=front)]
    expected = shape.indexes
    indexes = expected.likely
    if expected.low < expected.high:
        indexes = rng.triangular(expected.low, expected.likely, expected.high)
    one = built[rng.integers(len(built), size=len(built))].mean(axis=0) if len(built) else 0.0
    index = indexes * one * np.ones(len(QUANTITIES))
    if shape.machinery.learning:
        per_flow = per_flow.copy()
        per_flow[:, _CPU_S] *= rng.uniform(*LEARNED)
    tune = per_flow[each] * answered[:, None] + once[each] * begun[:, None]
    holdout = per_flow[ahead] * shape.holdout + once[ahead]
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
        **dict(zip(_TOLD, map(float, total), strict=False)),
        "minutes": float(minutes_after[-1]),
    }


_USD, _CALL_S, _CPU_S = (QUANTITIES.index(name) for name in ("usd", "call_s", "cpu_s"))


def _per_question(flow: RehearsedFlow, beliefs: dict[str, ModelBelief]) -> list[float]:
    """Return each of `QUANTITIES` per question."""
    asked = _consumed(flow.calls, beliefs)
    return [*(value / flow.questions for value in asked), flow.cpu_s]


def _once(flow: RehearsedFlow, beliefs: dict[str, ModelBelief]) -> list[float]:
    """Return each of `QUANTITIES` for one preparation whose indexes are there."""
    return [*_consumed(flow.own_calls, beliefs), PREPARE_S + flow.prepare_s]


def _per_build(build: Build, beliefs: dict[str, ModelBelief], share: float) -> list[float]:
    """Return each of `QUANTITIES` for one build of all documents."""
    # The dry calls themselves take no time worth mentioning.
    seconds = KEEP_S + build.seconds / share
    return [*(value / share for value in _consumed(build.calls, beliefs)), seconds]


def _consumed(calls: Sequence[DryRecord], beliefs: dict[str, ModelBelief]) -> list[float]:
    unknown = inputs = outputs = usd = seconds = 0.0
    for call in calls:
        belief = beliefs[call.model]
        seconds += belief.seconds
        if not call.declared:
            usd += belief.undeclared.share_of_worst * call.worst_usd
            if belief.undeclared.tokens is None:
                unknown += 1
            else:
                inputs += belief.undeclared.tokens[0]
                outputs += belief.undeclared.tokens[1]
            continue
        reply = min(belief.reply_tokens, call.most_output_tokens)
        part = reply / call.most_output_tokens if call.most_output_tokens else 0.0
        inputs += call.input_tokens * belief.input_ratio
        outputs += reply
        usd += call.input_usd * belief.input_ratio + (call.most_usd - call.input_usd) * part
    return [float(len(calls)), unknown, inputs, outputs, usd, seconds]


def _all_calls(flows: Sequence[RehearsedFlow], builds: Sequence[Build]) -> list[DryRecord]:
    asked = [call for flow in flows for call in (*flow.calls, *flow.own_calls)]
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
