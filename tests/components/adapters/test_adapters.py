"""LangChain classes by dotted path, as components. The classes are those of this file."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest
from langchain_core.documents import BaseDocumentCompressor, Document
from langchain_core.embeddings import Embeddings
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda
from langchain_core.vectorstores import InMemoryVectorStore
from langchain_text_splitters import (
    CharacterTextSplitter,
    RecursiveCharacterTextSplitter,
    TextSplitter,
)

from syftr_like.contracts import (
    Adapter,
    Answer,
    Chunk,
    Chunks,
    Documents,
    Kind,
    Passage,
    Query,
    metered,
)
from syftr_like.contracts import Document as SourceDocument
from syftr_like.contracts.registry import component_class, component_names
from syftr_like.errors import ComponentError, InputError

ADAPTERS = [
    component_class(name)
    for name in component_names()
    if issubclass(component_class(name), Adapter)
]
TEXTS = ["otters eat urchins", "falcons dive fast", "urchins graze kelp"]
CHUNKS = Chunks(Chunk("d", 100 * i, 100 * i + len(t), t) for i, t in enumerate(TEXTS))
PASSAGES = tuple(Passage(chunk, 1.0) for chunk in CHUNKS)
USAGE = {"input_tokens": 100, "output_tokens": 10, "total_tokens": 110}


class SharedWords(BaseRetriever):
    """Ranks documents by the number of words they share with the question."""

    documents: list[Document]
    least: int = 1

    def _get_relevant_documents(self, query, *, run_manager):
        def shared(document: Document) -> int:
            return len(set(query.split()) & set(document.page_content.split()))

        ranked = sorted(self.documents, key=shared, reverse=True)
        return [document for document in ranked if shared(document) >= self.least]

    @classmethod
    def from_documents(cls, documents: list[Document], **values: Any) -> SharedWords:
        return cls(documents=documents, **values)

    @classmethod
    def from_anything(cls, documents):
        return cls(documents=documents)


class Elsewhere(BaseRetriever):
    """Searches a collection of its own."""

    def _get_relevant_documents(self, query, *, run_manager):
        return [
            Document("falcons dive fast"),
            Document("from the web", metadata={"source": "web"}),
            Document("from nowhere"),
        ]


class Reversed(BaseDocumentCompressor):
    """Turns the order round, and scores if told to."""

    scores: list[float] | None = None

    def compress_documents(self, documents, query, callbacks=None):
        found = [Document(d.page_content, metadata=dict(d.metadata)) for d in reversed(documents)]
        for document, score in zip(found, self.scores or (), strict=False):
            document.metadata["relevance_score"] = score
        return found


class Lengths(Embeddings):
    """Embeds a text by its length."""

    def embed_documents(self, texts):
        return [[float(len(text)), 1.0] for text in texts]

    def embed_query(self, text):
        return [float(len(text)), 1.0]


class Words(TextSplitter):
    """Three words a piece, joined by one space."""

    def split_text(self, text):
        words = text.split()
        return [" ".join(words[i : i + 3]) for i in range(0, len(words), 3)]


class Shouting(TextSplitter):
    def split_text(self, text):
        return [text.upper()]


def make_retriever(documents: list[Document]) -> BaseRetriever:
    store = InMemoryVectorStore.from_documents(documents, Lengths())
    return store.as_retriever(search_kwargs={"k": 1})


def make_chain(reply: str = "Steller") -> Runnable[dict[str, Any], AIMessage]:
    model = GenericFakeChatModel(messages=iter([AIMessage(reply, usage_metadata=USAGE)] * 9))
    return ChatPromptTemplate.from_template("{passages} {question}") | model


def make_lambda(returns: Any = "Steller") -> Runnable:
    return RunnableLambda(lambda given: returns)


def make_echo() -> Runnable:
    return RunnableLambda(lambda given: f"{given['question']} {given['passages']}")


def unannotated(documents):
    return SharedWords(documents=documents)


def bound(name: str, factory: Any, **values: Any) -> Any:
    made = component_class(name)
    adapter = made(made.Parameters(uses=f"tests:{factory.__qualname__}", **values))
    adapter.bind(factory)
    return adapter


# --- which adapter wraps what -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("factory", "name"),
    [
        (GenericFakeChatModel, "langchain_chat_model"),
        (Lengths, "langchain_embeddings"),
        (SharedWords, "langchain_retriever"),
        (SharedWords.from_documents, "langchain_retriever"),
        (SharedWords.from_anything, "langchain_retriever"),
        (make_retriever, "langchain_retriever"),
        (Reversed, "langchain_reranker"),
        (CharacterTextSplitter, "langchain_splitter"),
        (RecursiveCharacterTextSplitter.from_language, "langchain_splitter"),
        (make_chain, "langchain_runnable"),
        (make_lambda, "langchain_runnable"),
        (RunnableLambda, "langchain_runnable"),
    ],
    ids=lambda value: getattr(value, "__qualname__", value),
)
def test_exactly_one_adapter_wraps_it(factory, name: str) -> None:
    assert [adapter.name for adapter in ADAPTERS if adapter.adapts(factory)] == [name]


@pytest.mark.parametrize("factory", [unannotated, print, dict, lambda: 1])
def test_what_says_nothing_of_what_it_makes_is_wrapped_by_none(factory) -> None:
    assert not any(adapter.adapts(factory) for adapter in ADAPTERS)


def test_each_kind_that_langchain_has_is_covered() -> None:
    assert {adapter.kind for adapter in ADAPTERS} == {
        Kind.LLM,
        Kind.EMBEDDER,
        Kind.RETRIEVER,
        Kind.RERANKER,
        Kind.SPLITTER,
        Kind.READER,
    }


@pytest.mark.parametrize(
    "arguments",
    [
        {"api_key": "sk-1"},
        {"openai_api_key": "sk-1"},
        {"password": "x"},
        {"client": {"auth_token": "x"}},
        {"AWS_SECRET_ACCESS_KEY": "x"},
    ],
)
@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda a: a.name)
def test_secrets_do_not_belong_into_arguments(adapter, arguments) -> None:
    with pytest.raises(ValueError, match="looks like a secret") as caught:
        adapter.Parameters(uses="a:B", arguments=arguments)
    assert "sk-1" not in str(caught.value)


def test_lengths_in_tokens_are_no_secrets() -> None:
    for adapter in ADAPTERS:
        price = {"price": "free"} if "price" in adapter.Parameters.model_fields else {}
        adapter.Parameters(uses="a:B", arguments={"max_tokens": 1, "tokenizer": "x"}, **price)


def test_a_factory_that_makes_something_else_is_told() -> None:
    def liar() -> Runnable:
        return "no runnable"  # type: ignore[return-value]

    with pytest.raises(InputError, match="did not make what its annotation says"):
        bound("langchain_runnable", liar).prepare({}, None)


# --- retrievers ---------------------------------------------------------------------------------


def retrieve(adapter, question: str, indexes) -> tuple[Passage, ...]:
    inputs = {"chunks": CHUNKS, "question": Query(question)}
    prepared = adapter.prepare(inputs, indexes)
    found = adapter.run(inputs, prepared)
    assert asyncio.run(adapter.arun(inputs, prepared)) == found
    return found


@pytest.mark.parametrize("factory", [SharedWords, SharedWords.from_documents])
def test_a_retriever_is_given_the_chunks_and_finds_them(factory, indexes) -> None:
    found = retrieve(bound("langchain_retriever", factory), "urchins graze", indexes)
    assert found == (Passage(CHUNKS[2], 1.0), Passage(CHUNKS[0], 0.5))


def test_a_vector_store_serves_through_a_function(indexes) -> None:
    adapter = bound("langchain_retriever", make_retriever)
    assert [p.chunk for p in retrieve(adapter, "falcons dive fast", indexes)] == [CHUNKS[1]]


def test_arguments_reach_the_factory_and_k_cuts(indexes) -> None:
    strict = bound("langchain_retriever", SharedWords, arguments={"least": 2})
    assert len(retrieve(strict, "urchins graze", indexes)) == 1
    cut = bound("langchain_retriever", SharedWords, arguments={"least": 0}, k=2)
    assert len(retrieve(cut, "urchins graze", indexes)) == 2


def test_text_from_elsewhere_is_a_chunk_only_where_it_is_one(indexes) -> None:
    found = retrieve(bound("langchain_retriever", Elsewhere), "anything", indexes)
    assert [p.chunk for p in found] == [
        CHUNKS[1],
        Chunk("web", 0, 0, "from the web"),
        Chunk("", 0, 0, "from nowhere"),
    ]


def test_whether_it_waits_for_a_network_is_said() -> None:
    assert not bound("langchain_retriever", Elsewhere).asynchronous
    assert bound("langchain_retriever", Elsewhere, network=True).asynchronous


# --- rerankers ----------------------------------------------------------------------------------


def rerank(adapter) -> tuple[Passage, ...]:
    inputs = {"question": Query("anything"), "passages": PASSAGES}
    prepared = adapter.prepare(inputs, None)
    found = adapter.run(inputs, prepared)
    assert asyncio.run(adapter.arun(inputs, prepared)) == found
    return found


def test_a_compressor_orders_the_passages() -> None:
    found = rerank(bound("langchain_reranker", Reversed))
    assert [p.chunk for p in found] == list(reversed(CHUNKS))
    assert [p.score for p in found] == pytest.approx([1, 1 / 2, 1 / 3])


def test_its_scores_are_kept_where_they_are_in_order() -> None:
    scored = bound("langchain_reranker", Reversed, arguments={"scores": [0.9, 0.5, 0.1]})
    assert [p.score for p in rerank(scored)] == [0.9, 0.5, 0.1]
    disordered = bound("langchain_reranker", Reversed, arguments={"scores": [0.1, 0.5, 0.9]})
    assert [p.score for p in rerank(disordered)] == pytest.approx([1, 1 / 2, 1 / 3])


def test_only_the_top_is_kept() -> None:
    found = rerank(bound("langchain_reranker", Reversed, top=1))
    assert [p.chunk for p in found] == [CHUNKS[2]]


# --- embedders ----------------------------------------------------------------------------------


@pytest.mark.parametrize("network", [True, False])
def test_embeddings_are_of_unit_length_and_recorded(network: bool) -> None:
    adapter = bound(
        "langchain_embeddings",
        Lengths,
        network=network,
        batch=2,
        price={"input_per_million": 10.0},
    )
    with metered() as meter:
        fitted = adapter.fit([])
        vectors = fitted.embed_documents([*TEXTS, " "])
        query = fitted.embed_query(TEXTS[0])
    assert vectors.shape == (4, 2)
    assert np.linalg.norm(vectors[:3], axis=1) == pytest.approx(np.ones(3))
    assert not vectors[3].any()
    assert query == pytest.approx(vectors[0])
    assert [call.input_tokens for call in meter.model_calls] == [6, 3, 3]
    assert sum(call.usd for call in meter.model_calls) == pytest.approx(12 * 10e-6)
    assert adapter.asynchronous is network


def test_embeddings_serve_a_retriever(make, indexes) -> None:
    embedder = bound("langchain_embeddings", Lengths, price="free")
    dense = make("dense", embedder=embedder, k=1)
    found = dense.retrieve(Query(TEXTS[1]), dense.index(CHUNKS, indexes))
    assert found[0].score == pytest.approx(1.0)


@pytest.mark.parametrize(
    "vectors", [[[1.0, float("nan")]], [[1.0], [2.0]], [1.0, 2.0], []], ids=str
)
def test_vectors_that_are_none_are_an_error(vectors) -> None:
    class Broken(Lengths):
        def embed_documents(self, texts):
            return vectors

    adapter = bound("langchain_embeddings", Broken, price="free")
    with pytest.raises(ComponentError, match="gave no vectors"):
        adapter.fit([]).embed_documents(["one text"])


# --- splitters ----------------------------------------------------------------------------------


def split(adapter, text: str, title: str = "") -> Chunks:
    return adapter.split(Documents([SourceDocument("d", title, text)]))


def test_pieces_are_found_at_their_place() -> None:
    text = "one two. one two. one two."
    adapter = bound(
        "langchain_splitter",
        CharacterTextSplitter,
        arguments={"separator": " one", "chunk_size": 8, "chunk_overlap": 0},
    )
    chunks = split(adapter, text)
    assert [(c.start, c.end) for c in chunks] == [(0, 8), (13, 17), (22, 26)]
    assert all(c.text == text[c.start : c.end] for c in chunks)


def test_changed_white_space_is_followed() -> None:
    text = "one  two\nthree   four five"
    chunks = split(bound("langchain_splitter", Words, arguments={"chunk_overlap": 0}), text)
    assert [c.text for c in chunks] == ["one two three", "four five"]
    assert [text[c.start : c.end] for c in chunks] == ["one  two\nthree", "four five"]


def test_changed_words_are_an_error() -> None:
    with pytest.raises(ComponentError, match="changed the text of the document 'd'"):
        split(bound("langchain_splitter", Shouting), "one two")


def test_titles_are_put_before_pieces() -> None:
    adapter = bound("langchain_splitter", Words)
    assert split(adapter, "one two", title="Numbers")[0].text == "Numbers\n\none two"
    plain = bound("langchain_splitter", Words, titles=False)
    assert split(plain, "one two", title="Numbers")[0].text == "one two"


# --- runnables ----------------------------------------------------------------------------------


def read(adapter) -> Answer:
    inputs = {"question": Query("Who?"), "passages": PASSAGES[:2]}
    prepared = adapter.prepare(inputs, None)
    found = adapter.run(inputs, prepared)
    assert asyncio.run(adapter.arun(inputs, prepared)) == found
    return found


@pytest.mark.parametrize(
    ("returns", "answer"),
    [
        (" Steller ", Answer("Steller")),
        (AIMessage("Steller"), Answer("Steller")),
        ({"answer": "Steller", "confidence": 0.5}, Answer("Steller", confidence=0.5)),
        ({"abstained": True}, Answer("", abstained=True)),
        ({"answer": "", "abstained": True, "confidence": 0.1}, Answer("", True, 0.1)),
    ],
    ids=str,
)
def test_a_runnable_answers(returns, answer: Answer) -> None:
    adapter = bound("langchain_runnable", make_lambda, arguments={"returns": returns})
    assert read(adapter) == answer


@pytest.mark.parametrize(
    "returns", ["", None, 7, {}, {"answer": 7}, {"answer": "x", "confidence": 2}]
)
def test_what_is_no_answer_is_an_error(returns) -> None:
    with pytest.raises(ComponentError):
        read(bound("langchain_runnable", make_lambda, arguments={"returns": returns}))


def test_it_is_given_the_question_and_the_texts() -> None:
    found = read(bound("langchain_runnable", make_echo))
    assert found.text == "Who? ['otters eat urchins', 'falcons dive fast']"
