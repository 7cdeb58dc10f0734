"""A request as the stand-in reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ..requests import ChatMessage
from .forms import Form, form_of
from .lookups import Lookup
from .parts import Part, speaks_to_reader, split_parts
from .shown import Shown, asks_to_follow, fields_in, shown_in
from .tools import tools_in
from .turns import replace_text, with_lookups_taken, without_corrections
from .words import sentences

_QUOTED_QUESTION = re.compile(r"[\"\u201c'`]([^\"\u201d`\n]{5,400}\?)[\"\u201d'`]")


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is asked, and of what.

    Attributes:
        instructions: What system and user say beside the material.
        user: The last user message, whole.
        parts: The material, in order.
        form: The form of reply asked for.
        question: The question that it is all about; empty if there is none.
        lookups: What tools were used for so far, and what came of it, as far as it is told in text;
            what they found is among the parts, too.
        tools: The tools that it lists, with what they do.
        shown: The forms that it shows, where a reply has to choose among them.
    """

    instructions: str
    user: str
    parts: tuple[Part, ...]
    form: Form
    question: str
    lookups: tuple[Lookup, ...] = ()
    tools: Mapping[str, str] = field(default_factory=dict)
    shown: tuple[Shown, ...] = ()

    def of(self, *roles: str) -> list[Part]:
        """Return the parts of some roles, in order."""
        return [part for part in self.parts if part.role in roles]

    def text(self, role: str) -> str:
        """Return the text of the last part of a role, or nothing."""
        found = self.of(role)
        return found[-1].text if found else ""

    @property
    def passages(self) -> list[Part]:
        """The passages, numbered from 1 where the prompt does not."""
        found = self.of("passage")
        return [
            part if part.mark else Part(part.role, str(place), part.text, part.label)
            for place, part in enumerate(found, start=1)
        ]


def read_prompt(messages: Sequence[ChatMessage]) -> Prompt:
    """Read a conversation: its system message, and its last user message first of all.

    What the last user message lacks is taken from before it: the question from an earlier user
    message, passages too, and the reply that is to be judged or mended from the last assistant
    message.
    """
    messages, lookups = with_lookups_taken(without_corrections(messages))
    messages, shown = _with_forms_taken(messages)
    prompt = _read(messages)
    found = tuple(part for lookup in lookups for part in lookup.parts())
    form = prompt.form
    if len(shown) == 1 and not form.fields and form.shape is None:
        form = replace(form, fields=fields_in(shown))
    if not asks_to_follow(shown, judges=bool(prompt.of("reply"))):
        shown = []
    return replace(
        prompt,
        form=form,
        parts=(*prompt.parts, *found),
        lookups=tuple(lookups),
        tools=tools_in("\n\n".join(m.text for m in messages if m.role != "assistant")),
        shown=tuple(shown),
    )


def _with_forms_taken(
    messages: Sequence[ChatMessage],
) -> tuple[list[ChatMessage], list[Shown]]:
    """Return a conversation without the lines of forms among which to choose, and all forms."""
    forms: list[Shown] = []
    cut: list[ChatMessage] = []
    for message in messages:
        rest, found = ("", []) if message.role == "assistant" else shown_in(message.text)
        forms += found
        cut.append(replace_text(message, rest) if found else message)
    return (cut if asks_to_follow(forms, judges=True) else list(messages)), forms


def _read(messages: Sequence[ChatMessage]) -> Prompt:
    system = "\n\n".join(m.text for m in messages if m.role in ("system", "developer"))
    said = [m.text for m in messages if m.role == "user" and m.text.strip()]
    user = said[-1] if said else ""
    from_system, parts = split_parts(system)
    from_user, own = split_parts(user)
    bare = from_user
    if system and not own and not speaks_to_reader(user):
        own, from_user = [Part("question", "", user.strip())], ""
    parts = [*parts, *own]
    for earlier in said[-2::-1]:
        held = {part.role for part in parts}
        _, before = split_parts(earlier)
        if not before and "question" not in held and not speaks_to_reader(earlier):
            before = [Part("question", "", earlier.strip())]
        parts = [*(p for p in before if p.role not in held), *parts]
    replied = [m.text for m in messages if m.role == "assistant" and m.text.strip()]
    if replied and len(said) > 1 and not any(part.role == "reply" for part in parts):
        parts = [*parts, Part("reply", "", _without_thoughts(replied[-1]))]
    instructions = f"{from_system}\n\n{from_user}".strip()
    if re.search(r"\bexamples?\b", instructions, re.I):
        parts = _without_examples(parts)
    asked = [part.text for part in parts if part.role == "question"]
    question = asked[-1] if asked else _question_in(bare or system)
    return Prompt(instructions, user, tuple(parts), form_of(instructions), question)


def _without_examples(parts: Sequence[Part]) -> list[Part]:
    """Return parts without questions that stand there with their answers, before the one asked."""
    last = max((n for n, part in enumerate(parts) if part.role == "question"), default=0)
    shown = {
        n
        for n, (part, after) in enumerate(pairwise(parts))
        if n < last and part.role == "question" and after.role == "reply"
    }
    return [part for n, part in enumerate(parts) if not {n, n - 1} & shown]


def _question_in(text: str) -> str:
    """Return a question that stands unmarked among instructions."""
    if quoted := _QUOTED_QUESTION.findall(text):
        return str(quoted[-1])
    told = sentences(text)
    asked = [s for s in told if s.endswith("?")]
    for pool in ([s for s in asked if not speaks_to_reader(s)], asked):
        if pool:
            return pool[-1].split(": ")[-1]
    return told[-1].split(": ", 1)[-1] if told else ""


def _without_thoughts(text: str) -> str:
    return re.sub(r"<think>.*?</think>", "", text, flags=re.S).strip()
