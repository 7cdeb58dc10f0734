import pytest

from syftr_like.evaluators.text.acronyms import matches_acronym
from syftr_like.evaluators.text.similarity import word_similarity


@pytest.mark.parametrize(
    ("gold", "other"),
    [
        ("shostakovitch", "shostakovich"),
        ("colman", "coleman"),
        ("jinx", "jinks"),
        ("solids", "solid"),
        ("portuguese", "portugal"),
        ("bill", "william"),
        ("hieroglyphs", "hieroglyphics"),
        ("1930", "19301"),
    ],
)
def test_variants_of_a_word_are_alike(gold: str, other: str) -> None:
    assert word_similarity(gold, other) >= 0.7


@pytest.mark.parametrize(
    ("gold", "other"),
    [
        ("14", "40"),
        ("1990", "1991"),
        ("1930", "1930000"),
        ("dickens", "darwin"),
        ("iraq", "iran"),
        ("cat", "car"),
        ("austria", "australia"),
        ("sweden", "spain"),
        ("northern", "southern"),
        ("internal", "external"),
        ("legal", "illegal"),
        ("increase", "decrease"),
    ],
)
def test_different_words_are_not_alike(gold: str, other: str) -> None:
    assert word_similarity(gold, other) == 0.0


def test_an_acronym_matches_the_words_it_stands_for_either_way() -> None:
    spelled = ("test", "of", "english", "as", "foreign", "language")
    assert matches_acronym(("dod",), ("department", "of", "defense"), ())
    assert matches_acronym(("united", "nations"), ("un",), {"un"})
    assert not matches_acronym(("world", "health", "organization"), ("who",), {"who"})  # a word
    assert not matches_acronym(("nato",), spelled, set(spelled))
