"""A small catalogue of its own, so that these tests say what spaces mean, not what ships."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import pytest

from syftr_like.contracts import (
    Adapter,
    AdapterParameters,
    Answer,
    ChoiceDomain,
    Chunks,
    Component,
    ComponentParameters,
    Documents,
    Embedder,
    FittedEmbedder,
    FloatDomain,
    Indexes,
    Input,
    IntDomain,
    Llm,
    Message,
    Passage,
    Port,
    Prompt,
    Query,
    QueryTransform,
    Reader,
    Reranker,
    Retriever,
    Splitter,
    component_parameter,
    parameter,
    registry,
)
from syftr_like.space import Space, space_from_source
from syftr_like.yaml_source import load_yaml_text


class _Splitter(Splitter):
    def split(self, documents: Documents) -> Chunks:
        raise NotImplementedError


class FixedSplitter(_Splitter):
    """Cuts after a number of tokens."""

    name = "fixed_splitter"

    class Parameters(ComponentParameters):
        size: int = parameter(100, "Tokens.", ge=1, le=1000, search=IntDomain(10, 40, 10))
        overlap: float = parameter(0.0, "Share.", ge=0, lt=1, search=ChoiceDomain((0, 0.25)))
        unit: Literal["token", "character"] = parameter("token", "What is counted.")


class Whole(_Splitter):
    """Does not cut."""

    name = "whole"


class _Embedder(Embedder):
    def fit(self, texts: Sequence[str]) -> FittedEmbedder:
        raise NotImplementedError


class Lsa(_Embedder):
    """Latent semantic analysis."""

    name = "lsa"

    class Parameters(ComponentParameters):
        dimensions: int = parameter(64, "Length of a vector.", ge=2, le=2048, multiple_of=2)


class Hashing(_Embedder):
    """Hashes words."""

    name = "hashing"

    class Parameters(ComponentParameters):
        bits: int = parameter(10, "Logarithm of the length.", ge=1, le=24)
        signed: bool = parameter(True, "Whether signs are hashed.")


class Stacked(_Embedder):
    """Puts one embedder on another."""

    name = "stacked"

    class Parameters(ComponentParameters):
        inner: Embedder = component_parameter(None, "The one below.")


class EmbeddingModel(_Embedder):
    """A hosted model."""

    name = "embedding_model"

    class Parameters(ComponentParameters):
        model: str = parameter(..., "provider:model", min_length=1)


class _Retriever(Retriever):
    def index(self, chunks: Chunks, indexes: Indexes) -> object:
        raise NotImplementedError

    def retrieve(self, question: Query, index: object) -> Sequence[Passage]:
        raise NotImplementedError


class Bm25(_Retriever):
    """Keywords."""

    name = "bm25"

    class Parameters(ComponentParameters):
        k: int = parameter(5, "Passages.", ge=1, le=100, search=IntDomain(2, 4))
        b: float = parameter(0.75, "Length.", ge=0, le=1)


class Dense(_Retriever):
    """Vectors."""

    name = "dense"

    class Parameters(ComponentParameters):
        embedder: Embedder = component_parameter("lsa", "Turns texts into vectors.")
        k: int = parameter(5, "Passages.", ge=1, le=100, search=IntDomain(2, 4))


class Hybrid(_Retriever):
    """Both."""

    name = "hybrid"

    class Parameters(ComponentParameters):
        bm25_weight: float = parameter(
            0.5,
            "Weight.",
            ge=0,
            le=1,
            when={"fusion": ("weighted",)},
            search=FloatDomain(0.1, 0.9),
        )
        fusion: Literal["rrf", "weighted", "first"] = parameter(
            "rrf", "How.", search=ChoiceDomain(("rrf", "weighted"))
        )
        rrf_constant: int = parameter(60, "Constant.", ge=1, when={"fusion": ("rrf",)})
        embedder: Embedder = component_parameter("lsa", "Turns texts into vectors.")
        k: int = parameter(5, "Passages.", ge=1, le=100)
        sharpness: float = parameter(1.0, "Of hashing only.", ge=0, when={"embedder": ("hashing",)})


class LexicalReranker(Reranker):
    """Counts shared words."""

    name = "lexical_reranker"

    class Parameters(ComponentParameters):
        top: int = parameter(3, "Passages kept.", ge=1, search=IntDomain(1, 3))

    def rerank(self, question: Query, passages: Sequence[Passage]) -> Sequence[Passage]:
        raise NotImplementedError


class Rewrite(QueryTransform):
    """Rewrites the question."""

    name = "rewrite"

    class Parameters(ComponentParameters):
        style: Literal["short", "long"] = parameter("short", "How.")

    def transform(self, question: Query) -> Query:
        raise NotImplementedError


class _Reader(Reader):
    def read(self, question: Query, passages: Sequence[Passage]) -> Answer:
        raise NotImplementedError


class Extract(_Reader):
    """Copies a span."""

    name = "extract"

    class Parameters(ComponentParameters):
        passages: int = parameter(5, "Passages read.", ge=1, le=100, search=IntDomain(1, 3))
        abstain_below: float = parameter(0.0, "Confidence.", ge=0, le=1)


class LlmAnswer(_Reader):
    """Asks a model."""

    name = "llm_answer"
    inputs: ClassVar[Mapping[str, Input]] = {
        "question": Input(Port.QUESTION),
        "passages": Input(Port.PASSAGES, required=False),
    }

    class Parameters(ComponentParameters):
        llm: Llm = component_parameter(None, "The model.")
        prompt: Prompt = component_parameter("plain", "What it is told.")
        passages: int = parameter(5, "Passages shown.", ge=1, le=100)


class Abstain(_Reader):
    """Never answers."""

    name = "abstain"
    inputs: ClassVar[Mapping[str, Input]] = {}


class ClosedBook(_Reader):
    """Answers from the question alone."""

    name = "closed_book"
    inputs: ClassVar[Mapping[str, Input]] = {"question": Input(Port.QUESTION)}


class Gated(_Reader):
    """Has a parameter that exists at one level only."""

    name = "gated"

    class Parameters(ComponentParameters):
        level: float = parameter(0.0, "Level.", ge=0, le=1, search=FloatDomain(0.0, 1.0))
        detail: int = parameter(1, "At level 1.", ge=1, le=9, when={"level": (1.0,)})


class _Prompt(Prompt):
    def messages(self, question: Query, passages: Sequence[Passage]) -> Sequence[Message]:
        raise NotImplementedError


class Plain(_Prompt):
    """Question and passages."""

    name = "plain"


class Cot(_Prompt):
    """Asks to think first."""

    name = "cot"

    class Parameters(ComponentParameters):
        steps: int = parameter(3, "How many.", ge=1, le=9)


class _Llm(Llm):
    async def complete(self, messages: Sequence[Message]) -> str:
        raise NotImplementedError


class ChatModel(_Llm):
    """A hosted model."""

    name = "chat_model"

    class Parameters(ComponentParameters):
        model: str = parameter(..., "provider:model", min_length=1)
        temperature: float = parameter(0.0, "Randomness.", ge=0, le=2)
        price: dict[str, float] | None = parameter(None, "Dollars per million tokens.")


class WrappedLlm(_Llm, Adapter):
    """Wraps a chat class."""

    name = "wrapped_llm"

    class Parameters(AdapterParameters):
        timeout: float = parameter(30.0, "Seconds.", gt=0)

    @classmethod
    def adapts(cls, factory: object) -> bool:
        return "chat" in getattr(factory, "roles", ())


class WrappedRetriever(_Retriever, Adapter):
    """Wraps a retriever class."""

    name = "wrapped_retriever"

    class Parameters(AdapterParameters):
        pass

    @classmethod
    def adapts(cls, factory: object) -> bool:
        return "retriever" in getattr(factory, "roles", ())


class OtherWrappedRetriever(WrappedRetriever):
    """Wraps some of the same."""

    name = "other_wrapped_retriever"

    @classmethod
    def adapts(cls, factory: object) -> bool:
        return "other" in getattr(factory, "roles", ())


CATALOGUE: tuple[type[Component], ...] = (
    FixedSplitter, Whole, Lsa, Hashing, Stacked, EmbeddingModel, Bm25, Dense, Hybrid,
    LexicalReranker, Rewrite, Extract, LlmAnswer, Abstain, ClosedBook, Gated, Plain, Cot, ChatModel,
    WrappedLlm, WrappedRetriever, OtherWrappedRetriever,
)  # fmt: skip


@dataclass(frozen=True)
class _Entry:
    cls: type[Component]

    @property
    def value(self) -> str:
        return self.cls.__name__

    def load(self) -> type[Component]:
        return self.cls


@dataclass(frozen=True)
class _MissingPackage:
    value: str = "acme.missing:Component"

    def load(self) -> type[Component]:
        raise ImportError("No module named 'acme_missing'")


@pytest.fixture(scope="module", autouse=True)
def catalogue() -> Iterator[None]:
    """Install the catalogue above, and nothing else, where components are looked up."""
    found: dict[str, Any] = {cls.name: _Entry(cls) for cls in CATALOGUE}
    found["needs_package"] = _MissingPackage()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "_found", lambda group: found)
        registry.component_class.cache_clear()
        yield
    registry.component_class.cache_clear()


@pytest.fixture(scope="module", autouse=True)
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An importable package of a stranger."""
    folder = tmp_path_factory.mktemp("packages")
    (folder / "acme").mkdir()
    (folder / "acme" / "__init__.py").write_text("")
    (folder / "acme" / "rag.py").write_text(
        textwrap.dedent("""
        class Searcher:
            roles = ("retriever",)

        class Chat:
            roles = ("chat",)

        class Both:
            roles = ("retriever", "other")

        class Useless:
            pass

        number = 3
        """)
    )
    (folder / "acme" / "broken.py").write_text("raise RuntimeError('out of order')\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        yield


Load = Callable[..., Space]


@pytest.fixture(scope="module")
def load() -> Load:
    """Load a space from text, with `acme` allowed."""

    def from_text(text: str, *, allow_imports: Sequence[str] = ("acme",)) -> Space:
        source = load_yaml_text(textwrap.dedent(text), "space.yaml")
        return space_from_source(source, allow_imports=allow_imports)

    return from_text
