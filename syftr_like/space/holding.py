"""Holding some decisions of a space: what is left is a smaller space, searched like any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from syftr_like.contracts import ChoiceDomain, Domain, IntDomain, Json
from syftr_like.errors import InputError, nearest

from .domain_values import NotInDomainError, canonical
from .forbid_grammar import domain_of, in_words
from .rules import Condition, Rule, Rules
from .tree import (
    SOURCES,
    Choice,
    ComponentOption,
    Fixed,
    Record,
    Scalar,
    Searched,
    Slot,
    SlotOption,
    Tree,
    Value,
)

Held = Mapping[str, tuple[Scalar, ...]]
"""Path of a decision to the values that are left of it."""

Option = TypeVar("Option", SlotOption, ComponentOption)


class HoldError(InputError):
    """A mistake in what is held.

    Attributes:
        path: The entry.
    """

    def __init__(
        self,
        path: str,
        problem: str,
        *,
        found: str | None = None,
        expected: str | None = None,
        nearest: str | None = None,
    ) -> None:
        self.path = path
        super().__init__(problem, found=found, expected=expected, nearest=nearest)


def read_held(tree: Tree, hold: Mapping[str, Json]) -> dict[str, tuple[Scalar, ...]]:
    """Return what is left of each decision that is held.

    Args:
        tree: The space's.
        hold: Path of a decision to a value of its domain, or to a list of them.

    Raises:
        HoldError: There is no such decision, or a value that its domain does not hold.
    """
    domains = {path: domain_of(domain) for path, domain in tree.decisions()}
    held: dict[str, tuple[Scalar, ...]] = {}
    for path, written in hold.items():
        if path not in domains:
            raise HoldError(
                path,
                f"there is no decision '{path}'",
                expected=f"one of {', '.join(domains)}" if domains else "a space with decisions",
                nearest=nearest(path, domains),
            )
        values = list(written) if isinstance(written, list | tuple) else [written]
        if not values:
            raise HoldError(path, f"nothing is left of '{path}'", expected="at least one value")
        held[path] = tuple(dict.fromkeys(_value(path, domains[path], value) for value in values))
    return held


def _value(path: str, domain: Domain, value: Json) -> Scalar:
    try:
        return canonical(domain, value)
    except NotInDomainError:
        options = domain.options if isinstance(domain, ChoiceDomain) else ()
        raise HoldError(
            path,
            f"'{path}' cannot be held at this value",
            found=repr(value),
            expected=in_words(domain),
            nearest=nearest(str(value), [o for o in options if isinstance(o, str)]),
        ) from None


def held_tree(tree: Tree, held: Held) -> Tree:
    """Return the tree with only what is held left of the decisions held.

    Slots that no flow needs any more are gone with it.

    Raises:
        HoldError: A decision that is held never comes up under what else is held.
    """
    slots = tuple(
        replace(slot, options=tuple(_of_slot(o, held) for o in _left(slot, held)))
        for slot in tree.slots
    )
    needed = {tree.output}
    for slot in slots:  # a slot comes after every slot that may need it
        if slot.name in needed:
            needed.update(n for option in slot.options for n in option.needs if n not in SOURCES)
    smaller = Tree(tuple(slot for slot in slots if slot.name in needed), tree.output)
    for path in held:
        if not _occurs(path, tree, smaller, held):
            raise HoldError(
                path,
                f"'{path}' never comes up under what else is held",
                found=f"{path}: {_told(held[path])}",
                expected="only what the flows that are left still have",
            )
    return smaller


def held_rules(rules: Rules, tree: Tree, held: Held) -> Rules:
    """Return the rules that are left: what is held meets their conditions or does not.

    Args:
        rules: The space's.
        tree: What `held_tree` left. A rule about a decision that is gone never applies.
        held: What is held.

    Raises:
        HoldError: What is held is forbidden.
    """
    left: list[Rule] = []
    decided = {path for path, values in held.items() if len(values) == 1}
    known = decided.union(path for path, _ in tree.decisions())
    for rule in rules.rules:
        if any(condition.path not in known for condition in rule.conditions):
            continue
        conditions = _undecided(rule.conditions, held)
        if conditions == ():
            path = next(c.path for c in rule.conditions if c.path in held)
            raise HoldError(
                path,
                "what is held is forbidden by the space",
                found=str(rule),
                expected="a combination that is allowed",
            )
        if conditions is not None:
            left.append(Rule(conditions))
    return Rules(tuple(left))


def _undecided(conditions: Sequence[Condition], held: Held) -> tuple[Condition, ...] | None:
    """Return the conditions that are still open; None where one can never hold."""
    left: list[Condition] = []
    for condition in conditions:
        values = held.get(condition.path)
        if values is None:
            left.append(condition)
            continue
        met = [value for value in values if condition.holds(value)]
        if not met:
            return None
        if len(values) > 1:
            left.append(condition)
    return tuple(left)


def _left(slot: Slot, held: Held) -> tuple[SlotOption, ...]:
    return _of_names(slot.options, held.get(slot.name) if len(slot.options) > 1 else None)


def _of_names(options: tuple[Option, ...], names: tuple[Scalar, ...] | None) -> tuple[Option, ...]:
    return options if names is None else tuple(o for o in options if o.name in names)


def _of_slot(option: SlotOption, held: Held) -> SlotOption:
    if option.component is None:
        return option
    return replace(option, component=_of_component(option.component, held))


def _of_component(option: ComponentOption, held: Held) -> ComponentOption:
    parameters = (replace(p, value=_of_value(p.value, held)) for p in option.parameters)
    return replace(option, parameters=tuple(parameters))


def _of_value(value: Value, held: Held) -> Value:
    if isinstance(value, Searched):
        return _of_searched(value, held)
    if isinstance(value, Choice):
        names = held.get(value.path) if len(value.options) > 1 else None
        options = _of_names(value.options, names)
        return replace(value, options=tuple(_of_component(o, held) for o in options))
    if isinstance(value, Record):
        return Record(tuple((name, _of_value(item, held)) for name, item in value.items))
    return value


def _of_searched(value: Searched, held: Held) -> Value:
    values = held.get(value.path)
    if values is None:
        return value
    if len(values) == 1:
        (only,) = values
        real = value.real and isinstance(only, int) and not isinstance(only, bool)
        return Fixed(float(only) if real else only)  # type: ignore[arg-type]
    return replace(value, domain=_narrowed(value.domain, values))


def _narrowed(domain: Domain, values: tuple[Scalar, ...]) -> Domain:
    if isinstance(domain, ChoiceDomain):
        return ChoiceDomain(tuple(o for o in domain.options if o in values))
    kind = int if isinstance(domain, IntDomain) else float
    return ChoiceDomain(tuple(sorted(kind(v) for v in values)))  # type: ignore[arg-type]


def _occurs(path: str, whole: Tree, smaller: Tree, held: Held) -> bool:
    """Whether a held decision is of a slot, and under options, that are still there."""
    remaining = {slot.name for slot in smaller.slots}
    if any(slot.name == path for slot in whole.slots):
        return path in remaining
    others = {other: values for other, values in held.items() if other != path}
    still = Tree(
        tuple(
            replace(slot, options=tuple(_of_slot(o, others) for o in _left(slot, others)))
            for slot in whole.slots
            if slot.name in remaining
        ),
        whole.output,
    )
    return any(known == path for known, _ in still.decisions())


def _told(values: tuple[Scalar, ...]) -> str:
    return ", ".join(map(str, values))
