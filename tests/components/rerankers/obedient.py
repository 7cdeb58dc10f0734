"""A language model that does what the rerankers ask, by the words that texts share."""

from __future__ import annotations

import re

from ..scripted_llm import Replying, question_in, shared_words


def obedient() -> Replying:
    return Replying(_reply)


def _reply(text: str) -> str:
    question = question_in(text)
    if "Reply with A or B alone" in text:
        _, first, second = re.split(r"\n\nPassage [AB]:\n\n", text.split("\n\nWhich passage")[0])
        # Prefers the one shown first, as models do.
        return "A" if shared_words(question, first) >= shared_words(question, second) else "B"
    if "[2] > [1] > [3]" in text:
        body = text.split("of them:\n\n")[1].split("\n\nPut all")[0]
        _, *parts = re.split(r"(?:\A|\n\n)\[(\d+)\] ", body)
        marks = {n: shared_words(question, p) for n, p in zip(parts[::2], parts[1::2], strict=True)}
        return " > ".join(f"[{n}]" for n in sorted(marks, key=lambda n: -marks[n]))
    passage = text.split("Passage:\n\n")[1].split("\n\nQuestion:")[0]
    if "word for word" in text:
        sentences = re.findall(r"[^.]+\.", passage)
        return "\n".join(s for s in sentences if shared_words(question, s) > 0) or "NONE"
    return str(round(10 * shared_words(question, passage)))
