"""A made-up response of accuracy, cost and latency to the decisions of `space.yaml`.

Its shape is that of retrieval-augmented answering: recall grows with the logarithm of the number
of passages and falls off around a best chunk size, passages that do not help distract the reader,
reranking buys precision with time, a threshold for abstaining trades wrong answers for missed
ones, and everything costs by the token. The numbers are invented; nothing is concluded from them
about real flows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from syftr_like.contracts.evaluator import Direction
from syftr_like.search import Constraint, Feedback, Objective
from syftr_like.search.proposer import Value
from syftr_like.space import Space, load_space

OBJECTIVES = (
    Objective("accuracy", Direction.MAXIMIZE),
    Objective("usd_per_1k_questions", Direction.MINIMIZE),
)
LATENCY_BOUND_S = 1.0
CONSTRAINTS = (Constraint("latency_p95_s", "<=", LATENCY_BOUND_S),)
ACCURACY_NOISE = 0.03
"""Standard deviation of the measured accuracy: about 250 questions."""

REFERENCE = (0.0, math.log10(30.0))
"""Where the hypervolume begins: no correct answer, at 30 dollars per thousand questions."""

_UNANSWERABLE = 0.3
_ABSTAIN_USD = 0.01


@dataclass(frozen=True)
class Truth:
    """What a flow would measure on infinitely many questions."""

    accuracy: float
    usd: float
    latency_s: float

    @property
    def feasible(self) -> bool:
        return self.latency_s <= LATENCY_BOUND_S

    @property
    def point(self) -> tuple[float, float]:
        """As the hypervolume sees it, less is better: a factor of cost counts alike anywhere."""
        return (-self.accuracy, math.log10(self.usd))


def load() -> Space:
    return load_space(Path(__file__).with_name("space.yaml"))


def truth(params: Mapping[str, Value]) -> Truth:
    if params["answer"] == "abstain":
        return Truth(_UNANSWERABLE, _ABSTAIN_USD, 0.01)
    tokens, fit = _chunks(params)
    kind = str(params["passages"])
    k = _number(params, f"passages.{kind}.k")
    hit, search_s = _retriever(params, kind)
    recall = 1 - (1 - hit * (0.5 + 0.5 * fit)) ** (0.5 + 0.35 * math.log2(k))
    shown, precision, rerank_s = k, 1 / (1 + 0.15 * k), 0.0
    if params["context"] == "lexical_reranker":
        shown = min(k, _number(params, "context.lexical_reranker.top"))
        recall *= 0.9 + 0.1 * min(1.0, shown / 4)
        precision = 1 / (1 + 0.08 * shown)
        rerank_s = 0.00004 * k * tokens
    threshold = _number(params, "answer.extractive_reader.abstain_below")
    answered = recall * (0.55 + 0.4 * precision) * (1 - 0.6 * (threshold / 0.9) ** 2)
    abstained = 1 - math.exp(-3 * threshold)
    accuracy = (1 - _UNANSWERABLE) * answered + _UNANSWERABLE * abstained
    read_s = 0.00009 * shown * tokens
    usd = _ABSTAIN_USD + 2 * search_s + 3 * rerank_s + 4 * read_s
    return Truth(accuracy, usd, 0.05 + search_s + rerank_s + read_s)


def measured(params: Mapping[str, Value], noise: Random) -> Feedback:
    """Return what a trial would report: accuracy with noise, the rest exact."""
    exact = truth(params)
    accuracy = exact.accuracy + noise.gauss(0, ACCURACY_NOISE)
    return Feedback((-accuracy, exact.usd), (exact.latency_s - LATENCY_BOUND_S,))


def hypervolume(truths: Sequence[Truth]) -> float:
    """Return the area that the feasible flows dominate, by their true values."""
    area, best_accuracy = 0.0, REFERENCE[0]
    for loss, cost in sorted((t.point for t in truths if t.feasible), key=lambda p: (p[1], p[0])):
        if loss < best_accuracy and cost < REFERENCE[1]:
            area += (best_accuracy - loss) * (REFERENCE[1] - cost)
            best_accuracy = loss
    return area


def attainable(space: Space, draws: int = 100_000, seed: int = 0) -> float:
    """Return the hypervolume of very many random flows: close to the best there is."""
    rng = Random(seed)
    return hypervolume([truth(space.sample(rng)) for _ in range(draws)])


def _chunks(params: Mapping[str, Value]) -> tuple[float, float]:
    """Return the tokens of a chunk and how well its size fits, 0 to 1."""
    kind = params["chunks"]
    bonus = 0.0
    if kind == "recursive_splitter":
        overlap = _number(params, "chunks.recursive_splitter.overlap")
        tokens = _number(params, "chunks.recursive_splitter.chunk_tokens") * (1 + overlap)
        bonus = {0.0: 0.0, 0.1: 0.06, 0.25: 0.03}[overlap]
    elif kind == "sentence_splitter":
        tokens = 24 * _number(params, "chunks.sentence_splitter.sentences")
        bonus = 0.03
    else:
        tokens = 1500
    return tokens, min(1.0, math.exp(-0.5 * (math.log(tokens / 170) / 0.8) ** 2) + bonus)


def _retriever(params: Mapping[str, Value], kind: str) -> tuple[float, float]:
    """Return the chance that a passage found is a good one, and the seconds of a search."""
    if kind == "bm25":
        return 0.66, 0.004
    dimensions = _number(params, f"passages.{kind}.embedder.lsa.dimensions")
    hit = 0.4 + 0.4 * (1 - math.exp(-dimensions / 110))
    search_s = 0.01 + 0.0002 * dimensions
    if kind == "dense":
        return hit, search_s
    if params["passages.hybrid.fusion"] == "weighted":
        weight = _number(params, "passages.hybrid.bm25_weight")
        return hit + 0.12 - 0.8 * (weight - 0.35) ** 2, search_s + 0.006
    return hit + 0.06, search_s + 0.006


def _number(params: Mapping[str, Value], path: str) -> float:
    value = params[path]
    assert isinstance(value, int | float)
    return value
