from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syftr_like.components.chunk_transforms.near_duplicates import (
    ShingleNumbers,
    first_of_each,
    jaccard,
)
from syftr_like.contracts import Chunk, Chunks, Document, Documents

LONG = "The tides rise and fall twice a day because the moon pulls at the water of the sea."


def kept(make, *texts: str, **values) -> list[str]:
    chunks = Chunks(Chunk(f"d{n}", 0, len(text), text) for n, text in enumerate(texts))
    found = make("deduplicate_chunks", **values).transform(chunks, Documents(()))
    return [chunk.text for chunk in found]


def test_of_equal_chunks_the_first_stays(make) -> None:
    chunks = Chunks(Chunk(name, 0, 5, text) for name, text in zip("abc", ["One.", "Two.", "One."],
                                                                  strict=True))  # fmt: skip
    found = make("deduplicate_chunks").transform(chunks, Documents(()))
    assert [chunk.document for chunk in found] == ["a", "b"]


def test_case_and_punctuation_do_not_count(make) -> None:
    assert kept(make, LONG, LONG.upper() + "!!", threshold=1.0) == [LONG]
    assert kept(make, "?!", "?!", "??") == ["?!", "??"], "but where there is nothing else"


def test_near_duplicates_go_by_the_threshold(make) -> None:
    other = LONG.replace("a day", "a night")
    assert kept(make, LONG, other, threshold=0.6) == [LONG]
    assert kept(make, LONG, other, threshold=0.9) == [LONG, other]


def test_the_same_words_in_another_order_are_no_duplicates(make) -> None:
    assert len(kept(make, "one two three four five", "five four three two one")) == 2


def test_a_chunk_is_compared_with_those_that_stay(make) -> None:
    # The second is like the first, the third like the second only.
    texts = ["a b c d e f", "b c d e f g", "c d e f g h"]
    values = {"threshold": 0.7, "shingle_words": 1}
    assert kept(make, *texts, **values) == [texts[0], texts[2]]


def test_small_chunks_of_one_large_one_all_stay(make) -> None:
    text = "Amber floats. Amber burns. Amber is old."
    document = Documents([Document("d", "", text)])
    for splitter in ("parent_child", "sentence_window"):
        chunks = make(splitter).split(document)
        found = make("deduplicate_chunks", threshold=0.3).transform(chunks, document)
        assert found.fingerprint == chunks.fingerprint


def test_what_is_searched_alike_and_read_differently_stays(make) -> None:
    chunk = Chunk("d", 0, 9, "It floats. So does amber.", "It floats.")
    other = replace(chunk, document="e", text="It floats. So do ships.")
    both = Chunks([chunk, other])
    assert len(make("deduplicate_chunks").transform(both, Documents(()))) == 2


@settings(max_examples=200, deadline=None)
@given(
    texts=st.lists(st.text("abcd ", max_size=20), max_size=25),
    threshold=st.sampled_from([0.3, 0.5, 2 / 3, 0.7, 0.75, 0.8, 0.9, 1.0]),
    size=st.integers(1, 3),
)
def test_it_finds_what_comparing_each_with_each_finds(texts, threshold, size) -> None:
    numbers = ShingleNumbers(size, str.split)
    sets = [(numbers.of(text),) for text in texts]
    expected: list[int] = []
    for place, (one,) in enumerate(sets):
        if all(jaccard(one, sets[other][0]) < threshold for other in expected):
            expected.append(place)
    assert first_of_each(sets, threshold) == expected


@pytest.mark.parametrize("values", [{"threshold": 0.1}, {"threshold": 1.1}, {"shingle_words": 0}])
def test_bounds(make, values) -> None:
    with pytest.raises(ValueError, match="validation error"):
        make("deduplicate_chunks", **values)
