"""Totals of a study by Monte Carlo: over flows, models, and how far trials go.

Each draw resamples the rehearsed flows (bootstrap), draws what the models are like, and takes one
played search. Trials take the flows so drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .assumptions import START_S, TIME_OFF, TRIAL_S, Assumptions, ModelBelief
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
        played: Questions of each trial and size of the front, of several played searches.
        holdout: Questions of the holdout split.
        indexes: Distinct index-time results.
        share: Share of the documents, by characters, that the rehearsal indexed.
        workers: Trials at a time.
        in_flight: Questions at a time, each.
        usd_limit: Budget of dollars.
        minutes_limit: Budget of minutes.
    """

    trials: int
    played: Sequence[tuple[tuple[int, ...], int]]
    holdout: int
    indexes: Interval
    share: float
    workers: int
    in_flight: int
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
    """What a study takes without its budgets, and what they allow of it."""

    tune_evaluations: Interval
    holdout_evaluations: Interval
    evaluations: Interval
    index_builds: Interval
    calls: Interval
    input_tokens: Interval
    output_tokens: Interval
    usd: Interval
    minutes: Interval
    limits: tuple[Limit, ...]


QUANTITIES = ("calls", "input_tokens", "output_tokens", "usd", "call_s", "cpu_s")


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
    for call in [c for f in flows for c in f.calls] + [c for b in builds for c in b.calls]:
        models[call.model] = max(models.get(call.model, 0), call.most_output_tokens)
    drawn: dict[str, list[float]] = {name: [] for name in _DRAWN}
    reached: dict[str, list[int | None]] = {"usd": [], "minutes": []}
    for number in range(DRAWS):
        beliefs = {m: assumptions.draw(m, most, rng) for m, most in models.items()}
        per_flow = np.array([_per_question(flow, beliefs) for flow in flows])
        built = np.array([_per_build(build, beliefs, shape.share) for build in builds])
        total = _drawn_study(
            per_flow, built, shape, shape.played[number % len(shape.played)], rng, reached
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


_DRAWN = (
    "tune_evaluations", "holdout_evaluations", "evaluations", "calls", "input_tokens",
    "output_tokens", "usd", "minutes",
)  # fmt: skip


def _drawn_study(
    per_flow: Floats,
    built: Floats,
    shape: StudyShape,
    played: tuple[tuple[int, ...], int],
    rng: np.random.Generator,
    reached: dict[str, list[int | None]],
) -> dict[str, float]:
    """Return one draw's totals, and note when each budget would be used up."""
    import numpy as np

    answered = np.resize(np.asarray(played[0], dtype=float), shape.trials)
    grown = (shape.trials / len(played[0])) ** FRONT_GROWS
    front = max(1, min(shape.trials, round(played[1] * grown)))
    resampled = per_flow[rng.integers(len(per_flow), size=len(per_flow))]
    each = resampled[rng.integers(len(resampled), size=shape.trials)]
    ahead = resampled[rng.integers(len(resampled), size=front)]
    expected = shape.indexes
    indexes = expected.likely
    if expected.low < expected.high:
        indexes = rng.triangular(expected.low, expected.likely, expected.high)
    one = built[rng.integers(len(built), size=len(built))].mean(axis=0) if len(built) else 0.0
    index = indexes * one * np.ones(len(QUANTITIES))
    tune = each * answered[:, None]
    holdout = ahead * shape.holdout
    slower = rng.lognormal(0, TIME_OFF) / shape.workers
    # Waits for models overlap, and local computing goes on meanwhile; the longer one counts.
    seconds = _wall(tune, shape.in_flight) * slower + TRIAL_S
    holdout_s = float((_wall(holdout, shape.in_flight) * slower).sum())
    index_s = float(index[_CALL_S] + index[_CPU_S]) * slower
    total = tune.sum(axis=0) + holdout.sum(axis=0) + index
    share = np.arange(1, shape.trials + 1) / shape.trials
    usd_after = np.cumsum(tune[:, _USD]) + index[_USD] * share
    seconds_after = START_S + np.cumsum(seconds) + index_s * share
    # What is set aside for the holdout split grows with the front.
    held = share**FRONT_GROWS
    reached["usd"].append(_when(usd_after + holdout[:, _USD].sum() * held, shape.usd_limit))
    minutes_after = (seconds_after + holdout_s * held) / 60
    reached["minutes"].append(_when(minutes_after, shape.minutes_limit))
    return {
        "tune_evaluations": float(answered.sum()),
        "holdout_evaluations": float(front * shape.holdout),
        "evaluations": float(answered.sum() + front * shape.holdout),
        **dict(zip(QUANTITIES[:4], map(float, total[:4]), strict=True)),
        "minutes": float(minutes_after[-1]),
    }


_USD, _CALL_S, _CPU_S = (QUANTITIES.index(name) for name in ("usd", "call_s", "cpu_s"))


def _wall(taken: Floats, in_flight: int) -> Floats:
    import numpy as np

    wall: Floats = np.maximum(taken[:, _CALL_S] / in_flight, taken[:, _CPU_S])
    return wall


def _per_question(flow: RehearsedFlow, beliefs: dict[str, ModelBelief]) -> list[float]:
    """Return each of `QUANTITIES` per question."""
    asked = _consumed(flow.calls, beliefs)
    return [*(value / flow.questions for value in asked), flow.cpu_s]


def _per_build(build: Build, beliefs: dict[str, ModelBelief], share: float) -> list[float]:
    """Return each of `QUANTITIES` for one build of all documents."""
    # The dry calls themselves take no time worth mentioning.
    return [*(value / share for value in _consumed(build.calls, beliefs)), build.seconds / share]


def _consumed(calls: Sequence[DryRecord], beliefs: dict[str, ModelBelief]) -> list[float]:
    inputs = outputs = usd = seconds = 0.0
    for call in calls:
        belief = beliefs[call.model]
        reply = min(belief.reply_tokens, call.most_output_tokens)
        part = reply / call.most_output_tokens if call.most_output_tokens else 0.0
        inputs += call.input_tokens * belief.input_ratio
        outputs += reply
        usd += call.input_usd * belief.input_ratio + (call.most_usd - call.input_usd) * part
        seconds += belief.seconds
    return [float(len(calls)), inputs, outputs, usd, seconds]


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
