"""`report.html`: one self-contained file."""

from __future__ import annotations

import time

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from syftr_like.results import StudyResult, TrialState

from .choices import choices_text
from .numbers import counted, shown, shown_interval
from .plots import front_plots
from .practice import practice_notice
from .words import recommendation_sentences, recommended_names


def report_html(result: StudyResult) -> str:
    """Return the report. Everything that is not ours is escaped; nothing is loaded from outside."""
    import plotly.io
    from plotly.offline import get_plotlyjs

    environment = Environment(
        loader=PackageLoader("syftr_like.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["counted"] = counted
    environment.filters["shown"] = shown
    environment.filters["shown_interval"] = shown_interval
    plots = [
        Markup(  # plotly escapes the data, and every text in it was escaped by us
            plotly.io.to_html(
                figure,
                full_html=False,
                include_plotlyjs=False,
                config={"displaylogo": False, "responsive": True},
                div_id=f"front-plot-{number}",
            )
        )
        for number, figure in enumerate(front_plots(result))
    ]
    objectives = [objective.metric for objective in result.objectives]
    return environment.get_template("report.html.j2").render(
        result=result,
        failures=sum(trial.failures for trial in result.trials),
        stopped=sum(trial.state is TrialState.STOPPED for trial in result.trials),
        front=[result.trial(id) for id in result.front],
        units={info.name: info.unit for info in result.metrics},
        objectives=objectives,
        names=recommended_names(result),
        plots=plots,
        plotly=Markup(get_plotlyjs()),
        sentences=recommendation_sentences(result),
        choices=choices_text,
        last_end=_last_end(result),
        practice=practice_notice(result),
    )


def _last_end(result: StudyResult) -> str:
    """Return when the last trial ended: a report that is written again is the same."""
    ends = [trial.started_at + trial.seconds for trial in result.trials]
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(max(ends))) if ends else ""
