from __future__ import annotations

import math

import pytest

from syftr_like.components.retrievers.bm25 import Bm25Retriever
from syftr_like.contracts import Chunk, Chunks, Query


def chunks_of(*texts: str) -> Chunks:
    return Chunks(Chunk("d", 10 * i, 10 * i + 9, text) for i, text in enumerate(texts))


def search(indexes, chunks: Chunks, question: str, **values):
    retriever = Bm25Retriever(Bm25Retriever.Parameters(**values))
    return retriever.retrieve(Query(question), retriever.index(chunks, indexes))


ANIMALS = chunks_of(
    "The otter sleeps afloat and holds hands.",
    "The falcon dives at three hundred kilometres an hour.",
    "Otters eat sea urchins; a falcon does not.",
)


def test_the_chunk_with_the_rarest_words_comes_first(indexes) -> None:
    assert search(indexes, ANIMALS, "How fast does a falcon dive?")[0].chunk == ANIMALS[1]
    assert search(indexes, ANIMALS, "Which animal eats urchins?")[0].chunk == ANIMALS[2]


def test_a_chunk_without_a_shared_word_is_no_hit(indexes) -> None:
    assert [p.chunk for p in search(indexes, ANIMALS, "urchins")] == [ANIMALS[2]]
    assert list(search(indexes, ANIMALS, "quantum of the")) == []


def test_scores_are_those_of_the_formula(indexes) -> None:
    found = search(indexes, ANIMALS, "urchins", k1=1.5, b=0.5, stemming=False)
    lengths = [5, 6, 6]  # without stop words: the, and, at, a, an, not
    idf = math.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    length = 1.5 * (1 - 0.5 + 0.5 * lengths[2] / (sum(lengths) / 3))
    assert found[0].score == pytest.approx(idf * 1 / (1 + length), rel=1e-5)


def test_stemming_joins_the_forms_of_a_word(indexes) -> None:
    assert len(search(indexes, ANIMALS, "otter")) == 2
    assert len(search(indexes, ANIMALS, "otter", stemming=False)) == 1


def test_equal_scores_keep_the_order_of_the_chunks(indexes) -> None:
    chunks = chunks_of(*["the same text"] * 40)
    found = search(indexes, chunks, "same text", k=7)
    assert [p.chunk for p in found] == list(chunks[:7])


def test_retrievers_that_differ_in_k_share_an_index(indexes) -> None:
    search(indexes, ANIMALS, "otter", k=1)
    search(indexes, ANIMALS, "otter", k=2)
    assert len(indexes.recipes) == 1
    search(indexes, ANIMALS, "otter", b=0.1)
    assert len(indexes.recipes) == 2


@pytest.mark.parametrize(("dataset", "least"), [("squad2", 0.79), ("nq_open", 0.75)])
def test_finds_the_evidence_first_in_real_text(
    make, indexes, shared_documents, shared_questions, dataset: str, least: float
) -> None:
    """Measured over all questions with the defaults: .814 and .785."""
    documents = shared_documents(dataset)
    if dataset == "squad2":
        chunks = paragraphs(documents)
    else:
        chunks = make("whole_document").split(documents)
    questions = [q for q in shared_questions(dataset) if q["answerable"]][::5]
    retriever = make("bm25", k=1)
    index = retriever.index(chunks, indexes)
    hits = 0
    for row in questions:
        (best,) = retriever.retrieve(Query(row["question"]), index)
        hits += any(
            best.chunk.document == e["document"]
            and best.chunk.start <= e["start"]
            and e["end"] <= best.chunk.end
            for e in row["evidence"]
        )
    assert hits / len(questions) >= least


def paragraphs(documents) -> Chunks:
    found = []
    for document in documents:
        start = 0
        for text in document.text.split("\n\n"):
            found.append(Chunk(document.id, start, start + len(text), text))
            start += len(text) + 2
    return Chunks(found)
