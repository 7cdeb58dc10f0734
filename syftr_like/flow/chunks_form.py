"""Chunks as files: their places, and of their texts only what the documents do not hold."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from syftr_like.contracts import Chunk, Chunks, Documents
from syftr_like.contracts.formats import array_file, array_values, json_file, json_value

_PLACES = "places.npz"
_WORDS = "texts.json.gz"
_ELSEWHERE = -1


def dump_chunks(chunks: Chunks, documents: Documents) -> dict[str, bytes]:
    """Return chunks as files.

    A text that ends in the characters of its span is kept as what stands before them, such as
    the document's title; any other text is kept in full.
    """
    texts = {document.id: document.text for document in documents}
    names: dict[str, int] = {}
    before: dict[str, int] = {}
    whole: list[str] = []
    rows = []
    for chunk in chunks:
        span = texts.get(chunk.document, "")[chunk.start : chunk.end]
        if span and chunk.text.endswith(span):
            head = chunk.text[: len(chunk.text) - len(span)]
            place = before.setdefault(head, len(before))
        else:
            whole.append(chunk.text)
            place = _ELSEWHERE
        document = names.setdefault(chunk.document, len(names))
        rows.append((document, chunk.start, chunk.end, place))
    searched = {row: c.search for row, c in enumerate(chunks) if c.search is not None}
    places = np.asarray(rows, dtype=np.int64).reshape(len(rows), 4)
    told = {
        "documents": list(names),
        "before": list(before),
        "whole": whole,
        "searched": [[row, text] for row, text in searched.items()],
    }
    return {_PLACES: array_file(places=places), _WORDS: json_file(told)}


def load_chunks(files: Mapping[str, bytes], documents: Documents) -> Chunks:
    """Return the chunks that `dump_chunks` wrote.

    Raises:
        KeyError: They are of other documents.
    """
    texts = {document.id: document.text for document in documents}
    told = json_value(files[_WORDS])
    names, before, whole = told["documents"], told["before"], iter(told["whole"])
    searched = dict(told["searched"])
    chunks = []
    for row, (document, start, end, place) in enumerate(
        array_values(files[_PLACES])["places"].tolist()
    ):
        name = names[document]
        text = next(whole) if place == _ELSEWHERE else before[place] + texts[name][start:end]
        chunks.append(Chunk(name, start, end, text, searched.get(row)))
    return Chunks(chunks)
