"""A judged answer as one text: what a flow is asked, where the flow is a judge.

```
Question: Who signs a lithium declaration?
Reference answer: Noor Haddad
Reference answer: Haddad
Passage: Noor Haddad signs it, or
whoever holds the certificate.
Answer to judge: It is signed by Ms Haddad.
```

Parts stand in this order. `Question:` and `Answer to judge:` stand once; any number of
`Reference answer:`, none where the question has no answer; any number of `Passage:`. A part goes on
over lines, empty ones too, up to the next heading. An empty `Answer to judge:` is an abstention.

Judged texts are not to be trusted, so headings are read first come, first served: one counts at the
start of a line only, and only where the order allows it. What stands after `Answer to judge:` is
the answer's, headings and all, so that an answer can forge nothing; a passage can forge no
reference. A passage, a reference or a question could still bring a later part forward, by a line
of its own that begins with its heading. `lay_out` moves such lines in by a space, which is taken
away when they are read: what it has laid out comes back as it was.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from syftr_like.errors import ComponentError

QUESTION, REFERENCE, PASSAGE, ANSWER = (
    "Question:",
    "Reference answer:",
    "Passage:",
    "Answer to judge:",
)
EXPECTED = (
    f"`{QUESTION}`, any number of `{REFERENCE}` (none where there is no answer) and of"
    f" `{PASSAGE}`, and `{ANSWER}` (empty for an abstention), in this order, each at the start of a"
    " line"
)
"""What a text must look like, in words."""

_FOLLOWING = {
    QUESTION: (REFERENCE, PASSAGE, ANSWER),
    REFERENCE: (REFERENCE, PASSAGE, ANSWER),
    PASSAGE: (PASSAGE, ANSWER),
    ANSWER: (),
}
_HEADED = rf"(?= *(?:{'|'.join(map(re.escape, _FOLLOWING))}))"
_BEFORE_HEADING = re.compile(f"^{_HEADED}", re.MULTILINE)
_MOVED_IN = re.compile(f"^ {_HEADED}", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class JudgedText:
    """A question with an answer to judge.

    Attributes:
        question: The question.
        references: Accepted answers; none where the question has no answer.
        passages: What was read for the answer.
        answer: The answer; empty for an abstention.
    """

    question: str
    references: tuple[str, ...]
    passages: tuple[str, ...]
    answer: str


def lay_out(
    question: str, references: Sequence[str], answer: str, passages: Sequence[str] = ()
) -> str:
    """Return the text of a judged answer, which `read_judged` reads.

    Args:
        question: The question.
        references: Accepted answers; none where the question has no answer.
        answer: The answer to judge; empty for an abstention.
        passages: What was read for the answer.
    """
    parts = [
        (QUESTION, question),
        *((REFERENCE, reference) for reference in references),
        *((PASSAGE, passage) for passage in passages),
        (ANSWER, answer),
    ]
    return "\n".join(f"{heading} {_moved_in(text)}".rstrip() for heading, text in parts)


def read_judged(text: str) -> JudgedText:
    """Return the parts of a judged answer.

    Raises:
        ComponentError: The text is laid out in another way.
    """
    parts: list[tuple[str, list[str]]] = []
    for line in text.strip().split("\n"):
        allowed = _FOLLOWING[parts[-1][0]] if parts else (QUESTION,)
        heading = next((h for h in allowed if line.startswith(h)), None)
        if heading is not None:
            parts.append((heading, [line.removeprefix(heading)]))
        elif parts:
            parts[-1][1].append(line)
        else:
            raise _not_laid_out(f"it does not begin with `{QUESTION}`")
    found = [(heading, _MOVED_IN.sub("", "\n".join(lines)).strip()) for heading, lines in parts]
    if found[-1][0] != ANSWER:
        raise _not_laid_out(f"it has no `{ANSWER}`")
    if not found[0][1]:
        raise _not_laid_out(f"`{QUESTION}` is empty")
    references = tuple(part for heading, part in found if heading == REFERENCE)
    if not all(references):
        raise _not_laid_out(f"a `{REFERENCE}` is empty")
    passages = tuple(part for heading, part in found if heading == PASSAGE)
    return JudgedText(found[0][1], references, passages, found[-1][1])


def _moved_in(text: str) -> str:
    """Return a part, so that no line of it, but its first, begins with a heading."""
    return _BEFORE_HEADING.sub(" ", text.strip()).strip()


def _not_laid_out(why: str) -> ComponentError:
    return ComponentError(f"the question is no judged answer: {why}; expected: {EXPECTED}")
