"""The front as interactive plots."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from syftr_like.front import recommendable
from syftr_like.results import StudyResult, TrialResult
from syftr_like.search.objective import Objective

from .choices import choices_text
from .numbers import shown_estimate
from .plot_axes import Axis, axis_title, make_axis
from .plot_labels import place_labels
from .words import recommended_names

if TYPE_CHECKING:
    from plotly.graph_objects import Figure, Scatter

GREY, ACCENT, BROKEN, STOPPED = "#b8c0cc", "#0b6e99", "#d98c5f", "#9a86c4"

Position = Callable[[TrialResult], float]


def front_plots(result: StudyResult) -> list[Figure]:
    """Return one scatter plot per pair of objectives, those with the first objective first.

    Every finished trial is a point at its tune values; members of the front stand out, carry
    their 95 % intervals, and the recommended ones their names. With a single objective the
    trials stand in the order in which they were proposed. No plot when no trial has finished.

    Flows that never answer are left out: they cost a thousandth of the others, which would be
    pressed into a corner. Without any other flow they are shown.
    """
    finished = recommendable([trial for trial in result.trials if trial.tune])
    if not finished:
        return []
    units = {info.name: info.unit for info in result.metrics}

    def axis(objective: Objective) -> Axis:
        values = [trial.tune[objective.metric].value for trial in finished]
        ends = [
            end
            for trial in finished
            if trial.id in result.front
            for estimate in (trial.tune[objective.metric],)
            for end in (estimate.low, estimate.high)
            # An interval that reaches zero has no place on a logarithmic axis.
            if end is not None and (end > 0 or min(values) <= 0)
        ]
        return make_axis(
            axis_title(objective, units[objective.metric]), units[objective.metric], values + ends
        )

    if len(result.objectives) == 1:
        order = make_axis("trial, in order of proposal", "", [trial.number for trial in finished])
        first = result.objectives[0]
        return [_plot(result, finished, None, first, order, axis(first))]
    return [
        _plot(result, finished, x, y, axis(x), axis(y))
        for y, x in combinations(result.objectives, 2)
    ]


def _plot(
    result: StudyResult,
    finished: Sequence[TrialResult],
    x: Objective | None,
    y: Objective,
    x_axis: Axis,
    y_axis: Axis,
) -> Figure:
    import plotly.graph_objects as go

    def at_x(trial: TrialResult) -> float:
        return float(trial.number) if x is None else trial.tune[x.metric].value

    def at_y(trial: TrialResult) -> float:
        return trial.tune[y.metric].value

    front = [trial for trial in finished if trial.id in result.front]
    others = [trial for trial in finished if trial.id not in result.front]
    figure = go.Figure()
    for trials, name, color in (
        ([t for t in others if t.feasible], "dominated", GREY),
        ([t for t in others if t.violations], "breaks a constraint", BROKEN),
        ([t for t in others if not (t.feasible or t.violations)], "not all questions", STOPPED),
    ):
        if trials:
            figure.add_trace(_points(result, trials, at_x, at_y, name, color))
    if front:
        names = recommended_names(result)
        labels = [", ".join(names.get(trial.id, [])) for trial in front]
        places = [(x_axis.share(at_x(t)), y_axis.share(at_y(t))) for t in (*front, *others)]
        members = _points(result, front, at_x, at_y, "front", ACCENT)
        members.update(
            mode="markers+text",
            text=labels,
            textposition=place_labels(places, labels),
            cliponaxis=False,
            marker={"size": 11, "line": {"color": "white", "width": 1}},
            error_x=None if x is None else _errors(front, x.metric),
            error_y=_errors(front, y.metric),
        )
        figure.add_trace(members)
    figure.update_layout(
        template="plotly_white",
        height=430,
        margin={"l": 80, "r": 20, "t": 20, "b": 60},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
        xaxis=x_axis.layout,
        yaxis=y_axis.layout,
    )
    return figure


def _points(
    result: StudyResult,
    trials: Sequence[TrialResult],
    at_x: Position,
    at_y: Position,
    name: str,
    color: str,
) -> Scatter:
    import plotly.graph_objects as go

    return go.Scatter(
        x=[at_x(trial) for trial in trials],
        y=[at_y(trial) for trial in trials],
        mode="markers",
        name=name,
        marker={"color": color, "size": 7},
        customdata=[_hover(trial, result) for trial in trials],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _errors(trials: Sequence[TrialResult], metric: str) -> dict[str, Any] | None:
    """Return the intervals as error bars; no bar towards an end that is unknown."""
    estimates = [trial.tune[metric] for trial in trials]
    if all(e.low is None and e.high is None for e in estimates):
        return None
    return {
        "type": "data",
        "symmetric": False,
        "array": [0.0 if e.high is None else e.high - e.value for e in estimates],
        "arrayminus": [0.0 if e.low is None else e.value - e.low for e in estimates],
        "color": "rgba(11,110,153,0.35)",
        "thickness": 1.2,
    }


def _hover(trial: TrialResult, result: StudyResult) -> str:
    units = {info.name: info.unit for info in result.metrics}
    lines = [f"<b>{trial.id}</b> {html.escape(choices_text(trial))}"]
    lines += [
        f"{html.escape(o.metric)}: {shown_estimate(trial.tune[o.metric], units[o.metric])}"
        for o in result.objectives
    ]
    lines += [f"{html.escape(p)} = {html.escape(str(v))}" for p, v in trial.params.items()]
    return "<br>".join(lines)
