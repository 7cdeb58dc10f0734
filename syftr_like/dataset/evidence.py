"""Evidence: spans of documents that support an answer.

Given as `{document, start, end}` (characters of the document's text as loaded, `end`
exclusive), or as `{document, text}`, which quotes the passage.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from syftr_like.contracts import Documents, Evidence, Json
from syftr_like.dataset.excerpt import excerpt, rendering, type_name
from syftr_like.dataset.ids import as_id
from syftr_like.dataset.row import Row
from syftr_like.errors import nearest

_EXPECTED = "{document, start, end} or {document, text}"
_NAMES = ("document", "start", "end", "text")
_LENGTH_SLACK = 3


class EvidenceReader:
    """Reads evidence and checks it against the documents.

    Args:
        documents: What the evidence points into.
    """

    def __init__(self, documents: Documents) -> None:
        self._texts = {document.id: document.text for document in documents}
        self._hinted = False

    def read(self, row: Row, value: Json) -> tuple[Evidence, ...]:
        """Return the evidence of a row, in its order.

        Raises:
            InputError: Wrong shape, unknown document, a span outside the text or empty, or a
                quotation that does not occur exactly once.
        """
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            raise row.wrong_type("evidence", value, f"a list of {_EXPECTED}")
        return tuple(self._span(row, item, f"evidence[{i}]") for i, item in enumerate(value))

    def whole(self, row: Row, identifier: str) -> Evidence:
        """Return all of a document as evidence.

        Raises:
            InputError: Unknown document.
        """
        return Evidence(identifier, 0, len(self._text(row, "document", identifier)))

    def _span(self, row: Row, item: Json, name: str) -> Evidence:
        if not isinstance(item, Mapping):
            raise row.error(
                f"'{name}' is {type_name(item)}", found=rendering(item), expected=_EXPECTED
            )
        given = {key: value for key, value in item.items() if value is not None}
        for key in given:
            if key not in _NAMES:
                raise row.error(
                    f"'{name}' has an unknown name '{excerpt(key)}'",
                    found=rendering(item),
                    expected=_EXPECTED,
                    nearest=nearest(key, _NAMES),
                )
        if "document" not in given or not ("text" in given or {"start", "end"} <= given.keys()):
            raise row.error(f"'{name}' is incomplete", found=rendering(item), expected=_EXPECTED)
        document = as_id(row, f"{name}.document", given["document"])
        text = self._text(row, name, document)
        if "start" not in given and "end" not in given:
            return self._quoted(row, name, document, given["text"])
        start = _offset(row, f"{name}.start", given.get("start"))
        end = _offset(row, f"{name}.end", given.get("end"))
        if not 0 <= start < end <= len(text):
            raise row.error(
                f"'{name}' is empty" if start == end else f"'{name}' is out of bounds",
                found=f"start {start}, end {end}",
                expected=f"0 <= start < end <= {len(text)}, the length of '{excerpt(document)}'",
            )
        if "text" in given and given["text"] != text[start:end]:
            raise row.error(
                f"'{name}.text' is not what stands from start to end",
                found=rendering(given["text"]),
                expected=rendering(text[start:end]),
            )
        return Evidence(document, start, end)

    def _text(self, row: Row, name: str, document: str) -> str:
        text = self._texts.get(document)
        if text is None:
            raise row.error(
                f"'{name}' names an unknown document",
                found=f"'{excerpt(document)}'",
                expected=f"the id of one of the {len(self._texts)} documents, such as"
                f" '{excerpt(next(iter(self._texts)))}'",
                nearest=self._nearest(document),
            )
        return text

    def _nearest(self, document: str) -> str | None:
        # Only the first mistake is shown, and the comparison takes time with many documents.
        if self._hinted:
            return None
        self._hinted = True
        named_so = [i for i in self._texts if _file_stem(i) == _file_stem(document)]
        if len(named_so) == 1:  # ids of files are paths, and easily begin at another folder
            return excerpt(named_so[0])
        alike = (i for i in self._texts if abs(len(i) - len(document)) <= _LENGTH_SLACK)
        near = nearest(document, alike)
        return None if near is None else excerpt(near)

    def _quoted(self, row: Row, name: str, document: str, quote: Json) -> Evidence:
        quote = row.text(f"{name}.text", quote)
        found = occurrences(quote, self._texts[document])
        if len(found) == 1:
            return Evidence(document, *found[0])
        often = "occurs more than once in" if found else "does not occur in"
        raise row.error(
            f"the quotation '{name}.text' {often} '{excerpt(document)}'",
            found=rendering(quote),
            expected="a passage that occurs exactly once, or start and end",
        )


def _file_stem(identifier: str) -> str:
    """Return the name of the file that an id stands for, without its folders and its extension."""
    return PurePosixPath(identifier.replace("\\", "/")).stem.lower()


def occurrences(quote: str, text: str) -> list[tuple[int, int]]:
    """Return up to two spans at which a quotation stands in a text.

    It must match exactly; failing that, any run of white space matches any other, because
    quotations are often taken from text that was wrapped otherwise.
    """
    first = text.find(quote)
    if first >= 0:
        second = text.find(quote, first + 1)
        starts = [first] if second < 0 else [first, second]
        return [(start, start + len(quote)) for start in starts]
    pattern = re.compile(r"\s+".join(re.escape(word) for word in quote.split()))
    match = pattern.search(text)
    if match is None:
        return []
    again = pattern.search(text, match.start() + 1)
    return [m.span() for m in (match, again) if m is not None]


def _offset(row: Row, name: str, value: Json) -> int:
    if value is None:
        raise row.error(f"'{name}' is missing", expected=_EXPECTED)
    if not isinstance(value, int) or isinstance(value, bool):
        raise row.wrong_type(name, value, "a whole number of characters")
    return value
