"""What a person should know about where a dataset came from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """The forms in which documents or questions can be given."""

    JSON_LINES = "JSON lines"
    CSV = "CSV"
    PARQUET = "Parquet"
    FILES = "files"
    BEIR = "BEIR folder"
    HUGGING_FACE = "Hugging Face dataset"


@dataclass(frozen=True, slots=True)
class Source:
    """Facts about one side of a dataset.

    Attributes:
        spec: What the user wrote.
        form: How it was read.
        count: Documents or questions read.
        notes: Everything that was decided while reading, one sentence each: renamed columns,
            columns kept as metadata, files skipped.
    """

    spec: str
    form: Form
    count: int
    notes: tuple[str, ...] = ()
