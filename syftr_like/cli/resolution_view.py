"""Which differences between flows a study's questions can show, as a person sees it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from syftr_like.planning.resolution import SMALL_DIFFERENCE, Resolution
from syftr_like.report.numbers import shown


def resolution_view(found: Sequence[Resolution]) -> list[RenderableType]:
    """Return a table with a row for each metric and split, and how to read it."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("metric", style="cyan")
    table.add_column("questions", justify="right")
    table.add_column("difference found", justify="right")
    shares = any(item.needed is not None for item in found)
    if shares:
        table.add_column(f"questions for {SMALL_DIFFERENCE:g}", justify="right")
    for item in found:
        row = [
            item.metric if item.needed is None else f"{item.metric} (0 to 1)",
            f"{item.questions:,} {item.split}",
            _differences(item),
        ]
        if shares:
            row.append("" if item.needed is None else _needed(item.needed))
        table.add_row(*row)
    return [
        Text("Which difference between two flows the questions can show", style="bold"),
        table,
        Text(" ".join(_how_to_read(found)), style="dim"),
    ]


def _how_to_read(found: Sequence[Resolution]) -> list[str]:
    # Alike for both splits.
    spreads = {item.metric: f"{_range(item.deviation, item.unit)}, {item.source}" for item in found}
    told = "; ".join(f"{metric} {spread}" for metric, spread in spreads.items())
    sentences = [
        "A true difference of this size is found four times in five (paired t-test at 5%), a"
        " smaller one less often.",
        "The first number is for two flows that answer mostly alike, the second for two that have"
        f" little in common (standard deviation of the differences per question: {told}).",
    ]
    if any(_never(item, item.difference[1]) for item in found):
        sentences.append("none: not even 0 against 1 is found so often.")
    return sentences


def _differences(item: Resolution) -> str:
    low, high = item.difference
    if _never(item, low):
        return "none"
    if _never(item, high):
        return f"{_one(low, item.unit)} to none"
    return _range((low, high), item.unit)


def _never(item: Resolution, difference: float) -> bool:
    """Whether the metric's whole range is less than that."""
    return item.needed is not None and difference > 1


def _needed(needed: tuple[int, int]) -> str:
    few, many = needed
    return f"{few:,}" if few == many else f"{few:,} to {many:,}"


def _range(ends: tuple[float, float], unit: str) -> str:
    first, second = (_one(value, unit) for value in ends)
    return first if first == second else f"{first} to {second}"


def _one(value: float, unit: str) -> str:
    return f"{value:.2g}" if unit == "share" else shown(value, unit)
