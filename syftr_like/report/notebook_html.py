"""What a study, its result and a comparison show of themselves in Jupyter: HTML without scripts."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from syftr_like.results import StudyHeader, StudyResult
from syftr_like.statistics.estimate import Estimate

from .choices import choices_text
from .numbers import counted, shown, shown_estimate, shown_interval
from .picture import figure_png
from .plots import front_plots
from .practice import practice_notice
from .words import asked_words, recommendation_sentences, recommended_names

if TYPE_CHECKING:
    import pandas as pd

DIFFERING = 8
"""Questions that a comparison shows; all are in its `questions`."""


def result_html(result: StudyResult) -> str:
    """Return a result in short: what was done, what is recommended, the front, its first plot."""
    plots = front_plots(result)[:1]
    return _render(
        "notebook_result.html.j2",
        result=result,
        front=[result.trial(id) for id in result.front],
        objectives=[objective.metric for objective in result.objectives],
        units={info.name: info.unit for info in result.metrics},
        names=recommended_names(result),
        sentences=recommendation_sentences(result),
        practice=practice_notice(result),
        choices=choices_text,
        asked_words=asked_words,
        pictures=[base64.b64encode(figure_png(plot)).decode("ascii") for plot in plots],
    )


def study_html(study: StudyHeader, facts: Sequence[tuple[str, str]]) -> str:
    """Return what a study is about.

    Args:
        study: What is known of it before it runs.
        facts: Name and text of each line.
    """
    return _render("notebook_study.html.j2", study=study, facts=facts)


def comparison_html(
    names: tuple[str, str],
    split: str,
    metrics: pd.DataFrame,
    questions: pd.DataFrame,
    metric: str,
    units: Mapping[str, str],
) -> str:
    """Return two flows side by side.

    Args:
        names: Their ids.
        split: Of the questions.
        metrics: Columns `first`, `second`, `difference`, `low`, `high`, `questions`, `verdict`.
        questions: Columns `question`, `expected`, two of each flow, `difference`, in this order.
        metric: What `difference` is about.
        units: Metric to unit.
    """
    changes = [
        (
            str(name),
            row,
            Estimate(row["difference"], _end(row["low"]), _end(row["high"]), row["questions"]),
        )
        for name, row in metrics.iterrows()
    ]
    differing = questions[questions["difference"] != 0]
    return _render(
        "notebook_comparison.html.j2",
        names=names,
        split=split,
        changes=changes,
        metric=metric,
        units=units,
        rows=[tuple(row) for row in differing.head(DIFFERING).itertuples(index=False)],
        more=max(0, len(differing) - DIFFERING),
        higher=[int((differing["difference"] < 0).sum()), int((differing["difference"] > 0).sum())],
        same=len(questions) - len(differing),
    )


def _end(value: Any) -> float | None:
    """Return an end of an interval; a table of numbers holds NaN where there is none."""
    return None if value is None or value != value else float(value)


def _render(template: str, **context: object) -> str:
    environment = Environment(
        loader=PackageLoader("syftr_like.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "counted": counted,
        "shown": shown,
        "shown_estimate": shown_estimate,
        "shown_interval": shown_interval,
    }
    return environment.get_template(template).render(context)
