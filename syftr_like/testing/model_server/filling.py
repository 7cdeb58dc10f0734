"""Filling JSON, by a schema or by an example, with what a task found."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from .findings import Finding
from .reading.matching import overlap

_NAMES = {
    "reason": "reason reasoning reasons explanation rationale thought thoughts justification why "
    "analysis comment feedback critique",
    "number": "score rating relevance grade confidence probability number points similarity value",
    "verdict": "verdict correct supported faithful relevant agrees agree match matches answerable "
    "label judgement judgment decision entailed sufficient equivalent ok pass passed accepted",
    "order": "ranking order ranked rank indices ids numbers",
    "choice": "choice option route category winner better best name tool model branch destination "
    "selected selection expert action preferred",
    "sources": "sources source citations citation cited evidence references passages used passage "
    "document documents id index chunk",
    "query": "query q search keywords keyword input term terms searchquery",
    "items": "questions queries items statements claims subquestions sentences steps plan list "
    "results scores verdicts paraphrases rewrites versions variants",
    "text": "answer response result output text question final reply summary title "
    "header rewritten content",
}
_SLOTS = {name: slot for slot, group in _NAMES.items() for name in group.split()}


def slot_of(key: str) -> str:
    """Return which part of a finding a key asks for; `text` where nothing is known of it."""
    parts = [p for p in re.split(r"[\s_-]+|(?<=[a-z])(?=[A-Z])", key) if p]
    lowered = [part.lower() for part in parts]
    joined = "".join(lowered)
    if joined in _SLOTS:
        return _SLOTS[joined]
    for part in reversed(lowered):
        if part in _SLOTS:
            return _SLOTS[part]
    return "text"


def scaled(value: float, scale: tuple[float, float] | None) -> float | int:
    """Return a degree from 0 to 1 on a scale: whole numbers, but on 0 to 1 two decimals."""
    low, high = scale or (0.0, 1.0)
    placed = low + value * (high - low)
    return round(placed, 2) if high - low <= 1 else round(placed)


def degree(finding: Finding) -> float:
    """Return the finding's degree; of a verdict or an abstention, what it amounts to."""
    if finding.number is not None:
        return finding.number
    if finding.verdict is not None:
        return 0.9 if finding.verdict else 0.1
    return 0.1 if finding.abstained else 0.8


def judged(finding: Finding) -> bool:
    """Return the finding's verdict; of a degree, whether it is half or more."""
    return finding.verdict if finding.verdict is not None else degree(finding) >= 0.5


def by_example(
    example: Any, finding: Finding, scale: tuple[float, float] | None, labels: tuple[str, str]
) -> Any:
    """Return JSON shaped like an example, whose keys say what is wanted."""
    if isinstance(example, dict):
        if not example:
            example = _usual(finding)
        return {key: _like(value, key, finding, scale, labels) for key, value in example.items()}
    return _like(example, "items", finding, scale, labels)


def by_schema(
    schema: Mapping[str, Any],
    finding: Finding,
    scale: tuple[float, float] | None = None,
    labels: tuple[str, str] = ("yes", "no"),
) -> Any:
    """Return JSON that fits a schema, each property filled by its name and type."""
    return _by_schema(schema, "", finding, schema, scale, labels)


def _usual(finding: Finding) -> dict[str, Any]:
    """The keys of an object of which nothing was said."""
    if finding.order:
        return {"ranking": [0]}
    if finding.items:
        return {"items": [""]}
    if finding.verdict is not None:
        return {"verdict": True, "reason": ""}
    if finding.number is not None:
        return {"score": 0, "reason": ""}
    return {"choice": ""} if finding.choice else {"answer": ""}


def _like(
    example: Any,
    key: str,
    finding: Finding,
    scale: tuple[float, float] | None,
    labels: tuple[str, str],
) -> Any:
    if isinstance(example, dict):
        return by_example(example, finding, scale, labels)
    slot = slot_of(key)
    if isinstance(example, list):
        sample = example[0] if example else ""
        if isinstance(sample, dict):
            return [by_example(sample, item, scale, labels) for item in _members(finding)]
        numbers = isinstance(sample, int) and not isinstance(sample, bool)
        numbers = numbers or (
            slot != "items" and not sample and _are_numbers(finding.sources or finding.order)
        )
        return _sequence(slot, finding, numbers=numbers, scale=scale)
    if isinstance(example, bool) or _says_boolean(example):
        return judged(finding)
    if isinstance(example, (int, float)) or _says_number(example):
        if slot in ("sources", "order", "choice") and (marks := finding.sources or finding.order):
            return _as_number(marks[0])
        if slot == "verdict":
            return int(judged(finding))
        return scaled(degree(finding), scale or _scale_in(example))
    if example == "" and slot in ("items", "order", "sources"):
        numbers = slot != "items" and _are_numbers(finding.sources or finding.order)
        return _sequence(slot, finding, numbers=numbers, scale=scale)
    return _word(slot, finding, scale, labels, bare=not example)


def _by_schema(
    schema: Mapping[str, Any],
    key: str,
    finding: Finding,
    root: Mapping[str, Any],
    scale: tuple[float, float] | None,
    labels: tuple[str, str],
) -> Any:
    schema = _resolved(schema, root)
    if "const" in schema:
        return schema["const"]
    if options := schema.get("enum"):
        return _chosen(options, key, finding, schema, labels)
    kind = schema.get("type")
    kind = next((k for k in kind if k != "null"), "null") if isinstance(kind, list) else kind
    slot = slot_of(key)
    if kind == "object" or (kind is None and "properties" in schema):
        wanted = schema.get("required")
        return {
            name: _by_schema(inner, name, finding, root, scale, labels)
            for name, inner in schema.get("properties", {}).items()
            if wanted is None or name in wanted or "default" not in inner
        }
    if kind == "array":
        inner = _resolved(schema.get("items", {}), root)
        if "enum" in inner:
            found = [_chosen(inner["enum"], key, finding, inner, labels)]
        elif "const" not in inner and inner.get("type") in (None, "string"):
            found = _sequence(slot, finding, numbers=False, scale=scale)
        elif inner.get("type") in ("integer", "number"):
            numbers = _sequence(slot, finding, numbers=True, scale=scale)
            whole = inner["type"] == "integer"
            found = [_bounded(round(n) if whole else n, inner) for n in numbers]
        else:
            found = [
                _by_schema(inner, key, item, root, scale, labels) for item in _members(finding)
            ]
        return found[: schema.get("maxItems", len(found))]
    if kind == "boolean":
        return judged(finding)
    if kind in ("integer", "number"):
        return _quantity(schema, slot, finding, scale, whole=kind == "integer")
    if kind == "null":
        return None
    return _word(slot, finding, scale, labels, bare=False)


def _resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    for _ in range(20):
        if "$ref" in schema:
            target: Any = root
            for step in str(schema["$ref"]).removeprefix("#").strip("/").split("/"):
                target = target.get(step, {}) if step else target
            schema = target
        elif options := (schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")):
            schema = next((o for o in options if o.get("type") != "null"), options[0])
        else:
            break
    return schema


def _quantity(
    schema: Mapping[str, Any],
    slot: str,
    finding: Finding,
    scale: tuple[float, float] | None,
    *,
    whole: bool,
) -> float | int:
    """Return the mark of a source, a number that was found, or a degree on the scale asked for."""
    if slot in ("sources", "order", "choice") and (marks := finding.sources or finding.order):
        return _bounded(_as_number(marks[0]), schema)
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    if low is not None and high is not None:
        scale = (float(low), float(high))
    elif slot == "text" and "default" in schema:
        default: float | int = schema["default"]
        return default
    elif scale is None and (told := _scale_in(schema.get("description", ""))):
        scale = told
    if slot == "text" and (match := re.search(r"-?\d[\d,]*(?:\.\d+)?", finding.text)):
        value = float(match.group().replace(",", ""))
    else:
        value = float(scaled(degree(finding), scale))
    return _bounded(round(value) if whole else value, schema)


def _bounded(value: float | int, schema: Mapping[str, Any]) -> float | int:
    """Return a number brought between the bounds of a schema."""
    step = 1 if isinstance(value, int) else 0.01
    low, high = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
    if "exclusiveMinimum" in schema:
        low = max(low, schema["exclusiveMinimum"] + step)
    if "exclusiveMaximum" in schema:
        high = min(high, schema["exclusiveMaximum"] - step)
    return type(value)(min(max(value, low), high))


def _chosen(
    options: list[Any],
    key: str,
    finding: Finding,
    schema: Mapping[str, Any],
    labels: tuple[str, str],
) -> Any:
    """Return the member of an enumeration that the finding comes nearest to."""
    said = finding.choice or finding.text
    for option in options:
        if str(option).lower() == said.lower():
            return option
    if finding.verdict is not None and len(options) >= 2:
        negative = [
            o for o in options if re.match(r"(?i)no|in|un|dis|fail|false|wrong|rej", str(o))
        ]
        positive = [o for o in options if o not in negative]
        pool = positive if finding.verdict else negative
        return pool[0] if pool else options[0 if finding.verdict else -1]
    if all(isinstance(option, (int, float)) for option in options):
        return sorted(options)[round(degree(finding) * (len(options) - 1))]
    about = f"{said} {finding.reason}"
    return max(options, key=lambda option: overlap(str(option), about))


def _members(finding: Finding) -> tuple[Finding, ...]:
    return finding.items or (finding,)


def _sequence(
    slot: str, finding: Finding, *, numbers: bool, scale: tuple[float, float] | None
) -> list[Any]:
    if slot == "sources" or (numbers and not finding.order and finding.sources):
        marks: tuple[str, ...] = finding.sources
    elif finding.order:
        marks = finding.order
    elif finding.items:
        if numbers:
            return [scaled(degree(item), scale) for item in finding.items]
        return [item.text for item in finding.items]
    elif numbers:
        return [scaled(degree(finding), scale)]
    elif slot in ("query", "items"):
        return [finding.query or finding.text] if finding.query or finding.text else []
    else:
        return [finding.text] if finding.text and not finding.abstained else []
    return [_as_number(mark) for mark in marks] if numbers else list(marks)


def _word(
    slot: str,
    finding: Finding,
    scale: tuple[float, float] | None,
    labels: tuple[str, str],
    *,
    bare: bool,
) -> Any:
    if slot == "reason" and finding.reason:
        return finding.reason
    if slot == "verdict" and (finding.verdict is not None or finding.number is not None):
        return labels[0] if judged(finding) else labels[1]
    if slot == "number" and (finding.number is not None or not finding.text):
        value = scaled(degree(finding), scale)
        return value if bare else str(value)
    if slot == "choice" and finding.choice:
        return finding.choice
    if slot == "query" and finding.query:
        return finding.query
    if slot == "order" and finding.order:
        return " > ".join(finding.order)
    if slot == "sources" and finding.sources:
        return ", ".join(finding.sources)
    if finding.text:
        return finding.text
    if finding.items:
        return "\n".join(item.text for item in finding.items)
    if finding.choice:
        return finding.choice
    if finding.verdict is not None:
        return labels[0] if finding.verdict else labels[1]
    return finding.reason


def _says_boolean(example: object) -> bool:
    return isinstance(example, str) and bool(
        re.fullmatch(
            r"(?i)\W*(?:true|false|boolean|bool)(?:\W+(?:or\W+)?(?:true|false))?\W*", example
        )
    )


def _says_number(example: object) -> bool:
    return isinstance(example, str) and bool(
        re.fullmatch(
            r"(?i)<?\s*(?:\d+(?:\.\d+)?\s*(?:-|to|\u2013)\s*\d+(?:\.\d+)?|n|int|integer|"
            r"number|float|score|a number.*|an integer.*)\s*>?",
            example,
        )
    )


def _scale_in(text: object) -> tuple[float, float] | None:
    match = re.search(r"(\d+(?:\.\d+)?)\s*(?:-|to|\u2013|and)\s*(\d+(?:\.\d+)?)", str(text))
    if match is None or float(match[1]) >= float(match[2]):
        return None
    return float(match[1]), float(match[2])


def _are_numbers(marks: tuple[str, ...]) -> bool:
    return bool(marks) and all(mark.isdigit() for mark in marks)


def _as_number(mark: str) -> int:
    return int(mark) if mark.isdigit() else ord(mark.upper()[:1] or "A") - 64
