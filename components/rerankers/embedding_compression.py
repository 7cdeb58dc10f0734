"""Passages reduced to the sentences whose vectors are near to the question's."""

from __future__ import annotations

from collections.abc import Sequence

from syftr_like.contracts import Embedder, Passage, component_parameter

from .compression import sentences_of
from .embedder_reranker import EmbedderReranker
from .sentence_choice import SentenceChoiceParameters, with_best_sentences


class EmbeddingCompression(EmbedderReranker):
    """Keeps the sentences of each passage whose vectors are nearest to the question's.

    As `extractive_compression`, for sentences that say it in other words than the question. A
    question costs the embedding of every sentence. Wire `chunks` to it: the embedder is then
    fitted on them; otherwise on the sentences at hand.
    """

    name = "embedding_compression"

    class Parameters(SentenceChoiceParameters):
        """Which sentences are kept, and by which vectors."""

        embedder: Embedder = component_parameter(
            "lsa", "Turns sentences and questions into vectors."
        )

    parameters: Parameters

    def compared(self, passages: Sequence[Passage]) -> list[str]:
        """Return the sentences of the passages."""
        return [
            passage.text[start:end]
            for passage in passages
            for start, end in sentences_of(passage.chunk)
        ]

    def chosen(self, passages: Sequence[Passage], cosines: Sequence[float]) -> Sequence[Passage]:
        """Return the passages reduced to their nearest sentences."""
        sentences = [sentences_of(passage.chunk) for passage in passages]
        return with_best_sentences(passages, sentences, cosines, self.parameters)
