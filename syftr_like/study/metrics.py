"""Which metrics a study computes, and its objectives and constraints among them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

from syftr_like.contracts import Direction, Evaluator
from syftr_like.contracts.registry import evaluator, evaluator_names
from syftr_like.dataset import Split
from syftr_like.errors import InputError, nearest
from syftr_like.search.objective import Constraint, Objective
from syftr_like.yaml_source import YamlSource

from .model import StudyFile

FAILURE_RATE = "failure_rate"
DEFAULT_CONSTRAINT = Constraint(FAILURE_RATE, "<=", 0.1)
"""Holds unless the study states one of its own on the failure rate."""

_CONSTRAINT = re.compile(
    r"^\s*([A-Za-z_]\w*)\s*(<=|>=)\s*"
    r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*$"
)

Path = tuple[str | int, ...]


Judges = Mapping[str, Evaluator]
"""The metrics of a study that judges make, by name."""


def read_objectives(file: StudyFile, source: YamlSource, judges: Judges) -> tuple[Objective, ...]:
    """Return the objectives, those to be made large first.

    Raises:
        InputError: None at all, an unknown metric, one twice, or one turned the wrong way.
    """
    objectives: list[Objective] = []
    seen: dict[str, Path] = {}
    for direction, names in (
        (Direction.MAXIMIZE, file.objectives.maximize),
        (Direction.MINIMIZE, file.objectives.minimize),
    ):
        for index, name in enumerate(names):
            path: Path = ("objectives", direction.value, index)
            metric = find_metric(name, source, path, judges)
            if name in seen:
                raise source.error(
                    path,
                    f"the metric '{name}' is an objective twice",
                    found=f"first in {source.location(seen[name])} and again here",
                    expected="each metric once",
                )
            seen[name] = path
            if metric.direction is not direction:
                better = "larger" if metric.direction is Direction.MAXIMIZE else "smaller"
                raise source.error(
                    path,
                    f"'{name}' is better when it is {better}",
                    found=f"under {direction.value}",
                    expected=f"under {metric.direction.value}",
                )
            objectives.append(Objective(name, direction))
    if not objectives:
        raise source.error(
            ("objectives",),
            "a study needs at least one objective",
            found="no metric under maximize or minimize",
            expected="such as maximize: [answer_match]; `optimize components` lists the metrics",
        )
    return tuple(objectives)


def read_constraints(file: StudyFile, source: YamlSource, judges: Judges) -> tuple[Constraint, ...]:
    """Return the declared constraints, and the one on failures that holds by default.

    Raises:
        InputError: Malformed, an unknown metric, or the same bound twice.
    """
    constraints: list[Constraint] = []
    for index, text in enumerate(file.constraints):
        path: Path = ("constraints", index)
        constraint = _read_constraint(text, source, path, judges)
        for other in constraints:
            if other.metric == constraint.metric:
                _check_both(other, constraint, source, path)
        constraints.append(constraint)
    if not any(c.metric == FAILURE_RATE for c in constraints):
        constraints.append(DEFAULT_CONSTRAINT)
    return tuple(constraints)


def _read_constraint(text: str, source: YamlSource, path: Path, judges: Judges) -> Constraint:
    match = _CONSTRAINT.match(text)
    if match is None:
        raise source.error(
            path,
            "this is not a constraint",
            found=text,
            expected="`metric <= number` or `metric >= number`, such as latency_p95_s <= 2",
        )
    name, operator, number = match.groups()
    lowest, highest = find_metric(name, source, path, judges).bounds
    bound = float(number)
    if not (
        math.isfinite(bound)
        and (lowest is None or bound >= lowest)
        and (highest is None or bound <= highest)
    ):
        ends = [f"from {lowest:g}" if lowest is not None else ""]
        ends += [f"to {highest:g}" if highest is not None else ""]
        raise source.error(
            path,
            f"'{name}' never has this value",
            found=text,
            expected=" ".join(["a number", *(end for end in ends if end)]),
        )
    return Constraint(name, "<=" if operator == "<=" else ">=", bound)


def _check_both(one: Constraint, other: Constraint, source: YamlSource, path: Path) -> None:
    """Check that two bounds of one metric are one from above and one from below, with a gap."""
    if one.operator == other.operator:
        raise source.error(
            path,
            f"'{one.metric}' is bounded twice in the same direction",
            found=f"{one}, {other}",
            expected="one bound",
        )
    lowest, highest = (one, other) if one.operator == ">=" else (other, one)
    if lowest.bound > highest.bound:
        raise source.error(
            path,
            f"no value of '{one.metric}' keeps both bounds",
            found=f"{one}, {other}",
            expected="a lower bound that is not above the upper one",
        )


def read_metrics(
    file: StudyFile,
    source: YamlSource,
    objectives: tuple[Objective, ...],
    constraints: tuple[Constraint, ...],
    judges: Judges,
) -> tuple[Evaluator, ...]:
    """Return every metric to compute: objectives, constraints, then the further ones.

    Raises:
        InputError: An unknown metric.
    """
    names = [o.metric for o in objectives] + [c.metric for c in constraints]
    if file.metrics is None:
        names += [name for name in evaluator_names() if evaluator(name).standard]
    else:
        for index, name in enumerate(file.metrics):
            if isinstance(name, str):
                find_metric(name, source, ("metrics", index), judges)
                names.append(name)
        names += judges
    return tuple(judges.get(name) or evaluator(name) for name in dict.fromkeys(names))


def check_metrics_apply(
    split: Split,
    objectives: tuple[Objective, ...],
    constraints: tuple[Constraint, ...],
    evaluators: tuple[Evaluator, ...],
    source: YamlSource,
) -> None:
    """Check that what decides the study is defined for some question of each split.

    Raises:
        InputError: A metric that the dataset has no question for.
    """
    by_name = {e.name: e for e in evaluators}
    for name, path in _deciding(objectives, constraints, source):
        for split_name, questions in (("tune", split.tune), ("holdout", split.holdout)):
            if not any(by_name[name].applies(question) for question in questions):
                answerable = sum(question.answerable for question in questions)
                evidence = sum(bool(question.evidence) for question in questions)
                raise source.error(
                    path,
                    f"'{name}' is defined for no question of the {split_name} split",
                    found=f"{len(questions)} questions, {answerable} answerable,"
                    f" {evidence} with evidence",
                    expected="questions with the labels that it needs, or another metric",
                )


def _deciding(
    objectives: tuple[Objective, ...], constraints: tuple[Constraint, ...], source: YamlSource
) -> Iterator[tuple[str, Path]]:
    """Yield the metrics that decide a study, and where the study file names them."""
    for objective in objectives:
        key = objective.direction.value
        names = source.value(("objectives", key))
        yield objective.metric, ("objectives", key, names.index(objective.metric))
    # A default constraint stands behind the declared ones, and nowhere in the file.
    for index, constraint in enumerate(constraints):
        yield constraint.metric, ("constraints", index)


def find_metric(name: str, source: YamlSource, path: Path, judges: Judges) -> Evaluator:
    """Return a metric by name, with the place in the file should it not exist."""
    if name in judges:
        return judges[name]
    known = [*judges, *evaluator_names()]
    if name not in known:
        raise source.error(
            path,
            f"unknown metric '{name}'",
            found=name,
            expected=f"one of {', '.join(known)}",
            nearest=nearest(name, known),
        )
    try:
        return evaluator(name)
    except InputError as error:
        raise source.error(
            path, error.problem, found=error.found, expected=error.expected
        ) from error
