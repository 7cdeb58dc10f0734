from __future__ import annotations

from itertools import pairwise

import pytest

from syftr_like.components.splitters.token_splitter import TokenSplitter
from syftr_like.contracts import Document, Documents
from syftr_like.contracts.tokens import count_tokens

TEXT = " ".join(f"word{n}." for n in range(100))


def split(text: str, **values):
    splitter = TokenSplitter(TokenSplitter.Parameters(**values))
    return splitter.split(Documents([Document("d", "", text)]))


def test_every_window_but_the_last_has_exactly_so_many_tokens() -> None:
    sizes = [count_tokens(chunk.text) for chunk in split(TEXT, chunk_tokens=16, overlap=0.0)]
    assert sizes[:-1] == [16] * (len(sizes) - 1)
    assert sum(sizes) == count_tokens(TEXT)


@pytest.mark.parametrize("overlap", [0.1, 0.25, 0.5])
def test_so_many_tokens_are_repeated(overlap: float) -> None:
    for before, after in pairwise(split(TEXT, chunk_tokens=16, overlap=overlap)):
        assert count_tokens(TEXT[after.start : before.end]) == int(16 * overlap)


def test_the_end_is_not_repeated_by_itself() -> None:
    text = " ".join("abcdefghijkl")
    assert [c.text for c in split(text, chunk_tokens=8, overlap=0.5)] == [text[:15], text[8:]]
