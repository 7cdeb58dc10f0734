"""`optimize check`: whether the models of a study answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from syftr_like.report.numbers import counted

from .loading import load_to_look_at
from .main import EXIT_FAILED

if TYPE_CHECKING:
    from syftr_like.study.checking import CheckedModel


def check_study(
    study: str, settings: tuple[str, ...], allow_imports: Sequence[str], as_json: bool
) -> None:
    """Call each model of a study and show what came of it.

    Raises:
        InputError: A mistake in the study.
        Exit: One of them did not answer.
    """
    from syftr_like.study.checking import check_models

    loaded = load_to_look_at(study, settings, allow_imports)
    checked: list[CheckedModel] = []
    for model in check_models(loaded):
        checked.append(model)
        if not as_json:
            click.echo(_line(model))
    if as_json:
        click.echo(json.dumps([asdict(model) for model in checked], indent=2))
    elif not checked:
        click.echo("no model and no embedder of this study is called over a network")
    else:
        failed = sum(model.error is not None for model in checked)
        spent = sum(model.usd for model in checked)
        told = f"{failed} of {counted(len(checked), 'model')}" if failed else "every model"
        click.echo(f"{told} {'did not answer' if failed else 'answers'}; spent ${spent:.6f}")
    if any(model.error is not None for model in checked):
        raise click.exceptions.Exit(EXIT_FAILED)


def _line(model: CheckedModel) -> str:
    name = model.model if model.name == model.model else f"{model.name} ({model.model})"
    head = f"{model.kind:<9} {name:<40}"
    if model.error is not None:
        return f"{head} failed: {model.error}"
    price = f"${model.usd:.6f}" + (f" by {model.price_source}" if model.price_source else "")
    tokens = f"{model.input_tokens} + {model.output_tokens} tokens"
    return f"{head} {model.seconds:.2f} s  {tokens}  {price}"
