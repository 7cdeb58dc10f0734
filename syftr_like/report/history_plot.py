"""How the front grew, as a plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

from .plots import ACCENT


def history_plot(history: pd.DataFrame) -> Figure:
    """Return the hypervolume over the questions asked so far, a step per completed trial.

    Args:
        history: Columns `trial`, `questions` and `hypervolume` (share of the last one).
    """
    import plotly.graph_objects as go

    figure = go.Figure(
        go.Scatter(
            x=list(history["questions"]),
            y=list(history["hypervolume"]),
            mode="lines+markers",
            line={"shape": "hv", "color": ACCENT},
            marker={"size": 6, "color": ACCENT},
            customdata=list(history["trial"]),
            hovertemplate="%{customdata}: %{y:.3f} after %{x:,} questions<extra></extra>",
        )
    )
    figure.update_layout(
        template="plotly_white",
        height=430,
        margin={"l": 80, "r": 20, "t": 20, "b": 60},
        xaxis={"title": {"text": "tune questions asked, all trials together"}},
        yaxis={"title": {"text": "hypervolume of the front, share of the last"}},
    )
    figure.update_xaxes(tickformat=",.6~g", rangemode="tozero")
    figure.update_yaxes(tickformat=",.6~g")
    return figure
