"""Prompts as text files.

A template is a Markdown file in `templates/` with three sections: `# system`, `# user`, and
`# user without passages`, for a question that comes alone. `$question`, `$passages`, `$abstention`
and the prompt's own variables stand for what is put in. Each is replaced in one pass, so that a
question or a passage that holds `$passages`, or a heading, changes nothing but its own place.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template
from typing import ClassVar

from syftr_like.contracts import Answer, Message, Passage, Prompt, Query

from ..asking import numbered

ABSTENTION = "NOT ANSWERABLE"
"""What a model is asked to reply when the passages do not hold the answer."""

_SECTIONS = ("system", "user", "user without passages")
_HEADING = re.compile(r"^# (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """A question with the answer wanted, to be shown to a model; None where it has no answer."""

    question: str
    answer: str | None


class TemplatePrompt(Prompt):
    """A prompt whose words stand in a file of the same name.

    `messages` can be given examples of questions and answers, which the model is shown before the
    passages (few-shot, Brown et al. 2020). They change nothing in how a reply is read.
    """

    def messages(
        self, question: Query, passages: Sequence[Passage], examples: Sequence[Example] = ()
    ) -> Sequence[Message]:
        """Return a system and a user message.

        Args:
            question: The question.
            passages: Numbered from 1; without any the model is asked what it knows.
            examples: Questions with the answers wanted, shown in this order.
        """
        return fill(self.name, question, passages, examples, self.variables)

    @property
    def variables(self) -> Mapping[str, str]:
        """What further variables of the template stand for."""
        return {}

    @abstractmethod
    def parse(self, reply: str) -> Answer:
        """See `Prompt.parse`."""


class PassagePrompt(TemplatePrompt):
    """A prompt whose replies are about passages, which must be known to read them.

    Attributes:
        example: A reply in the form asked for where there are passages; a plan takes it for the
            model's.
    """

    example: ClassVar[str]

    @abstractmethod
    def parse_for(self, reply: str, passages: Sequence[Passage]) -> Answer:
        """Turn the model's reply into an answer, given the passages that it was shown.

        Raises:
            ComponentError: The reply is not what the prompt asked for.
        """


def fill(
    template: str,
    question: Query,
    passages: Sequence[Passage],
    examples: Sequence[Example] = (),
    variables: Mapping[str, str] | None = None,
) -> list[Message]:
    """Return the messages of a template; passages are numbered from 1.

    Without passages the model is asked to answer from its own knowledge.
    """
    sections = _read(template)
    user = sections["user" if passages else "user without passages"]
    values = {
        **(variables or {}),
        "question": question.text,
        "passages": numbered(passages),
        "abstention": ABSTENTION,
    }
    return [
        Message("system", sections["system"].substitute(values)),
        Message("user", _shown(examples) + user.substitute(values)),
    ]


def _shown(examples: Sequence[Example]) -> str:
    """Return examples as text, each with its answer in the words that are asked for."""
    if not examples:
        return ""
    shown = "\n\n".join(
        f"Question: {example.question}\nAnswer: {example.answer or ABSTENTION}"
        for example in examples
    )
    return f"{_examples_heading()}\n\n{shown}\n\n"


@cache
def _examples_heading() -> str:
    return _text("examples").strip()


@cache
def _read(template: str) -> dict[str, Template]:
    _, *parts = _HEADING.split(_text(template))
    sections = {
        heading.strip(): Template(body.strip())
        for heading, body in zip(parts[::2], parts[1::2], strict=True)
    }
    if tuple(sections) != _SECTIONS:
        raise ValueError(f"the template {template} must have the sections {', '.join(_SECTIONS)}")
    return sections


def _text(template: str) -> str:
    return files(__package__).joinpath("templates", f"{template}.md").read_text(encoding="utf-8")
