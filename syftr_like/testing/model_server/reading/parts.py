"""The parts of a prompt: what is material (a question, passages, a reply), and what is instruction.

Prompts mark their material in plain ways: `Question: ...`, `Passage 2: ...`, `[2] ...`, a heading,
XML tags, fences. A line that begins so opens a part; the next such line, or a paragraph that
speaks to the reader ("Reply with ..."), closes it. All else is instruction.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_ROLES = {
    "question": "question questions query queries task",
    "subquestion": "sub-question sub-questions subquestion subquestions",
    "passage": "passage passages context contexts document documents source sources text excerpt "
    "excerpts chunk chunks snippet snippets paragraph paragraphs evidence article facts notes "
    "results found known learned knowledge background information findings material extract "
    "extracts looked gathered retrieved returned",
    "reference": "reference references gold expected truth",
    "reply": "answer answers reply response prediction draft candidate candidates submission "
    "output attempt",
    "statement": "statement statements claim claims assertion hypothesis sentence sentences",
    "option": "options choices categories routes models experts branches tools agents flows "
    "strategies labels destinations",
    "critique": "critique feedback review criticism comments problems issues faults flaws wrong",
    "plan": "plan steps",
    "trace": "thought action observation observations trajectory",
    "example": "example examples",
}
_ROLE_OF = {word: role for role, group in _ROLES.items() for word in group.split()}
_SINGLE = {"question", "reference", "statement", "subquestion"}
"""Roles whose text is one paragraph."""

_LABEL = re.compile(
    r"^\s*(?:#{1,5}\s*|>\s*)?(?:\*\*|__)?"
    r"(?P<label>[A-Za-z][A-Za-z'\u2019/ -]{1,60}?)"
    r"(?:\s*[\[(#]?\s*(?P<mark>\d+|[A-Z])\s*[\])]?)?"
    r"(?:\s*\([^)\n]*\))?(?:\*\*|__)?(?P<colon>\s*:)(?:\*\*|__)?(?:\s+|$)(?P<rest>.*)$"
)
_HEADING = re.compile(
    r"^\s*(?:#{1,5}\s+|\*\*)(?P<label>[A-Za-z][A-Za-z' /-]{1,40}?)"
    r"(?:\s+(?P<mark>\d+|[A-Z]))?(?:\*\*)?\s*$"
)
_BRACKET_HEADING = re.compile(
    r"^\s*\[(?:The )?(?P<label>[A-Z][A-Za-z' ]{2,40}?)(?:\s+(?P<mark>\d+|[A-Z]))?\]\s*$"
)
_BRACKETED = re.compile(r"^\s*\[(?P<mark>\d+|[A-Z])\]\s*:?\s*(?P<rest>.*)$")
_DOTTED = re.compile(r"^\s*\(?(?P<mark>\d+|[A-Z])[.)]\s+(?P<rest>.*)$")
_BULLET = re.compile(r"^\s*(?P<mark>)[-*\u2022]\s+(?P<rest>.*)$")
_ITEM_STYLES = (_BRACKETED, _DOTTED, _BULLET)
_FENCE = re.compile(r'^\s*(?:```\w*|"""|~{3,})\s*$')
_RULE = re.compile(r"^\s*(?:-{3,}|={3,}|\*{3,}|#{3,})\s*$")
_PLACEHOLDER = re.compile(r"^[`'\"]?(?:<.*>|\[[^\]]*\]|\{.*\}|\.{3}|\u2026|_+)[`'\"]?\.?$")
_TAG = re.compile(r"<(?P<tag>[A-Za-z][\w-]*)(?P<attributes>[^<>]*)>(?P<body>.*?)</(?P=tag)>", re.S)
_ATTRIBUTE = re.compile(r"(?:id|number|index|n|name|no)\s*=\s*[\"']?(?P<mark>[^\"'\s>]+)")
_SHOWS_FORM = re.compile(
    r"\b(?:form|format|line|lines|instead|exactly|as follows|like this|end with|reply with|write)\b"
    r"[^:]*:\s*$",
    re.I,
)
_SPEAKS = re.compile(
    r"\b(?:the|this|these|that|those|each|above|following|given|every|which|two)\s+(?:\w+\s+)?"
    r"(?:passages?|questions?|quer(?:y|ies)|documents?|contexts?|text|statements?|answers?|replies|"
    r"reply|excerpts?|claims?|sources?|options?|draft|JSON)\b"
    r"|\byour (?:answer|reply|response|task|output)\b"
    r"|^\s*How (?:good|likely|well|sure|certain|far|probable)\b"
    r"|^\s*(?:Answer|Reply|Respond|Output|Rewrite|Reformulate|Rephrase|Paraphrase|Decompose|Judge|"
    r"Grade|Critici[sz]e|Extract|Think step|Let's think)\b"
    r"|^\s*(?:Give|Award|Assign|Rate|Score)\b.{0,40}\b(?:marks?|points?|scores?|grades?|ratings?|"
    r"(?:from|between) \d+)\b",
    re.I | re.S,
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a prompt.

    Attributes:
        role: `question`, `passage`, `reference`, `reply`, `statement`, `option`, ...
        mark: The number or letter it goes by, or empty.
        text: What it says.
        label: The words before the colon, in lower case.
    """

    role: str
    mark: str
    text: str
    label: str = ""


def role_of(label: str) -> str | None:
    """Return the role that a label names, by the last of its words that names one."""
    found = [word.strip("'") for word in re.split(r"[\s/_]+", label.lower())]
    roles = [_ROLE_OF[word] for word in found if word in _ROLE_OF]
    words = set(found)
    if "your" in words:
        return None
    if words & {"wrong", "faults", "flaws"}:
        return "critique"
    if words & {"reference", "gold", "expected"} or {"ground", "truth"} <= words:
        return "reference"
    if {"correct", "answer"} <= words or {"true", "answer"} <= words:
        return "reference"
    if found[:1] == ["who"] and "answer" in words:
        return "option"  # who could answer
    return roles[-1] if roles else None


def speaks_to_reader(paragraph: str) -> bool:
    """Whether a paragraph tells the reader what to do, rather than being material."""
    return _SPEAKS.search(paragraph) is not None


def split_parts(text: str) -> tuple[str, list[Part]]:
    """Return a prompt's instructions, and its parts in order."""
    parser = _Parser()
    tagged: list[list[Part]] = []

    def take(match: re.Match[str]) -> str:
        role = role_of(match["tag"].replace("-", " ").replace("_", " "))
        if role is None:
            return match["body"]
        tagged.append(_tagged(role, match))
        return f"\n\x00{len(tagged) - 1}\x00\n"

    paragraphs = _TAG.sub(take, text.replace("\x00", "")).split("\n")
    last = max((n for n, line in enumerate(paragraphs) if line.strip()), default=0)
    for number, line in enumerate(paragraphs):
        if line.startswith("\x00"):
            parser.close()
            parser.parts += tagged[int(line.strip("\x00"))]
        else:
            rest = "\n".join(paragraphs[number : number + 6]).split("\n\n")[0]
            parser.read(line, rest, is_last=number >= last)
    parser.close()
    return "\n".join(parser.instructions).strip(), [p for p in parser.parts if p.text]


def _most_words(label: str, line: str) -> int:
    """Return how long a label may be: alone on its line, like `What is known:`, or any other."""
    if line.rstrip()[-1] == ":":
        return 12
    return 7 if label.lower().startswith("what ") else 4


def items_of(text: str) -> list[tuple[str, str]]:
    """Return mark and text of the items of a list, numbered, lettered or with bullets."""
    found: list[tuple[str, list[str]]] = []
    style: re.Pattern[str] | None = None
    for line in text.split("\n"):
        for candidate in (style,) if style else _ITEM_STYLES:
            match = candidate.match(line)
            if match:
                style = candidate
                found.append((match["mark"], [match["rest"]]))
                break
        else:
            if found:
                found[-1][1].append(line)
    return [(mark, "\n".join(lines).strip()) for mark, lines in found]


def _tagged(role: str, match: re.Match[str]) -> list[Part]:
    body = match["body"].strip()
    inner = [_tagged(role_of(m["tag"]) or role, m) for m in _TAG.finditer(body)]
    if inner:
        return [part for parts in inner for part in parts]
    if items := items_of(body):
        return [Part(role, mark, text, match["tag"].lower()) for mark, text in items]
    attribute = _ATTRIBUTE.search(match["attributes"])
    return [Part(role, attribute["mark"] if attribute else "", body, match["tag"].lower())]


@dataclass
class _Parser:
    """Reads line by line; `role` is that of the open part, None among instructions."""

    instructions: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    role: str | None = None
    mark: str = ""
    label: str = ""
    lines: list[str] = field(default_factory=list)
    style: re.Pattern[str] | None = None
    collects: bool = False
    after_blank: bool = False
    fenced: bool = False
    shows_form: bool = False

    def read(self, line: str, paragraph: str, *, is_last: bool) -> None:
        """Take a line; `paragraph` is what is left of its paragraph."""
        if _FENCE.match(line):
            if self.fenced:
                self.close()
            self.fenced = not self.fenced and self.role is not None
            return
        if _RULE.match(line) and not self.fenced:
            self._rule()
            return
        if self.fenced:
            self.lines.append(line)
            return
        if not line.strip():
            self._blank()
            return
        if not (self._opens(line, is_last) or self._opens_item(line)):
            self._continues(line, paragraph)
        self.after_blank = False

    def close(self) -> None:
        """End the open part."""
        text = "\n".join(self.lines).strip()
        if self.role is not None and text:
            items = items_of(text) if self.fenced and _BRACKETED.match(text.split("\n")[0]) else []
            for mark, item in items or [(self.mark, text)]:
                self.parts.append(Part(self.role, mark, item, self.label))
        self.role, self.mark, self.label, self.lines = None, "", "", []
        self.style, self.collects = None, False

    def _rule(self) -> None:
        """A line of dashes ends a part; among passages, the next one follows."""
        role, label, collects = self.role, self.label, self.collects
        self.close()
        if role == "passage" and collects:
            self.role, self.label, self.collects = role, label, True
        self.after_blank = True

    def _blank(self) -> None:
        if self.role in _SINGLE and self.lines and not self.collects:
            self.close()
        if self.role is not None:
            self.lines.append("")
        self.after_blank = True

    def _opens(self, line: str, is_last: bool) -> bool:
        match = _LABEL.match(line) or _HEADING.match(line) or _BRACKET_HEADING.match(line)
        if match is None or len(match["label"].split()) > _most_words(match["label"], line):
            return False
        role = role_of(match["label"])
        rest = match.groupdict().get("rest") or ""
        if is_last and not rest and match.groupdict().get("colon"):
            self.close()  # `Score:` or `Answer:` at the end is a cue
            self.instructions.append(line)
            return True
        if role is None or (rest and _PLACEHOLDER.match(rest.strip())):
            return False
        if self.role is None and self.shows_form:
            return False  # `Answer: NOT ANSWERABLE` as a form to follow
        spoken = len(match["label"].split()) > 4 and speaks_to_reader(match["label"])
        if self.style is _BRACKETED and self.role == role and not match["mark"]:
            return False  # a line of a numbered passage
        self.close()
        if spoken:
            self.instructions.append(line)
            if _SHOWS_FORM.search(line):
                self.shows_form = True
                return True
        self.role, self.mark, self.label = role, match["mark"] or "", match["label"].lower()
        self.lines = [rest] if rest else []
        self.collects = not rest and not self.mark
        return True

    def _opens_item(self, line: str) -> bool:
        for style in (self.style,) if self.style else _ITEM_STYLES:
            match = style.match(line)
            if match is None:
                continue
            opened = self.role if self.collects else None
            if opened is None and (style is not _BRACKETED or self.shows_form):
                return False
            if opened is None and self.role not in (None, "passage"):
                return False
            role, label = opened or "passage", self.label
            self.close()
            self.role, self.mark, self.label, self.style = role, match["mark"], label, style
            self.lines, self.collects = [match["rest"]], True
            return True
        return False

    def _continues(self, line: str, paragraph: str) -> None:
        ends = self.after_blank or (self.role in _SINGLE and bool(self.lines))
        if self.role is not None and ends and speaks_to_reader(paragraph):
            self.close()
        if self.role is None:
            if line.strip():
                self.shows_form = _SHOWS_FORM.search(line) is not None
            self.instructions.append(line)
        else:
            self.lines.append(line)
