"""`--set key=value`: replacing what a study file says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from syftr_like.contracts import Json
from syftr_like.errors import InputError, Location, nearest
from syftr_like.yaml_source import YamlSource, load_yaml_text

from .model import Section, StudyFile, section_at


def apply_overrides(
    source: YamlSource,
    overrides: Mapping[str, Json],
    origins: Mapping[str, str] | None = None,
) -> YamlSource:
    """Return the source with some keys replaced.

    Args:
        source: The study file.
        overrides: Dotted key, such as `search.trials`, to a value; text is read as YAML, so that
            `"20"` is a number and `"[a, b]"` a list.
        origins: Dotted key to what a person wrote to replace it, such as `--trials`, for
            messages; `--set <key>` where it is not named.

    Raises:
        InputError: There is no such key in a study, the text is not YAML, or the key leads
            through something that has no keys.
    """
    for key, value in overrides.items():
        origin = (origins or {}).get(key, f"--set {key}")
        path = _known_path(key, origin)
        if isinstance(value, str):
            value = _read(value, origin)
        source = source.replaced(path, value, origin)
    return source


def _known_path(key: str, origin: str) -> tuple[str, ...]:
    path = tuple(key.split("."))
    for depth, name in enumerate(path):
        section = section_at(path[:depth])
        if section is None:
            raise InputError(
                f"'{'.'.join(path[:depth])}' has no keys",
                location=Location(origin),
                found=key,
                expected=f"{'.'.join(path[:depth])} alone",
            )
        if name not in section.model_fields:
            raise InputError(
                f"a study has no key '{key}'",
                location=Location(origin),
                found=key,
                expected=f"one of {', '.join(_keys(section, path[:depth]))}",
                nearest=nearest(key, _all_keys(StudyFile, ())),
            )
    return path


def _keys(section: type[Section], above: Sequence[str]) -> list[str]:
    return [".".join((*above, name)) for name in section.model_fields]


def _all_keys(section: type[Section], above: tuple[str, ...]) -> list[str]:
    """Return every dotted key under a section, and those of its sections."""
    keys = _keys(section, above)
    for name in section.model_fields:
        inner = section_at((*above, name))
        if inner is not None:
            keys += _all_keys(inner, (*above, name))
    return keys


def _read(text: str, origin: str) -> Json:
    if not text.strip():
        raise InputError(
            "there is no value", location=Location(origin), expected="a value; null for none"
        )
    try:
        value: Json = load_yaml_text(text, origin).data
    except InputError as error:
        # Line and column within a word of the command line would say nothing.
        raise InputError(
            error.problem, location=Location(origin), found=text, expected=error.expected
        ) from error
    return value
