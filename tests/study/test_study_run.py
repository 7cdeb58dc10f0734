"""A run read back: the same as what `optimize` returned, and what lies behind its front."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from syftr_like import Study, StudyRun
from syftr_like.errors import InputError
from syftr_like.study.run_folder import RunFolder

TABLES = ("trials", "front", "evaluations", "rungs", "questions", "history")


@pytest.fixture(scope="module")
def loaded(tiny_run: StudyRun) -> StudyRun:
    return StudyRun.load("tiny", runs=tiny_run.folder.parent)


@pytest.mark.parametrize("table", TABLES)
def test_a_loaded_run_has_the_same_tables(table: str, tiny_run: StudyRun, loaded: StudyRun) -> None:
    pd.testing.assert_frame_equal(getattr(loaded, table), getattr(tiny_run, table))


def test_a_loaded_run_is_the_same_result_and_shows_itself_alike(
    tiny_run: StudyRun, loaded: StudyRun
) -> None:
    assert loaded.result.front == tiny_run.result.front
    assert loaded.result.recommended == tiny_run.result.recommended
    assert loaded._repr_html_() == tiny_run._repr_html_()
    assert repr(loaded).startswith("<StudyRun tiny: 6 trials, ")
    assert (
        "8 questions to tune on"
        in Study.from_yaml(tiny_run.folder.parent.parent / "study.yaml")._repr_html_()
    )


def test_it_is_found_by_its_folder_and_answers(tiny_run: StudyRun) -> None:
    reply = StudyRun.load(tiny_run.folder).flow("best").invoke("Who services the bilge pump?")

    assert "Ada Berg" in str(reply)


def test_an_unknown_run_is_a_mistake_with_a_suggestion(tiny_run: StudyRun) -> None:
    with pytest.raises(InputError) as caught:
        StudyRun.load("tinny", runs=tiny_run.folder.parent)

    assert caught.value.nearest == "tiny"


def test_tables_need_no_dataset_and_a_moved_one_is_named(
    tiny_study: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    runs = tmp_path_factory.mktemp("elsewhere")
    Study.from_yaml(tiny_study, settings={"search.trials": 2}).optimize(runs=runs)
    moved = tmp_path_factory.mktemp("moved") / "study"
    shutil.move(tiny_study.parent, moved)

    gone = StudyRun.load("tiny", runs=runs)
    assert len(gone.trials) == 2
    assert len(gone.rungs)
    with pytest.raises(InputError):
        _ = gone.questions
    again = StudyRun.load("tiny", runs=runs, study=moved / "study.yaml")
    assert len(again.questions) == 16


def test_rungs_end_with_the_trials_own_values(tiny_run: StudyRun) -> None:
    last = tiny_run.rungs[tiny_run.rungs["verdict"] == "complete"].set_index("trial")

    for id, row in last.iterrows():
        trial = tiny_run.result.trial(str(id))
        assert row["questions"] == 8
        assert row["answer_match"] == trial.tune["answer_match"].value
        assert row["answer_match_low"] == trial.tune["answer_match"].low


def test_questions_hold_the_means_over_the_trials_that_saw_them_all(tiny_run: StudyRun) -> None:
    table, evaluations = tiny_run.questions, tiny_run.evaluations

    assert list(table["split"]) == ["tune"] * 8 + ["holdout"] * 8
    assert set(table[~table["answerable"]]["question"]) >= {"What is the captain's shoe size?"}
    id = table.index[0]
    of_it = evaluations[evaluations["question"] == id]
    assert table.loc[id, "trials"] == len(of_it) == 6
    assert table.loc[id, "mean_answer_match"] == pytest.approx(of_it["score_answer_match"].mean())


def test_a_question_shows_what_each_flow_replied(tiny_run: StudyRun) -> None:
    table = tiny_run.question("q-pump")

    split = tiny_run.questions.loc["q-pump", "split"]
    expected = list(tiny_run.trials.index) if split == "tune" else list(tiny_run.result.front)
    assert list(table.index) == sorted(expected)
    right = table[table["score_answer_match"] == 1]
    assert any("Ada Berg" in str(answer) for answer in right["answer"])
    reading = table[table["components"].str.contains("bm25")]
    assert all("pump" in documents for documents in reading["retrieved"])


def test_an_unknown_question_is_a_mistake_with_a_suggestion(tiny_run: StudyRun) -> None:
    with pytest.raises(InputError) as caught:
        tiny_run.question("q-pumps")
    assert caught.value.nearest == "q-pump"


@pytest.mark.parametrize("split", ["tune", "holdout", None])
def test_a_comparison_says_what_each_flow_answers_and_the_other_does_not(
    split: str | None, tiny_run: StudyRun
) -> None:
    first, second = tiny_run.result.front[0], tiny_run.result.front[-1]
    both = tiny_run.compare(first, second, split=split)
    estimates = "tune" if split == "tune" else "holdout"

    assert both.split == estimates
    for name, row in both.metrics.iterrows():
        for side, id in (("first", first), ("second", second)):
            trial = tiny_run.result.trial(id)
            assert row[side] == pytest.approx(getattr(trial, estimates)[str(name)].value)
        assert row["difference"] == pytest.approx(row["second"] - row["first"])
    assert len(both.questions) == 8
    gain = both.questions["difference"].mean()
    assert gain == pytest.approx(both.metrics.loc["answer_match", "difference"])
    assert (both.only_first[f"{first}_score"] > both.only_first[f"{second}_score"]).all()
    assert len(both.only_first) + len(both.only_second) == (both.questions["difference"] != 0).sum()
    assert "on the same" in both._repr_html_()


def test_a_flow_compared_with_itself_does_not_differ(tiny_run: StudyRun) -> None:
    same = tiny_run.compare("best", "best")

    assert (same.metrics["difference"] == 0).all()
    assert set(same.metrics["verdict"]) == {"no clear difference"}


def test_a_comparison_names_the_better_flow(tiny_run: StudyRun) -> None:
    front = tiny_run.front["usd_per_1k_questions"]
    dear, cheap = front.idxmax(), front.idxmin()

    for pair in ((dear, cheap), (cheap, dear)):
        verdict = tiny_run.compare(*pair, split="tune").metrics.loc["usd_per_1k_questions"]
        assert verdict["verdict"] in (f"{cheap} is better", "no clear difference")


@pytest.mark.parametrize(
    ("options", "nearest"), [({"split": "tunes"}, "tune"), ({"metric": "token_f2"}, "token_f1")]
)
def test_an_unknown_split_or_metric_is_a_mistake(
    options: dict[str, str], nearest: str, tiny_run: StudyRun
) -> None:
    with pytest.raises(InputError) as caught:
        tiny_run.compare("best", "knee", **options)
    assert caught.value.nearest == nearest


def test_costs_of_the_nodes_add_up_to_the_flows(tiny_run: StudyRun) -> None:
    for trial in tiny_run.result.trials:
        costs = tiny_run.costs(trial.id)
        whole = trial.tune["usd_per_1k_questions"].value / 1000
        assert costs["usd"].sum() == pytest.approx(whole)
        assert costs["share"].sum() == pytest.approx(1)
        assert list(costs.index)[-1] == "answer"


def test_the_front_grows_to_what_it_is(tiny_run: StudyRun) -> None:
    history = tiny_run.history

    assert history["hypervolume"].is_monotonic_increasing
    assert history["hypervolume"].iloc[-1] == 1
    assert history["questions"].is_monotonic_increasing
    assert history["questions"].iloc[-1] <= 48
    assert tiny_run.plot_history().data[0].x[-1] == history["questions"].iloc[-1]


def test_axes_of_the_plot_can_be_chosen(tiny_run: StudyRun) -> None:
    def title(figure: object) -> str:
        return figure.layout.xaxis.title.text.split(" ")[0]  # type: ignore[attr-defined,no-any-return]

    assert title(tiny_run.plot()) == "usd_per_1k_questions"
    assert title(tiny_run.plot(x="latency_p95_s")) == "latency_p95_s"
    assert title(tiny_run.plot(y="usd_per_1k_questions")) == "latency_p95_s"
    with pytest.raises(InputError, match="the study has no such plot"):
        tiny_run.plot(x="answer_match")
    with pytest.raises(InputError, match="there is no objective 'latency'"):
        tiny_run.plot(x="latency")


def test_the_front_begins_with_what_was_searched_for(tiny_run: StudyRun) -> None:
    columns = list(tiny_run.front.columns)
    objectives = [o.metric for o in tiny_run.result.objectives]
    parameters = {path for id in tiny_run.result.front for path in tiny_run.result.trial(id).params}

    assert columns[: len(objectives)] == objectives
    assert columns[len(objectives)] == f"holdout_{objectives[0]}"
    places = {name: place for place, name in enumerate(columns)}
    intervals = [f"{o}{end}" for o in objectives for end in ("_low", "_high")]
    assert max(places[i] for i in intervals if i in places) < min(places[p] for p in parameters)
    assert max(places[p] for p in parameters) < places["state"]
    assert set(columns) <= set(tiny_run.trials.columns)
    assert tuple(tiny_run.front.index) == tiny_run.result.front


def test_a_comparison_can_be_read_without_jupyter(tiny_run: StudyRun) -> None:
    id = tiny_run.result.front[0]

    text = repr(tiny_run.compare(id, id))

    assert text.startswith(f"<Comparison {id} and {id} on 8 holdout questions\n")
    assert "\n  answer_match " in text
    assert "no clear difference" in text
    assert len(text.splitlines()) == 2 + len(tiny_run.compare(id, id).metrics)


def test_a_run_that_has_not_ended_says_whether_it_is_worked_on(
    tiny_run: StudyRun, tmp_path: Path
) -> None:
    shutil.copytree(tiny_run.folder, tmp_path / "tiny")
    with sqlite3.connect(tmp_path / "tiny/ledger.db") as connection:
        connection.execute("UPDATE study SET ended = ''")
    cut_off = StudyRun.load(tmp_path / "tiny")
    assert repr(cut_off).endswith("; cut off>")

    other = RunFolder(tmp_path / "tiny")
    other.hold()
    assert repr(cut_off).endswith("; running>")
    other.release()
