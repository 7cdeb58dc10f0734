"""A plan as a person sees it in the terminal."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from syftr_like.planning.estimate import Limit, Totals
from syftr_like.planning.plan import Plan
from syftr_like.planning.probe import ProbeResult
from syftr_like.planning.resolution import SMALL_DIFFERENCE, Resolution
from syftr_like.report.numbers import shown

NEARLY_SURE, NEARLY_NEVER = 0.95, 0.05


def plan_view(plan: Plan) -> RenderableType:
    """Return the whole plan."""
    parts: list[RenderableType] = [_headline(plan), Text(), _what(plan)]
    if plan.totals is None:
        parts += [Text(), Text("no flow could be run, so that nothing can be said of its cost")]
    else:
        parts += [Text(), *_warning(plan, plan.totals), _totals(plan.totals)]
        parts += [Text(sentence, style="bold") for sentence in _limits(plan, plan.totals)]
    if plan.probe is not None:
        parts += [Text(), *(Text(line) for line in _probe(plan.probe))]
    if plan.resolutions:
        parts += [Text(), Text("What the questions can tell apart", style="bold")]
        parts += [_item(_resolution(item)) for item in plan.resolutions]
    parts += [Text(), Text("What this rests on", style="bold")]
    parts += [_item(sentence) for sentence in (*_basis(plan), *plan.assumptions)]
    return Group(*parts)


def _headline(plan: Plan) -> Text:
    return Text(f"plan of {plan.study}: what it takes from beginning to end", style="bold")


def _what(plan: Plan) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="cyan")
    table.add_column()
    table.add_row("space", f"{plan.size}, {_counted(plan.parameters, 'parameter')}")
    table.add_row("search", f"{_counted(plan.planned.trials, 'trial')}, {plan.planned.method}")
    *early, whole = plan.levels
    judged = f", judged after {_listed(early)}" if early else ", all by every trial"
    table.add_row("questions", f"{whole} tune{judged}; {plan.holdout} holdout, by the front only")
    kinds = ", ".join(
        f"{count} {kind.replace('_', ' ')}" for kind, count in sorted(plan.indexes.kinds.items())
    )
    counted = len(plan.indexes.after)
    first = "the first flow" if counted == 1 else f"the first {counted} flows"
    of_trials = "" if counted == plan.planned.trials else f" for {first}"
    table.add_row("indexes", f"{plan.indexes.count} distinct{of_trials}: {kinds}")
    return table


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
    if totals.unknown_calls.high > 0:
        rows.append(("of unknown length", totals.unknown_calls, _count))
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


def _warning(plan: Plan, totals: Totals) -> list[Text]:
    lines = []
    left_out = sum(plan.rehearsal.not_run.values())
    if left_out:
        tried = _counted(left_out + len(plan.rehearsal.flows), "flow")
        are = "is" if left_out == 1 else "are"
        lines.append(
            f"{left_out} of {tried} could not be run and {are} not in these figures; why is said"
            " below."
        )
    if totals.unknown_calls.high > 0:
        unknown, calls = _count(totals.unknown_calls.likely), _count(totals.calls.likely)
        lines.append(
            f"How long {unknown} of {calls} model calls are is not known before they are made: they"
            " are paid for, here with up to their declared worst case, and are not in the tokens."
        )
    return [Text(line, style="yellow") for line in lines]


def _limits(plan: Plan, totals: Totals) -> list[str]:
    return [_limit(limit, plan.planned.trials) for limit in totals.limits]


def _limit(limit: Limit, trials: int) -> str:
    budget = f"${limit.value:g}" if limit.kind == "usd" else _minutes_of(limit.value)
    if limit.trials is None or limit.used_up < NEARLY_NEVER:
        return f"The budget of {budget} will do."
    after = f"after about {limit.trials.likely:.0f} of {_counted(trials, 'trial')}"
    if round(limit.trials.high) > round(limit.trials.low):
        after += f" ({limit.trials.low:.0f} to {limit.trials.high:.0f})"
    if limit.used_up > NEARLY_SURE:
        return f"The budget of {budget} will be used up {after}."
    if limit.used_up >= 0.5:
        return f"The budget of {budget} will probably be used up ({limit.used_up:.0%}), {after}."
    return f"The budget of {budget} will probably do; if not ({limit.used_up:.0%}), {after}."


def _probe(probe: ProbeResult) -> list[str]:
    lines = [
        f"The probe of {_counted(probe.flows, 'flow')} spent"
        f" {shown(probe.spent_usd, 'USD')} of at most {shown(probe.bound_usd, 'USD')}."
    ]
    return lines + [f"{_counted(count, 'time')}: {text}" for text, count in probe.errors.items()]


def _resolution(item: Resolution) -> str:
    low, high = item.difference
    spread = f"standard deviation {_range(*item.deviation, item.unit)}, {item.source}"
    text = (
        f"{item.metric}, {item.questions} {item.split} questions: two flows that differ by"
        f" {_range(low, high, item.unit)} ({spread})"
    )
    if item.needed is not None:
        few, many = item.needed
        needed = f"{few:,}" if few == many else f"{few:,} to {many:,}"
        text += f"; a difference of {SMALL_DIFFERENCE:g} needs {needed} questions"
    return text


def _basis(plan: Plan) -> list[str]:
    rehearsal = plan.rehearsal
    models = any(flow.models for flow in rehearsal.flows)
    run = len(rehearsal.flows)
    lines = [
        f"{run} of the first flows {'was' if run == 1 else 'were'} run on a few questions in"
        f" {rehearsal.seconds:.0f} s" + (", models answered by a stand-in." if models else ".")
    ]
    lines += _left_out("could not be run", rehearsal.not_run)
    lines += _left_out("could not be counted for indexes", plan.indexes.unknown)
    if plan.indexes.sampled:
        lines.append("Indexes were counted and built on a part of the documents.")
    if plan.planned.adaptive:
        lines.append(
            "The search learns: later trials may cost more or less than the first proposals, and"
            " share more indexes."
        )
    if plan.resolutions:
        lines.append("Differences are found four times in five, by a paired t-test at 5 %.")
    return lines


def _left_out(what: str, reasons: Mapping[str, int]) -> list[str]:
    return [f"{_counted(count, 'flow')} {what}: {text}" for text, count in reasons.items()]


def _item(sentence: str) -> Padding:
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_row(Text("-"), Text(sentence))
    return Padding(table, (0, 0, 0, 2))


def _range(low: float, high: float, unit: str) -> str:
    if unit == "share":
        first, second = f"{low:.2g}", f"{high:.2g}"
    else:
        first, second = shown(low, unit), shown(high, unit)
    return first if first == second else f"{first} to {second}"


def _listed(numbers: list[int]) -> str:
    *most, last = map(str, numbers)
    return f"{', '.join(most)} and {last}" if most else last


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _minutes_of(budget: float) -> str:
    return f"{budget:g} minute" + "s" * (budget != 1)


def _count(value: float) -> str:
    return f"{value:,.0f}" if value < 10_000 else f"{float(f'{value:.3g}'):,.0f}"


def _usd(value: float) -> str:
    return shown(value, "USD")


def _minutes(value: float) -> str:
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"
