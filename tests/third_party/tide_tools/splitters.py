"""A splitter that cannot split, and one that takes its time."""

from __future__ import annotations

import time

from syftr_like.contracts import Chunk, Chunks, Documents, ModelCall, Splitter, record_model_call


class TroubledSplitter(Splitter):
    """Fails on any documents."""

    name = "troubled_splitter"

    def split(self, documents: Documents) -> Chunks:
        """Fail."""
        raise ValueError("cannot split these documents")


class LingeringSplitter(Splitter):
    """Makes a chunk of each document, in a minute, after a call of a model."""

    name = "lingering_splitter"

    def split(self, documents: Documents) -> Chunks:
        """Pay, linger, then split."""
        record_model_call(ModelCall("tide", 100, 0, usd=0.01, seconds=0.0))
        for _ in range(600):
            time.sleep(0.1)
        return Chunks(tuple(Chunk(d.id, 0, len(d.text), d.text) for d in documents))
