"""The front as interactive plots."""

from __future__ import annotations

import html
from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from syftr_like.contracts import Direction
from syftr_like.results import StudyResult, TrialResult
from syftr_like.search.objective import Objective

from .choices import choices_text
from .numbers import shown_estimate

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

GREY, ACCENT, BROKEN = "#b8c0cc", "#0b6e99", "#d98c5f"


def front_plots(result: StudyResult) -> list[Figure]:
    """Return one scatter plot per pair of objectives, those with the first objective first.

    Every finished trial is a point at its tune values; members of the front stand out, carry
    their 95 % intervals, and the recommended ones their names.
    """
    pairs = list(combinations(result.objectives, 2))
    return [_scatter(result, y, x) for y, x in pairs]


def _scatter(result: StudyResult, y: Objective, x: Objective) -> Figure:
    import plotly.graph_objects as go

    units = {info.name: info.unit for info in result.metrics}
    finished = [trial for trial in result.trials if trial.tune]
    front = [result.trial(id) for id in result.front]
    on_front = set(result.front)
    others = [t for t in finished if t.id not in on_front and t.feasible]
    broken = [t for t in finished if not t.feasible]
    figure = go.Figure()
    for trials, name, color in (
        (others, "dominated", GREY),
        (broken, "breaks a constraint", BROKEN),
    ):
        if trials:
            figure.add_trace(
                go.Scatter(
                    x=[t.tune[x.metric].value for t in trials],
                    y=[t.tune[y.metric].value for t in trials],
                    mode="markers",
                    name=name,
                    marker={"color": color, "size": 7},
                    text=[_hover(t, result, units) for t in trials],
                    hovertemplate="%{text}<extra></extra>",
                )
            )
    if front:
        names: dict[str, list[str]] = {}
        for label, id in result.recommended.items():
            if id is not None:
                names.setdefault(id, []).append(label.replace("_", " "))
        figure.add_trace(
            go.Scatter(
                x=[t.tune[x.metric].value for t in front],
                y=[t.tune[y.metric].value for t in front],
                error_x=_errors(front, x.metric),
                error_y=_errors(front, y.metric),
                mode="markers+text",
                name="front",
                marker={"color": ACCENT, "size": 11, "line": {"color": "white", "width": 1}},
                text=[", ".join(names.get(t.id, [])) for t in front],
                textposition="top center",
                customdata=[_hover(t, result, units) for t in front],
                hovertemplate="%{customdata}<extra></extra>",
            )
        )
    figure.update_layout(
        template="plotly_white",
        height=460,
        margin={"l": 70, "r": 20, "t": 30, "b": 60},
        legend={"orientation": "h", "y": 1.1},
        xaxis_title=_axis_title(x, units[x.metric]),
        yaxis_title=_axis_title(y, units[y.metric]),
    )
    if _spans_magnitudes([t.tune[x.metric].value for t in finished]):
        figure.update_xaxes(type="log")
    if _spans_magnitudes([t.tune[y.metric].value for t in finished]):
        figure.update_yaxes(type="log")
    return figure


def _axis_title(objective: Objective, unit: str) -> str:
    better = "more" if objective.direction is Direction.MAXIMIZE else "less"
    return f"{html.escape(objective.metric)} ({html.escape(unit)}, {better} is better)"


def _errors(trials: Sequence[TrialResult], metric: str) -> dict[str, object] | None:
    estimates = [trial.tune[metric] for trial in trials]
    if any(e.low is None or e.high is None for e in estimates):
        return None
    return {
        "type": "data",
        "symmetric": False,
        "array": [e.high - e.value for e in estimates if e.high is not None],
        "arrayminus": [e.value - e.low for e in estimates if e.low is not None],
        "color": "rgba(11,110,153,0.35)",
        "thickness": 1.2,
    }


def _hover(trial: TrialResult, result: StudyResult, units: dict[str, str]) -> str:
    lines = [f"<b>{trial.id}</b> {html.escape(choices_text(trial))}"]
    lines += [
        f"{html.escape(o.metric)}: {shown_estimate(trial.tune[o.metric], units[o.metric])}"
        for o in result.objectives
    ]
    lines += [f"{html.escape(p)} = {html.escape(str(v))}" for p, v in trial.params.items()]
    return "<br>".join(lines)


def _spans_magnitudes(values: Sequence[float]) -> bool:
    """Whether a linear axis would press most points into a corner."""
    if not values or min(values) <= 0:
        return False
    return max(values) / min(values) > 20
