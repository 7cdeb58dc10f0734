"""Real parts for the catalogue's tests: components by name, an index store, the shared data."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from syftr_like.contracts import Chunks, Component, Document, Documents, Index, traits
from syftr_like.contracts.registry import component_class

DATA = Path(os.environ.get("SYFTR_LIKE_DATA", Path(__file__).parents[3] / "shared" / "data"))


class MemoryIndexes:
    """Keeps built indexes by key, and counts the builds."""

    def __init__(self) -> None:
        self.built: dict[str, Any] = {}
        self.recipes: list[Index[Any]] = []

    def get(self, recipe: Index[Any], chunks: Chunks) -> Any:
        key = recipe.key(chunks)
        if key not in self.built:
            self.recipes.append(recipe)
            self.built[key] = recipe.build(chunks, self)
        return self.built[key]


def make_component(name: str, **values: Any) -> Any:
    """Make a component by its catalogue name; unnamed component parameters get their default."""
    made = component_class(name)
    for parameter, field in made.Parameters.model_fields.items():
        default = traits(field).component_default
        if parameter not in values and default is not None:
            values[parameter] = make_component(default)
    return made(made.Parameters(**values))


@pytest.fixture
def make() -> Callable[..., Any]:
    return make_component


@pytest.fixture
def indexes() -> MemoryIndexes:
    return MemoryIndexes()


@pytest.fixture(scope="session")
def shared_documents() -> Callable[[str], Documents]:
    def load(dataset: str) -> Documents:
        return Documents(Document(**row) for row in rows(dataset, "documents"))

    return load


@pytest.fixture(scope="session")
def shared_questions() -> Callable[[str], list[dict[str, Any]]]:
    return lambda dataset: rows(dataset, "questions")


def rows(dataset: str, table: str) -> list[dict[str, Any]]:
    path = DATA / dataset / f"{table}.jsonl"
    if not path.exists():
        pytest.skip(f"{dataset} is not at SYFTR_LIKE_DATA or ../shared/data")
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


__all__ = ["Component", "MemoryIndexes", "make_component"]
