"""The raw record of one question run through one flow: what evaluators score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .metering import ModelCall
from .values import Answer, Passage


@dataclass(frozen=True, slots=True)
class NodeRecord:
    """What one node consumed for one question.

    Attributes:
        node: Name of the node in the graph.
        component: Catalogue name of the component that filled it.
        seconds: Wall time of its own work; waiting for a free CPU slot is excluded.
        waited_seconds: Time spent waiting for a CPU slot, which a production flow would not.
        cpu_seconds: CPU time of its own work.
        model_calls: Its calls of language and embedding models.
        cached: Its result was found in the cache; what it took is that of the original.
        began_s: When it began, in seconds of service time after the question.
        asked: The text that a branch was asked with in the question's place; None for the question.
    """

    node: str
    component: str
    seconds: float
    waited_seconds: float
    cpu_seconds: float
    model_calls: tuple[ModelCall, ...] = ()
    cached: bool = False
    began_s: float = 0.0
    asked: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question, answered by one flow, or failed.

    Attributes:
        question_id: The question's id.
        answer: The answer, None when the flow ends in passages or failed.
        passages: The passages that the output node read (or returned), best first.
        retrieved: Passages by the node that put them out.
        nodes: One record per query-time node that ran, also of the node that failed.
        latency_s: Service time on the critical path; the question timeout when it failed by
            exception or timeout.
        cpu_s: CPU seconds of all nodes.
        usd: Flow cost: model calls plus CPU seconds at the stated rate.
        input_tokens: Tokens sent to models.
        output_tokens: Tokens received from models.
        error: What went wrong, `None` when nothing did. `kind: message`, for a person.
    """

    question_id: str
    answer: Answer | None
    passages: tuple[Passage, ...]
    retrieved: Mapping[str, tuple[Passage, ...]]
    nodes: tuple[NodeRecord, ...]
    latency_s: float
    cpu_s: float
    usd: float
    input_tokens: int = 0
    output_tokens: int = 0
    error: str | None = None
    model_usd: float = field(default=0.0)

    @property
    def failed(self) -> bool:
        """Whether the flow failed on the question."""
        return self.error is not None

    @property
    def paid_usd(self) -> float:
        """Dollars newly paid to providers; what the cache held was paid for before."""
        return sum(c.usd for node in self.nodes for c in node.model_calls if not c.cached)

    @property
    def cache_hits(self) -> int:
        """Node results found in the cache, and model calls found there by other nodes."""
        return sum(
            1 if node.cached else sum(call.cached for call in node.model_calls)
            for node in self.nodes
        )
