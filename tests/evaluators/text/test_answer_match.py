"""The answer matcher's rules, its robustness, and what must not change its decision."""

from __future__ import annotations

import json
import string
import subprocess
import sys
from importlib.resources import files

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from syftr_like.evaluators.text.answer_match import (
    answer_match,
    answer_match_probability,
    answer_match_threshold,
)
from syftr_like.evaluators.text.boosted_trees import BoostedTrees

QUESTION = "Who founded the firm and when?"
PHRASES = (
    "Ada Smith founded it in Leeds on 5 March 1990 with 40 volts and Charles Dickens never",
    "the river Danube costs twelve percent more than New York or Sørensen's café",
)
WORDS = st.sampled_from(" ".join(PHRASES).split())
ANSWERS = st.lists(WORDS, min_size=1, max_size=12)
GOLDS = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)


def test_the_weights_state_where_they_come_from() -> None:
    document = json.loads(
        files("syftr_like.evaluators.text").joinpath("answer_match.json").read_text("utf-8")
    )
    assert document["fitted_on"]["answers"] == 24789
    for key in ("date", "seed", "script", "questions", "parameters"):
        assert document["fitted_on"][key]
    assert len(json.dumps(document)) < 300_000
    assert 0.3 <= document["threshold"] == answer_match_threshold() <= 0.7


def test_the_recorded_agreement_on_unseen_questions_reaches_the_targets() -> None:
    document = json.loads(
        files("syftr_like.evaluators.text").joinpath("answer_match.json").read_text("utf-8")
    )
    measured = document["out_of_fold"]
    assert measured["kappa_interval_95"][0] <= measured["kappa"] <= measured["kappa_interval_95"][1]
    assert measured["kappa"] >= 0.80
    assert set(measured["kappa_by_system"]) == {"chatgpt", "fid", "gpt35", "gpt4", "newbing"}
    assert min(measured["kappa_by_system"].values()) >= 0.65


def test_the_decision_is_the_probability_against_the_threshold() -> None:
    for answer in ("Charles Darwin", "Dickens", "Charlie Dickins", "someone else"):
        probability = answer_match_probability("who wrote it", ["Charles Dickens"], answer)
        assert 0.0 <= probability <= 1.0
        decision = answer_match("who wrote it", ["Charles Dickens"], answer)
        assert decision is (probability >= answer_match_threshold())


def test_one_string_is_refused_as_the_list_of_golds() -> None:
    with pytest.raises(TypeError, match="sequence of strings"):
        answer_match(QUESTION, "Ada", "Ada")


@pytest.mark.parametrize(
    "answer",
    [
        "",
        " \n\t",
        "\x00",
        "?!",
        "💡",
        "東京" * 50,
        "א" * 300,
        "፩ ௧ ② ⅷ",
        "1" * 5000,
        "9" * 400 + "s",
    ],
)
def test_odd_answers_get_a_verdict(answer: str) -> None:
    assert not answer_match(QUESTION, ["Ada Smith", "*", "", "1990"], answer)


def test_an_answer_in_another_script_is_matched() -> None:
    assert answer_match("首都は?", ["東京"], "東京")
    assert answer_match("首都は?", ["東京"], "東京。")


def test_a_gold_without_letters_is_found_as_it_stands() -> None:
    assert answer_match("Which sign multiplies?", ["*"], "The sign is *")
    assert not answer_match("Which sign multiplies?", ["*"], "The sign is /")


def test_work_on_a_huge_answer_is_capped() -> None:
    huge = "word " * 2_000_000
    assert not answer_match(QUESTION, ["Ada Smith"], huge)
    assert answer_match(QUESTION, ["Ada Smith"], "Ada Smith founded it. " + huge)
    assert not answer_match(QUESTION, [huge], "Ada Smith")
    assert answer_match(QUESTION, [f"alias {i}" for i in range(3000)] + ["Ada Smith"], "Ada Smith")


def test_an_exact_match_counts_for_every_alias_beyond_the_cap() -> None:
    golds = [f"name{i}" for i in range(500)]
    assert all(answer_match(QUESTION, golds, gold) for gold in golds)


@settings(max_examples=150, deadline=None)
@given(
    answer=ANSWERS,
    gold=GOLDS,
    case=st.sampled_from([str.upper, str.lower, str.title, str.swapcase]),
    quote=st.sampled_from(["{}", "'{}'", '"{}"', "({})", "{}.", "{}!", "**{}**", " {} \n"]),
)
def test_case_and_punctuation_around_the_answer_do_not_matter(answer, gold, case, quote) -> None:
    text = " ".join(answer)
    before = answer_match_probability(QUESTION, [gold], text)
    assert answer_match_probability(QUESTION, [gold], quote.format(case(text))) == before


@settings(max_examples=100, deadline=None)
@given(answer=ANSWERS, gold=GOLDS, data=st.data())
def test_commas_between_words_do_not_matter(answer, gold, data) -> None:
    place = data.draw(st.integers(1, len(answer)))
    mark = data.draw(st.sampled_from([",", ";", " -", " \u2013", ":"]))
    marked = " ".join([*answer[: place - 1], answer[place - 1] + mark, *answer[place:]])
    before = answer_match_probability(QUESTION, [gold], " ".join(answer))
    assert answer_match_probability(QUESTION, [gold], marked) == before


@settings(max_examples=100, deadline=None)
@given(answer=ANSWERS, gold=GOLDS, data=st.data())
def test_articles_do_not_matter(answer, gold, data) -> None:
    assume(set(answer) != {"the"})  # of nothing but articles, the articles are the answer
    place = data.draw(st.integers(0, len(answer)))
    article = data.draw(st.sampled_from(["the", "The", "an", "a"]))
    marked = " ".join([*answer[:place], article, *answer[place:]])
    before = answer_match_probability(QUESTION, [gold], " ".join(answer))
    assert answer_match_probability(QUESTION, [gold], marked) == before


TEXT = st.text(string.ascii_letters + string.digits + " .,-'/&%éü", min_size=1, max_size=40).filter(
    lambda text: any(character.isalnum() for character in text)
)


@settings(max_examples=150, deadline=None)
@given(gold=TEXT, others=st.lists(TEXT, max_size=3), question=TEXT)
def test_the_gold_itself_is_always_right(gold: str, others: list[str], question: str) -> None:
    golds = [*others, gold]
    assert answer_match(question, golds, gold)
    assert answer_match(question, golds, f"  {gold}")
    assert answer_match(question, golds, f"The answer is {gold}")
    assert answer_match(question, golds, f"Answer: {gold}")


@settings(max_examples=100, deadline=None)
@given(gold=TEXT, question=TEXT, blank=st.sampled_from(["", " ", "\n\n", "\t"]))
def test_an_empty_answer_is_always_wrong(gold: str, question: str, blank: str) -> None:
    assert not answer_match(question, [gold], blank)


@settings(max_examples=100, deadline=None)
@given(answer=st.text(max_size=200), golds=st.lists(st.text(max_size=30), max_size=4))
def test_any_text_gets_a_probability(answer: str, golds: list[str]) -> None:
    first = answer_match_probability("Why?", golds, answer)
    assert 0.0 <= first <= 1.0
    assert answer_match_probability("Why?", golds, answer) == first


TREES = {
    "features": ["size", "age"],
    "intercept": 0.0,
    "threshold": 0.5,
    "trees": [[[0, 1.0, 1, 2], [-2.0], [1, 5.0, 3, 4], [0.0], [3.0]]],
}


@pytest.mark.parametrize(
    ("size", "age", "probability"),
    [(1.0, 9.0, 0.1192), (1.5, 5.0, 0.5), (1.5, 5.1, 0.9526)],
)
def test_trees_go_low_at_the_threshold(size: float, age: float, probability: float) -> None:
    trees = BoostedTrees.from_json(json.dumps(TREES))
    assert trees.probability({"size": size, "age": age}) == pytest.approx(probability, abs=1e-4)


@pytest.mark.parametrize("node", [[0, 1.0, 0, 2], [0, 1.0, 1, 9], [7, 1.0, 1, 2]])
def test_malformed_trees_are_refused(node: list[float]) -> None:
    document = TREES | {"trees": [[node, [0.0], [1.0]]]}
    with pytest.raises(ValueError, match="malformed"):
        BoostedTrees.from_json(json.dumps(document))


def test_importing_reads_no_weights() -> None:
    code = (
        "from syftr_like.evaluators.text import answer_match as m;"
        "assert m._classifier.cache_info().currsize == 0;"
        "m.answer_match('who', ['Ada Smith'], 'Ada, of course');"
        "assert m._classifier.cache_info().currsize == 1"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
