"""A Plotly figure that a notebook shows wherever it is opened."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection
from typing import Any

import plotly.graph_objects as go
from plotly.io import to_json

from .picture import figure_png

PLOTLY = "application/vnd.plotly.v1+json"


class NotebookFigure(go.Figure):  # type: ignore[misc]  # Plotly has no types
    """A Plotly figure with all that one can do, which puts a still picture beside itself.

    A notebook keeps both: JupyterLab and VS Code draw the interactive plot, with what Plotly
    installed and no network; GitHub and nbconvert show the picture. Plotly's own way writes its
    whole library, four megabytes, into the notebook.
    """

    _ipython_display_ = None
    """Plotly's own way, which Jupyter would ask first."""
    _repr_html_ = None
    """Plotly's loads its library from the network."""

    def _repr_mimebundle_(
        self,
        include: Collection[str] | None = None,
        exclude: Collection[str] | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        return {
            PLOTLY: json.loads(to_json(self)),
            "image/png": base64.b64encode(figure_png(self)).decode("ascii"),
            "text/plain": f"a plot with {sum(len(trace.x) for trace in self.data)} points",
        }
