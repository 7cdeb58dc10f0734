"""The front in the terminal, laid out for the width that there is.

No number and no name of a metric is ever cut. Intervals are left to the report.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from syftr_like.results import StudyResult

from .choices import choices_text
from .numbers import shown

_COMPONENTS = "components"


@dataclass(frozen=True, slots=True)
class FlowRow:
    """A flow as it is shown: its id, its value of each metric, and what it is made of."""

    id: str
    values: tuple[str, ...]
    components: str


def front_table(result: StudyResult, console: Console) -> RenderableType:
    """Return the front: each objective's tune and holdout value, a dash where there is none.

    Where the columns do not fit, the components go below the table, and where that is still too
    wide each flow gets a paragraph.
    """
    units = {info.name: info.unit for info in result.metrics}
    metrics = [objective.metric for objective in result.objectives]
    rows = []
    for id in result.front:
        trial = result.trial(id)
        values = (
            " / ".join(
                shown(estimates[metric].value, units[metric]) if metric in estimates else "-"
                for estimates in (trial.tune, trial.holdout)
            )
            for metric in metrics
        )
        rows.append(FlowRow(id, tuple(values), choices_text(trial)))
    title = Text(f"front of {result.study}, tune / holdout", style="bold")
    whole = _table(metrics, rows, components=True)
    if _fits(whole, console):
        return Group(title, whole)
    narrow = _table(metrics, rows, components=False)
    if _fits(narrow, console):
        lines = (Text(f"{row.id}  {row.components}", overflow="fold") for row in rows)
        return Group(title, narrow, Text(), *lines)
    return Group(title, *(_paragraph(metrics, row) for row in rows))


def live_table(metrics: Sequence[str], rows: Sequence[FlowRow], console: Console) -> RenderableType:
    """Return a front while it is searched: components are cut short, one line per flow.

    Where the numbers alone do not fit, each flow gets a paragraph.
    """
    numbers = _table(metrics, rows, components=False)
    if not _fits(numbers, console):
        return Group(*(_paragraph(metrics, row) for row in rows))
    # Cut here and not by rich, which would take room from the numbers as well.
    room = max(console.width - _width(numbers, console) - 2, len(_COMPONENTS))
    short = [replace(row, components=_cut(row.components, room)) for row in rows]
    whole = _table(metrics, short, components=True)
    return whole if _fits(whole, console) else numbers


def _table(metrics: Sequence[str], rows: Sequence[FlowRow], *, components: bool) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("flow", no_wrap=True)
    for metric in metrics:
        table.add_column(metric, justify="right", no_wrap=True)
    if components:
        table.add_column(_COMPONENTS, no_wrap=True)
    for row in rows:
        # As `Text`: names are a person's own, and no markup.
        cells = [row.id, *row.values, *([row.components] if components else [])]
        table.add_row(*map(Text, cells))
    return table


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}…"


def _width(table: Table, console: Console) -> int:
    return Measurement.get(console, console.options.update(max_width=10_000), table).maximum


def _fits(table: Table, console: Console) -> bool:
    return _width(table, console) <= console.width


def _paragraph(metrics: Sequence[str], row: FlowRow) -> Text:
    width = max(len(metric) for metric in metrics)
    lines = [f"{row.id}  {row.components}"]
    lines += [f"  {m:<{width}}  {v}" for m, v in zip(metrics, row.values, strict=True)]
    return Text("\n".join(lines), overflow="fold")
