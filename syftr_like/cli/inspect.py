"""`optimize lint`, `schema` and `components`: looking without running."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from syftr_like.errors import InputError, nearest
from syftr_like.report.numbers import counted

from .loading import load_to_look_at

if TYPE_CHECKING:
    from syftr_like.study.loading import LoadedStudy


def lint_study(study: str, settings: tuple[str, ...], allow_imports: Sequence[str]) -> None:
    """Check a study with all that it refers to, and say in a few lines what it would do.

    An earlier run that cannot be continued is told, but is no mistake of the study.

    Raises:
        InputError: A mistake, or a key or a package is missing.
    """
    from syftr_like.search import make_proposer
    from syftr_like.study.availability import check_available
    from syftr_like.study.earlier_run import earlier_run

    loaded = load_to_look_at(study, settings, allow_imports)
    check_available(loaded)
    search = loaded.file.search
    proposer = make_proposer(
        search.method,
        loaded.space,
        loaded.objectives,
        loaded.constraints,
        trials=search.trials,
        seed=search.seed,
    )
    unanswerable = sum(not q.answerable for q in loaded.dataset.questions)
    objectives = ", ".join(f"{o.direction.value} {o.metric}" for o in loaded.objectives)
    chosen = search.method == "auto" and proposer.reason
    method = proposer.method + (f" ({proposer.reason})" if chosen else "")
    rows = [
        ("study", loaded.name),
        (
            "dataset",
            f"{counted(len(loaded.dataset.documents), 'document')},"
            f" {counted(len(loaded.dataset.questions), 'question')}"
            f" ({unanswerable} unanswerable): {len(loaded.split.tune)} tune,"
            f" {len(loaded.split.holdout)} holdout,"
            f" stratified by {', '.join(_strata(loaded))}",
        ),
        (
            "space",
            f"{loaded.space.cardinality()}, {counted(len(loaded.space.decisions()), 'parameter')}"
            + (f"; {len(loaded.file.hold)} held" if loaded.file.hold else ""),
        ),
        ("objectives", objectives),
        ("constraints", ", ".join(str(c) for c in loaded.constraints)),
        ("search", f"{counted(search.trials, 'trial')}, {method}, seed {search.seed}"),
    ]
    earlier = earlier_run(loaded)
    if earlier is not None:
        rows.append(("run", earlier.in_words()))
    for name, text in rows:
        first, *more = text.splitlines()
        click.echo(f"{name:<12} {first}")
        for line in more:
            click.echo(f"{'':<12} {line}")
    click.echo("no mistakes found")


def _strata(loaded: LoadedStudy) -> list[str]:
    """Return by what the questions are stratified; a field that none of them has does not."""
    fields = loaded.file.dataset.split.stratify_by
    return [
        "answerable",
        *(f for f in fields if any(f in q.metadata for q in loaded.dataset.questions)),
    ]


def print_schema(what: str) -> None:
    """Print a JSON Schema.

    Raises:
        InputError: There is no such kind of file.
    """
    if what == "study":
        from syftr_like.study.model import study_json_schema

        schema: object = study_json_schema()
    elif what == "space":
        from syftr_like.space import space_json_schema

        schema = space_json_schema()
    else:
        raise InputError(
            f"there is no schema of '{what}'",
            found=what,
            expected="study or space",
            nearest=nearest(what, ("study", "space")),
        )
    click.echo(json.dumps(schema, indent=2))


def print_components(as_json: bool, kind: str | None) -> None:
    """Print the catalogue of what is installed."""
    from syftr_like.catalogue import components_catalogue, metrics_catalogue
    from syftr_like.contracts import Kind

    entries = components_catalogue()
    if kind is not None and kind not in list(Kind):
        there = {entry.kind for entry in entries}
        kinds = [k.value for k in Kind if k in there]
        raise InputError(
            f"there is no kind '{kind}'",
            found=kind,
            expected=f"one of {', '.join(kinds)}",
            nearest=nearest(kind, kinds),
        )
    listed = [entry for entry in entries if kind in (None, entry.kind)]
    metrics = metrics_catalogue() if kind is None else []
    if as_json:
        content = {
            "components": [entry.to_json() for entry in listed],
            "metrics": [entry.to_json() for entry in metrics],
        }
        click.echo(json.dumps(content, indent=2))
        return
    if not listed:
        click.echo(f"no component of the kind '{kind}' is installed")
    shown = None
    for entry in listed:
        if entry.kind != shown:
            shown = entry.kind
            click.secho(f"\n{shown}", bold=True)
        click.echo(f"  {entry.name:<22} {entry.summary}")
        for parameter in entry.parameters:
            click.echo(f"      {parameter.name:<22} {parameter.text}")
    if metrics:
        click.secho("\nmetrics", bold=True)
    for metric in metrics:
        click.echo(f"  {metric.name:<26} {metric.direction:<9} {metric.summary}")
