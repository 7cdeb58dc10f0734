from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from syftr_like.contracts.tokens import count_tokens, token_starts


def test_words_numbers_and_punctuation_are_counted() -> None:
    assert count_tokens("The cat sat.") == 4
    assert count_tokens("constitutionally") == 3  # up to seven letters each
    assert count_tokens("1234567") == 3  # three digits each
    assert count_tokens("snake_case") == 3
    assert count_tokens("") == 0
    assert count_tokens(" \n\t ") == 0


def test_scripts_without_spaces_count_by_character() -> None:
    assert count_tokens("東京都") == 3
    assert count_tokens("東京tower") == 3


@given(st.text())
def test_every_character_but_white_space_belongs_to_a_token(text: str) -> None:
    starts = token_starts(text)
    assert len(starts) == count_tokens(text)
    assert starts == sorted(set(starts))
    for first, following in zip(starts, [*starts[1:], len(text)], strict=False):
        assert text[first:following].strip()
    assert not text[: starts[0] if starts else len(text)].strip()


def test_prose_comes_to_the_characters_per_token_of_language_models() -> None:
    handbook = Path(__file__).parents[2] / "studies" / "handbook" / "documents.jsonl"
    texts = [json.loads(line)["text"] for line in handbook.read_text(encoding="utf-8").splitlines()]
    assert 4.2 < sum(map(len, texts)) / sum(map(count_tokens, texts)) < 5.0
