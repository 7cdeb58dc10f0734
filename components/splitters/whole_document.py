"""One chunk per document."""

from __future__ import annotations

from syftr_like.contracts import Chunks, Documents, Splitter

from .chunking import SplitterParameters, chunk_of, stripped


class WholeDocument(Splitter):
    """Makes each document one chunk, for documents that are passages already."""

    name = "whole_document"
    Parameters = SplitterParameters

    parameters: SplitterParameters

    def split(self, documents: Documents) -> Chunks:
        """Return one chunk per document that holds more than white space, in document order."""
        return Chunks(
            chunk_of(document, span, self.parameters.titles)
            for document in documents
            if (span := stripped(document.text, (0, len(document.text)))) is not None
        )
