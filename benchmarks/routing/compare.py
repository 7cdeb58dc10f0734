"""Compares routers and cascades over recorded models: see README.md.

Usage: python benchmarks/routing/compare.py [--output results.json]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from methods import (
    ROUTERS,
    THRESHOLDS,
    WEIGHTS,
    Calibrated,
    Served,
    agreement,
    agreement_at_once,
    chains,
    cross_served,
    oracle,
    single,
)
from table import Table, load

BUDGETS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
"""Shares of the best single model's cost."""

TARGETS = {"at 60 % of the cost": 0.58, "at the same cost": 0.98}
"""What a configuration may cost on the fitting half, of the best model; a little is kept back."""

COST_WEIGHTS = (0.05, 0.15)
CANDIDATES, TRIED_CHAINS, SPLITS, CALIBRATED_SPLITS, RESAMPLES = 9, 8, 20, 5, 2000


@dataclass(frozen=True)
class Option:
    """A configuration: what it came to on the fitting half, and how it serves the other."""

    name: str
    fitted: Served
    serve: Callable[[], Served]


def halves(table: Table, seed: int) -> tuple[Table, Table]:
    order = np.random.default_rng(seed).permutation(len(table))
    half = len(table) // 2
    return table.part(np.sort(order[:half])), table.part(np.sort(order[half:]))


def best_single(table: Table) -> int:
    return int(table.scores.mean(axis=0).argmax())


def candidates(fit: Table, best: int) -> list[int]:
    """The best model, and the most accurate of those that cost less."""
    costs, scores = fit.costs.mean(axis=0), fit.scores.mean(axis=0)
    cheaper = [m for m in np.argsort(-scores) if costs[m] < costs[best] and m != best]
    return [best, *(int(m) for m in cheaper[: CANDIDATES - 1])]


def singles(fit: Table, report: Table) -> list[Option]:
    return [
        Option(name, single(fit, n), lambda n=n: single(report, n))
        for n, name in enumerate(fit.models)
    ]


def routed(fit: Table, report: Table, models: Sequence[int], router: str) -> list[Option]:
    """A router at each weight of cost; the fitting half is served by cross-fitting."""
    serve = ROUTERS[router]
    few, other = fit.of(models), report.of(models)
    return [
        Option(
            f"cost_weight {weight}",
            cross_served(few, lambda a, b, w=weight: serve(a, b, w)),
            lambda w=weight: serve(few, other, w),
        )
        for weight in WEIGHTS
    ]


def agreeing(fit: Table, report: Table, models: Sequence[int], at_once: bool) -> list[Option]:
    run = agreement_at_once if at_once else agreement
    return [
        Option(
            " > ".join(fit.models[m] for m in chain),
            agreement_at_once(fit, chain),
            lambda c=chain: run(report, c),
        )
        for chain in chains(models)
    ]


def calibrated(
    fit: Table, report: Table, tried: Iterable[Sequence[int]], labels: int | None = None
) -> list[Option]:
    """A calibrated cascade of some chains, at pairs of thresholds.

    Serves the other half by what `labels` questions of the fitting half teach, all where None.
    """
    found: list[Option] = []
    for chain in tried:
        fold = np.arange(len(fit)) % 5
        parts = [Calibrated(fit.part(fold != f), fit.part(fold == f), chain) for f in range(5)]
        serving = Calibrated(fit.part(slice(labels)), report, chain)
        steps = len(chain) - 1
        for pair in product(THRESHOLDS, repeat=min(steps, 2)):
            thresholds = [*pair, *[pair[-1]] * (steps - len(pair))]
            served = [part.at(thresholds) for part in parts]
            fitted = Served(
                np.concatenate([s.scores for s in served]),
                np.concatenate([s.costs for s in served]),
            )
            name = " > ".join(fit.models[m] for m in chain) + f" at {thresholds}"
            found.append(Option(name, fitted, lambda s=serving, t=thresholds: s.by_component(t)))
    return found


def most_accurate(options: Sequence[Option], cost: float) -> Option | None:
    affordable = [option for option in options if option.fitted.cost <= cost]
    return max(affordable, key=lambda o: (o.fitted.accuracy, -o.fitted.cost), default=None)


def against(served: Served, reference: Served) -> dict[str, Any]:
    """Return accuracy and cost against a reference, with paired bootstrap intervals of 95 %."""
    rng = np.random.default_rng(0)
    n = len(served.scores)
    gains, ratios = [], []
    for _ in range(RESAMPLES):
        rows = rng.integers(0, n, n)
        gains.append((served.scores[rows] - reference.scores[rows]).mean())
        ratios.append(served.costs[rows].mean() / reference.costs[rows].mean())
    low, high = np.quantile(gains, [0.025, 0.975])
    cheap, dear = np.quantile(ratios, [0.025, 0.975])
    gain = served.accuracy - reference.accuracy
    return {
        "accuracy": round(served.accuracy, 4),
        "gain": [round(float(v), 4) for v in (gain, low, high)],
        "cost_ratio": [round(float(v), 3) for v in (served.cost / reference.cost, cheap, dear)],
    }


def shown(option: Option | None, reference: Served) -> dict[str, Any] | None:
    if option is None:
        return None
    fitted = {"accuracy": round(option.fitted.accuracy, 4)}
    return {"configuration": option.name, "fitted": fitted, **against(option.serve(), reference)}


def targets(options: Sequence[Option], fitted: Served, reference: Served) -> dict[str, Any]:
    """Return what the most accurate configuration comes to whose cost on the fitting half fits."""
    return {
        target: shown(most_accurate(options, share * fitted.cost), reference)
        for target, share in TARGETS.items()
    }


def promising(
    fit: Table, options: Sequence[Option], models: Sequence[int]
) -> list[tuple[int, ...]]:
    """Return chains to calibrate: pairs that end in the best model, and the best by agreement.

    Best is accuracy less some weight of the cost, as a share of the best model's, for two weights.
    Here the first branch may end it: so all but the last go from cheap to dear.
    """
    costs = fit.costs.mean(axis=0)
    found = [(m, models[0]) for m in models[1:4]]
    for weight in COST_WEIGHTS:
        values = [o.fitted.accuracy - weight * o.fitted.cost / costs[models[0]] for o in options]
        ranked = sorted(zip(values, chains(models), strict=True), key=lambda pair: -pair[0])
        for _, (*first, last) in ranked[:TRIED_CHAINS]:
            found.append((*sorted(first, key=lambda m: float(costs[m])), last))
    return list(dict.fromkeys(found))


def main_split(table: Table) -> dict[str, Any]:
    fit, report = halves(table, 0)
    best = best_single(fit)
    fitted, reference = single(fit, best), single(report, best)
    models = candidates(fit, best)
    options = {"single models": singles(fit, report)}
    for router in ROUTERS:
        options[router] = routed(fit, report, models, router)
        print(router, flush=True)
    by_agreement = agreeing(fit, report, models, at_once=False)
    options["cascade (agreement)"] = by_agreement
    tried = promising(fit, by_agreement, models)
    options["calibrated_cascade"] = calibrated(fit, report, tried)
    options["calibrated_cascade, 200 labels"] = calibrated(fit, report, tried, labels=200)
    print("calibrated_cascade", flush=True)
    return {
        "questions": [len(fit), len(report)],
        "best single model": fit.models[best],
        "best single accuracy": [round(fitted.accuracy, 4), round(reference.accuracy, 4)],
        "best single usd_per_1k": round(reference.cost * 1000, 4),
        "candidates": [fit.models[m] for m in models],
        "single models": {
            name: {
                "accuracy": round(single(report, n).accuracy, 4),
                "cost_ratio": round(single(report, n).cost / reference.cost, 3),
            }
            for n, name in sorted(enumerate(fit.models), key=lambda p: -report.scores.mean(0)[p[0]])
        },
        "oracle of all": against(oracle(report), reference),
        "oracle of the candidates": against(oracle(report.of(models)), reference),
        "curve": {
            name: {
                str(budget): shown(most_accurate(of, budget * fitted.cost), reference)
                for budget in BUDGETS
            }
            for name, of in options.items()
        },
        "targets": {name: targets(of, fitted, reference) for name, of in options.items()},
    }


def other_splits(table: Table) -> dict[str, Any]:
    """The cascades' two targets over other random halves: mean, least and greatest."""
    found: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for seed in range(1, SPLITS + 1):
        fit, report = halves(table, seed)
        best = best_single(fit)
        fitted, reference = single(fit, best), single(report, best)
        models = candidates(fit, best)
        options = {"cascade (agreement)": agreeing(fit, report, models, at_once=True)}
        if seed <= CALIBRATED_SPLITS:
            tried = promising(fit, options["cascade (agreement)"], models)
            options["calibrated_cascade"] = calibrated(fit, report, tried)
        for (name, of), (target, share) in product(options.items(), TARGETS.items()):
            option = most_accurate(of, share * fitted.cost)
            assert option is not None
            served = option.serve()
            pair = served.accuracy - reference.accuracy, served.cost / reference.cost
            found.setdefault(name, {}).setdefault(target, []).append(pair)
        print("split", seed, flush=True)
    return {
        name: {
            target: {
                "splits": len(pairs),
                "gain": [round(v, 4) for v in _spread([gain for gain, _ in pairs])],
                "cost_ratio": [round(v, 3) for v in _spread([ratio for _, ratio in pairs])],
            }
            for target, pairs in of.items()
        }
        for name, of in found.items()
    }


def _spread(values: Sequence[float]) -> tuple[float, float, float]:
    return float(np.mean(values)), min(values), max(values)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("results.json"))
    arguments = parser.parse_args()
    table = load()
    results = {"main split": main_split(table), "other splits": other_splits(table)}
    arguments.output.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
