"""The spaces that ship, with the catalogue that ships."""

from __future__ import annotations

import random
from pathlib import Path

import jsonschema
import pytest

from syftr_like.contracts import registry
from syftr_like.space import flow_to_yaml_data, load_space, space_from_source, space_json_schema
from syftr_like.yaml_source import dump_yaml, load_yaml, load_yaml_text

SPACES = sorted((Path(__file__).parents[2] / "search_spaces").glob("*.yaml"))


@pytest.fixture(scope="module", autouse=True)
def catalogue() -> None:
    """Instead of the small catalogue of the other tests: the installed one."""
    registry.component_class.cache_clear()


@pytest.mark.parametrize("path", SPACES, ids=lambda path: path.stem)
class TestEach:
    def test_satisfies_the_schema(self, path: Path) -> None:
        validator = jsonschema.Draft202012Validator(space_json_schema())
        assert [e.message for e in validator.iter_errors(load_yaml(path).data)] == []

    def test_holds_flows_that_survive_being_written(self, path: Path) -> None:
        space = load_space(path)
        assert space.cardinality().discrete > 1
        rng = random.Random(0)
        for _ in range(20):
            params = space.sample(rng)
            flow = space.decode(params)
            assert space.encode(flow) == params
            text = dump_yaml(flow_to_yaml_data(flow, space))
            again = space_from_source(load_yaml_text(text, "flow.yaml"))
            assert again.decode({}).key == flow.key


def test_there_are_some() -> None:
    assert SPACES
