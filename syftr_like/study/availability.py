"""Whether what a study's components need from outside is there, before anything is begun."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from syftr_like.contracts import Component
from syftr_like.contracts.registry import component_class
from syftr_like.errors import Location, UnavailableError
from syftr_like.flow.build import build_component
from syftr_like.yaml_source import load_yaml

from .distinct_components import distinct_components

if TYPE_CHECKING:
    from syftr_like.space import ComponentConfig

    from .loading import LoadedStudy


def check_available(loaded: LoadedStudy) -> None:
    """Check keys and packages of every component in a study's space and judges; calls nobody.

    Only this process is looked at: workers of a cluster have environments of their own, and end
    the study when something is missing there.

    Raises:
        UnavailableError: A package or a key is missing; it names the model and where it stands.
    """
    for config in distinct_components(loaded, _needs_something):
        try:
            build_component(config, loaded.file.allow_imports).check_available()
        except UnavailableError as error:
            raise UnavailableError(
                error.problem,
                location=_place(loaded, config),
                found=error.found,
                expected=error.expected,
                nearest=error.nearest,
            ) from error


def _needs_something(component: str) -> bool:
    return component_class(component).check_available is not Component.check_available


def _place(loaded: LoadedStudy, config: ComponentConfig) -> Location:
    """Return the line of an entry of `models`; the file alone for what stands elsewhere."""
    space = loaded.space
    if any(config in judge.with_inner() for judge in loaded.judges.values()) and (
        space.models.get(config.option) != config
    ):
        return Location(str(loaded.path))
    path = Path(space.source)
    if config.option not in space.models or not path.is_file():
        return Location(space.source)
    return load_yaml(path).location(("models", config.option), key=True)
