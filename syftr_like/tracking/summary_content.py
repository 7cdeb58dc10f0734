"""The run `summary`: the front, the recommendation, the files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from syftr_like.errors import InputError
from syftr_like.report.plots import front_plots
from syftr_like.results import StudyResult

from .content import FINISHED, DatasetContent, MetricPoint, RunContent
from .datasets import split_dataset
from .note import summary_note
from .source import StudySource
from .tables import TABLE, TABLES, TABLES_TAG, evaluation_table
from .trial_content import (
    CREATED,
    KIND,
    LONGEST_PARAMETER,
    LONGEST_TAG,
    NAME,
    NO_HISTORY,
    NOTE,
    SUMMARY,
)

FILES = ("report.html", "front.json", "trials.csv", "study.lock.yaml")
PLOT = "front.html"


def summary_content(
    result: StudyResult,
    created: str,
    *,
    started: int,
    ended: int,
    folder: Path,
    source: StudySource | None,
    rows: Sequence[Mapping[str, Any]],
) -> RunContent:
    """Return the run.

    Args:
        result: The study.
        created: `created_tag` of the study.
        started: When it began, in milliseconds since the epoch.
        ended: When the last thing in it happened.
        folder: Where its files are.
        source: Its questions, None where the dataset is gone.
        rows: Evaluations of the front on the holdout split.
    """
    tags = {
        KIND: SUMMARY,
        NAME: SUMMARY,
        CREATED: created,
        NOTE: summary_note(result),
        "ended": result.ended,
        "front": ", ".join(result.front)[:LONGEST_TAG],
    }
    files = {name: read_file(folder / name) for name in FILES}
    files[PLOT] = front_html(result)
    datasets: tuple[DatasetContent, ...] = ()
    if source is not None:
        datasets = (split_dataset(source, "tune"), split_dataset(source, "holdout"))
        if rows:
            metrics = [info.name for info in result.metrics]
            files[TABLE] = evaluation_table(rows, metrics, source)
            tags[TABLES_TAG] = TABLES
    spent = asdict(result.spent) | {"front_members": len(result.front)}
    return RunContent(
        name=SUMMARY,
        started=started,
        ended=ended,
        status=FINISHED,
        tags=tags,
        params={
            f"{section}.{name}": str(value)[:LONGEST_PARAMETER]
            for section, facts in (
                ("dataset", result.dataset),
                ("space", result.space),
                ("search", result.search),
            )
            for name, value in facts.items()
        },
        metrics=tuple(
            MetricPoint(
                name if name == "front_members" else f"spent_{name}",
                float(value),
                ended,
                NO_HISTORY,
            )
            for name, value in spent.items()
        ),
        datasets=datasets,
        files=files,
    )


def front_html(result: StudyResult) -> bytes:
    """Return the plots of the front as a page of their own, which loads nothing from outside."""
    import plotly.io

    plots = [
        plotly.io.to_html(
            figure,
            full_html=False,
            include_plotlyjs=number == 0,
            config={"displaylogo": False, "responsive": True},
            div_id=f"front-plot-{number}",
        )
        for number, figure in enumerate(front_plots(result))
    ]
    body = "\n".join(plots) or "<p>No trial has finished.</p>"
    page = f'<!doctype html>\n<meta charset="utf-8">\n<title>Front</title>\n{body}\n'
    return page.encode()


def read_file(path: Path) -> bytes:
    """Return what a file of the run's folder holds.

    Raises:
        InputError: It is gone.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            "a file of the run is gone",
            found=f"{path}: {error.strerror or error}",
            expected="the run's folder as the study left it",
        ) from error
