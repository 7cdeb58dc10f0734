"""The title of a Markdown document. Its text stays as it is."""

from __future__ import annotations

import re

import yaml

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*$\n?", re.DOTALL | re.MULTILINE)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")


def markdown_title(text: str) -> str:
    """Return `title` of the YAML front matter, else the first heading, else "".

    Args:
        text: With line feeds as line ends. What stands between two `---` lines but is no YAML
            object is text, as for any Markdown reader.
    """
    match = _FRONT_MATTER.match(text)
    if match:
        front = _yaml_object(match[1])
        if front is not None:
            title = front.get("title")
            if isinstance(title, str) and title.strip():
                return title.strip()
            text = text[match.end() :]
    return _first_heading(text)


def _yaml_object(text: str) -> dict[object, object] | None:
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        return None
    return value if isinstance(value, dict) else None


def _first_heading(text: str) -> str:
    fence = ""
    previous = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            continue
        if mark:
            fence = mark[1]
            previous = ""
            continue
        heading = _HEADING.match(line)
        if heading and heading[1]:
            return heading[1].strip()
        if previous and _UNDERLINE.match(line):
            return previous
        plain = line.strip()
        is_paragraph = plain and not line.startswith("    ") and plain[0] not in "#>-*+|<"
        previous = plain if is_paragraph else ""
    return ""
