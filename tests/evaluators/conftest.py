"""Builders of questions and outcomes for the evaluators' tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from syftr_like.contracts import Answer, Chunk, Evidence, Outcome, Passage, Question

Place = tuple[str, int, int]


def make_question(
    answers: Sequence[str] = ("Paris",),
    evidence: Sequence[Place] = (),
    answerable: bool = True,
    text: str = "What is the capital of France?",
) -> Question:
    return Question(
        id="q1",
        question=text,
        answers=tuple(answers),
        evidence=tuple(Evidence(*place) for place in evidence),
        answerable=answerable,
    )


def make_outcome(
    text: str | None = "Paris",
    *,
    abstained: bool = False,
    passages: Sequence[Place] = (),
    texts: Sequence[str] | None = None,
    **consumed: Any,
) -> Outcome:
    """An outcome; `text` None stands for a flow that ends in passages."""
    read = tuple(
        Passage(Chunk(*place, text=texts[i] if texts else "x" * (place[2] - place[1])), 1.0)
        for i, place in enumerate(passages)
    )
    values: dict[str, Any] = {"latency_s": 0.5, "cpu_s": 0.1, "usd": 0.002} | consumed
    answer = Answer("", abstained=True) if abstained else Answer(text) if text is not None else None
    return Outcome(
        question_id="q1",
        answer=answer,
        passages=read,
        retrieved={"passages": read},
        nodes=(),
        **values,
    )


@pytest.fixture
def question() -> Callable[..., Question]:
    return make_question


@pytest.fixture
def outcome() -> Callable[..., Outcome]:
    return make_outcome
