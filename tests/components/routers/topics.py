"""Labelled questions on two topics, and branches that know one, or toss a coin."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from syftr_like.contracts import Answer, Question

from .conftest import Branch, paid

WORDS = ("otter", "kelp", "urchin", "shell"), ("tax", "invoice", "salary", "refund")
FORMS = ("What of the {} and the {}?", "Who was with {} and {}?", "Is the {} for the {}?")


def questions(n: int, start: int = 0) -> list[Question]:
    """Return questions of either topic in turn; `right <number>` is the answer."""
    made = []
    for number in range(start, start + n):
        words, place = WORDS[number % 2], number // 2
        pair = words[place % 4], words[(place // 4 + 1) % 4]
        text = f"{FORMS[number % 3].format(*pair)} no{number}"
        made.append(Question(f"q{number}", text, (f"right {number}",)))
    return made


def topic(text: str) -> int:
    return int(any(word in text for word in WORDS[1]))


def coin(text: str, salt: str = "") -> bool:
    """A fair coin that falls the same for a text every time."""
    return hashlib.sha256((salt + text).encode()).digest()[0] % 2 == 0


def right_where(knows: Callable[[str], bool], usd: float = 0.1) -> Branch:
    """A branch that answers rightly where it knows."""

    def work(text: str) -> Answer:
        paid(usd)
        return Answer(f"right {text.rsplit('no', 1)[-1]}" if knows(text) else "wrong")

    return work


def is_right(question: Question, answer: Answer | None) -> bool:
    return answer is not None and answer.text in question.answers
