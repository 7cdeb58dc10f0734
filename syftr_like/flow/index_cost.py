"""What index-time work consumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from syftr_like.contracts import Json, ModelCall

from .codec import call_of, json_of_call


@dataclass(frozen=True, slots=True)
class IndexCost:
    """What index-time work consumed, originally.

    Attributes:
        seconds: Wall time.
        cpu_seconds: CPU time.
        model_calls: Calls of embedding or language models.
    """

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    model_calls: tuple[ModelCall, ...] = ()

    def __add__(self, other: IndexCost) -> IndexCost:
        return IndexCost(
            self.seconds + other.seconds,
            self.cpu_seconds + other.cpu_seconds,
            self.model_calls + other.model_calls,
        )

    def usd(self, usd_per_cpu_second: float) -> float:
        """Return dollars: model calls plus CPU time at the stated rate."""
        return sum(c.usd for c in self.model_calls) + self.cpu_seconds * usd_per_cpu_second


@dataclass(frozen=True, slots=True)
class ResultCost:
    """What one index-time result cost by itself, and the keys of what it was made from."""

    cost: IndexCost
    made_from: tuple[str, ...]

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {
            "seconds": self.cost.seconds,
            "cpu_seconds": self.cost.cpu_seconds,
            "model_calls": [json_of_call(call) for call in self.cost.model_calls],
            "made_from": self.made_from,
        }

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> ResultCost:
        """Return what `to_json` described."""
        calls = tuple(call_of(call) for call in found["model_calls"])
        cost = IndexCost(found["seconds"], found["cpu_seconds"], calls)
        return cls(cost, tuple(found["made_from"]))
