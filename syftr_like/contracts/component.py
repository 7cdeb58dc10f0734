"""What every component is.

A component is a plain class: it names its kind, its name in YAML, a version, its typed inputs and
output, and its parameters. It is made once per flow and holds nothing but its parameters, so that
one instance serves many questions at a time; what it computes from index-time inputs is returned
by `prepare` and handed back to `run`.

CPU-bound work goes in the synchronous method of the kind (`retrieve`, `read`, ...), work that
waits for a network in its asynchronous twin (`aretrieve`, `aread`, ...). `asynchronous` tells the
executor which to call.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from .indexing import Indexes
from .parameters import ComponentParameters
from .values import Json, Port, fingerprint


class Kind(StrEnum):
    """The kinds of components."""

    SPLITTER = "splitter"
    CHUNK_TRANSFORM = "chunk_transform"
    EMBEDDER = "embedder"
    RETRIEVER = "retriever"
    RERANKER = "reranker"
    QUERY_TRANSFORM = "query_transform"
    PROMPT = "prompt"
    LLM = "llm"
    READER = "reader"
    AGENT = "agent"
    ROUTER = "router"
    JUDGE = "judge"


@dataclass(frozen=True, slots=True)
class Input:
    """One typed input of a component. An optional input is None when nothing is wired to it.

    Attributes:
        port: The type of its value.
        required: Whether something must be wired to it; of branches, at least one.
        branches: Whether it takes every entry of the type, each to be run when it is asked; see
            `contracts.branch`.
    """

    port: Port
    required: bool = True
    branches: bool = False


class NoParameters(ComponentParameters):
    """The parameters of a component that declares none."""


class Component(ABC):
    """Base of all components.

    Attributes:
        kind: The kind; set by the base class of each kind.
        name: The name in YAML, lower snake case.
        version: Raised whenever the same parameters and inputs would give another result.
        inputs: Input name to its type; at most one input of each type.
        output: Type of the result; None for components that only stand in parameters
            (embedder, prompt, llm).
        cacheable: Whether equal parameters and inputs may be answered from the cache. False for
            one whose result depends on something else, such as the time of day.
    """

    kind: ClassVar[Kind]
    name: ClassVar[str]
    version: ClassVar[int] = 1
    inputs: ClassVar[Mapping[str, Input]] = {}
    output: ClassVar[Port | None] = None
    cacheable: ClassVar[bool] = True

    Parameters: ClassVar[type[ComponentParameters]] = NoParameters

    def __init__(self, parameters: ComponentParameters | None = None) -> None:
        self.parameters: Any = self.Parameters() if parameters is None else parameters

    @classmethod
    def summary(cls) -> str:
        """First line of the docstring: what the catalogue prints."""
        return (cls.__doc__ or "").strip().split("\n", 1)[0]

    def describe(self) -> dict[str, Any]:
        """Return name, version and parameters as JSON: what a content address is made from."""
        parameters: dict[str, Json] = {}
        for name in type(self.parameters).model_fields:
            value = getattr(self.parameters, name)
            parameters[name] = value.describe() if isinstance(value, Component) else value
        return {"component": self.name, "version": self.version, "parameters": parameters}

    @property
    def key(self) -> str:
        """Content address of the component itself, without its inputs."""
        return fingerprint(json.dumps(self.describe(), sort_keys=True, default=str))

    @property
    def asynchronous(self) -> bool:
        """Whether the executor awaits `arun` (waits for a network) or calls `run` (CPU-bound)."""
        return False

    # Most components need nothing: not abstract on purpose.
    def check_available(self) -> None:  # noqa: B027
        """Check that what it needs from outside is there, such as a key; takes moments.

        Called before a study begins, without a call to anybody. Packages are checked when the
        component is made.

        Raises:
            UnavailableError: It is not.
        """


class NodeComponent(Component):
    """A component that can fill a node of the graph.

    The kinds below translate these three generic methods into typed ones; implement those.
    """

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> object:
        """Do all work that needs only the index-time inputs. Called once per flow."""
        return None

    @abstractmethod
    def run(self, inputs: Mapping[str, Any], prepared: object) -> Any:
        """Compute the output from the inputs (by input name)."""

    async def arun(self, inputs: Mapping[str, Any], prepared: object) -> Any:
        """Asynchronous twin of `run`, called when `asynchronous` is true."""
        raise NotImplementedError(f"{self.name} says that it is asynchronous but has no arun")
