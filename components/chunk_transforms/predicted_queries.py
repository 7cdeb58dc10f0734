"""Questions that a chunk answers, predicted and searched with it."""

from __future__ import annotations

from dataclasses import replace

from syftr_like.contracts import Chunks, ChunkTransform, Documents, IntDomain, parameter

from ..asking import task
from .asking_chunks import AskingChunksParameters, ask_each
from .headers import BETWEEN
from .replies import questions_in

LONGEST_QUESTION = 60
"""Words."""


class PredictedQueries(ChunkTransform):
    """Has a model predict questions that each chunk answers, and searches these with it.

    Brings the words of questions to texts that say it in others: document expansion by query
    prediction (doc2query, Nogueira et al. 2019). Helps BM25 most. Costs one call per distinct chunk
    at index time, nothing per question; readers do not see the predictions. Of a chunk about which
    no reply can be read, `unreadable` says what becomes.
    """

    name = "predicted_queries"

    class Parameters(AskingChunksParameters):
        """Which model, and how many questions."""

        queries: int = parameter(
            3, "Questions per chunk at most.", ge=1, le=40, search=IntDomain(1, 8)
        )

    parameters: Parameters

    def transform(self, chunks: Chunks, documents: Documents) -> Chunks:
        """Return the chunks, each with its questions at the end of what is searched.

        Raises:
            ComponentError: The model did not reply, or too often not in the form asked for.
        """
        p = self.parameters
        texts = list(dict.fromkeys(chunk.searched for chunk in chunks))
        asked = [task(self.name, passage=text, queries=p.queries) for text in texts]
        replies = ask_each(
            self.name, p, asked, lambda reply: questions_in(reply, p.queries, LONGEST_QUESTION)
        )
        questions = dict(zip(texts, replies, strict=True))
        return Chunks(
            chunk
            if (found := questions[chunk.searched]) is None
            else replace(chunk, search=BETWEEN.join((chunk.searched, "\n".join(found))))
            for chunk in chunks
        )
