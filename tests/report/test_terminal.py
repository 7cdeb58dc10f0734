"""What stands in the terminal: readable at any width, and never more than text."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from syftr_like.report.front_table import FlowRow, front_table, live_table
from syftr_like.report.terminal import TerminalView
from syftr_like.results import TrialState
from syftr_like.study.loading import LoadedStudy, load_study

from ..study.tiny_study import write_tiny_study
from .made_results import METRICS, THREE, estimate, make_result, make_trial, usual_result

FIVE = (*THREE, "context_tokens", "retrieval_recall")
HOSTILE = "[/bold] [red]x[/] [link=file:///etc] \x1b[2J\x1b]0;title\x07 \r\nsecond line"


@pytest.fixture
def loaded(tmp_path: Path) -> LoadedStudy:
    return load_study(write_tiny_study(tmp_path))


def printed(renderable: object, width: int) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(renderable)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def view(loaded: LoadedStudy, *, terminal: bool) -> tuple[TerminalView, io.StringIO]:
    out = io.StringIO()
    return TerminalView(loaded.header, Console(file=out, width=80, force_terminal=terminal)), out


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("objectives", [THREE, FIVE, THREE[:1]], ids=["three", "five", "one"])
def test_the_result_is_cut_at_no_width(width: int, objectives: tuple[str, ...]) -> None:
    result = usual_result(objectives=objectives)

    text = printed(front_table(result, Console(width=width)), width)

    assert "…" not in text
    assert max(len(line) for line in text.splitlines()) <= width
    flat = " ".join(text.split())
    for name in objectives:
        assert name in flat
    for id in result.front:
        assert text.count(id) in (1, 2)
        assert "0.3" in flat
    assert flat.count("recursive_splitter > hybrid > extractive_reader") == len(result.front)


def test_components_stand_in_the_table_where_there_is_room() -> None:
    result = usual_result()

    wide = printed(front_table(result, Console(width=120)), 120).splitlines()
    assert wide[1].split() == ["flow", *THREE, "components"]
    assert len(wide) == 2 + len(result.front)

    narrow = printed(front_table(result, Console(width=80)), 80).splitlines()
    assert narrow[1].split() == ["flow", *THREE]
    assert len(narrow) == 3 + 2 * len(result.front)


def test_a_flow_that_was_not_measured_on_the_holdout_split_says_so() -> None:
    result = make_result([make_trial(0, {m: estimate(0.3) for m in THREE})], ("t000",))

    assert "0.300 / -" in printed(front_table(result, Console(width=120)), 120)


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_the_live_front_keeps_ids_and_numbers(width: int) -> None:
    rows = [FlowRow(f"t00{n}", ("0.472", "$4.58e-5", "15.4 ms"), "a_splitter > " * 9) for n in "12"]

    text = printed(live_table(THREE, rows, Console(width=width)), width)

    assert max(len(line) for line in text.splitlines()) <= width
    for part in ("t001", "t002", *THREE, "0.472", "$4.58e-5", "15.4 ms"):
        assert part in text


@pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "file"])
def test_what_an_error_says_is_shown_as_text_on_one_line(
    terminal: bool, loaded: LoadedStudy
) -> None:
    watching, out = view(loaded, terminal=terminal)
    values = {m: estimate(0.3) for m in METRICS}
    failed = make_trial(0, values, first_error=HOSTILE, option="[/bold]", params={"a": HOSTILE})
    lost = make_trial(1, {}, first_error=HOSTILE, state=TrialState.INTERRUPTED)
    with watching:
        watching.phase("searching")
        watching.trial_finished(failed)
        watching.trial_finished(lost)
    watching.finished(make_result([failed, lost], ("t000",)), Path("runs/made"))

    text = out.getvalue()
    assert "\x1b]0;" not in text
    assert "\x07" not in text
    assert "\x1b[2J\x1b]" not in text
    if not terminal:
        assert "\x1b" not in text
        assert "2 of 120 failed: [/bold] [red]x[/]" in text
        assert "t001  interrupted: [/bold] [red]x[/]" in text
        assert text.count("second line") == 2
        assert not any(line.startswith("second") for line in text.splitlines())


def test_without_a_terminal_each_trial_is_a_plain_line(loaded: LoadedStudy) -> None:
    watching, out = view(loaded, terminal=False)
    better = make_trial(0, {m: estimate(0.3) for m in METRICS})
    broken = make_trial(
        1, {m: estimate(0.2) for m in METRICS}, violations={"context_tokens <= 5000": 3.0}
    )
    with watching:
        watching.trial_finished(better)
        watching.trial_finished(broken)

    assert out.getvalue().splitlines()[1:] == [
        "t000  answer_match 0.300  usd_per_1k_questions $0.3  latency_p95_s 300 ms  *front*",
        "t001  answer_match 0.200  usd_per_1k_questions $0.2  latency_p95_s 200 ms"
        "  breaks context_tokens <= 5000",
    ]


def test_a_trial_without_values_says_why_where_it_is_known(loaded: LoadedStudy) -> None:
    watching, out = view(loaded, terminal=False)
    with watching:
        watching.trial_finished(make_trial(9, {}, state=TrialState.INTERRUPTED))
        watching.trial_finished(make_trial(10, {}, state=TrialState.FAILED, first_error="no room"))

    assert out.getvalue().splitlines()[1:] == ["t009  interrupted", "t010  failed: no room"]


def test_on_a_terminal_the_front_is_shown_as_it_grows(loaded: LoadedStudy) -> None:
    watching, out = view(loaded, terminal=True)
    with watching:
        watching.phase("searching")
        watching.trial_finished(make_trial(0, {m: estimate(0.3) for m in METRICS}))

    text = out.getvalue()
    for part in ("searching", "trials", "questions", "front so far (tune split)", "t000"):
        assert part in text


def test_an_empty_front_says_why(loaded: LoadedStudy) -> None:
    broken = make_trial(
        0, {m: estimate(0.3) for m in METRICS}, violations={"failure_rate <= 0.1": 0.2}
    )
    lost = make_trial(1, {}, state=TrialState.INTERRUPTED)
    for trials in ([lost], []):
        watching, out = view(loaded, terminal=False)
        watching.finished(make_result(trials, ()), Path("runs/made"))
        assert "the front is empty: no trial was completed" in out.getvalue()
    watching, out = view(loaded, terminal=False)
    watching.finished(make_result([broken, lost], (broken.id,)), Path("runs/made"))
    assert (
        "no flow keeps every constraint (failure_rate <= 0.1); these break them least:"
        f" {broken.id} breaks failure_rate <= 0.1"
    ) in out.getvalue()


def test_flows_that_answered_nothing_are_counted_and_say_why(loaded: LoadedStudy) -> None:
    values = {m: estimate(0.3) for m in METRICS}
    well = make_trial(0, values, values)
    broken = replace(make_trial(1, values, first_error="no key for acme"), failures=120)
    for trials, told in (([well, broken], True), ([well], False)):
        watching, out = view(loaded, terminal=False)
        watching.finished(make_result(trials, (well.id,)), Path("runs/made"))
        line = "1 of 2 flows failed on every question, such as t001: no key for acme"
        assert (line in out.getvalue()) == told
        assert ("failed on every question" in out.getvalue()) == told


@pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "file"])
def test_until_a_worker_answers_it_says_what_takes_so_long(
    terminal: bool, loaded: LoadedStudy
) -> None:
    watching, out = view(loaded, terminal=terminal)
    with watching:
        watching.phase("searching")
        before = out.getvalue() if not terminal else printed(watching._render(), 120)
        watching.evaluated([])
        after = printed(watching._render(), 120)

    assert "searching: workers start and index the documents first" in before
    assert "workers start" not in after
    assert "searching" in after


def test_questions_that_failed_were_not_answered(loaded: LoadedStudy) -> None:
    values = {m: estimate(0.3) for m in METRICS}
    broken = replace(make_trial(0, values), failures=7)
    for trial, told in ((broken, "5,000 questions asked (7 failed on the tune split) in 42 s"),
                        (make_trial(0, values), "5,000 questions asked in 42 s")):  # fmt: skip
        watching, out = view(loaded, terminal=False)
        watching.finished(make_result([trial], (trial.id,)), Path("runs/made"))

        assert told in out.getvalue()
        assert "answered" not in out.getvalue()


def test_one_is_no_plural(loaded: LoadedStudy) -> None:
    one = make_trial(0, {m: estimate(0.3) for m in METRICS})
    watching, out = view(loaded, terminal=False)
    with watching:
        watching.resumed([one])
    watching.finished(make_result([one], (one.id,)), Path("runs/made"))

    assert "going on with an earlier run of 1 trial\n" in out.getvalue()
    assert "\n1 trial, " in out.getvalue()
