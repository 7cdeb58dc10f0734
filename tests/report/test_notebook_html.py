"""What shows itself in Jupyter: HTML without scripts, a still picture beside a plot."""

from __future__ import annotations

import base64

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from syftr_like.report.history_plot import history_plot
from syftr_like.report.notebook_figure import PLOTLY, NotebookFigure
from syftr_like.report.notebook_html import comparison_html, result_html, study_html
from syftr_like.report.picture import figure_png
from syftr_like.report.plots import front_plots
from syftr_like.results import StudyHeader, StudyResult, TrialState

from .made_results import METRICS, THREE, estimate, make_result, make_trial, usual_result

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>'\"&"


def hostile_result() -> StudyResult:
    values = {m: estimate(0.3) for m in METRICS}
    trials = [
        make_trial(n, values, values, option=HOSTILE, params={HOSTILE: HOSTILE}) for n in range(3)
    ]
    recommended: dict[str, str | None] = {"best": "t000", HOSTILE: "t001"}
    return make_result(trials, ("t000", "t001"), study=HOSTILE, recommended=recommended)


def hostile_comparison() -> str:
    metrics = pd.DataFrame(
        {"first": [0.0], "second": [1.0], "difference": [1.0], "low": [None], "high": [None],
         "questions": [1], "verdict": [HOSTILE]}, index=["answer_match"],
    )  # fmt: skip
    questions = pd.DataFrame(
        {"question": [HOSTILE], "expected": [[HOSTILE]], "a_answer": [HOSTILE], "a_score": [0.0],
         "b_answer": [HOSTILE], "b_score": [1.0], "difference": [1.0]}
    )  # fmt: skip
    return comparison_html(
        (HOSTILE, HOSTILE), HOSTILE, metrics, questions, HOSTILE, {"answer_match": "share"}
    )


def hostile_study() -> str:
    header = StudyHeader(HOSTILE, 1, 1, 1, HOSTILE, 1, (), {}, None)
    return study_html(header, [(HOSTILE, HOSTILE)])


@pytest.mark.parametrize(
    ("page", "times"),
    [(result_html(hostile_result()), 5), (hostile_comparison(), 8), (hostile_study(), 3)],
    ids=["result", "comparison", "study"],
)
def test_text_of_others_is_escaped(page: str, times: int) -> None:
    soup = BeautifulSoup(page, "html.parser")

    assert not soup.find_all("script")
    assert soup.get_text().count(HOSTILE) >= times
    for image in soup.find_all("img"):
        assert str(image["src"]).startswith("data:image/png;base64,")
        assert "onerror" not in image.attrs


def test_a_result_shows_both_splits_with_intervals_and_the_recommendation() -> None:
    result = usual_result()
    soup = BeautifulSoup(result_html(result), "html.parser")

    rows = [row.get_text(" ", strip=True) for row in soup.find_all("tr")][1:]
    assert len(rows) == 2 * len(result.front)
    best = result.trial(result.front[0])
    assert rows[0].startswith(f"{best.id} (best)")
    assert f"{best.tune['answer_match'].value:.3f}" in rows[0]
    assert f"{best.tune['answer_match'].low:.3f} to" in rows[0]
    assert f"{best.holdout['answer_match'].value:.3f}" in rows[1]
    assert "all 30 trials are done" in soup.get_text()
    assert "The knee" in soup.find("li").text  # type: ignore[union-attr]
    assert len(soup.find_all("img")) == 1


def test_a_run_without_a_front_says_so() -> None:
    running = make_result([make_trial(0, {}, state=TrialState.RUNNING)], ())
    page = result_html(running)

    assert "The front is empty: no trial was completed." in page
    assert "<table>" not in page


def test_least_violating_flows_are_marked() -> None:
    broken = [make_trial(0, {m: estimate(0.3) for m in METRICS}, violations={"failure_rate": 1})]

    assert "No flow keeps every constraint" in result_html(make_result(broken, ("t000",)))
    assert "No flow keeps every constraint" not in result_html(usual_result())


def test_a_figure_is_kept_as_data_and_as_a_picture() -> None:
    figure = NotebookFigure(front_plots(usual_result())[0])
    bundle = figure._repr_mimebundle_()

    assert set(bundle) == {PLOTLY, "image/png", "text/plain"}
    assert len(bundle[PLOTLY]["data"]) == len(figure.data)
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert not callable(figure._repr_html_)
    assert not callable(figure._ipython_display_)


@pytest.mark.parametrize(
    "result",
    [usual_result(), usual_result(objectives=THREE[:1]), hostile_result()],
    ids=["three objectives", "one objective", "hostile"],
)
def test_every_plot_has_a_picture_and_equal_plots_equal_ones(result: StudyResult) -> None:
    for figure in front_plots(result):
        assert figure_png(figure) == figure_png(figure)


def test_dollar_signs_and_broken_formulas_are_plain_text_in_a_picture() -> None:
    figure = front_plots(usual_result())[0]
    figure.data[-1].update(text=["$\\frac{$ <b>x</b>"] * len(figure.data[-1].x))

    assert figure_png(figure).startswith(b"\x89PNG")


def test_what_has_no_picture_is_refused() -> None:
    import plotly.graph_objects as go

    with pytest.raises(ValueError, match="a bar plot has no still picture"):
        figure_png(go.Figure(go.Bar(x=[1], y=[2])))


def test_the_history_is_drawn_in_steps() -> None:
    history = pd.DataFrame(
        {"trial": ["t000", "t004"], "questions": [120, 300], "hypervolume": [0.5, 1.0]}
    )
    figure = history_plot(history)

    assert list(figure.data[0].x) == [120, 300]
    assert figure.data[0].line.shape == "hv"
    assert figure_png(figure).startswith(b"\x89PNG")
