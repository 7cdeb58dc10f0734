"""The components that a study may make, in its flows and in its judges, each once."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import chain
from typing import TYPE_CHECKING

from syftr_like.space.component_samples import sample_components

if TYPE_CHECKING:
    from syftr_like.space import ComponentConfig

    from .loading import LoadedStudy


def distinct_components(
    loaded: LoadedStudy, wanted: Callable[[str], bool]
) -> list[ComponentConfig]:
    """Return the components of the space's flows, then those of the judges; equal ones once.

    Args:
        loaded: The study.
        wanted: Told a component's catalogue name, whether it is one of those to return.
    """
    of_judges = (
        config
        for judge in loaded.judges.values()
        for config in judge.with_inner()
        if wanted(config.component)
    )
    found: dict[str, ComponentConfig] = {}
    for config in chain(sample_components(loaded.space.tree, wanted), of_judges):
        found.setdefault(json.dumps(config.identity(), sort_keys=True), config)
    return list(found.values())
