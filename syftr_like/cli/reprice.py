"""`optimize reprice`: what an old study would have cost at other prices."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from syftr_like.errors import InputError

from .status import find_run

if TYPE_CHECKING:
    from syftr_like.results import StudyResult
    from syftr_like.study.repricing import TokenPrice

_PRICE = "MODEL=INPUT,OUTPUT in US dollars per million tokens, such as openai:gpt-4o-mini=0.15,0.6"


def reprice_study(
    study: str, prices: Sequence[str], usd_per_cpu_hour: str | None, as_json: bool
) -> None:
    """Compute a run's costs again, write the files, and show both fronts.

    Raises:
        InputError: There is no such run or model, or a price is malformed; nothing is written.
    """
    from syftr_like.report.front_json import front_document
    from syftr_like.study.reading import read_run
    from syftr_like.study.repricing import reprice, write_repriced

    stated = dict(_price(text) for text in prices)
    rate = None if usd_per_cpu_hour is None else _number(usd_per_cpu_hour, "--usd-per-cpu-hour")
    if not stated and rate is None:
        raise InputError(
            "there is no other price to reckon with",
            expected=f"--price {_PRICE}, or --usd-per-cpu-hour USD",
        )
    run = read_run(find_run(study)[0])
    try:
        result = reprice(run, stated, rate)
        folder = write_repriced(result, run.folder.path)
    finally:
        run.ledger.close()
    if as_json:
        before, after = front_document(run.result), front_document(result)
        shown = {"before": before["front"], "after": after["front"], "folder": str(folder)}
        click.echo(json.dumps({"study": result.study, **shown}, indent=2, allow_nan=False))
        return
    _show(run.result, result)
    click.echo(f"written to {folder}")


def _show(before: StudyResult, after: StudyResult) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from syftr_like.report.numbers import shown

    units = {info.name: info.unit for info in after.metrics}
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("flow", no_wrap=True)
    for objective in after.objectives:
        table.add_column(objective.metric, justify="right", overflow="fold")
    table.add_column("front", no_wrap=True)
    left = [id for id in before.front if id not in after.front]
    for id in [*after.front, *left]:
        cells = [id]
        for objective in after.objectives:
            values = [result.trial(id).tune[objective.metric].value for result in (before, after)]
            old, new = (shown(value, units[objective.metric]) for value in values)
            cells.append(old if old == new else f"{old} -> {new}")
        cells.append("left it" if id in left else "as before" if id in before.front else "new")
        table.add_row(*map(Text, cells))
    console = Console()
    console.print(Text(f"front of {after.study}, before -> at the new prices", style="bold"))
    console.print(table)


def _price(text: str) -> tuple[str, TokenPrice]:
    from syftr_like.study.repricing import TokenPrice

    model, equals, amounts = text.rpartition("=")
    parts = amounts.split(",")
    if not equals or not model or len(parts) > 2:
        raise InputError("this is no price of a model", found=text, expected=_PRICE)
    return model, TokenPrice(*(_number(part, f"--price {text}") for part in parts))


def _number(text: str, option: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(
            "this is no number", found=f"'{text}' in {option}", expected="US dollars"
        ) from None
