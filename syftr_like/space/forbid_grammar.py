"""Reading `forbid`: each rule a mapping from decisions to the values that must not meet.

```yaml
forbid:
  - {passages: dense, answer: [llm_answer, strong]}
  - {passages.hybrid.fusion: rrf, answer.llm_answer.passages: {min: 10}}
```
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from syftr_like.contracts import ChoiceDomain, Domain
from syftr_like.errors import nearest

from .cursor import Cursor
from .domain_values import NotInDomainError, canonical
from .rules import Condition, Rule
from .tree import Scalar, Tree


def domain_of(domain: Domain | tuple[str, ...]) -> Domain:
    """Return the domain of a decision; one among options is a choice of their names."""
    return ChoiceDomain(domain) if isinstance(domain, tuple) else domain


def read_rules(cursor: Cursor, prefix: str, tree: Tree) -> list[Rule]:
    """Read a `forbid` section.

    Args:
        cursor: The list of rules.
        prefix: What stands before each path when the section belongs to an included file.
        tree: The space, for the paths and domains of its decisions.

    Raises:
        InputError: An unknown or fixed path, a value outside the domain, an empty rule.
    """
    if cursor.value == []:
        return []
    domains = {path: domain_of(domain) for path, domain in tree.decisions()}
    return [_read_rule(rule, prefix, domains, tree) for rule in cursor.sequence("`forbid`")]


def _read_rule(cursor: Cursor, prefix: str, domains: Mapping[str, Domain], tree: Tree) -> Rule:
    if not cursor.mapping("a rule of `forbid`"):
        raise cursor.error("this rule is empty", expected="`<path of a decision>: <value>`")
    conditions: list[Condition] = []
    for key in cursor.value:
        path = prefix + key
        entry = cursor.child(key)
        if path not in domains:
            raise _unknown_path(entry, key, prefix, domains, tree)
        conditions.append(_read_condition(entry, path, domains[path]))
    return Rule(tuple(conditions))


def _unknown_path(
    entry: Cursor, key: str, prefix: str, domains: Mapping[str, Domain], tree: Tree
) -> Exception:
    path = prefix + key
    known = [p.removeprefix(prefix) for p in domains if p.startswith(prefix)]
    if any(slot.name == path for slot in tree.slots) or path in _fixed_paths(tree):
        return entry.error(
            f"'{key}' is fixed, and a rule can only speak of decisions",
            expected=f"one of {', '.join(known)}" if known else "a decision; this space has none",
            key=True,
        )
    return entry.error(
        f"there is no decision '{key}'",
        expected=f"one of {', '.join(known)}" if known else "a decision; this space has none",
        nearest=nearest(key, known),
        key=True,
    )


def _fixed_paths(tree: Tree) -> set[str]:
    return {
        f"{slot.name}.{option.name}.{parameter.name}"
        for slot in tree.slots
        for option in slot.options
        if option.component is not None
        for parameter in option.component.parameters
    }


def _read_condition(cursor: Cursor, path: str, domain: Domain) -> Condition:
    value = cursor.value
    if isinstance(value, dict):
        return _read_range(cursor, path, domain)
    if not isinstance(value, list):
        return Condition(path, values=(_member(cursor, path, domain),))
    return Condition(
        path,
        values=tuple(_member(item, path, domain) for item in cursor.sequence("a list of values")),
    )


def _member(cursor: Cursor, path: str, domain: Domain) -> Scalar:
    value = cursor.value
    try:
        return canonical(domain, value)
    except NotInDomainError:
        options = [str(o) for o in domain.options] if isinstance(domain, ChoiceDomain) else []
        raise cursor.error(
            f"'{path}' never has this value",
            expected=f"one of {', '.join(options)}" if options else in_words(domain),
            nearest=nearest(str(value), options),
        ) from None


def in_words(domain: Domain) -> str:
    """Return a domain as a phrase."""
    if isinstance(domain, ChoiceDomain):
        return f"one of {', '.join(str(option) for option in domain.options)}"
    step = "" if domain.step in (None, 1) else f" in steps of {domain.step}"
    kind = "a number" if isinstance(domain.low, float) else "a whole number"
    return f"{kind} from {domain.low} to {domain.high}{step}"


def _read_range(cursor: Cursor, path: str, domain: Domain) -> Condition:
    cursor.only(["min", "max"], "a range")
    if isinstance(domain, ChoiceDomain) and not all(
        isinstance(o, int | float) and not isinstance(o, bool) for o in domain.options
    ):
        raise cursor.error(
            f"'{path}' is not a number, so it has no range", expected=in_words(domain)
        )
    if not cursor.value:
        raise cursor.error("this range has no end", expected="`min`, `max`, or both")
    ends: dict[str, Any] = {"min": None, "max": None}
    for end in cursor.value:
        value = cursor.child(end).value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise cursor.child(end).error(f"`{end}` must be a number", expected="a number")
        ends[end] = value
    condition = Condition(path, low=ends["min"], high=ends["max"])
    if not _meets(condition, domain):
        raise cursor.error(f"'{path}' is never in this range", expected=in_words(domain))
    return condition


def _meets(condition: Condition, domain: Domain) -> bool:
    if isinstance(domain, ChoiceDomain):
        return any(condition.holds(option) for option in domain.options)
    low = domain.low if condition.low is None else max(condition.low, domain.low)
    high = domain.high if condition.high is None else min(condition.high, domain.high)
    if low > high:
        return False
    if domain.step is None:
        return True
    index = -(-(low - domain.low) // domain.step)
    return domain.low + index * domain.step <= high + 1e-9
