"""Spaces that the search is tried on; all of them made of components that ship."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from syftr_like.contracts.evaluator import Direction
from syftr_like.search import Constraint, Objective, Proposer, make_proposer
from syftr_like.space import Space, space_from_source
from syftr_like.yaml_source import load_yaml_text

TRIALS = 40

# 13 flows: to abstain, which leaves nothing else to decide, or 3 values of k times 4 chunkings.
SMALL = """
graph:
  chunks:
    from: documents
    choose: [whole_document, {sentence_splitter: {sentences: {int: [2, 4]}}}]
  passages: {from: [question, chunks], choose: [{bm25: {k: {int: [1, 3]}}}]}
  answer: {from: [question, passages], choose: [abstain, extractive_reader]}
output: answer
"""

# Real numbers, decisions under decisions, and an option that ends all further ones.
CONDITIONAL = """
graph:
  chunks:
    from: documents
    choose:
      - recursive_splitter:
          chunk_tokens: {int: [32, 512], log: true}
          overlap: {choose: [0.0, 0.1, 0.25]}
      - sentence_splitter: {sentences: {int: [1, 8]}}
      - whole_document
  passages:
    from: [question, chunks]
    choose:
      - bm25: {k: {int: [1, 12]}}
      - dense:
          embedder: {lsa: {dimensions: {int: [32, 256], log: true}}}
          k: {int: [1, 12]}
      - hybrid:
          embedder: {lsa: {dimensions: {int: [32, 256], log: true}}}
          fusion: {choose: [rrf, weighted]}
          bm25_weight: {float: [0.1, 0.9]}
          k: {int: [1, 12]}
  context:
    from: [question, passages]
    choose: [none, {lexical_reranker: {top: {int: [1, 6]}}}]
  answer:
    from: [question, context]
    choose:
      - extractive_reader: {abstain_below: {float: [0.0, 0.6], step: 0.1}}
      - abstain
output: answer
"""

# 6 flows of 20: 5 thresholds with k = 1, and one with k = 4; k is decided last.
FORBIDDING = """
graph:
  passages:
    from: [question, chunks]
    choose: [{bm25: {k: {int: [1, 4]}}}]
  chunks: {from: documents, choose: [whole_document]}
  answer:
    from: [question, passages]
    choose: [{extractive_reader: {abstain_below: {float: [0.0, 0.4], step: 0.1}}}]
forbid:
  - {passages.bm25.k: [2, 3]}
  - {passages.bm25.k: 4, answer.extractive_reader.abstain_below: [0.0, 0.1, 0.2, 0.3]}
output: answer
"""

OBJECTIVES = (
    Objective("accuracy", Direction.MAXIMIZE),
    Objective("usd", Direction.MINIMIZE),
)
CONSTRAINTS = (Constraint("latency_p95_s", "<=", 2.0),)


def space_of(text: str, name: str = "space.yaml") -> Space:
    return space_from_source(load_yaml_text(text, name))


@pytest.fixture(scope="session")
def small() -> Space:
    return space_of(SMALL)


@pytest.fixture(scope="session")
def conditional() -> Space:
    return space_of(CONDITIONAL)


@pytest.fixture(scope="session")
def forbidding() -> Space:
    return space_of(FORBIDDING)


@pytest.fixture(scope="session")
def make_space() -> Callable[[str], Space]:
    return space_of


@pytest.fixture(scope="session")
def objectives() -> tuple[Objective, ...]:
    return OBJECTIVES


@pytest.fixture(scope="session")
def constraints() -> tuple[Constraint, ...]:
    return CONSTRAINTS


@pytest.fixture(scope="session")
def make() -> Callable[..., Proposer]:
    """Return a maker of proposers for two objectives and one constraint."""

    def proposer(method: str, space: Space, *, seed: int = 0, trials: int = TRIALS) -> Proposer:
        return make_proposer(
            method,  # type: ignore[arg-type]
            space,
            OBJECTIVES,
            CONSTRAINTS,
            trials=trials,
            seed=seed,
        )

    return proposer
