"""`report.html`: one file that loads nothing, runs nothing of a stranger's, and draws its plots."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from syftr_like.report.html import report_html
from syftr_like.report.plots import front_plots
from syftr_like.results import StudyResult, TrialState

from .made_results import METRICS, THREE, estimate, make_result, make_trial, usual_result

HOSTILE = "<script>alert(1)</script></script><img src=x onerror=alert(2)>'\"&"
LOADING = {"src", "href", "srcset", "data", "action", "poster", "background"}
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


def hostile_result() -> StudyResult:
    values = {m: estimate(0.3) for m in METRICS}
    trials = [
        make_trial(
            n, values, values, option=HOSTILE, params={HOSTILE: HOSTILE}, first_error=HOSTILE
        )
        for n in range(3)
    ]
    trials.append(make_trial(3, {}, first_error=HOSTILE, state=TrialState.INTERRUPTED))
    trials.append(make_trial(4, values, violations={HOSTILE: 1.0}, first_error=HOSTILE))
    return make_result(
        trials, ("t000", "t001"), study=HOSTILE,
        recommended={"best": "t000", "knee": "t001", HOSTILE: "t001"},
    )  # fmt: skip


RESULTS = {
    "three objectives": usual_result(),
    "five objectives": usual_result(objectives=tuple(m for m in METRICS if m != "failure_rate")),
    "one objective": usual_result(objectives=THREE[:1]),
    "two alike": make_result(
        [make_trial(n, {m: estimate(0.3) for m in METRICS}) for n in range(2)], ("t000", "t001")
    ),
    "an empty front": make_result([make_trial(0, {}, state=TrialState.INTERRUPTED)], ()),
    "no flow is feasible": make_result(
        [make_trial(0, {m: estimate(0.3) for m in METRICS}, violations={"failure_rate <= 0": 1})],
        ("t000",),
    ),
    "no trial": make_result([], ()),
    "hostile": hostile_result(),
}


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {name: report_html(result) for name, result in RESULTS.items()}


@pytest.mark.parametrize("name", RESULTS)
def test_the_report_refers_to_nothing_outside(name: str, pages: dict[str, str]) -> None:
    page = BeautifulSoup(pages[name], "html.parser")

    assert not page.find_all(["link", "iframe", "object", "embed", "base", "img", "form"])
    for tag in page.find_all(True):
        assert not LOADING & set(tag.attrs), tag
    for style in page.find_all("style"):
        assert "url(" not in style.text
        assert "@import" not in style.text


def test_text_of_others_is_escaped(pages: dict[str, str]) -> None:
    clean, hostile = (
        BeautifulSoup(pages[name], "html.parser") for name in ("three objectives", "hostile")
    )

    # Three plots each: the same scripts, and not one more.
    assert len(hostile.find_all("script")) == len(clean.find_all("script"))
    assert HOSTILE in hostile.find("h1").text
    assert HOSTILE in hostile.find("title").text
    shown = hostile.get_text()
    assert shown.count(HOSTILE) > 10
    for script in hostile.find_all("script"):
        assert "<img" not in script.text
        assert "alert(2)>'" not in script.text


def test_the_front_shows_both_splits_with_their_intervals(pages: dict[str, str]) -> None:
    page = BeautifulSoup(pages["three objectives"], "html.parser")
    result = RESULTS["three objectives"]

    table = page.find_all("table")[0]
    rows = table.find("tbody").find_all("tr")
    assert len(rows) == 2 * len(result.front)
    first = result.trial(result.front[0])
    assert f"{first.holdout['answer_match'].value:.3f}" in rows[0].text
    assert "holdout" in rows[0].text
    assert f"{first.tune['answer_match'].value:.3f}" in rows[1].text
    assert f"{first.tune['answer_match'].low:.3f} to " in rows[1].text
    assert "0 / 120" in rows[0].text


def test_values_of_the_tune_split_are_not_called_holdout(pages: dict[str, str]) -> None:
    page = BeautifulSoup(pages["two alike"], "html.parser")

    metrics = page.find("h2", string="Every metric of the front").find_next("thead").text
    assert "tune" in metrics
    assert "holdout" not in metrics


def test_an_empty_front_says_why_and_shows_the_trials(pages: dict[str, str]) -> None:
    text = BeautifulSoup(pages["an empty front"], "html.parser").get_text()

    assert "No trial was completed: the front is empty." in text
    assert "interrupted" in text
    assert "Recommendation" not in text


def test_least_violating_flows_are_marked_so(pages: dict[str, str]) -> None:
    text = " ".join(BeautifulSoup(pages["no flow is feasible"], "html.parser").get_text().split())

    assert "No flow keeps every constraint (failure_rate <= 0.1)." in text
    assert "The flows below break them least: t000 breaks failure_rate <= 0." in text


def test_one_plot_per_pair_of_objectives_the_first_objective_first() -> None:
    titles = [
        (figure.layout.xaxis.title.text.split(" ")[0], figure.layout.yaxis.title.text.split(" ")[0])
        for figure in front_plots(usual_result())
    ]

    assert titles == [
        ("usd_per_1k_questions", "answer_match"),
        ("latency_p95_s", "answer_match"),
        ("latency_p95_s", "usd_per_1k_questions"),
    ]
    assert len(front_plots(usual_result(objectives=THREE[:1]))) == 1
    assert front_plots(make_result([], ())) == []


def test_texts_in_plots_hold_no_markup_of_a_stranger() -> None:
    for figure in front_plots(RESULTS["hostile"]):
        texts = [text for trace in figure.data for text in trace.customdata]
        assert any("&lt;script&gt;alert(1)" in text for text in texts)
        for text in texts:
            assert "<script" not in text
            assert "<img" not in text


def test_every_finished_trial_is_one_point_of_each_plot() -> None:
    result = usual_result(trials=30)

    for figure in front_plots(result):
        points = {trace.name: len(trace.x) for trace in figure.data}
        assert sum(points.values()) == 30
        assert points["front"] == len(result.front)


# --- in a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("Chromium or its driver is not installed")
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with tempfile.TemporaryDirectory() as profile:
        for flag in (*FLAGS, f"--user-data-dir={profile}", "--window-size=1280,1000"):
            options.add_argument(flag)
        service = webdriver.ChromeService(driver)
        opened = webdriver.Chrome(options=options, service=service)
        try:
            yield opened
        finally:
            opened.quit()


PLOTS_DRAWN = """
const plots = [...document.querySelectorAll('.js-plotly-plot')];
return plots.map(plot => plot.querySelectorAll('.scatterlayer .point').length);
"""
TICKS = """
return [...document.querySelectorAll('#front-plot-0 .xtick text')].map(tick => tick.textContent);
"""
OUTSIDE_THE_PLOT = """
const page = document.documentElement.clientWidth;
return [...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => {
  const frame = plot.getBoundingClientRect();
  return [...plot.querySelectorAll('.textpoint text, .xtitle, .ytitle, .xtick text, .ytick text')]
    .filter(text => {
      const box = text.getBoundingClientRect();
      return box.left < frame.left - 1 || box.right > Math.min(frame.right, page) + 1
        || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
    }).map(text => text.textContent);
});
"""
OVERLAPPING_LABELS = """
return [...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => {
  const labels = [...plot.querySelectorAll('.textpoint text')].filter(text => text.textContent);
  const boxes = labels.map(text => text.getBoundingClientRect());
  return labels.filter((text, i) => boxes.some((b, j) => j < i && boxes[i].left < b.right
    && b.left < boxes[i].right && boxes[i].top < b.bottom && b.top < boxes[i].bottom))
    .map(text => text.textContent);
});
"""


@pytest.mark.parametrize("name", RESULTS)
def test_a_browser_draws_the_plots_without_a_complaint(
    name: str, pages: dict[str, str], browser: Any, tmp_path: Path
) -> None:
    open_page(browser, pages[name], tmp_path)
    result = RESULTS[name]
    finished = sum(bool(trial.tune) for trial in result.trials)
    pairs = len(result.objectives) * (len(result.objectives) - 1) // 2 or 1

    assert browser.execute_script(PLOTS_DRAWN) == [finished] * (pairs if finished else 0)
    assert [entry["message"] for entry in browser.get_log("browser")] == []
    assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0
    assert browser.execute_script(OUTSIDE_THE_PLOT) == []
    assert browser.execute_script(OVERLAPPING_LABELS) == []


def test_nothing_of_a_stranger_runs_in_the_browser(
    pages: dict[str, str], browser: Any, tmp_path: Path
) -> None:
    from selenium.common.exceptions import NoAlertPresentException

    open_page(browser, pages["hostile"], tmp_path)
    browser.execute_script("document.querySelectorAll('details').forEach(d => { d.open = true; })")

    with pytest.raises(NoAlertPresentException):
        _ = browser.switch_to.alert
    assert browser.execute_script("return document.images.length") == 0
    labels = browser.execute_script(
        "return [...document.querySelectorAll('.textpoint text')].map(text => text.textContent)"
    )
    assert any(HOSTILE.split("<img")[0] in label for label in labels)


def test_ticks_name_tiny_dollars_in_full(
    pages: dict[str, str], browser: Any, tmp_path: Path
) -> None:
    open_page(browser, pages["three objectives"], tmp_path)

    ticks = [tick.replace("\u2212", "-") for tick in browser.execute_script(TICKS)]
    assert ticks == ["$1e-8", "$1e-7", "$1e-6", "$1e-5"]


def test_the_page_is_no_wider_than_the_window(
    pages: dict[str, str], browser: Any, tmp_path: Path
) -> None:
    open_page(browser, pages["three objectives"], tmp_path)

    widths = "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    needed, there = browser.execute_script(widths)
    assert needed <= there
    table = "const t = document.querySelector('.scroll'); return [t.scrollWidth, t.clientWidth]"
    needed, there = browser.execute_script(table)
    assert needed <= there


def open_page(browser: Any, page: str, folder: Path) -> None:
    file = folder / "report.html"
    file.write_text(page, encoding="utf-8")
    browser.get_log("browser")
    browser.get(file.as_uri())
    assert json.loads(browser.execute_script("return JSON.stringify(document.readyState)")) == (
        "complete"
    )
