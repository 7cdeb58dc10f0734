from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from syftr_like.components.words import Language, WordAnalyser


def test_words_are_lower_case_stems_without_stop_words() -> None:
    assert WordAnalyser().words("The Engines of a running train") == ["engin", "run", "train"]


def test_stemming_and_stop_words_can_be_turned_off() -> None:
    analyser = WordAnalyser(stemming=False, stopwords=False)
    assert analyser.words("The Engines, of 1954!") == ["the", "engines", "of", "1954"]


def test_single_characters_are_words() -> None:
    assert WordAnalyser().words("vitamin C, 5 km") == ["vitamin", "c", "5", "km"]


def test_other_scripts() -> None:
    assert WordAnalyser().words("Ölfässer für 東京") == ["ölfässer", "für", "東", "京"]


@pytest.mark.parametrize("language", Language.__args__)
def test_every_language_has_a_stemmer_and_stop_words(language: Language) -> None:
    assert WordAnalyser(language=language).words("x") == ["x"]


def test_language_decides_what_is_the_same_word() -> None:
    german = WordAnalyser(language="german")
    assert german.words("die Häuser") == german.words("Haus") == ["haus"]


def test_many_threads_get_what_one_gets() -> None:
    text = "generalisations of organising principles " * 50
    expected = WordAnalyser().words(text)
    with ThreadPoolExecutor(8) as pool:
        assert all(found == expected for found in pool.map(WordAnalyser().words, [text] * 64))
