"""Ledgers on both databases, and evaluations to write."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from syftr_like.contracts import Answer, Chunk, ModelCall, NodeRecord, Outcome, Passage
from syftr_like.evaluation import Evaluation
from syftr_like.ledger import EvaluationRecord, Ledger

_numbers = itertools.count()


def make_evaluation(trial: int = 0, question: str = "q1", **outcome: Any) -> Evaluation:
    split = outcome.pop("split", "tune")
    scores = outcome.pop("scores", {"answer_match": 0.5})
    passages = (Passage(Chunk("d1", 0, 10, "some text"), 1.5),)
    values: dict[str, Any] = {
        "answer": Answer("Paris", confidence=0.9),
        "passages": passages,
        "retrieved": {"passages": passages},
        "nodes": (NodeRecord("answer", "llm_answer", 0.5, 0.0, 0.1, (make_call(),)),),
        "latency_s": 0.5,
        "cpu_s": 0.1,
        "usd": 0.26,
        "model_usd": 0.25,
        "input_tokens": 100,
        "output_tokens": 10,
    }
    return Evaluation(trial, split, Outcome(question, **(values | outcome)), scores)


def make_call(**values: Any) -> ModelCall:
    return ModelCall(**({
        "model": "acme:small", "input_tokens": 100, "output_tokens": 10, "usd": 0.25,
        "seconds": 0.4, "attempts": 2, "price_source": "space file",
    } | values))  # fmt: skip


@pytest.fixture
def evaluation() -> Callable[..., Evaluation]:
    return make_evaluation


@pytest.fixture
def call() -> Callable[..., ModelCall]:
    return make_call


@pytest.fixture
def record() -> Callable[..., EvaluationRecord]:
    return lambda *args, **values: EvaluationRecord.of(make_evaluation(*args, **values))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], str]:
    """A function that returns the URL of a database without the study that it is for."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgresql")
        return lambda: url
    folder: Path = tmp_path_factory.mktemp("sqlite")
    return lambda: f"sqlite:///{folder}/{next(_numbers)}.db"


@pytest.fixture(scope="module")
def open_ledger(database: Callable[[], str]) -> Iterator[Callable[..., Ledger]]:
    opened: list[Ledger] = []

    def create(study: str | None = None, *, url: str | None = None) -> Ledger:
        opened.append(Ledger(url or database(), study or f"study-{next(_numbers)}"))
        return opened[-1]

    yield create
    for ledger in opened:
        ledger.close()


@pytest.fixture
def ledger(open_ledger: Callable[..., Ledger]) -> Ledger:
    """A ledger with one trial under way."""
    made = open_ledger()
    made.create({"study": {"study": "x"}})
    made.start_trial(0, "key", {"k": 1}, {"nodes": []})
    return made
