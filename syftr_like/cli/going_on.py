"""The command that goes on with a study, as a person would type it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from syftr_like.study.shipped import shipped_studies


def command_to_go_on(
    study: str, flags: Mapping[str, str], settings: Sequence[str], allow_imports: Sequence[str]
) -> str:
    """Return the command for the options that a study was run with.

    `--fresh` and `--extend` are not repeated: the first would start anew, the second is done.

    Args:
        study: The study as the person named it.
        flags: Options of `optimize run` with their values, as given.
        settings: What was given with `--set`.
        allow_imports: What was given with `--allow-import`.
    """
    from .main import cli

    words = ["optimize", *(["run"] if study in cli.commands else []), study]
    for flag, value in flags.items():
        words += [flag, value]
    for setting in settings:
        words += ["--set", setting]
    for prefix in allow_imports:
        words += ["--allow-import", prefix]
    return shlex.join(words)


def study_word(file: str) -> str:
    """Return how to name a study whose file is known: a study that ships goes by its name."""
    names = {str(path): name for name, path in shipped_studies().items()}
    return names.get(str(Path(file)), file)
