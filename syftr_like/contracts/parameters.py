"""How a component declares its parameters: once, and all else is derived from it.

```python
class Parameters(ComponentParameters):
    k: int = parameter(5, "Passages to return.", ge=1, le=100, search=IntDomain(2, 20))
    fusion: Literal["rrf", "weighted"] = parameter("rrf", "How the two rankings are joined.")
    bm25_weight: float = parameter(
        0.5, "Weight of BM25.", ge=0, le=1, when={"fusion": ("weighted",)}
    )
    embedder: Embedder = component_parameter("lsa", "Turns texts into vectors.")
```

The class validates; the space reads defaults, bounds, activity conditions and suggested domains
from it; `optimize components`, the catalogue page and the JSON Schema print it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

from .domains import Domain
from .values import Json


class ComponentParameters(BaseModel):
    """Base of every component's `Parameters`. Strict, immutable, no unknown names."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", arbitrary_types_allowed=True
    )


@dataclass(frozen=True, slots=True)
class ParameterTraits:
    """What the search needs to know of a parameter beyond its type and bounds.

    `search` is the domain used when a space says `auto`. `when` names the values of sibling
    parameters under which this one has an effect; elsewhere it does not exist in the space.
    `component_default` is the catalogue name of the default of a parameter that holds a component.
    """

    search: Domain | None = None
    when: Mapping[str, tuple[Json, ...]] | None = None
    component_default: str | None = None


def parameter(
    default: Any,
    description: str,
    *,
    search: Domain | None = None,
    when: Mapping[str, tuple[Json, ...]] | None = None,
    **constraints: Any,
) -> Any:
    """Declare a parameter. `constraints` are pydantic's (`ge`, `le`, `pattern`, ...)."""
    field: Any = Field(default, description=description, **constraints)
    field.metadata.append(ParameterTraits(search=search, when=when))
    return field


def component_parameter(default: str | None, description: str) -> Any:
    """Declare a parameter whose value is a component; its annotation is the kind's base class.

    Args:
        default: Catalogue name of the component used when the space names none, or None when
            the space must name one.
        description: What the component is for.
    """
    field: Any = Field(description=description)
    field.metadata.append(ParameterTraits(component_default=default))
    return field


def traits(field: FieldInfo) -> ParameterTraits:
    """Return the traits of a declared field; a plain pydantic field has none set."""
    return next(
        (item for item in field.metadata if isinstance(item, ParameterTraits)), ParameterTraits()
    )
