import pytest

from syftr_like.evaluators.text.normalise import squad_normalise, squad_tokens
from syftr_like.evaluators.text.overlap import exact_match, token_f1


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("The Eiffel Tower!", "eiffel tower"),
        ("  a   cat, an owl  ", "cat owl"),
        ("well-known", "wellknown"),
        ("$3.50", "350"),
        ("Theatre", "theatre"),
        ("the", ""),
        ("", ""),
    ],
)
def test_normalisation_is_that_of_squad(text: str, normalised: str) -> None:
    assert squad_normalise(text) == normalised
    assert squad_tokens(text) == normalised.split()


def test_exact_match_takes_any_gold() -> None:
    assert exact_match("the Eiffel tower.", ["La tour Eiffel", "Eiffel Tower"])
    assert not exact_match("in the Eiffel Tower", ["Eiffel Tower"])


def test_f1_is_the_harmonic_mean_of_precision_and_recall() -> None:
    # one common token; precision 1/2, recall 1/3
    assert token_f1("Charles Darwin", ["Charles John Dickens"]) == pytest.approx(2 / 5)


def test_f1_counts_repeated_tokens_as_often_as_both_sides_have_them() -> None:
    assert token_f1("very very good", ["very good"]) == pytest.approx(4 / 5)


def test_f1_is_that_of_the_best_gold() -> None:
    assert token_f1("Paris", ["Lyon", "Paris, France", "Paris"]) == 1.0
    assert token_f1("Paris", ["Lyon", "Paris, France"]) == pytest.approx(2 / 3)


@pytest.mark.parametrize("golds", [[], [""], ["the"]])
def test_only_an_answer_without_tokens_is_right_where_there_is_no_answer(golds: list[str]) -> None:
    assert exact_match("", golds)
    assert token_f1("", golds) == 1.0
    assert not exact_match("Paris", golds)
    assert token_f1("Paris", golds) == 0.0


def test_an_empty_answer_scores_nothing_on_an_answerable_question() -> None:
    assert not exact_match("", ["Paris"])
    assert token_f1("", ["Paris"]) == 0.0
