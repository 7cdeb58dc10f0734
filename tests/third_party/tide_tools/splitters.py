"""A splitter that cannot split, and one that takes its time."""

from __future__ import annotations

import time

from syftr_like.contracts import Chunk, Chunks, Documents, Splitter


class TroubledSplitter(Splitter):
    """Fails on any documents."""

    name = "troubled_splitter"

    def split(self, documents: Documents) -> Chunks:
        """Fail."""
        raise ValueError("cannot split these documents")


class LingeringSplitter(Splitter):
    """Makes a chunk of each document, in a minute."""

    name = "lingering_splitter"

    def split(self, documents: Documents) -> Chunks:
        """Linger, then split."""
        for _ in range(600):
            time.sleep(0.1)
        return Chunks(tuple(Chunk(d.id, 0, len(d.text), d.text) for d in documents))
