"""What is said of results that were made with the practice model server."""

from __future__ import annotations

import json

from syftr_like.results import StudyResult

PRACTICE_NOTICE = (
    "Made with the practice model server, which is no language model: these results say nothing"
    " about real models."
)

_NAME = ":practice-"
"""In the names of the server's models, behind the provider: `openai:practice-small`."""


def practice_notice(result: StudyResult) -> str | None:
    """Return what has to be said of a result; None where no flow asks a practice model."""
    practised = any(_NAME in json.dumps(trial.flow) for trial in result.trials)
    return PRACTICE_NOTICE if practised else None
