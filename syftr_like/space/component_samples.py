"""Examples of the components in a space, so that each can be tried without sampling flows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from syftr_like.contracts import ChoiceDomain, Domain

from .flow_config import ComponentConfig
from .tree import Choice, ComponentOption, Record, Scalar, Searched, Tree, Value
from .walk import chosen_component


def sample_components(tree: Tree, wanted: Callable[[str], bool]) -> Iterator[ComponentConfig]:
    """Yield components that flows of a space may hold, at any depth: in nodes and in parameters.

    Each option comes once for every value of its longest list of values, so that each value of
    each list is there; numbers stand at the low end of their domain.

    Args:
        tree: The space's.
        wanted: Told a component's catalogue name, whether to yield it.
    """
    for slot in tree.slots:
        for slot_option in slot.options:
            if slot_option.component is not None:
                yield from _of_option(slot_option.component, wanted)


def _of_option(option: ComponentOption, wanted: Callable[[str], bool]) -> Iterator[ComponentConfig]:
    if wanted(option.component):
        lists = [len(d.options) for p in option.parameters for d in _own_lists(p.value)]
        for turn in range(max(lists, default=1)):
            yield chosen_component(option, _Turn(turn))
    for parameter in option.parameters:
        for inner in _inner(parameter.value):
            yield from _of_option(inner, wanted)


class _Turn:
    """Chooses from every list its value of one turn, and the least of every range."""

    def __init__(self, turn: int) -> None:
        self._turn = turn

    def __call__(self, path: str, domain: Domain) -> Scalar:
        if isinstance(domain, ChoiceDomain):
            return domain.options[self._turn % len(domain.options)]
        return domain.low


def _own_lists(value: Value) -> Iterator[ChoiceDomain]:
    if isinstance(value, Searched) and isinstance(value.domain, ChoiceDomain):
        yield value.domain
    elif isinstance(value, Record):
        for _, item in value.items:
            yield from _own_lists(item)


def _inner(value: Value) -> Iterator[ComponentOption]:
    if isinstance(value, Choice):
        yield from value.options
    elif isinstance(value, Record):
        for _, item in value.items:
            yield from _inner(item)
