"""Reading what a language model wrote about a chunk: strict about meaning, not about decoration."""

from __future__ import annotations

import json
import re

from syftr_like.errors import ComponentError

from ..reply_forms import without_thoughts

_FENCE = re.compile(r"^[ \t]*(?:```|~~~).*$", re.MULTILINE)
_MARK = re.compile(r"^(?:[-*+\u2022>]|\(?\d{1,3}[.):]|Q\d{0,3}[.:])\s+")
_LABEL = re.compile(
    r"^[*_]*(?:context|sentence|answer|header|description)[*_]*:[*_]*\s+", re.IGNORECASE
)
_WORD = re.compile(r"\w")


def questions_in(reply: str, most: int, longest: int) -> list[str]:
    """Return the questions of a reply, one per line or as a JSON array, each once.

    Args:
        reply: The reply.
        most: Questions that were asked for; more are left out, fewer are what the chunk gives.
        longest: Words that a question may have.

    Raises:
        ComponentError: There is none, or one is no question but a text.
    """
    text = _plain(reply)
    lines = _json_texts(text) or text.splitlines()
    found = [line for raw in lines if _WORD.search(line := _undecorated(raw))]
    if len(found) > 1 and found[0].endswith(":"):
        del found[0]  # what introduces them
    if not found:
        raise ComponentError("it has no question; write one question per line")
    each: dict[str, str] = {}
    for question in found:
        each.setdefault(question.casefold(), question)
    questions = list(each.values())[:most]
    for question in questions:
        if len(question.split()) > longest:
            raise ComponentError(
                f"a line has {len(question.split())} words; write one question of at most"
                f" {longest} words per line, and nothing else"
            )
    return questions


def sentence_in(reply: str, longest: int) -> str:
    """Return the sentence of a reply, on one line, without decoration.

    Raises:
        ComponentError: It has no words, or more than `longest`.
    """
    said = _undecorated(" ".join(_plain(reply).split()))
    said = _undecorated(_LABEL.sub("", said))
    if not _WORD.search(said):
        raise ComponentError("it is empty; write one sentence")
    if len(said.split()) > longest:
        raise ComponentError(
            f"it has {len(said.split())} words; write one sentence of at most {longest} words"
        )
    return said


def _plain(reply: str) -> str:
    return _FENCE.sub("", without_thoughts(reply)).strip()


def _undecorated(line: str) -> str:
    line = _MARK.sub("", line.strip()).strip()
    for mark in ("**", '"', "'", "`"):
        inner = line[len(mark) : -len(mark)]
        if len(line) > 2 * len(mark) and line == mark + inner + mark and mark not in inner:
            line = inner.strip()
    return line


def _json_texts(text: str) -> list[str] | None:
    if not text.startswith("["):
        return None
    try:
        items = json.loads(text)
    except ValueError:
        return None
    texts = [" ".join(item.split()) for item in items if isinstance(item, str)]
    return texts if len(texts) == len(items) else None
