"""Walking through a space: asking for one decision after another until a flow is determined.

Only decisions that matter are asked. The walk starts at the output and goes against the edges: a
slot is decided when it is known whether any decided slot is fed by it, and a parameter when the
component that it belongs to, and the parameters that its existence depends on, are decided. The
order is the same on every walk: slots in the order of `Tree`; in a slot first the option, then the
parameters in the order in which the component declares them, each after those that it depends on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from syftr_like.contracts import ChoiceDomain, Domain, Json

from .domain_values import NotInDomainError, canonical
from .flow_config import ComponentConfig
from .rules import ForbiddenCombination, Rules
from .tree import (
    Choice,
    ComponentOption,
    Fixed,
    Parameter,
    Record,
    Scalar,
    Searched,
    SlotOption,
    Tree,
    Value,
    same_value,
)


class Chooser(Protocol):
    """Decides: given the path of a decision and its domain, returns one of the domain's values."""

    def __call__(self, path: str, domain: Domain) -> Scalar:
        """Return a value of the domain."""
        ...


class OutOfDomainError(ValueError):
    """A chooser returned what the domain does not hold."""

    def __init__(self, path: str, domain: Domain, value: object) -> None:
        self.path = path
        self.domain = domain
        self.value = value
        super().__init__(f"{path}: {value!r} is not in {domain}")


@dataclass
class Trace:
    """What a walk decided.

    Attributes:
        params: Path to value, in the order asked.
        filled: The option and the component of each slot that is needed.
    """

    params: dict[str, Scalar] = field(default_factory=dict)
    filled: dict[str, tuple[SlotOption, ComponentConfig | None]] = field(default_factory=dict)


def walk(tree: Tree, rules: Rules, choose: Chooser) -> Trace:
    """Ask for every decision that matters given the earlier ones.

    Raises:
        ForbiddenCombination: As soon as all conditions of a rule hold.
        OutOfDomainError: The chooser returned what the domain does not hold.
    """
    return _Walk(rules, choose).through(tree)


def fixed_component(option: ComponentOption) -> ComponentConfig:
    """Return the component of an option that leaves nothing to decide.

    Raises:
        ValueError: It leaves something to decide.
    """

    def refuse(path: str, domain: Domain) -> Scalar:
        raise ValueError(f"'{path}' is not decided")

    return _Walk(Rules(), refuse).component(option)


def chosen_component(option: ComponentOption, choose: Chooser) -> ComponentConfig:
    """Return a component of an option: the one for which a chooser decides, no rule regarded.

    Raises:
        OutOfDomainError: The chooser returned what the domain does not hold.
    """
    return _Walk(Rules(), choose).component(option)


def exists(parameter: Parameter, siblings: Mapping[str, Json]) -> bool:
    """Whether a parameter exists, given the values of those of its siblings that do.

    The value of a sibling that holds a component is the component's name.
    """
    return all(
        name in siblings and any(same_value(siblings[name], value) for value in allowed)
        for name, allowed in parameter.when
    )


def is_default(parameter: Parameter, value: Json | ComponentConfig) -> bool:
    """Whether a value is what the parameter is when it is left out."""
    if not parameter.default:
        return False
    if isinstance(value, ComponentConfig):
        return value.component == parameter.default[0] and not value.parameters
    return same_value(value, parameter.default[0])


class _Walk:
    def __init__(self, rules: Rules, choose: Chooser) -> None:
        self._rules = rules
        self._choose = choose
        self._unmet = [len(rule.conditions) for rule in rules.rules]
        self.trace = Trace()

    def through(self, tree: Tree) -> Trace:
        """Decide everything."""
        needed = {tree.output}
        for slot in tree.slots:
            if slot.name not in needed:
                continue
            option = slot.options[0]
            if len(slot.options) > 1:
                by_name = {o.name: o for o in slot.options}
                option = by_name[str(self._ask(slot.name, ChoiceDomain(tuple(by_name))))]
            config = self.component(option.component) if option.component is not None else None
            self.trace.filled[slot.name] = (option, config)
            needed.update(option.needs)
        return self.trace

    def component(self, option: ComponentOption) -> ComponentConfig:
        """Decide the parameters of a component."""
        siblings: dict[str, Json] = {}
        parameters: dict[str, Json | ComponentConfig] = {}
        for parameter in option.parameters:
            if not exists(parameter, siblings):
                continue
            value = self._value(parameter.value)
            siblings[parameter.name] = (
                value.component if isinstance(value, ComponentConfig) else value
            )
            if not is_default(parameter, value):
                parameters[parameter.name] = value
        return ComponentConfig(option.name, option.component, parameters)

    def _value(self, value: Value) -> Json | ComponentConfig:
        if isinstance(value, Choice):
            option = value.options[0]
            if len(value.options) > 1:
                by_name = {o.name: o for o in value.options}
                option = by_name[str(self._ask(value.path, ChoiceDomain(tuple(by_name))))]
            return self.component(option)
        return self._plain(value)

    def _plain(self, value: Fixed | Searched | Record | Choice) -> Json:
        if isinstance(value, Fixed):
            return value.value
        if isinstance(value, Searched):
            decided = self._ask(value.path, value.domain)
            return float(decided) if value.real and isinstance(decided, int) else decided
        assert isinstance(value, Record)
        return {name: self._plain(item) for name, item in value.items}

    def _ask(self, path: str, domain: Domain) -> Scalar:
        proposed = self._choose(path, domain)
        try:
            value = canonical(domain, proposed)
        except NotInDomainError:
            raise OutOfDomainError(path, domain, proposed) from None
        self.trace.params[path] = value
        for number, condition in self._rules.by_path.get(path, ()):
            if condition.holds(value):
                self._unmet[number] -= 1
                if self._unmet[number] == 0:
                    raise ForbiddenCombination(str(self._rules.rules[number]))
        return value
