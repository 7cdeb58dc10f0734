"""`--set key=value`: replacing what a study file says."""

from __future__ import annotations

from collections.abc import Mapping

import yaml

from syftr_like.errors import InputError
from syftr_like.yaml_source import YamlSource


def apply_overrides(source: YamlSource, overrides: Mapping[str, str]) -> YamlSource:
    """Return the source with some keys replaced.

    Args:
        source: The study file.
        overrides: Dotted key, such as `search.trials`, to YAML text, such as `20`.

    Raises:
        InputError: The text is not YAML, or the key leads through something that has no keys.
    """
    for key, text in overrides.items():
        origin = f"--set {key}={text}"
        try:
            value = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise InputError(
                "the value is not YAML", found=origin, expected="for example search.trials=20"
            ) from error
        source = source.replaced(tuple(key.split(".")), value, origin)
    return source
