"""Whether what a study's components need from outside is there, before anything is begun."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from syftr_like.contracts import Component
from syftr_like.contracts.registry import component_class
from syftr_like.errors import Location, UnavailableError
from syftr_like.flow.build import build_component
from syftr_like.space.component_samples import sample_components
from syftr_like.yaml_source import load_yaml

if TYPE_CHECKING:
    from syftr_like.space import ComponentConfig, Space

    from .loading import LoadedStudy


def check_available(loaded: LoadedStudy) -> None:
    """Check keys and packages of every component in a study's space; calls nobody.

    Only this process is looked at: workers of a cluster have environments of their own, and end
    the study when something is missing there.

    Raises:
        UnavailableError: A package or a key is missing; it names the model and where it stands.
    """
    seen: set[str] = set()
    for config in sample_components(loaded.space.tree, _needs_something):
        identity = json.dumps(config.identity(), sort_keys=True)
        if identity in seen:
            continue
        seen.add(identity)
        try:
            build_component(config, loaded.file.allow_imports).check_available()
        except UnavailableError as error:
            raise UnavailableError(
                error.problem,
                location=_place(loaded.space, config),
                found=error.found,
                expected=error.expected,
                nearest=error.nearest,
            ) from error


def _needs_something(component: str) -> bool:
    return component_class(component).check_available is not Component.check_available


def _place(space: Space, config: ComponentConfig) -> Location:
    """Return the line of an entry of `models`; the file alone for what stands in the graph."""
    path = Path(space.source)
    if config.option not in space.models or not path.is_file():
        return Location(space.source)
    return load_yaml(path).location(("models", config.option), key=True)
