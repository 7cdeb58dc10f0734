"""Prompts as text files.

A template is a Markdown file in `templates/` with three sections: `# system`, `# user`, and
`# user without passages`, for a question that comes alone. `$question`, `$passages` and
`$abstention` stand for what is put in. Each is replaced in one pass, so that a question or a
passage that holds `$passages`, or a heading, changes nothing but its own place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from string import Template

from syftr_like.contracts import Message, Passage, Query

ABSTENTION = "NOT ANSWERABLE"
"""What a model is asked to reply when the passages do not hold the answer."""

_SECTIONS = ("system", "user", "user without passages")
_HEADING = re.compile(r"^# (.+)$", re.MULTILINE)


def fill(template: str, question: Query, passages: Sequence[Passage]) -> list[Message]:
    """Return the messages of a template; passages are numbered from 1.

    Without passages the model is asked to answer from its own knowledge.
    """
    sections = _read(template)
    user = sections["user" if passages else "user without passages"]
    values = {
        "question": question.text,
        "passages": "\n\n".join(f"[{n}] {p.text}" for n, p in enumerate(passages, start=1)),
        "abstention": ABSTENTION,
    }
    return [
        Message("system", sections["system"].substitute(values)),
        Message("user", user.substitute(values)),
    ]


@cache
def _read(template: str) -> dict[str, Template]:
    text = files(__package__).joinpath("templates", f"{template}.md").read_text(encoding="utf-8")
    _, *parts = _HEADING.split(text)
    sections = {
        heading.strip(): Template(body.strip())
        for heading, body in zip(parts[::2], parts[1::2], strict=True)
    }
    if tuple(sections) != _SECTIONS:
        raise ValueError(f"the template {template} must have the sections {', '.join(_SECTIONS)}")
    return sections
