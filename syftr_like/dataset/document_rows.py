"""From table rows to documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from syftr_like.contracts import Document
from syftr_like.dataset.columns import DOCUMENT_COLUMNS, Columns
from syftr_like.dataset.ids import Ids, as_id
from syftr_like.dataset.mistakes import Mistakes
from syftr_like.dataset.row import Row
from syftr_like.errors import InputError


class DocumentRows:
    """Builds documents from rows `{id, title?, text, metadata?}`; other columns are metadata.

    The text is taken exactly as it stands, line ends included: evidence offsets count its
    characters (Unicode code points).

    Args:
        title_for_text: Let the title stand for a missing text, as retrieval benchmarks do
            when they index title and text together.
    """

    def __init__(self, *, title_for_text: bool = False) -> None:
        self._columns = Columns(DOCUMENT_COLUMNS)
        self._ids = Ids()
        self._title_for_text = title_for_text
        self._titles_used = 0

    def read(self, rows: Iterable[Row], mistakes: Mistakes) -> list[Document]:
        """Return the documents of all good rows; bad ones go to `mistakes`."""
        documents = []
        for row in rows:
            try:
                documents.append(self._document(row))
            except InputError as error:
                mistakes.add(error, row.place_number)
        return documents

    def notes(self) -> tuple[str, ...]:
        """Say what was decided on the way."""
        notes = list(self._columns.notes())
        if self._titles_used:
            notes.append(f"{self._titles_used} documents without text: the title is their text")
        return tuple(notes)

    def _document(self, row: Row) -> Document:
        fields = self._columns.read(row)
        for required in ("id", "text"):
            if required not in fields:
                raise self._columns.missing(row, required)
        identifier = as_id(row, "id", fields["id"])
        self._ids.register(row, identifier)
        title = fields.get("title")
        if title is None:
            title = ""
        if not isinstance(title, str):
            raise row.wrong_type("title", title, "text in 'title'")
        text = fields["text"]
        if self._title_for_text and title.strip() and (text is None or text == ""):
            text = title
            self._titles_used += 1
        metadata = fields["metadata"]
        assert isinstance(metadata, Mapping)
        return Document(identifier, title, row.text("text", text), metadata)
