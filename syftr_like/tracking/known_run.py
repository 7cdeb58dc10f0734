"""A run as it is in MLflow, as far as it was seen or written."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from .content import MetricPoint

WRITTEN = "mlflow.syftr_like.written"
"""The tag that says which content was written in full: digests of metrics, files, traces, model.

The UI hides tags of this prefix: it is of no use to a person.
"""


@dataclass
class KnownRun:
    """A run.

    Attributes:
        id: MLflow's name for it.
        started: Milliseconds since the epoch.
        ended: The same; None while it runs.
        status: MLflow's word for where it stands.
        tags: All of them, a person's included.
        params: All of them.
        latest: Metric to its last value, time and step.
        datasets: Name and digest of each.
        points: Whole histories, None when they were not read.
        files: Artifact paths, None when they were not listed.
        models: How many it put out, deleted ones included.
        flow_seen: Its model and traces are known to be there.
    """

    id: str
    started: int
    ended: int | None
    status: str
    tags: dict[str, str]
    params: dict[str, str]
    latest: dict[str, tuple[float, int, int]] = field(default_factory=dict)
    datasets: set[tuple[str, str]] = field(default_factory=set)
    points: set[MetricPoint] | None = None
    files: set[str] | None = None
    models: int = 0
    flow_seen: bool = False

    @property
    def written(self) -> dict[str, str]:
        """What was written in full."""
        found: dict[str, str] = json.loads(self.tags.get(WRITTEN, "{}"))
        return found
