"""A study from Python: load, run, look at it, ask a flow."""

from __future__ import annotations

from pathlib import Path

import pytest

from syftr_like import Study, StudyRun
from syftr_like.errors import InputError

from .tiny_study import STUDY


def test_trials_and_front_are_data_frames(tiny_run: StudyRun) -> None:
    assert list(tiny_run.trials.index) == [f"t{n:03d}" for n in range(6)]
    assert list(tiny_run.front.index) == list(tiny_run.result.front)
    assert tiny_run.front["on_front"].all()
    assert tiny_run.front["answer_match"].is_monotonic_decreasing
    assert tiny_run.front["holdout_answer_match"].between(0, 1).all()


def test_evaluations_hold_every_question_of_every_trial(tiny_run: StudyRun) -> None:
    table = tiny_run.evaluations

    per_trial = table[table["split"] == "tune"].groupby("trial").size()
    assert list(per_trial) == [8] * 6
    assert set(table[table["split"] == "holdout"]["trial"]) == {
        int(id.removeprefix("t")) for id in tiny_run.result.front
    }
    of_first = table[(table["trial"] == 0) & (table["split"] == "tune")]
    mean = of_first["score_answer_match"].mean()
    assert mean == pytest.approx(tiny_run.trials.loc["t000", "answer_match"])


def test_a_flow_of_the_front_answers_a_question(tiny_run: StudyRun) -> None:
    reply = tiny_run.flow("best").invoke("Who services the bilge pump?")

    assert "Ada Berg" in str(reply)
    assert reply.passages


@pytest.mark.parametrize(
    ("name", "key"), [("knee", "knee"), ("best", "best"), ("cheapest", "cheapest_within")]
)
def test_a_flow_is_found_by_what_it_is_recommended_as(
    name: str, key: str, tiny_run: StudyRun
) -> None:
    recommended = tiny_run.result.recommended[key]
    assert recommended is not None

    assert tiny_run.flow(name).config.key == tiny_run.flow(recommended).config.key


def test_an_unknown_flow_is_a_mistake_with_a_suggestion(tiny_run: StudyRun) -> None:
    with pytest.raises(InputError) as caught:
        tiny_run.flow("bets")

    assert caught.value.nearest == "best"
    assert caught.value.expected == "one of knee, best, cheapest, t000 to t005"


def test_a_flow_that_nothing_is_recommended_as_is_a_mistake(tiny_study: Path) -> None:
    tiny_study.write_text(
        STUDY.replace("  minimize: [usd_per_1k_questions, latency_p95_s]\n", ""), encoding="utf-8"
    )
    run = Study.from_yaml(tiny_study, settings={"search.trials": 2}).optimize(
        runs=tiny_study.parent / "runs"
    )

    with pytest.raises(InputError, match="no flow is the 'cheapest'") as caught:
        run.flow("cheapest")
    assert caught.value.expected == "one of knee, best, t000 to t001"


def test_settings_are_plain_values_or_yaml(tiny_study: Path) -> None:
    settings = {
        "search.trials": 7,
        "search.seed": "9",
        "budget.minutes": "1e-1",
        "constraints": ["cpu_seconds <= 3"],
        "objectives.maximize": "[token_f1]",
    }
    file = Study.from_yaml(tiny_study, settings=settings).loaded.file

    assert (file.search.trials, file.search.seed, file.budget.minutes) == (7, 9, 0.1)
    assert file.constraints == ["cpu_seconds <= 3"]
    assert file.objectives.maximize == ["token_f1"]


@pytest.mark.parametrize("value", ["abc", 1.5, None, True])
def test_a_bad_setting_is_named_as_it_was_written(value: object, tiny_study: Path) -> None:
    with pytest.raises(InputError) as caught:
        Study.from_yaml(tiny_study, settings={"search.trials": value})

    assert str(caught.value).startswith("settings['search.trials']: this value is not valid")


def test_an_earlier_run_is_kept_when_asked(tiny_study: Path) -> None:
    runs = tiny_study.parent / "runs"
    study = Study.from_yaml(tiny_study, settings={"search.trials": 1})
    first = study.optimize(runs=runs)

    study.optimize(runs=runs, fresh=True)

    assert sorted(path.name for path in runs.glob("[!.]*")) == ["tiny", "tiny.1"]
    assert (runs / "tiny.1" / "front.json").exists()
    assert first.result.spent.evaluations > 0


def test_an_earlier_run_goes_on(tiny_study: Path) -> None:
    runs = tiny_study.parent / "runs"
    Study.from_yaml(tiny_study, settings={"search.trials": 1}).optimize(runs=runs)

    run = Study.from_yaml(tiny_study, settings={"search.trials": 2}).optimize(runs=runs)

    assert sorted(path.name for path in runs.glob("[!.]*")) == ["tiny"]
    assert list(run.trials.index) == ["t000", "t001"]


def test_a_shipped_study_is_found_by_name() -> None:
    assert Study.from_yaml("quickstart").loaded.name == "quickstart"
