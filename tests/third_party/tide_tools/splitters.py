"""A splitter that cannot split."""

from __future__ import annotations

from syftr_like.contracts import Chunks, Documents, Splitter


class TroubledSplitter(Splitter):
    """Fails on any documents."""

    name = "troubled_splitter"

    def split(self, documents: Documents) -> Chunks:
        """Fail."""
        raise ValueError("cannot split these documents")
