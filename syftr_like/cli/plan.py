"""`optimize plan`: what a study would take, before anything is spent."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from syftr_like.errors import InputError
from syftr_like.report.numbers import counted

from .loading import load_to_look_at

if TYPE_CHECKING:
    from syftr_like.planning.plan import Plan
    from syftr_like.planning.probe import Probe


def plan_study(
    study: str,
    settings: tuple[str, ...],
    allow_imports: Sequence[str],
    probe: int | None,
    as_json: bool,
) -> None:
    """Plan a study and show the plan.

    Raises:
        InputError: A mistake in the study or in an option.
        StudyError: No flow can be run, or of a probe that was asked for none can.
    """
    if probe is not None and probe < 1:
        raise InputError("--probe takes a number of flows", found=str(probe), expected="1 or more")
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # as in a run; libraries read it when imported

    from syftr_like.planning.plan import make_plan

    loaded = load_to_look_at(study, settings, allow_imports)
    begun: list[Probe] = []

    def say(prober: Probe) -> None:
        begun.append(prober)
        click.echo(_before_probe(prober), err=as_json)

    try:
        plan = make_plan(loaded, probe=probe or 0, on_probe=say)
    except KeyboardInterrupt:
        if begun:
            click.echo(f"the probe spent up to ${begun[0].account.spent():.6f}", err=True)
        raise
    if as_json:
        click.echo(json.dumps(plan.to_json(), indent=2))
        return
    _show(plan)


def _before_probe(prober: Probe) -> str:
    from syftr_like.report.numbers import shown

    flows = prober.plan.flows
    if not flows:
        return "probe: no flow calls a model; there is nothing to measure"
    asked = counted(flows[0].questions, "question") + (" each" if len(flows) > 1 else "")
    return (
        f"probe: {counted(len(flows), 'flow')} on {asked}, with real models, costs"
        f" {shown(prober.plan.bound_usd, 'USD')} at most"
    )


def _show(plan: Plan) -> None:
    from rich.console import Console

    from .plan_view import plan_view

    console = Console()
    console.print(plan_view(plan))
