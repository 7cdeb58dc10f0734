"""Of chunks that say the same, only the first."""

from __future__ import annotations

from syftr_like.contracts import (
    ChoiceDomain,
    Chunks,
    ChunkTransform,
    ComponentParameters,
    Documents,
    parameter,
)

from ..words import WordAnalyser
from .near_duplicates import ShingleNumbers, Shingles, first_of_each

_WORDS = WordAnalyser(stemming=False, stopwords=False)


class DeduplicateChunks(ChunkTransform):
    """Drops chunks that are the same, or nearly, as an earlier one.

    Copies of a page and text that stands in every document would otherwise fill the passages that a
    reader gets with one and the same. Two chunks are duplicates if both what is searched and what
    is read are alike, so that small chunks of one large one all stay. Alike are texts whose sets of
    word shingles have at least the given Jaccard coefficient (Broder 1997); case and punctuation do
    not count. Costs CPU time only. Evidence marked in a dropped copy no longer counts as found.
    """

    name = "deduplicate_chunks"

    class Parameters(ComponentParameters):
        """What counts as the same."""

        threshold: float = parameter(
            0.9,
            "Least Jaccard coefficient of duplicates; 1 for those without a word of difference.",
            ge=0.3,
            le=1,
            search=ChoiceDomain((0.7, 0.8, 0.9, 1.0)),
        )
        shingle_words: int = parameter(3, "Words in a shingle.", ge=1, le=20)

    parameters: Parameters

    def transform(self, chunks: Chunks, documents: Documents) -> Chunks:
        """Return the chunks that are no duplicates of one before them."""
        numbers = ShingleNumbers(self.parameters.shingle_words, _WORDS.words)
        texts: list[tuple[Shingles, ...]] = []
        for chunk in chunks:
            searched = numbers.of(chunk.searched)
            read = searched if chunk.search is None else numbers.of(chunk.text)
            texts.append((searched, read))
        return Chunks(chunks[n] for n in first_of_each(texts, self.parameters.threshold))
