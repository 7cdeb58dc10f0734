"""The `models` of a file: configured components that are used by name.

```yaml
models:
  small: {llm: "openai:gpt-4o-mini", temperature: 0}
  minilm: {embedder: "huggingface:all-MiniLM-L6-v2"}
  mine: {uses: "acme.models:Chat", arguments: {size: 7}}
  keywords: {bm25: {k: 20}}
```
"""

from __future__ import annotations

from syftr_like.contracts import Component
from syftr_like.contracts.registry import component_class, component_names
from syftr_like.errors import InputError

from .cursor import Cursor
from .domain_grammar import is_domain
from .names import NAME, Names, Place
from .options import adapted, read_component, with_parameters
from .tree import ComponentOption, component_decisions

SHORTHANDS = {"llm": "chat_model", "embedder": "embedding_model"}
"""Key of a model entry to the component that its value is the `model` of."""

_ANY = Place(Component, "a model")


def read_models(cursor: Cursor, names: Names) -> dict[str, ComponentOption]:
    """Read the `models` section, each entry into a component with nothing left to decide.

    Raises:
        InputError: Any mistake in it.
    """
    models: dict[str, ComponentOption] = {}
    for name in cursor.mapping("`models`"):
        entry = cursor.child(name)
        if not NAME.match(name) or name == "none":
            raise entry.error(
                f"'{name}' cannot be the name of a model",
                expected="letters, digits, `_` and `-`, and not `none`",
                key=True,
            )
        if name in component_names():
            raise entry.error(
                f"the model '{name}' has the name of a component",
                expected="another name for the model",
                key=True,
            )
        models[name] = _read_model(entry, name, names)
        if any(component_decisions(models[name])):
            raise (_first_domain(entry) or entry).error(
                f"the model '{name}' is fixed: nothing under `models` is searched",
                expected="a value here, and a choice between models in the graph",
            )
    return models


def _read_model(entry: Cursor, name: str, names: Names) -> ComponentOption:
    entry.mapping(f"the model '{name}'")
    path = f"models.{name}"
    if entry.has("as"):
        raise entry.child("as").error(
            f"the model '{name}' has its name already", expected="no `as`", key=True
        )
    written = [key for key in SHORTHANDS if entry.has(key)]
    if len(written) > 1:
        raise entry.child(written[1]).error(
            f"the model '{name}' is both an llm and an embedder",
            expected="one of them",
            key=True,
        )
    if written:
        shorthand = entry.child(written[0])
        shorthand.text(f"`{written[0]}`")
        if entry.has("model"):
            raise entry.child("model").error(
                f"`{written[0]}` already names the model", expected="one of the two keys", key=True
            )
        try:
            cls = component_class(SHORTHANDS[written[0]])
        except InputError as error:
            raise shorthand.at(error) from None
        given = {"model" if key == written[0] else key: entry.child(key) for key in entry.value}
        return with_parameters(cls, name, given, entry, path, names)
    if entry.has("uses"):
        return adapted(entry, name, path, _ANY, names)
    option = read_component(entry, path, _ANY, names)
    return ComponentOption(name, option.component, option.parameters)


def _first_domain(cursor: Cursor) -> Cursor | None:
    """Return the first place in an entry where a domain is written."""
    if is_domain(cursor.value):
        return cursor
    if isinstance(cursor.value, dict):
        for key in cursor.value:
            found = _first_domain(cursor.child(key))
            if found is not None:
                return found
    return None
