"""Only the chunks of some documents, by their metadata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from syftr_like.contracts import (
    Chunks,
    ChunkTransform,
    ComponentParameters,
    Document,
    Documents,
    Input,
    Json,
    Port,
    parameter,
)
from syftr_like.errors import ComponentError, nearest

from .headers import documents_by_id

_SHOWN = 8


class FilterChunks(ChunkTransform):
    """Keeps the chunks of documents whose metadata has one of the values named.

    For corpora that mix languages, years or products, where what else is in the index can only be
    found by mistake. Costs nothing. A field that holds a list is matched by any of its members.
    Evidence in documents left out cannot be found any more.
    """

    name = "filter_chunks"
    inputs: ClassVar[Mapping[str, Input]] = {
        **ChunkTransform.inputs,
        "documents": Input(Port.DOCUMENTS),
    }

    class Parameters(ComponentParameters):
        """Which documents stay."""

        field: str = parameter(..., "Name of the metadata's entry.", min_length=1)
        values: list[str | int | float | bool] = parameter(
            ..., "Values of the entry that are kept.", min_length=1
        )
        missing: Literal["drop", "keep"] = parameter(
            "drop", "What becomes of documents without the entry."
        )

    parameters: Parameters

    def transform(self, chunks: Chunks, documents: Documents) -> Chunks:
        """Return the chunks of the documents that match.

        Raises:
            ComponentError: No document has the entry, or none of the chunks is left.
        """
        known = documents_by_id(documents, chunks)
        kept = Chunks(chunk for chunk in chunks if self._matches(known[chunk.document]))
        if len(chunks) and not len(kept):
            raise ComponentError(self._nothing_left(documents))
        return kept

    def _matches(self, document: Document) -> bool:
        p = self.parameters
        if p.field not in document.metadata:
            return p.missing == "keep"
        found = document.metadata[p.field]
        members = found if isinstance(found, Sequence) and not isinstance(found, str) else [found]
        return any(_same(value, member) for value in p.values for member in members)

    def _nothing_left(self, documents: Documents) -> str:
        field = self.parameters.field
        found = dict.fromkeys(
            repr(document.metadata[field]) for document in documents if field in document.metadata
        )
        if not found:
            fields = {name for document in documents for name in document.metadata}
            meant = nearest(field, fields)
            hint = f"; did you mean '{meant}'?" if meant else ""
            return f"no document has '{field}' in its metadata{hint}"
        listed = ", ".join(list(found)[:_SHOWN]) + ", ..." * (len(found) > _SHOWN)
        wanted = ", ".join(map(repr, self.parameters.values))
        return f"no chunk is left: '{field}' is nowhere one of {wanted}, but {listed}"


def _same(value: Json, other: Json) -> bool:
    """Whether two values are the same: 1 is 1.0, but neither true nor "1"."""
    return value == other and isinstance(value, bool) == isinstance(other, bool)
