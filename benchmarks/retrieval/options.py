"""The ways to retrieve that are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from syftr_like.contracts import Json
from syftr_like.contracts.registry import component_class
from syftr_like.space.flow_config import ComponentConfig, FlowConfig, NodeConfig

K = 5
"""Passages that each option returns, unless its name says otherwise."""

WIDE = 20
"""Passages that a reranker is given."""


def component(name: str, **parameters: Json | ComponentConfig) -> ComponentConfig:
    return ComponentConfig(name, name, parameters)


@dataclass(frozen=True, slots=True)
class Option:
    """A retriever, what its passages go through, and what comes before it.

    Attributes:
        name: Its name in the table.
        retriever: What finds passages.
        reranker: What they go through; None for nothing.
        query: What is made of the question for the retriever; None for nothing.
        splitter: What cuts documents; None for the same as everybody's.
    """

    name: str
    retriever: ComponentConfig
    reranker: ComponentConfig | None = None
    query: ComponentConfig | None = None
    splitter: ComponentConfig | None = None

    def flow(self, chunk_tokens: int) -> FlowConfig:
        """Return the flow, which ends in passages."""
        usual = component("recursive_splitter", chunk_tokens=chunk_tokens, overlap=0.1)
        nodes = [NodeConfig("chunks", {"documents": "documents"}, self.splitter or usual)]
        asked = "question"
        if self.query is not None:
            asked = "query"
            nodes.append(
                NodeConfig(asked, {"question": "question", "chunks": "chunks"}, self.query)
            )
        wired = {"question": asked, "chunks": "chunks"}
        nodes.append(NodeConfig("passages", wired, self.retriever))
        if self.reranker is not None:
            inputs = {"question": "question", "passages": "passages"}
            if "chunks" in getattr(component_class(self.reranker.component), "inputs", {}):
                inputs["chunks"] = "chunks"
            nodes.append(NodeConfig("context", inputs, self.reranker))
        return FlowConfig(tuple(nodes), nodes[-1].name)


def options(*, local: bool) -> Sequence[Option]:
    """Return the options, plain BM25 first; `local` adds those that need the extra of that name."""
    lsa, hashing = component("lsa"), component("hashing")
    listed = [
        Option("bm25", component("bm25", k=K)),
        Option("bm25, no stemming", component("bm25", k=K, stemming=False)),
        Option("bm25, 15 passages", component("bm25", k=15)),
        Option("dense, lsa", component("dense", k=K, embedder=lsa)),
        Option("dense, lsa, hnsw", component("dense", k=K, embedder=lsa, index="hnsw")),
        Option("dense, lsa, ivf_pq", component("dense", k=K, embedder=lsa, index="ivf_pq")),
        Option("dense, hashing", component("dense", k=K, embedder=hashing)),
        Option("keyword_query > bm25", component("bm25", k=K), query=component("keyword_query")),
        *(
            Option(f"{splitter.component} > bm25", component("bm25", k=K), splitter=splitter)
            for splitter in (
                component("sentence_splitter", sentences=4),
                component("sentence_window"),
                component("parent_child"),
                component("semantic_splitter", embedder=lsa),
            )
        ),
        Option("hybrid, lsa, rrf", component("hybrid", k=K, embedder=lsa, fusion="rrf")),
        *(
            Option(
                f"hybrid, lsa, {normalisation}",
                component("hybrid", k=K, embedder=lsa, normalisation=normalisation),
            )
            for normalisation in ("min_max", "z_score", "distribution_based")
        ),
        *(
            Option(
                f"hybrid, lsa, min_max, {index}",
                component("hybrid", k=K, embedder=lsa, index=index),
            )
            for index in ("hnsw", "ivf_pq")
        ),
        Option("hybrid, hashing, min_max", component("hybrid", k=K, embedder=hashing)),
        *(
            Option(
                f"funnel, lsa, documents {count}",
                component("funnel", k=K, embedder=lsa, documents=count),
            )
            for count in (1, 5, 20)
        ),
        Option(
            f"bm25, {WIDE} > lexical_reranker",
            component("bm25", k=WIDE),
            component("lexical_reranker", top=K),
        ),
        Option(
            f"bm25, {WIDE} > embedding_reranker, lsa",
            component("bm25", k=WIDE),
            component("embedding_reranker", top=K, embedder=lsa),
        ),
        Option(
            f"hybrid, lsa, {WIDE} > mmr",
            component("hybrid", k=WIDE, embedder=lsa),
            component("mmr", top=K, embedder=lsa),
        ),
        *(
            Option(
                f"bm25, {WIDE} > mmr by scores, {relevance}",
                component("bm25", k=WIDE),
                component("mmr", top=K, embedder=lsa, relevance=relevance, nearness="scores"),
            )
            for relevance in (0.7, 0.9)
        ),
        Option(
            "bm25, 2 passages > neighbour_expansion",
            component("bm25", k=2),
            component("neighbour_expansion"),
        ),
        Option(
            "bm25 > neighbour_expansion", component("bm25", k=K), component("neighbour_expansion")
        ),
    ]
    if local:
        minilm = component("sentence_transformer")
        listed += [
            Option("dense, minilm", component("dense", k=K, embedder=minilm)),
            Option("hybrid, minilm, rrf", component("hybrid", k=K, embedder=minilm, fusion="rrf")),
            *(
                Option(
                    f"hybrid, minilm, {normalisation}, even",
                    component(
                        "hybrid",
                        k=K,
                        embedder=minilm,
                        normalisation=normalisation,
                        bm25_weight=0.5,
                    ),
                )
                for normalisation in ("min_max", "z_score", "distribution_based")
            ),
            Option(
                "funnel, minilm, even",
                component("funnel", k=K, embedder=minilm, bm25_weight=0.5),
            ),
            Option(
                f"bm25, {WIDE} > embedding_reranker, minilm",
                component("bm25", k=WIDE),
                component("embedding_reranker", top=K, embedder=minilm),
            ),
            Option(
                f"hybrid, minilm, {WIDE} > mmr",
                component("hybrid", k=WIDE, embedder=minilm, bm25_weight=0.5),
                component("mmr", top=K, embedder=minilm),
            ),
        ]
    return listed
