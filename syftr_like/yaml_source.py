"""Reading YAML written by people: plain data, and the place in the file of every key and value.

The study loader and the space loader raise their errors through `YamlSource.error`, so that each
names file, line, what was found and what was expected.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml
from pydantic_core import ErrorDetails

from .contracts import Json
from .errors import InputError, Location, nearest
from .yaml_builder import Builder, DataPath, Mark, reads_as_number

MAX_BYTES = 1_000_000

_SURPRISING = frozenset({"yes", "no", "on", "off"})
_PLAIN_SENTENCES = (
    ("cannot start any token", "a character stands where no value or key can start"),
    ("mapping values are not allowed", "a colon stands where no key can be: quote the text before"
     " it, or mend the indentation"),
    ("could not find expected ':'", "a key has no colon behind it"),
    ("expected <block end>", "this line is not indented like the lines that it belongs to"),
    ("expected the node content", "a value is missing or starts with a special character: quote"
     " it"),
    ("found undefined alias", "an alias refers to an anchor that does not stand before it"),
    ("found unexpected end of stream", "a quotation mark is not closed"),
    ("expected ',' or ']'", "a list in brackets is not closed, or lacks a comma"),
    ("expected ',' or '}'", "a mapping in braces is not closed, or lacks a comma"),
    ("but found another document", "the file holds more than one YAML document"),
)  # fmt: skip


@dataclass(frozen=True)
class YamlSource:
    """A YAML file as data, which knows where everything stands.

    Attributes:
        name: The file's name for people.
        data: Plain data: dict with text keys, list, str, int, float, bool, None.
        path: The file, None when the text came from elsewhere.
    """

    name: str
    data: Any
    path: Path | None = None
    _marks: Mapping[DataPath, Mark] = field(default_factory=dict, repr=False)
    _origins: Mapping[DataPath, str] = field(default_factory=dict, repr=False)

    @property
    def folder(self) -> Path:
        """The folder that relative paths in the file start from."""
        return self.path.parent if self.path is not None else Path()

    def value(self, path: DataPath) -> Any:
        """Return the value at a path.

        Raises:
            LookupError: Nothing stands there.
        """
        value = self.data
        for part in path:
            value = value[part]
        return value

    def location(self, path: DataPath = (), *, key: bool = False) -> Location:
        """Return where the value at `path` stands, or with `key` the key that leads to it.

        A path that leads nowhere gets the place of the closest thing around it.
        """
        for end in range(len(path), -1, -1):
            if path[:end] in self._origins:
                return Location(self._origins[path[:end]])
            mark = self._marks.get(path[:end])
            if mark is not None:
                at_key = key and mark.key is not None and end == len(path)
                line, column = mark.key if at_key and mark.key is not None else mark.value
                return Location(self.name, line, column)
        return Location(self.name, 1, 1)

    def error(
        self,
        path: DataPath,
        problem: str,
        *,
        found: str | None = None,
        expected: str | None = None,
        nearest: str | None = None,
        key: bool = False,
    ) -> InputError:
        """Return (not raise) an error at the value of `path`, or with `key` at its key.

        Without `found`, what stands there is described.
        """
        if found is None:
            named = key and path and isinstance(path[-1], str)
            found = str(path[-1]) if named else self.describe(path)
        return InputError(
            problem,
            location=self.location(path, key=key),
            found=found,
            expected=expected,
            nearest=nearest,
        )

    def replaced(self, path: DataPath, value: Any, origin: str) -> YamlSource:
        """Return a source in which something else stands at `path`; missing mappings are made.

        Args:
            path: Keys that lead there.
            value: What shall stand there.
            origin: Where it comes from, for error messages, such as a command-line option.

        Raises:
            InputError: The path leads through something that is no mapping.
        """
        data = copy.deepcopy(self.data)
        place = data
        for depth, part in enumerate(path):
            if not isinstance(place, dict):
                raise InputError(
                    f"'{'.'.join(map(str, path[:depth]))}' has no keys",
                    location=Location(origin),
                    found=in_words(place),
                    expected="a key of the study file",
                )
            if depth == len(path) - 1:
                place[part] = value
            else:
                place = place.setdefault(part, {})
        return replace(self, data=data, _origins={**self._origins, path: origin})

    def describe(self, path: DataPath) -> str | None:
        """Return in words what stands at a path; None when nothing does."""
        try:
            value = self.value(path)
        except LookupError:
            return None
        mark = self._marks.get(path)
        plain = mark.plain if mark else None
        if isinstance(value, bool) and plain is not None and plain.lower() in _SURPRISING:
            return f"{plain}, which YAML reads as {str(value).lower()}; in quotes it is text"
        return in_words(value)


def in_words(value: object) -> str:
    """Return a short description of plain data, for error messages."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return repr(value if len(value) <= 80 else value[:77] + "...")
    if isinstance(value, Mapping):
        if not value:
            return "an empty mapping"
        names = ", ".join(str(k) for k in list(value)[:6])
        return f"a mapping with {names}{', ...' if len(value) > 6 else ''}"
    if isinstance(value, list):
        if any(isinstance(item, list | dict) for item in value) or len(value) > 5:
            return f"a list of {len(value)}"
        return f"[{', '.join(in_words(item) for item in value)}]" if value else "an empty list"
    return str(value)


def load_yaml(path: str | Path) -> YamlSource:
    """Read a YAML file.

    Raises:
        InputError: Missing, a directory, unreadable, not UTF-8, too large, empty, not YAML, or
            with a key that stands twice.
    """
    file = Path(path)
    where = Location(str(path))
    if file.is_dir():
        raise InputError("this is a directory", location=where, expected="a YAML file")
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError("there is no such file", location=where, expected="a YAML file") from None
    except OSError as error:
        raise InputError(
            "the file cannot be read", location=where, found=error.strerror or str(error)
        ) from error
    if len(content) > MAX_BYTES:
        raise InputError(
            "the file is too large", location=where, expected=f"at most {MAX_BYTES:,} bytes"
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            "the file is not UTF-8 text",
            location=Location(str(path), line),
            found=f"byte 0x{content[error.start]:02x}",
            expected="text saved as UTF-8",
        ) from None
    return load_yaml_text(text, str(path), path=file)


def load_yaml_text(text: str, name: str, *, path: Path | None = None) -> YamlSource:
    """Read YAML from a string; `name` stands in error messages.

    Raises:
        InputError: See `load_yaml`.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise InputError(
            _sentence(error),
            location=Location(name, mark.line + 1, mark.column + 1) if mark else Location(name),
        ) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise InputError(
            "a character that YAML does not allow",
            location=Location(name, line),
            found=f"character U+{ord(error.character):04X}"
            if isinstance(error.character, str)
            else str(error.character),
        ) from None
    except RecursionError:
        raise InputError("the file is nested too deeply", location=Location(name)) from None
    if root is None:
        raise InputError("the file is empty", location=Location(name, 1, 1))
    builder = Builder(name)
    try:
        data = builder.build(root, (), None)
    except RecursionError:
        raise InputError("the file is nested too deeply", location=Location(name)) from None
    return YamlSource(name=name, data=data, path=path, _marks=builder.marks)


def dump_yaml(data: Json) -> str:
    """Return plain data as YAML that `load_yaml` reads back as the same data."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=96, indent=2)


class _Dumper(yaml.SafeDumper):
    """Quotes text that this module's reading of YAML would take for a number; no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    if reads_as_number(text):
        style = "'"
    elif any(not character.isprintable() and character != "\n" for character in text):
        # Only this style writes tabs, carriage returns and Unicode's line ends as escapes.
        style = '"'
    elif "\n" in text:
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def _sentence(error: yaml.MarkedYAMLError) -> str:
    told = " ".join(part for part in (error.context, error.problem) if part)
    if "'\\t'" in told:
        return "a tab stands where YAML wants spaces"
    for fragment, sentence in _PLAIN_SENTENCES:
        if fragment in told:
            return f"this is not valid YAML: {sentence}"
    return f"this is not valid YAML: {told}"


def mistake_in_words(details: ErrorDetails) -> tuple[str, str | None, str | None]:
    """Return for one pydantic mistake: the problem, what is expected, the nearest valid value."""
    message = details["msg"]
    kind = details["type"]
    if kind in ("value_error", "assertion_error"):
        return str(details.get("ctx", {}).get("error", message)), None, None
    expected = re.sub(r"^Input should be ", "", message)
    if expected == message:
        return message[:1].lower() + message[1:], None, None
    suggestion = None
    if kind in ("literal_error", "enum") and isinstance(details["input"], str):
        suggestion = nearest(details["input"], re.findall(r"'([^']*)'", expected))
    return "this value is not valid", expected, suggestion
