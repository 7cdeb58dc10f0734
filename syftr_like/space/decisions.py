"""Every decision of a space, with the condition under which it is asked, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from syftr_like.contracts import ChoiceDomain, Domain, Json

from .tree import Choice, ComponentOption, Parameter, Record, Searched, Slot, Tree, Value


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that a space leaves open.

    Attributes:
        path: Its name everywhere.
        domain: The values that it may take; options of a node or of a parameter by name.
        condition: When it is asked: `always`, or `when ...`.
    """

    path: str
    domain: Domain
    condition: str


def list_decisions(tree: Tree) -> list[Decision]:
    """Return every decision that can occur, in the order of the walk."""
    found: list[Decision] = []
    always = _always_needed(tree)
    for slot in tree.slots:
        base = () if slot.name in always else (_needed_when(slot, tree),)
        if len(slot.options) > 1:
            domain = ChoiceDomain(tuple(option.name for option in slot.options))
            found.append(Decision(slot.name, domain, _sentence(base)))
        for option in slot.options:
            # That a slot has an option says already that the slot is needed.
            decided = len(slot.options) > 1
            here = (f"`{slot.name}` is `{option.name}`",) if decided else base
            if option.component is not None:
                found.extend(_component(option.component, here))
    return found


def _sentence(conditions: Sequence[str]) -> str:
    return f"when {', and '.join(conditions)}" if conditions else "always"


def _component(option: ComponentOption, base: tuple[str, ...]) -> Iterator[Decision]:
    values = {parameter.name: parameter.value for parameter in option.parameters}
    for parameter in option.parameters:
        extra = [told for told in _whens(parameter, values) if told]
        yield from _value(parameter.value, (*base, *extra))


def _whens(parameter: Parameter, values: dict[str, Value]) -> Iterator[str]:
    for sibling, allowed in parameter.when:
        value = values[sibling]
        if isinstance(value, Searched):
            yield f"`{value.path}` is {_listed(allowed)}"
        elif isinstance(value, Choice) and len(value.options) > 1:
            names = [o.name for o in value.options if o.component in allowed]
            yield f"`{value.path}` is {_listed(names)}"


def _value(value: Value, base: tuple[str, ...]) -> Iterator[Decision]:
    if isinstance(value, Searched):
        yield Decision(value.path, value.domain, _sentence(base))
    elif isinstance(value, Record):
        for _, item in value.items:
            yield from _value(item, base)
    elif isinstance(value, Choice):
        decided = len(value.options) > 1
        if decided:
            domain = ChoiceDomain(tuple(option.name for option in value.options))
            yield Decision(value.path, domain, _sentence(base))
        for option in value.options:
            here = (f"`{value.path}` is `{option.name}`",) if decided else base
            yield from _component(option, here)


def _listed(values: Sequence[Json]) -> str:
    told = [f"`{value}`" for value in values]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} or {told[-1]}"


def _always_needed(tree: Tree) -> set[str]:
    """Return the slots that every flow needs."""

    def avoidable(wanted: str) -> bool:
        # Consumers come first, so that going backwards every slot finds its feeders judged. Each
        # slot can choose its way around `wanted` by itself: there is no need to try combinations.
        without: dict[str, bool] = {wanted: False}
        for slot in reversed(tree.slots):
            without.setdefault(
                slot.name,
                any(all(without.get(need, True) for need in o.needs) for o in slot.options),
            )
        return without[tree.output]

    return {slot.name for slot in tree.slots if not avoidable(slot.name)}


def _needed_when(slot: Slot, tree: Tree) -> str:
    reasons: list[str] = []
    for other in tree.slots:
        names = [option.name for option in other.options if slot.name in option.needs]
        if not names:
            continue
        if len(names) == len(other.options):
            reasons.append(_needed_when(other, tree))
        else:
            reasons.append(f"`{other.name}` is {_listed(names)}")
    return " or ".join(dict.fromkeys(reasons))
