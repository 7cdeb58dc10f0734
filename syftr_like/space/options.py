"""Options that are components: every form in which one may be written.

```yaml
- bm25                                     # its declared defaults
- bm25: {k: {int: [2, 20]}}                # with parameters
- bm25: auto                               # searched over the domains that it declares itself
- {as: strong, llm_answer: {llm: large}}   # under another name
- {as: mine, uses: "acme.rag:Retriever", arguments: {k: 3}}
- small                                    # an entry of `models`
```
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from syftr_like.contracts import Adapter, Component, Json
from syftr_like.contracts.registry import component_class
from syftr_like.errors import InputError, nearest

from .adapters import check_adapter, find_adapter
from .arguments import read_arguments
from .cursor import Cursor
from .domain_grammar import is_domain, read_value, searched
from .fields import DeclaredParameter, declared_parameters
from .names import NAME, Names, Place, check_fits, find_component
from .overlap import holds, overlap
from .tree import Choice, ComponentOption, Fixed, Parameter, Searched, Value, same_value


def read_component(cursor: Cursor, prefix: str, place: Place, names: Names) -> ComponentOption:
    """Read one option that is a component.

    Args:
        cursor: The option.
        prefix: Path of the decision; the option's parameters are `<prefix>.<option>.<parameter>`.
        place: What may stand here.
        names: What names mean.

    Raises:
        InputError: Any mistake in it.
    """
    value = cursor.value
    if isinstance(value, str):
        if value in names.models:
            option = names.models[value]
            check_fits(cursor, value, component_class(option.component), place, names)
            return option
        cls = find_component(cursor, value, place, names, key=False)
        return _with_parameters(cls, value, {}, cursor, prefix, names)
    if not isinstance(value, dict):
        raise cursor.error(
            f"an option of {place.what} must be a component",
            expected="a name, or a name with parameters: `bm25: {k: 5}`",
        )
    for reserved in ("flow", "graph"):
        if reserved in value:
            raise cursor.child(reserved).error(
                f"a sub-graph cannot stand in {place.what}", expected=place.kind, key=True
            )
    if is_domain(value):
        raise cursor.error(
            f"a domain cannot stand among the options of {place.what}",
            expected="the options one by one",
        )
    if "uses" in value:
        name = option_name_of(cursor)
        return adapted(cursor, name, f"{prefix}.{name}", place, names)
    component = _only_component(cursor, place)
    inner = cursor.child(component)
    if component in names.models and isinstance(inner.value, dict | None):
        raise inner.error(
            f"'{component}' is a model, which is configured under `models`",
            found=f"{component} with parameters",
            expected=f"`{component}` alone",
            key=True,
        )
    cls = find_component(inner, component, place, names, key=True)
    option_name = option_name_of(cursor) if "as" in value else component
    if inner.value == "auto":
        return _with_parameters(cls, option_name, {}, inner, prefix, names, auto=True)
    if inner.value is None:
        return _with_parameters(cls, option_name, {}, inner, prefix, names)
    if not isinstance(inner.value, dict):
        raise inner.error(
            f"what stands after '{component}:' must be its parameters",
            expected="a mapping of parameters, or `auto`",
        )
    given = {name: inner.child(name) for name in inner.value}
    option = _with_parameters(cls, option_name, given, inner, prefix, names)
    if issubclass(cls, Adapter):
        check_adapter(cls, given["uses"], names)
    return option


def adapted(cursor: Cursor, name: str, path: str, place: Place, names: Names) -> ComponentOption:
    """Read `{uses: ..., arguments: {...}, ...}` into the component that wraps the factory.

    Raises:
        InputError: Not allowed, no adapter or several for it, or any mistake in the parameters.
    """
    cls = find_adapter(cursor.child("uses"), name, place, names)
    given = {key: cursor.child(key) for key in cursor.value if key != "as"}
    return with_parameters(cls, name, given, cursor, path, names)


def option_name_of(cursor: Cursor) -> str:
    """Return the name that an option gives itself with `as`.

    Raises:
        InputError: It gives none, or one that cannot stand in a parameter path.
    """
    chosen = cursor.required("as", "this option")
    name = chosen.text("the name of an option")
    if not NAME.match(name) or name == "none":
        raise chosen.error(
            f"'{name}' cannot be the name of an option",
            expected="letters, digits, `_` and `-`, and not `none`",
        )
    return name


def check_distinct(options: Iterable[tuple[str, ComponentOption | None, Cursor]]) -> None:
    """Check that options have different names and cannot become the same component.

    Raises:
        InputError: Two cannot be told apart.
    """
    seen: list[tuple[str, ComponentOption | None, Cursor]] = []
    for name, option, cursor in options:
        for other_name, other, other_cursor in seen:
            line = other_cursor.source.location(other_cursor.path).line
            if name == other_name:
                raise cursor.error(
                    f"two options are named '{name}', the first in line {line}",
                    found=name,
                    expected="a name of its own: `{as: <name>, ...}`",
                )
            if option is not None and other is not None and overlap(option, other):
                raise cursor.error(
                    f"the options '{other_name}' (line {line}) and '{name}' can be the same"
                    f" '{option.component}' with the same parameters",
                    found=name,
                    expected="one option, or parameters that keep the two apart",
                )
        seen.append((name, option, cursor))


def _only_component(cursor: Cursor, place: Place) -> str:
    keys = [key for key in cursor.value if key != "as"]
    if len(keys) == 1:
        return str(keys[0])
    if not keys:
        raise cursor.error(
            f"this option of {place.what} names no component", expected="`{<component>: {...}}`"
        )
    if cursor.value[keys[0]] is None:
        raise cursor.child(keys[1]).error(
            f"'{keys[1]}' stands beside '{keys[0]}', not under it",
            expected=f"'{keys[1]}' indented further than '{keys[0]}'",
            key=True,
        )
    raise cursor.child(keys[1]).error(
        f"one option names two components, '{keys[0]}' and '{keys[1]}'",
        expected="one component per option, each after its own `-`",
        key=True,
    )


def _with_parameters(
    cls: type[Component],
    name: str,
    given: Mapping[str, Cursor],
    cursor: Cursor,
    prefix: str,
    names: Names,
    *,
    auto: bool = False,
) -> ComponentOption:
    return with_parameters(cls, name, given, cursor, f"{prefix}.{name}", names, auto=auto)


def with_parameters(
    cls: type[Component],
    name: str,
    given: Mapping[str, Cursor],
    cursor: Cursor,
    path: str,
    names: Names,
    *,
    auto: bool = False,
) -> ComponentOption:
    """Return a component with the parameters that are given, and defaults for the others.

    Args:
        cls: The component.
        name: Name of the option.
        given: Cursor of each parameter that is written.
        cursor: The component itself, for a parameter that is missing.
        path: Path of the option; a parameter's path is `<path>.<parameter>`.
        names: What names mean.
        auto: Whether parameters are searched over the domains that the component declares.

    Raises:
        InputError: Unknown, missing, invalid or pointless parameters.
    """
    try:
        declared = declared_parameters(cls)
    except InputError as error:
        raise cursor.at(error) from None
    allowed = [p.name for p in declared]
    for key, place in given.items():
        if key not in allowed:
            raise place.error(
                f"unknown parameter '{key}' of '{cls.name}'",
                expected=f"one of {', '.join(allowed)}" if allowed else "no parameters",
                nearest=nearest(key, allowed),
                key=True,
            )
    parameters: dict[str, Parameter] = {}
    for item in declared:
        inner = f"{path}.{item.name}"
        never = _why_never(item, parameters)
        if never is not None:
            if item.name in given:
                raise given[item.name].error(
                    f"'{item.name}' of '{cls.name}' has no effect here",
                    expected=f"it to be left out, or {never}",
                    key=True,
                )
            continue
        value: Value
        if item.name in given:
            value = _read_parameter(given[item.name], item, inner, names)
        elif auto and item.search is not None:
            value = searched(item.search, inner, item)
        else:
            value = _default(item, inner, cursor, names)
        parameters[item.name] = Parameter(
            name=item.name,
            value=value,
            default=item.default if item.base is None else _component_default(item),
            when=tuple(item.when.items()),
        )
    _check_controllers(cls, parameters, given, cursor)
    return ComponentOption(name, cls.name, tuple(parameters.values()))


def _read_parameter(cursor: Cursor, item: DeclaredParameter, path: str, names: Names) -> Value:
    if item.is_record:
        return read_arguments(cursor, path)
    if item.base is None:
        return read_value(cursor, item, path)
    place = Place(item.base, f"the parameter '{item.name}'")
    if not is_domain(cursor.value):
        return Choice(path, (read_component(cursor, path, place, names),))
    if "choose" not in cursor.value:
        raise cursor.error(
            f"'{item.name}' of '{item.owner.name}' holds a component, not a number",
            expected=f"{place.kind}, or `choose: [...]` of them",
        )
    cursor.only(["choose"], "a choice")
    read = [
        (option.name, option, entry)
        for entry in cursor.child("choose").sequence("`choose`")
        for option in (read_component(entry, path, place, names),)
    ]
    check_distinct(read)
    return Choice(path, tuple(option for _, option, _ in read))


def _default(item: DeclaredParameter, path: str, cursor: Cursor, names: Names) -> Value:
    if item.base is not None and item.component_default is not None:
        try:
            cls = component_class(item.component_default)
        except InputError as error:
            raise cursor.at(error) from None
        return Choice(path, (_with_parameters(cls, cls.name, {}, cursor, path, names),))
    if item.base is None and item.default:
        return Fixed(item.default[0])
    raise cursor.error(
        f"'{item.owner.name}' needs the parameter '{item.name}'",
        expected=f"`{item.name}: ...`",
        key=True,
    )


def _component_default(item: DeclaredParameter) -> tuple[Json, ...]:
    return () if item.component_default is None else (item.component_default,)


def _why_never(item: DeclaredParameter, parameters: Mapping[str, Parameter]) -> str | None:
    """Return the condition that keeps a parameter from ever existing, None when it can exist."""
    for sibling, allowed in item.when.items():
        if sibling not in parameters or not any(
            _can_be(parameters[sibling].value, value) for value in allowed
        ):
            return f"'{sibling}' to be {' or '.join(str(v) for v in allowed)}"
    return None


def _can_be(value: Value, wanted: Json) -> bool:
    if isinstance(value, Fixed):
        return same_value(value.value, wanted)
    if isinstance(value, Searched):
        return holds(value.domain, wanted)
    if isinstance(value, Choice):
        return any(option.component == wanted for option in value.options)
    return False


def _check_controllers(
    cls: type[Component],
    parameters: Mapping[str, Parameter],
    given: Mapping[str, Cursor],
    cursor: Cursor,
) -> None:
    """A real number without a step cannot decide whether others exist: it never hits a value."""
    for parameter in parameters.values():
        for sibling, _ in parameter.when:
            value = parameters[sibling].value
            if isinstance(value, Searched) and value.domain.size == float("inf"):
                raise given.get(sibling, cursor).error(
                    f"'{sibling}' of '{cls.name}' decides whether '{parameter.name}' exists, so"
                    " it cannot be any real number",
                    expected="a `step`, or a `choose`",
                )
