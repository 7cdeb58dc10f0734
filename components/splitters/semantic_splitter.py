"""Chunks that end where the subject changes, as an embedder sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import (
    Chunk,
    Chunks,
    Documents,
    Embedder,
    FloatDomain,
    Indexes,
    IntDomain,
    Splitter,
    component_parameter,
    parameter,
)
from syftr_like.contracts.tokens import count_tokens

from ..indexes.embedded_chunks import EmbeddedChunks
from .chunking import Span, SplitterParameters, chunk_of, stripped
from .recursion import split_recursively
from .sentences import bounded_sentences

Vectors = NDArray[np.float32]


class SemanticSplitter(Splitter):
    """Cuts where neighbouring groups of sentences differ most in what they are about.

    Each sentence is embedded together with its neighbours; a chunk ends where the distance between
    one group and the next is above a percentile of the document's distances (Kamradt 2023, the
    method of LangChain's `SemanticChunker`). Helps with long prose that changes its subject without
    saying so; where paragraphs or headings mark the changes, cutting at those is as good and free.
    Costs one embedding per sentence, shared by all percentiles and lengths; a local embedder is
    fitted on the groups of sentences.
    """

    name = "semantic_splitter"

    class Parameters(SplitterParameters):
        """What tells subjects apart, and how long a chunk may be."""

        embedder: Embedder = component_parameter("lsa", "Turns groups of sentences into vectors.")
        percentile: float = parameter(
            90.0,
            "A chunk ends where the distance is above this percentile of the document's distances.",
            ge=0,
            le=100,
            search=FloatDomain(60.0, 95.0, 5.0),
        )
        neighbours: int = parameter(
            1, "Sentences on each side that are embedded together with a sentence.", ge=0, le=10
        )
        min_tokens: int = parameter(
            48, "A chunk goes on while it is shorter than this, in tokens.", ge=0, le=4096
        )
        max_tokens: int = parameter(
            512,
            "Longest chunk, in tokens; what is longer is cut as by `recursive_splitter`.",
            ge=8,
            le=8192,
            search=IntDomain(128, 1024, log=True),
        )

    parameters: Parameters

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> Vectors:
        """Return the vectors of all groups of sentences; others that need the same share them."""
        groups = self._groups(inputs["documents"])
        return indexes.get(EmbeddedChunks(self.parameters.embedder), groups).vectors

    def run(self, inputs: Mapping[str, Any], prepared: object) -> Chunks:
        """See `split`."""
        assert isinstance(prepared, np.ndarray)
        return self._split(inputs["documents"], prepared)

    def split(self, documents: Documents) -> Chunks:
        """Return the chunks of all documents, in document order."""
        texts = [group.text for group in self._groups(documents)]
        return self._split(documents, self.parameters.embedder.fit(texts).embed_documents(texts))

    def _groups(self, documents: Documents) -> Chunks:
        """Return each sentence of each document with its neighbours."""
        return Chunks(
            Chunk(document.id, start, end, document.text[start:end])
            for document in documents
            for start, end in grouped(bounded_sentences(document.text), self.parameters.neighbours)
        )

    def _split(self, documents: Documents, vectors: Vectors) -> Chunks:
        p = self.parameters
        chunks = []
        row = 0
        for document in documents:
            sentences = bounded_sentences(document.text)
            changes = distances(vectors[row : row + len(sentences)])
            row += len(sentences)
            sections = sections_of(document.text, sentences, changes, p.percentile, p.min_tokens)
            for start, end in sections:
                for piece in split_recursively(document.text[start:end], p.max_tokens, 0):
                    span = (start + piece[0], start + piece[1])
                    chunks.append(chunk_of(document, span, p.titles))
        return Chunks(chunks)


def grouped(sentences: Sequence[Span], neighbours: int) -> list[Span]:
    """Return for each sentence the span that holds it and its neighbours."""
    last = len(sentences) - 1
    return [
        (sentences[max(0, place - neighbours)][0], sentences[min(place + neighbours, last)][1])
        for place in range(len(sentences))
    ]


def distances(vectors: Vectors) -> list[float]:
    """Return one minus the cosine of each vector, of unit length, with the next one."""
    # Rounded, so that equal groups tie whatever the order in which their products are summed.
    cosines = (vectors[:-1] * vectors[1:]).sum(axis=1)
    return [round(1.0 - float(cosine), 6) for cosine in cosines]


def sections_of(
    text: str,
    sentences: Sequence[Span],
    changes: Sequence[float],
    percentile: float,
    min_tokens: int,
) -> list[Span]:
    """Join sentences into sections that end at the greatest changes.

    Args:
        text: The document's.
        sentences: Its sentences.
        changes: The distance of each sentence's group from the next one's.
        percentile: A section ends where the distance is above this percentile of all.
        min_tokens: A section that is shorter goes on; the last one joins the one before it.
    """
    if not sentences:
        return []
    threshold = float(np.percentile(changes, percentile)) if changes else 0.0
    starts = [sentences[0][0]]
    size = 0
    for (start, end), (following, _), change in zip(
        sentences, sentences[1:], changes, strict=False
    ):
        size += count_tokens(text[start:end])
        if change > threshold and size >= min_tokens:
            starts.append(following)
            size = 0
    if len(starts) > 1 and count_tokens(text[starts[-1] :]) < min_tokens:
        starts.pop()
    spans = (stripped(text, span) for span in pairwise([*starts, len(text)]))
    return [span for span in spans if span is not None]
