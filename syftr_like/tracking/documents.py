"""Documents as one file, which a model carries along."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

from syftr_like.contracts import Documents
from syftr_like.dataset import load_documents


def documents_parquet(documents: Documents) -> bytes:
    """Return documents as compressed Parquet: `id`, `title`, `text`, `metadata` as JSON."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(
        {
            "id": [document.id for document in documents],
            "title": [document.title for document in documents],
            "text": [document.text for document in documents],
            "metadata": [
                json.dumps(document.metadata, ensure_ascii=False) for document in documents
            ],
        },
        schema=pa.schema([(name, pa.string()) for name in ("id", "title", "text", "metadata")]),
    )
    file = BytesIO()
    pq.write_table(table, file, compression="zstd")
    return file.getvalue()


def read_documents(path: str | Path) -> Documents:
    """Read what `documents_parquet` wrote.

    Raises:
        InputError: It is not there, or something else.
    """
    file = Path(path)
    return load_documents(file.name, file.parent)
