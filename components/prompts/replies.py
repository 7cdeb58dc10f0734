"""Reading what a language model replied."""

from __future__ import annotations

import re

from syftr_like.contracts import Answer
from syftr_like.errors import ComponentError

from ..reply_forms import without_thoughts
from .template import ABSTENTION

# `Answer: Paris`, `**Answer:** Paris`, `**Final answer: Paris**`, `- The answer is: Paris`
_ANSWER_LINE = re.compile(
    r"^[\s>*_#`-]*(?:the\s+)?(?:final\s+)?answer(?:\s+is)?[\s*_`]*[:\uff1a][*_`]*(?P<rest>.*)",
    re.IGNORECASE | re.MULTILINE,
)
_PHRASE = ABSTENTION.lower().split()
# What models reply instead of the phrase, when it is all that they reply.
_SAME = {
    ("unanswerable",),
    ("i", "dont", "know"),
    ("i", "do", "not", "know"),
    ("i", "cannot", "answer", "this", "question"),
    ("i", "cant", "answer", "this", "question"),
}
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")


def answer_of(reply: str) -> Answer:
    """Return the whole reply as an answer, or an abstention.

    Raises:
        ComponentError: The reply is empty.
    """
    text = without_thoughts(reply)
    line = _ANSWER_LINE.fullmatch(text)
    return _as_answer(line["rest"] if line else text)


def final_answer_of(reply: str) -> Answer:
    """Return what follows the last `Answer:` line of a reply, or an abstention.

    Raises:
        ComponentError: There is no such line, or nothing follows it.
    """
    text = without_thoughts(reply)
    lines = list(_ANSWER_LINE.finditer(text))
    if lines:
        return _as_answer(lines[-1]["rest"] + text[lines[-1].end() :])
    if text and is_abstention(text):
        return Answer(text="", abstained=True)
    raise ComponentError("the reply has no line 'Answer: ...'")


def is_abstention(text: str) -> bool:
    """Whether a reply declines to answer.

    So it does when its first or last sentence begins with the phrase that was asked for, whatever
    the case and the punctuation, or when it is nothing but another usual way to say so.
    """
    sentences = [words for part in _SENTENCE_END.split(text) if (words := _words(part))]
    if not sentences:
        return False
    if any(sentence[: len(_PHRASE)] == _PHRASE for sentence in (sentences[0], sentences[-1])):
        return True
    return len(sentences) == 1 and tuple(sentences[0]) in _SAME


def _as_answer(text: str) -> Answer:
    text = text.strip()
    if text.startswith("**") and text.endswith("**") and len(text) > 4:
        text = text[2:-2].strip()
    text = text.removesuffix("**").strip() if text.count("**") == 1 else text
    if not text:
        raise ComponentError("the reply is empty")
    if is_abstention(text):
        return Answer(text="", abstained=True)
    return Answer(text=text)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub("['\u2019]", "", text.lower()))
