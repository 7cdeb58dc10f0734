"""A plot as a still picture, for viewers that run no scripts: GitHub, nbconvert, mail."""

from __future__ import annotations

import html
import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

from .numbers import shown

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

WIDTH, HEIGHT, DPI = 7.6, 4.3, 100
"""Inches, and dots per inch."""

_TAG = re.compile("<[^>]*>")


def figure_png(figure: Figure) -> bytes:
    """Draw a scatter plot of ours with Matplotlib: points, lines, error bars, names, axes.

    What only other kinds of plots have (bars, pies, subplots) is not drawn.

    Args:
        figure: From `front_plots` or `history_plot`, perhaps changed since.

    Raises:
        ValueError: It holds a trace that is not a scatter plot.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Sheet

    # Not by pyplot: its figures are global, and would be shown a second time by a notebook.
    sheet = Sheet(figsize=(WIDTH, HEIGHT), dpi=DPI, layout="constrained")
    axes = sheet.add_subplot()
    for trace in figure.data:
        if trace.type != "scatter":
            raise ValueError(f"a {trace.type} plot has no still picture")
        _draw(axes, trace)
    for axis, layout in ((axes.xaxis, figure.layout.xaxis), (axes.yaxis, figure.layout.yaxis)):
        _dress(axes, axis, layout)
    axes.grid(True, color="#e6eaf0", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    if len(figure.data) > 1:
        axes.legend(
            loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False, borderaxespad=0.2
        )
    file = BytesIO()
    FigureCanvasAgg(sheet)
    # Without the version of Matplotlib, so that equal plots are equal files.
    sheet.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()


def _draw(axes: Any, trace: Any) -> None:
    mode, color = trace.mode or "markers", trace.marker.color or trace.line.color
    x, y = list(trace.x), list(trace.y)
    for key, errors in (("xerr", trace.error_x), ("yerr", trace.error_y)):
        if errors.array is not None:
            minus = errors.arrayminus if errors.arrayminus is not None else errors.array
            bars = {key: [list(minus), list(errors.array)]}
            axes.errorbar(x, y, **bars, fmt="none", ecolor=color, alpha=0.4, elinewidth=1.1)
    if "lines" in mode:
        steps = "steps-post" if trace.line.shape == "hv" else "default"
        axes.plot(x, y, drawstyle=steps, color=color, label=_plain(trace.name))
    if "markers" in mode:
        size = (trace.marker.size or 6) ** 2 * 0.55
        label = None if "lines" in mode else _plain(trace.name)
        axes.scatter(x, y, s=size, c=color, label=label, edgecolors="white", zorder=3)
    if "text" in mode and trace.text is not None:
        places = trace.textposition
        places = [places] * len(x) if isinstance(places, str) else list(places)
        for point in zip(x, y, trace.text, places, strict=True):
            _name(axes, *point)


def _name(axes: Any, x: float, y: float, text: str, place: str) -> None:
    vertical, _, horizontal = place.partition(" ")
    axes.annotate(
        _plain(text),
        (x, y),
        xytext=(
            {"left": -8, "right": 8}.get(horizontal, 0),
            {"top": 7, "bottom": -7}.get(vertical, 0),
        ),
        textcoords="offset points",
        ha={"left": "right", "right": "left"}.get(horizontal, "center"),
        va={"top": "bottom", "bottom": "top"}.get(vertical, "center"),
        fontsize=9,
        zorder=4,
    )


def _dress(axes: Any, axis: Any, layout: Any) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    log = layout.type == "log"
    which = axis.axis_name
    if log:
        getattr(axes, f"set_{which}scale")("log")
    if layout.range is not None:
        ends = [10**end if log else end for end in layout.range]
        getattr(axes, f"set_{which}lim")(*ends)
    if log:
        axis.set_major_locator(LogLocator(subs=(1, 2, 5) if layout.dtick == "D2" else (1,)))
        axis.set_minor_formatter(NullFormatter())
    unit = _unit(layout.tickformat or "")
    axis.set_major_formatter(FuncFormatter(lambda value, _: _plain(shown(value, unit))))
    getattr(axes, f"set_{which}label")(_plain(layout.title.text or ""))


def _unit(tickformat: str) -> str:
    """Return the unit that Plotly's format of an axis stands for (`plot_axes`)."""
    return "USD" if tickformat.startswith("$") else "s" if tickformat == "~s" else ""


def _plain(text: str | None) -> str:
    """Return Plotly's HTML as text; a dollar sign starts no formula."""
    return html.unescape(_TAG.sub("", text or "")).replace("$", r"\$")
