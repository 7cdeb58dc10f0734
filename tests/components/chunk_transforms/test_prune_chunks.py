from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syftr_like.contracts import Chunk, Chunks, Documents

from ..conftest import make_component

FOOTER = "All rights reserved by the publisher of this page."
ARTICLES = [
    "Amber is fossil resin that floats in salt water and burns with a scent.",
    "Locks lift ships between two levels of a canal by letting water in and out.",
    "Bees dance in the hive to tell the others where flowers are in bloom.",
    "Granite cools slowly under ground, so that its crystals are large and seen.",
]


def chunks_of(*texts: str) -> Chunks:
    return Chunks(Chunk(f"d{n}", 0, len(text), text) for n, text in enumerate(texts))


def pruned(make, texts: list[str], **values) -> list[str]:
    found = make("prune_chunks", **values).transform(chunks_of(*texts), Documents(()))
    return [chunk.text for chunk in found]


def test_what_stands_in_every_document_goes_first(make) -> None:
    texts = [text for article in ARTICLES for text in (article, FOOTER)]
    for by in ("all", "boilerplate"):
        assert pruned(make, texts, keep=0.5, by=by) == ARTICLES


def test_a_repeated_sentence_makes_its_chunk_worth_less(make) -> None:
    texts = [f"{article} {FOOTER}" for article in ARTICLES[:3]] + [ARTICLES[3]]
    assert pruned(make, texts, keep=0.25, by="boilerplate") == [ARTICLES[3]]


def test_two_documents_are_no_boilerplate(make) -> None:
    texts = [ARTICLES[0], FOOTER, FOOTER]
    assert pruned(make, texts, keep=0.4, by="boilerplate") == texts[:2]


def test_common_words_are_worth_less_than_rare_ones(make) -> None:
    texts = ["it is in and of the", *(f"{a} it is in and of the" for a in ARTICLES)]
    assert pruned(make, texts, keep=0.8, by="rarity") == texts[1:]


def test_fragments_are_worth_less_than_paragraphs(make) -> None:
    texts = ["See also.", *ARTICLES]
    for by in ("all", "length"):
        assert pruned(make, texts, keep=0.8, by=by) == ARTICLES


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(st.sampled_from(["a b. c", "See.", "?", "x y z", FOOTER]), max_size=30),
    keep=st.floats(0.01, 1.0),
    by=st.sampled_from(["all", "rarity", "length", "boilerplate"]),
)
def test_the_stated_share_is_kept_in_order(texts: list[str], keep: float, by: str) -> None:
    chunks = chunks_of(*texts)
    found = list(make_component("prune_chunks", keep=keep, by=by).transform(chunks, Documents(())))
    assert keep * len(chunks) - 1e-6 <= len(found) < keep * len(chunks) + 1
    rest = iter(chunks)
    assert all(chunk in rest for chunk in found)


def test_equal_chunks_go_from_the_end(make) -> None:
    chunks = chunks_of(*["Amber floats."] * 4)
    found = make("prune_chunks", keep=0.5).transform(chunks, Documents(()))
    assert list(found) == list(chunks[:2])


def test_the_words_are_counted_once_for_all_shares(make, indexes) -> None:
    inputs = {"chunks": chunks_of(*ARTICLES)}
    for keep in (0.5, 0.75):
        pruner = make("prune_chunks", keep=keep)
        assert len(pruner.run(inputs, pruner.prepare(inputs, indexes))) == 4 * keep
    assert len(indexes.recipes) == 1


@pytest.mark.parametrize("keep", [0.0, 1.2])
def test_bounds(make, keep: float) -> None:
    with pytest.raises(ValueError, match="validation error"):
        make("prune_chunks", keep=keep)
