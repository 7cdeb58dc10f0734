"""A part of the documents, where all of them would take too long for a plan."""

from __future__ import annotations

from dataclasses import dataclass

from syftr_like.contracts import Document, Documents

MOST_CHARACTERS = 400_000
"""Characters of the documents that a plan indexes."""


@dataclass(frozen=True, slots=True)
class DocumentSample:
    """Some documents, and which share of all characters they hold."""

    documents: Documents
    share: float

    @property
    def whole(self) -> bool:
        """Whether it is all documents."""
        return self.share >= 1


def sample_documents(documents: Documents, most: int = MOST_CHARACTERS) -> DocumentSample:
    """Return documents evenly spread over all of them; at least one."""
    total = sum(len(document.text) for document in documents)
    if total <= most:
        return DocumentSample(documents, 1.0)
    wanted = max(1, int(len(documents) * most / total))
    chosen: list[Document] = []
    characters = 0
    for place in range(wanted):
        document = documents[place * len(documents) // wanted]
        if chosen and characters + len(document.text) > most:
            continue
        chosen.append(document)
        characters += len(document.text)
    return DocumentSample(Documents(chosen), characters / total)
