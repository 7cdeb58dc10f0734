"""Whether an earlier run can be continued: what may change between sessions, and what may not.

More trials, another budget, other workers or another tracking address go on with the study, for
what was measured stays true. What every evaluation rests on may not change.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from syftr_like.errors import InputError, Location
from syftr_like.ledger import Ledger
from syftr_like.results import TrialState
from syftr_like.space import Space
from syftr_like.space.flow_config import FlowConfig

SPACE = "search space"


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that every evaluation rests on and that is not as it was.

    Attributes:
        what: What differs, for people.
        keys: Where it stands in the study file.
        before: What it was.
        now: What it is.
    """

    what: str
    keys: str
    before: str
    now: str


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """Return what keeps a study from being continued.

    Args:
        before: The lock of the earlier run.
        now: What the lock would be.
    """
    old, new = before["study"], now["study"]
    facts = [
        ("dataset", "dataset", before["dataset"]["fingerprint"], now["dataset"]["fingerprint"]),
        (
            "division of the questions",
            "dataset.split",
            _split(before["dataset"]),
            _split(now["dataset"]),
        ),
        ("objectives", "objectives", _objectives(old), _objectives(new)),
        ("metrics", "metrics", _versions(before["metrics"]), _versions(now["metrics"])),
        (
            "question timeout",
            "limits.question_timeout_s",
            str(old["limits"]["question_timeout_s"]),
            str(new["limits"]["question_timeout_s"]),
        ),
        (
            "price of computing",
            "prices.usd_per_cpu_hour",
            str(old["prices"]["usd_per_cpu_hour"]),
            str(new["prices"]["usd_per_cpu_hour"]),
        ),
        (
            "judge",
            "metrics",
            hash_of(json.dumps(before.get("judges", {}), sort_keys=True)),
            hash_of(json.dumps(now.get("judges", {}), sort_keys=True)),
        ),
        (SPACE, "space", before["space"]["fingerprint"], now["space"]["fingerprint"]),
    ]
    return [Difference(*fact) for fact in facts if fact[2] != fact[3]]


def check_continues(
    found: Sequence[Difference], study: str, location: Location, *, extend: bool
) -> None:
    """Check that a study can be continued.

    Raises:
        InputError: Something that every evaluation rests on differs; the search space may when
            the study is extended.
    """
    barring = [d for d in found if not (extend and d.what == SPACE)]
    if not barring:
        return
    first = barring[0]
    others = ", ".join(d.what for d in barring[1:])
    only_space = all(d.what == SPACE for d in barring)
    raise InputError(
        f"the {first.what} of the study '{study}' is not what it was when it was run"
        + (f"; nor is the {others}" if others else ""),
        location=location,
        found=f"{first.keys}: {first.now}, and {first.before} in the earlier run",
        expected="--fresh, which keeps the earlier run under another name and starts anew"
        + (
            ", or --extend, which keeps what is still valid in the new space"
            if only_space
            else ", or what it was"
        ),
    )


def move_to_space(ledger: Ledger, space: Space) -> tuple[int, int]:
    """Fit the trials of an earlier run into a space that was changed.

    A trial stays if the space holds its flow, whatever its parameters are called now; the others
    are kept in the ledger and count no more. A flow that a space holds again counts again, and
    waits at its last rung: whether it was stopped there or cut off beyond is not known any more.

    Returns:
        How many trials stay, and how many are outside.
    """
    inside = outside = 0
    for trial in ledger.trials():
        try:
            params = space.encode(FlowConfig.from_json(trial.flow))
        except InputError:
            outside += 1
            ledger.set_state(trial.number, TrialState.OUTSIDE)
            continue
        inside += 1
        ledger.set_params(trial.number, params)
        if trial.state is TrialState.OUTSIDE:
            ledger.set_state(trial.number, TrialState.PAUSED)
    return inside, outside


def _split(dataset: Mapping[str, Any]) -> str:
    tune, holdout = dataset["tune"], dataset["holdout"]
    return f"{len(tune)} tune and {len(holdout)} holdout questions ({hash_of(tune, holdout)})"


def hash_of(*lists: Sequence[str]) -> str:
    """Return a short digest of lists of ids, in their order."""
    from syftr_like.contracts import fingerprint

    return fingerprint(*("\x1f".join(items) for items in lists))[:8]


def _objectives(study: Mapping[str, Any]) -> str:
    parts = [
        f"{direction} {', '.join(study['objectives'][direction])}"
        for direction in ("maximize", "minimize")
        if study["objectives"][direction]
    ]
    return "; ".join(parts)


def _versions(metrics: Mapping[str, int]) -> str:
    return ", ".join(f"{name} v{version}" for name, version in sorted(metrics.items()))
