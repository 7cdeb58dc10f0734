"""Which column of a table holds which field.

The mapping is small and fixed. Every other column is kept as metadata, and what was mapped or
kept is noted, so that nothing is guessed behind a person's back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from syftr_like.contracts import Json
from syftr_like.dataset.excerpt import excerpt
from syftr_like.dataset.row import Row
from syftr_like.errors import InputError, nearest

DOCUMENT_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "_id"),
    "title": ("title",),
    "text": ("text", "content"),
    "metadata": ("metadata",),
}
QUESTION_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "_id"),
    "question": ("question", "query"),
    "answers": ("answers", "answer", "gold"),
    "evidence": ("evidence",),
    "answerable": ("answerable",),
    "metadata": ("metadata",),
}
_NAMED = 12


class Columns:
    """Reads fields out of rows under the names that they may have, and remembers which.

    Args:
        names: Field to the column names that may hold it, the preferred one first.
    """

    def __init__(self, names: Mapping[str, tuple[str, ...]]) -> None:
        self._names = names
        self._mapped: Counter[tuple[str, str]] = Counter()
        self._kept: dict[str, None] = {}

    def read(self, row: Row) -> dict[str, Json]:
        """Return the fields that the row has, `metadata` always among them.

        Where a row has several of a field's names, the preferred one that is not null counts,
        and the others are kept as metadata.

        Raises:
            InputError: `metadata` is not an object, or holds a name that is a column too.
        """
        fields: dict[str, Json] = {}
        used = set()
        for field, names in self._names.items():
            present = [name for name in names if name in row.fields]
            if not present:
                continue
            filled = [name for name in present if row.fields[name] is not None]
            name = (filled or present)[0]
            used.add(name)
            fields[field] = row.fields[name]
            self._mapped[field, name] += 1
        rest = {name: value for name, value in row.fields.items() if name not in used}
        fields["metadata"] = self._metadata(row, row.cell("metadata", fields.get("metadata")), rest)
        return fields

    def missing(self, row: Row, field: str) -> InputError:
        """Return the error of a row without a field that it needs."""
        names = self._names[field]
        wanted = " or ".join(f"'{name}'" for name in names)
        return row.error(
            f"'{names[0]}' is missing",
            found=excerpt(", ".join(row.fields) or "an empty object", 120),
            expected=wanted,
            nearest=next((hit for name in names if (hit := nearest(name, row.fields))), None),
        )

    def notes(self) -> tuple[str, ...]:
        """Say which columns were renamed, and which were kept as metadata."""
        notes = [
            f"{field} read from column '{name}' ({count} rows)"
            for (field, name), count in self._mapped.items()
            if name != field
        ]
        if self._kept:
            names = sorted(self._kept)
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            notes.append(f"kept as metadata: {', '.join(names[:_NAMED])}{more}")
        return tuple(notes)

    def _metadata(self, row: Row, given: Json, rest: Mapping[str, Json]) -> dict[str, Json]:
        self._kept.update(dict.fromkeys(rest))
        if given is None:
            return dict(rest)
        if not isinstance(given, Mapping):
            raise row.wrong_type("metadata", given, "an object in 'metadata'")
        both = next((name for name in given if name in rest), None)
        if both is not None:
            raise row.error(
                f"'{excerpt(both)}' stands in 'metadata' and is a column as well",
                expected="one of the two",
            )
        return {**given, **rest}
