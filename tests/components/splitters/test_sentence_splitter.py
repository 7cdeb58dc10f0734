from __future__ import annotations

from syftr_like.components.splitters.sentence_splitter import SentenceSplitter
from syftr_like.contracts import Document, Documents

TEXT = "One. Two. Three. Four. Five."


def chunk_texts(**values) -> list[str]:
    splitter = SentenceSplitter(SentenceSplitter.Parameters(**values))
    return [chunk.text for chunk in splitter.split(Documents([Document("d", "", TEXT)]))]


def test_each_chunk_holds_so_many_sentences() -> None:
    assert chunk_texts(sentences=2) == ["One. Two.", "Three. Four.", "Five."]


def test_overlap_repeats_sentences_and_never_only_repeats() -> None:
    assert chunk_texts(sentences=3, overlap_sentences=1) == [
        "One. Two. Three.",
        "Three. Four. Five.",
    ]


def test_overlap_is_less_than_a_chunk() -> None:
    assert chunk_texts(sentences=2, overlap_sentences=9) == [
        "One. Two.",
        "Two. Three.",
        "Three. Four.",
        "Four. Five.",
    ]


def test_abbreviations_do_not_end_sentences() -> None:
    text = "Dr. Grey saw 1.5 m of it. It was amber."
    splitter = SentenceSplitter(SentenceSplitter.Parameters(sentences=1))
    found = [chunk.text for chunk in splitter.split(Documents([Document("d", "", text)]))]
    assert found == ["Dr. Grey saw 1.5 m of it.", "It was amber."]
