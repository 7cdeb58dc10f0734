"""The base class of each kind."""

from __future__ import annotations

from collections.abc import Mapping

from .asking_nodes import Agent, Router
from .component import Component, Kind
from .judge import Judge
from .nodes import ChunkTransform, QueryTransform, Reader, Reranker, Retriever, Splitter
from .parts import Embedder, Llm, Prompt

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
    Kind.JUDGE: Judge,
}
