"""Judges among the metrics of a study: `{as: correct, llm_judge: {llm: large}}`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from syftr_like.contracts import Json
from syftr_like.contracts.judge import Judge
from syftr_like.contracts.registry import evaluator_names
from syftr_like.evaluation import JudgedMetric
from syftr_like.flow.build import build_component
from syftr_like.space import ComponentConfig, Space
from syftr_like.space.cursor import Cursor
from syftr_like.space.names import Names, Place
from syftr_like.space.options import read_component
from syftr_like.space.tree import Choice, ComponentOption, Fixed, Parameter, component_decisions
from syftr_like.space.walk import fixed_component
from syftr_like.yaml_source import YamlSource

from .model import StudyFile

_JUDGE = Place(Judge, "a metric")


def read_judges(file: StudyFile, source: YamlSource, space: Space) -> dict[str, ComponentConfig]:
    """Return the judges among the metrics, by the names of their metrics.

    Args:
        file: The study.
        source: Its file.
        space: Its space, whose models they may use by name.

    Raises:
        InputError: A mistake in one of them, a name that is taken, or something to be searched.
    """
    models = {name: _option(config) for name, config in space.models.items() if "." not in name}
    names = Names(models, tuple(file.allow_imports))
    judges: dict[str, ComponentConfig] = {}
    for index, entry in enumerate(file.metrics or ()):
        if isinstance(entry, str):
            continue
        cursor = Cursor(source, ("metrics", index))
        option = read_component(cursor, "metrics", _JUDGE, names)
        if option.name in judges or option.name in evaluator_names():
            raise cursor.error(
                f"there is a metric '{option.name}' already",
                expected="a name of its own: `{as: <name>, ...}`",
            )
        if any(component_decisions(option)):
            raise cursor.error(
                "a metric is fixed: nothing of it is searched",
                expected="values; a study that searches for a judge has one as its flow",
            )
        judges[option.name] = fixed_component(option)
    return judges


def judged_metrics(
    judges: Mapping[str, ComponentConfig], allow_imports: Sequence[str]
) -> dict[str, JudgedMetric]:
    """Return the metrics that judges make.

    Raises:
        InputError: A judge cannot be made.
    """
    made: dict[str, JudgedMetric] = {}
    for name, config in judges.items():
        judge = build_component(config, allow_imports)
        assert isinstance(judge, Judge)
        made[name] = JudgedMetric(name, judge)
    return made


def judges_json(judges: Mapping[str, ComponentConfig]) -> dict[str, Json]:
    """Return judges as JSON."""
    return {name: config.to_json() for name, config in judges.items()}


def judges_from_json(data: Mapping[str, Any]) -> dict[str, ComponentConfig]:
    """Return what `judges_json` made JSON of."""
    return {name: ComponentConfig.from_json(config) for name, config in data.items()}


def _option(config: ComponentConfig) -> ComponentOption:
    """Return a configured component as an option with nothing to decide."""
    parameters = (
        Parameter(
            name,
            Choice(name, (_option(value),)) if isinstance(value, ComponentConfig) else Fixed(value),
        )
        for name, value in config.parameters.items()
    )
    return ComponentOption(config.option, config.component, tuple(parameters))
