"""A plan as a person sees it in the terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from syftr_like.planning.errors import reasons
from syftr_like.planning.estimate import Limit, Totals
from syftr_like.planning.plan import Plan
from syftr_like.planning.probe import ProbeResult
from syftr_like.report.numbers import counted, shown
from syftr_like.study.earlier_run import EarlierRun, Standing

from .resolution_view import resolution_view

NEARLY_SURE, NEARLY_NEVER = 0.95, 0.05


def plan_view(plan: Plan) -> RenderableType:
    """Return the whole plan."""
    parts: list[RenderableType] = [_headline(plan), *_left_out_of_all(plan), Text(), _what(plan)]
    parts += [Text(), *_unknown(plan.totals), _totals(plan.totals)]
    parts += [Text(sentence, style="bold") for sentence in _limits(plan)]
    if plan.probe is not None:
        parts += [Text(), *(Text(line) for line in _probe(plan.probe))]
    if plan.resolutions:
        parts += [Text(), *resolution_view(plan.resolutions)]
    parts += [Text(), Text("What this rests on", style="bold")]
    parts += [_item(sentence) for sentence in (*_basis(plan), *plan.assumptions)]
    return Group(*parts)


def _headline(plan: Plan) -> Text:
    return Text(f"plan of {plan.study}: what it takes from beginning to end", style="bold")


def _left_out_of_all(plan: Plan) -> list[RenderableType]:
    """Say before any figure which flows are in none, and why."""
    rehearsal = plan.rehearsal
    if not rehearsal.not_run:
        return []
    run = len(rehearsal.flows)
    others = rehearsal.tried - run
    text = (
        f"All figures rest on {run:,} of the {rehearsal.tried:,} flows that were tried, as if every"
        f" flow were like {'it' if run == 1 else 'them'}. The other"
        f"{'' if others == 1 else f' {others:,}'} could not be run:"
    )
    return [
        Text(text, style="yellow"),
        *(_item(line) for line in reasons(rehearsal.not_run, "flow")),
    ]


def _what(plan: Plan) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="cyan")
    table.add_column()
    if plan.earlier is not None:
        table.add_row("earlier run", _earlier(plan.earlier))
    table.add_row("space", f"{plan.size}, {counted(plan.parameters, 'parameter')}")
    table.add_row("search", f"{counted(plan.planned.trials, 'trial')}, {plan.planned.method}")
    *early, whole = plan.levels
    asked = "asked in every trial"
    if early:
        asked = f"trials are judged after {_listed(early)} of them"
    table.add_row(
        "questions", f"{whole:,} tune, {asked}; {plan.holdout:,} holdout, asked of the front only"
    )
    kinds = ", ".join(
        f"{count:,} {kind.replace('_', ' ')}" for kind, count in sorted(plan.indexes.kinds.items())
    )
    known = len(plan.indexes.after)
    first = "the first flow" if known == 1 else f"the first {known:,} flows"
    of_trials = "" if known == plan.planned.trials else f" for {first}"
    table.add_row("indexes", f"{plan.indexes.count:,} distinct{of_trials}: {kinds}")
    return table


def _earlier(earlier: EarlierRun) -> str:
    match earlier.standing:
        case Standing.UNREADABLE:
            return earlier.in_words()
        case Standing.REFUSED:
            return f"{earlier.in_words()}; the figures are of a new run"
        case _:
            whole = "the figures are of the whole study, what was done included"
            return f"{earlier.in_words()} ({whole})"


def _totals(totals: Totals) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("expected", style="cyan", no_wrap=True)
    for name in ("likely", "low", "high"):
        table.add_column(name, justify="right", no_wrap=True)
    rows = [
        ("answers, tune split", totals.tune_evaluations, _count),
        ("answers, holdout split", totals.holdout_evaluations, _count),
        ("indexes built", totals.index_builds, _count),
        ("model calls", totals.calls, _count),
    ]
    if totals.judge_calls.high > 0:
        rows.append(("  of judges", totals.judge_calls, _count))
    if totals.unknown_calls.high > 0:
        rows.append(("  of unknown length", totals.unknown_calls, _count))
    if totals.input_tokens.high > 0:
        rows += [
            ("input tokens", totals.input_tokens, _count),
            ("output tokens", totals.output_tokens, _count),
        ]
    rows += [("paid to providers", totals.usd, _usd), ("minutes", totals.minutes, _minutes)]
    for name, interval, form in rows:
        table.add_row(name, form(interval.likely), form(interval.low), form(interval.high))
    table.caption = Text("nine times in ten between low and high", style="dim")
    table.caption_justify = "left"
    return table


def _unknown(totals: Totals) -> list[Text]:
    if totals.unknown_calls.high == 0:
        return []
    unknown, calls = _count(totals.unknown_calls.likely), _count(totals.calls.likely)
    text = (
        f"How long {unknown} of {calls} model calls are is not known before they are made: they"
        " are paid for, here with up to their declared worst case, and are not in the tokens."
    )
    return [Text(text, style="yellow"), Text()]


def _limits(plan: Plan) -> list[str]:
    return [_limit(limit, plan.planned.trials) for limit in plan.totals.limits]


def _limit(limit: Limit, trials: int) -> str:
    budget = f"${limit.value:g}" if limit.kind == "usd" else _minutes_of(limit.value)
    if limit.trials is None or limit.used_up < NEARLY_NEVER:
        return f"The budget of {budget} will do."
    after = f"after about {limit.trials.likely:.0f} of {counted(trials, 'trial')}"
    if round(limit.trials.high) > round(limit.trials.low):
        after += f" ({limit.trials.low:.0f} to {limit.trials.high:.0f})"
    if limit.used_up > NEARLY_SURE:
        return f"The budget of {budget} will be used up {after}."
    if limit.used_up >= 0.5:
        return f"The budget of {budget} will probably be used up ({limit.used_up:.0%}), {after}."
    return f"The budget of {budget} will probably do; if not ({limit.used_up:.0%}), {after}."


def _probe(probe: ProbeResult) -> list[str]:
    lines = [
        f"The probe of {counted(probe.flows, 'flow')} spent"
        f" {shown(probe.spent_usd, 'USD')} of at most {shown(probe.bound_usd, 'USD')}."
    ]
    return lines + reasons(probe.errors, "time")


def _basis(plan: Plan) -> list[str]:
    rehearsal = plan.rehearsal
    models = any(flow.models for flow in rehearsal.flows)
    run = len(rehearsal.flows)
    lines = [
        f"{run:,} of the first flows {'was' if run == 1 else 'were'} run on a few questions in"
        f" {shown(rehearsal.seconds, 's')}"
        + (", models answered by a stand-in." if models else ".")
    ]
    # What keeps flows from being run is said at the top.
    unknown = {r: n for r, n in plan.indexes.unknown.items() if r not in rehearsal.not_run}
    lines += [f"Not counted for indexes: {line}" for line in reasons(unknown, "flow")]
    if plan.indexes.sampled:
        lines.append("Indexes were counted and built on a part of the documents.")
    if plan.planned.adaptive:
        lines.append(
            "The search learns: later trials may cost more or less than the first proposals, and"
            " share more indexes."
        )
    return lines


def _item(sentence: str) -> Padding:
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_row(Text("-"), Text(sentence))
    return Padding(table, (0, 0, 0, 2))


def _listed(numbers: list[int]) -> str:
    *most, last = map(str, numbers)
    return f"{', '.join(most)} and {last}" if most else last


def _minutes_of(budget: float) -> str:
    return f"{budget:g} minute" + "s" * (budget != 1)


def _count(value: float) -> str:
    return f"{value:,.0f}" if value < 10_000 else f"{float(f'{value:.3g}'):,.0f}"


def _usd(value: float) -> str:
    return shown(value, "USD")


def _minutes(value: float) -> str:
    if value < 1:
        return f"{value:.2g}"
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"
