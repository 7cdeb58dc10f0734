"""What every component is, and the kinds of components.

A component is a plain class: it names its kind, its name in YAML, a version, its typed inputs and
output, and its parameters. It is made once per flow and holds nothing but its parameters, so that
one instance serves many questions at a time; what it computes from index-time inputs is returned
by `prepare` and handed back to `run`.

CPU-bound work goes in the synchronous method of the kind (`retrieve`, `read`, ...), work that
waits for a network in its asynchronous twin (`aretrieve`, `aread`, ...). `asynchronous` tells the
executor which to call.
"""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from syftr_like.errors import ComponentError

from .branch import AskedAnswer, AskedPassages
from .fusing import fused
from .indexing import Indexes
from .messages import LlmReply, Message, Tool
from .parameters import ComponentParameters
from .values import Answer, Chunks, Documents, Json, Passage, Port, Query, fingerprint

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]


class Kind(StrEnum):
    """The kinds of components."""

    SPLITTER = "splitter"
    CHUNK_TRANSFORM = "chunk_transform"
    EMBEDDER = "embedder"
    RETRIEVER = "retriever"
    RERANKER = "reranker"
    QUERY_TRANSFORM = "query_transform"
    PROMPT = "prompt"
    LLM = "llm"
    READER = "reader"
    AGENT = "agent"
    ROUTER = "router"


@dataclass(frozen=True, slots=True)
class Input:
    """One typed input of a component. An optional input is None when nothing is wired to it.

    Attributes:
        port: The type of its value.
        required: Whether something must be wired to it; of branches, at least one.
        branches: Whether it takes every entry of the type, each to be run when it is asked; see
            `contracts.branch`.
    """

    port: Port
    required: bool = True
    branches: bool = False


class NoParameters(ComponentParameters):
    """The parameters of a component that declares none."""


class Component(ABC):
    """Base of all components.

    Attributes:
        kind: The kind; set by the base class of each kind.
        name: The name in YAML, lower snake case.
        version: Raised whenever the same parameters and inputs would give another result.
        inputs: Input name to its type; at most one input of each type.
        output: Type of the result; None for components that only stand in parameters
            (embedder, prompt, llm).
        cacheable: Whether equal parameters and inputs may be answered from the cache. False for
            one whose result depends on something else, such as the time of day.
    """

    kind: ClassVar[Kind]
    name: ClassVar[str]
    version: ClassVar[int] = 1
    inputs: ClassVar[Mapping[str, Input]] = {}
    output: ClassVar[Port | None] = None
    cacheable: ClassVar[bool] = True

    Parameters: ClassVar[type[ComponentParameters]] = NoParameters

    def __init__(self, parameters: ComponentParameters | None = None) -> None:
        self.parameters: Any = self.Parameters() if parameters is None else parameters

    @classmethod
    def summary(cls) -> str:
        """First line of the docstring: what the catalogue prints."""
        return (cls.__doc__ or "").strip().split("\n", 1)[0]

    def describe(self) -> dict[str, Any]:
        """Return name, version and parameters as JSON: what a content address is made from."""
        parameters: dict[str, Json] = {}
        for name in type(self.parameters).model_fields:
            value = getattr(self.parameters, name)
            parameters[name] = value.describe() if isinstance(value, Component) else value
        return {"component": self.name, "version": self.version, "parameters": parameters}

    @property
    def key(self) -> str:
        """Content address of the component itself, without its inputs."""
        return fingerprint(json.dumps(self.describe(), sort_keys=True, default=str))

    @property
    def asynchronous(self) -> bool:
        """Whether the executor awaits `arun` (waits for a network) or calls `run` (CPU-bound)."""
        return False

    # Most components need nothing: not abstract on purpose.
    def check_available(self) -> None:  # noqa: B027
        """Check that what it needs from outside is there, such as a key; takes moments.

        Called before a study begins, without a call to anybody. Packages are checked when the
        component is made.

        Raises:
            UnavailableError: It is not.
        """


class NodeComponent(Component):
    """A component that can fill a node of the graph.

    The kinds below translate these three generic methods into typed ones; implement those.
    """

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> object:
        """Do all work that needs only the index-time inputs. Called once per flow."""
        return None

    @abstractmethod
    def run(self, inputs: Mapping[str, Any], prepared: object) -> Any:
        """Compute the output from the inputs (by input name)."""

    async def arun(self, inputs: Mapping[str, Any], prepared: object) -> Any:
        """Asynchronous twin of `run`, called when `asynchronous` is true."""
        raise NotImplementedError(f"{self.name} says that it is asynchronous but has no arun")


class Splitter(NodeComponent):
    """Cuts documents into chunks. Spans must be exact offsets into the documents' text."""

    kind = Kind.SPLITTER
    inputs: ClassVar[Mapping[str, Input]] = {"documents": Input(Port.DOCUMENTS)}
    output = Port.CHUNKS

    @abstractmethod
    def split(self, documents: Documents) -> Chunks:
        """Return the chunks of all documents, in document order."""

    def run(self, inputs: Mapping[str, Any], prepared: object) -> Chunks:
        """See `split`."""
        return self.split(inputs["documents"])


class ChunkTransform(NodeComponent):
    """Rewrites, marks or drops chunks before they are indexed.

    What comes out can go into any other one: places stay where they are, the order is kept, and
    what a chunk is searched by (`searched`) may grow. One that needs the documents declares that
    input too.
    """

    kind = Kind.CHUNK_TRANSFORM
    inputs: ClassVar[Mapping[str, Input]] = {"chunks": Input(Port.CHUNKS)}
    output = Port.CHUNKS

    @abstractmethod
    def transform(self, chunks: Chunks, documents: Documents) -> Chunks:
        """Return the chunks to index, in document order.

        Args:
            chunks: The chunks.
            documents: The documents that they are of; empty for one that does not declare them as
                an input.
        """

    def run(self, inputs: Mapping[str, Any], prepared: object) -> Chunks:
        """See `transform`."""
        return self.transform(inputs["chunks"], inputs.get("documents", Documents(())))


class Retriever(NodeComponent):
    """Finds the chunks that may answer a question.

    A question that comes with alternatives is searched for with each of them, and the rankings are
    joined (`fused`).
    """

    kind = Kind.RETRIEVER
    inputs: ClassVar[Mapping[str, Input]] = {
        "question": Input(Port.QUESTION),
        "chunks": Input(Port.CHUNKS),
    }
    output = Port.PASSAGES

    @abstractmethod
    def index(self, chunks: Chunks, indexes: Indexes) -> Any:
        """Return what `retrieve` needs; shared artefacts come from `indexes`."""

    @abstractmethod
    def retrieve(self, question: Query, index: Any) -> Sequence[Passage]:
        """Return passages, best first."""

    async def aretrieve(self, question: Query, index: Any) -> Sequence[Passage]:
        """Asynchronous twin of `retrieve`."""
        raise NotImplementedError(f"{self.name} has no aretrieve")

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> object:
        """See `index`."""
        return self.index(inputs["chunks"], indexes)

    def run(self, inputs: Mapping[str, Any], prepared: object) -> tuple[Passage, ...]:
        """See `retrieve`; a question with alternatives is searched for with each, and joined."""
        found = [self.retrieve(question, prepared) for question in inputs["question"].each()]
        return fused(found, self.most)

    async def arun(self, inputs: Mapping[str, Any], prepared: object) -> tuple[Passage, ...]:
        """See `run`; the searches run side by side."""
        searches = (self.aretrieve(question, prepared) for question in inputs["question"].each())
        return fused(await asyncio.gather(*searches), self.most)

    @property
    def most(self) -> int | None:
        """How many passages it returns at most: its parameter `k`, where it has one."""
        return getattr(self.parameters, "k", None)


class Reranker(NodeComponent):
    """Reorders, filters or rewrites passages."""

    kind = Kind.RERANKER
    inputs: ClassVar[Mapping[str, Input]] = {
        "question": Input(Port.QUESTION),
        "passages": Input(Port.PASSAGES),
    }
    output = Port.PASSAGES

    @abstractmethod
    def rerank(self, question: Query, passages: Sequence[Passage]) -> Sequence[Passage]:
        """Return passages, best first."""

    async def arerank(self, question: Query, passages: Sequence[Passage]) -> Sequence[Passage]:
        """Asynchronous twin of `rerank`."""
        raise NotImplementedError(f"{self.name} has no arerank")

    def run(self, inputs: Mapping[str, Any], prepared: object) -> tuple[Passage, ...]:
        """See `rerank`."""
        return tuple(self.rerank(inputs["question"], inputs["passages"]))

    async def arun(self, inputs: Mapping[str, Any], prepared: object) -> tuple[Passage, ...]:
        """See `arerank`."""
        return tuple(await self.arerank(inputs["question"], inputs["passages"]))


class QueryTransform(NodeComponent):
    """Turns the question into another one, before retrieval."""

    kind = Kind.QUERY_TRANSFORM
    inputs: ClassVar[Mapping[str, Input]] = {"question": Input(Port.QUESTION)}
    output = Port.QUESTION

    @abstractmethod
    def transform(self, question: Query) -> Query:
        """Return the question to retrieve with."""

    async def atransform(self, question: Query) -> Query:
        """Asynchronous twin of `transform`."""
        raise NotImplementedError(f"{self.name} has no atransform")

    def run(self, inputs: Mapping[str, Any], prepared: object) -> Query:
        """See `transform`."""
        return self.transform(inputs["question"])

    async def arun(self, inputs: Mapping[str, Any], prepared: object) -> Query:
        """See `atransform`."""
        return await self.atransform(inputs["question"])


class Reader(NodeComponent):
    """Answers a question, usually from passages."""

    kind = Kind.READER
    inputs: ClassVar[Mapping[str, Input]] = {
        "question": Input(Port.QUESTION),
        "passages": Input(Port.PASSAGES),
    }
    output = Port.ANSWER

    @abstractmethod
    def read(self, question: Query, passages: Sequence[Passage]) -> Answer:
        """Return the answer, or an abstention."""

    async def aread(self, question: Query, passages: Sequence[Passage]) -> Answer:
        """Asynchronous twin of `read`."""
        raise NotImplementedError(f"{self.name} has no aread")

    def run(self, inputs: Mapping[str, Any], prepared: object) -> Answer:
        """See `read`."""
        return self.read(inputs["question"], inputs.get("passages") or ())

    async def arun(self, inputs: Mapping[str, Any], prepared: object) -> Answer:
        """See `aread`."""
        return await self.aread(inputs["question"], inputs.get("passages") or ())


class Agent(NodeComponent):
    """Answers a question in steps, each of which depends on what came before.

    Its tools are parts of the graph: those that yield passages look something up, those that yield
    an answer are asked; each with texts of the agent's own.
    """

    kind = Kind.AGENT
    inputs: ClassVar[Mapping[str, Input]] = {
        "question": Input(Port.QUESTION),
        "tools": Input(Port.PASSAGES, required=False, branches=True),
        "experts": Input(Port.ANSWER, required=False, branches=True),
    }
    output = Port.ANSWER

    @property
    def asynchronous(self) -> bool:
        """Always: its tools are run when they are asked."""
        return True

    @abstractmethod
    async def answer(
        self,
        question: Query,
        tools: Mapping[str, AskedPassages],
        experts: Mapping[str, AskedAnswer],
    ) -> Answer:
        """Return the answer, or an abstention."""

    def run(self, inputs: Mapping[str, Any], prepared: object) -> Answer:
        """Refuse: agents are awaited, see `answer`."""
        raise NotImplementedError(f"{self.name} is asynchronous: call answer")

    async def arun(self, inputs: Mapping[str, Any], prepared: object) -> Answer:
        """See `answer`."""
        tools, experts = inputs.get("tools") or {}, inputs.get("experts") or {}
        return await self.answer(inputs["question"], tools, experts)


class Router(NodeComponent):
    """Answers a question by one of several parts of the graph, or by some in turn."""

    kind = Kind.ROUTER
    inputs: ClassVar[Mapping[str, Input]] = {
        "question": Input(Port.QUESTION),
        "branches": Input(Port.ANSWER, branches=True),
    }
    output = Port.ANSWER

    @property
    def asynchronous(self) -> bool:
        """Always: branches are run when they are asked."""
        return True

    @abstractmethod
    async def route(
        self, question: Query, branches: Mapping[str, AskedAnswer], prepared: Any
    ) -> Answer:
        """Return the answer of a branch.

        Args:
            question: The question.
            branches: By name, in the order of the node's `from`.
            prepared: What `prepare` returned.
        """

    def run(self, inputs: Mapping[str, Any], prepared: object) -> Answer:
        """Refuse: routers are awaited, see `route`."""
        raise NotImplementedError(f"{self.name} is asynchronous: call route")

    async def arun(self, inputs: Mapping[str, Any], prepared: object) -> Answer:
        """See `route`."""
        return await self.route(inputs["question"], inputs["branches"], prepared)


class Embedder(Component):
    """Turns texts into vectors. Local ones may first be fitted on the chunks' texts."""

    kind = Kind.EMBEDDER

    def fit(self, texts: Sequence[str]) -> FittedEmbedder:
        """Return the embedder, fitted on the texts where it needs that."""
        raise NotImplementedError

    @property
    def kept(self) -> bool:
        """Whether what it makes of the chunks is written to the cache."""
        return self.cacheable and type(self).load is not Embedder.load

    def load(self, files: Mapping[str, bytes]) -> FittedEmbedder:
        """Return the fitted embedder from the files of its `dump`.

        Without it, and `dump`, the chunks are embedded once per worker process.
        """
        raise NotImplementedError(f"what {self.name} learned is not kept")


class FittedEmbedder(ABC):
    """An embedder that is ready for use. Vectors are float32, rows of unit length."""

    @property
    @abstractmethod
    def dimensions(self) -> int:
        """Length of each vector."""

    @abstractmethod
    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Return an array of shape (len(texts), dimensions)."""

    @abstractmethod
    def embed_query(self, text: str) -> Vectors:
        """Return an array of shape (dimensions,)."""

    async def aembed_query(self, text: str) -> Vectors:
        """Asynchronous twin of `embed_query`; remote embedders override it."""
        return self.embed_query(text)

    def dump(self) -> Mapping[str, bytes]:
        """Return what was learned as files, by name, for `Embedder.load`."""
        raise NotImplementedError(f"what {type(self).__name__} learned is not kept")


class Prompt(Component):
    """Lays out the question and the passages as messages for a language model."""

    kind = Kind.PROMPT

    @abstractmethod
    def messages(self, question: Query, passages: Sequence[Passage]) -> Sequence[Message]:
        """Return the messages, in order; roles are system, user and assistant."""

    def parse(self, reply: str) -> Answer:
        """Turn the model's reply into an answer; an abstention is recognised here.

        Raises:
            ComponentError: The reply is not what the prompt asked for.
        """
        return Answer(text=reply.strip())


class Llm(Component):
    """A language model behind one method. Each call reports itself to the meter."""

    kind = Kind.LLM

    @abstractmethod
    async def complete(self, messages: Sequence[Message]) -> str:
        """Return the reply's text.

        Raises:
            ComponentError: The model did not reply within the declared attempts.
        """

    async def call(self, messages: Sequence[Message], tools: Sequence[Tool]) -> LlmReply:
        """Return the reply of the model, which may ask for tools to be used.

        Raises:
            ComponentError: The model did not reply, or cannot be given tools.
        """
        raise ComponentError(f"{self.name} cannot be given tools")


KINDS: Mapping[Kind, type[Component]] = {
    Kind.SPLITTER: Splitter,
    Kind.CHUNK_TRANSFORM: ChunkTransform,
    Kind.EMBEDDER: Embedder,
    Kind.RETRIEVER: Retriever,
    Kind.RERANKER: Reranker,
    Kind.QUERY_TRANSFORM: QueryTransform,
    Kind.PROMPT: Prompt,
    Kind.LLM: Llm,
    Kind.READER: Reader,
    Kind.AGENT: Agent,
    Kind.ROUTER: Router,
}
