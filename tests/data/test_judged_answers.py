"""The judged answers that ship: well laid out, about the handbook, balanced, and not too easy."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from syftr_like.components.judges.judged_text import JudgedText, lay_out, read_judged
from syftr_like.evaluators.text.overlap import token_f1
from syftr_like.evaluators.text.tokens import canonical_tokens

STUDIES = Path(__file__).parents[2] / "studies"
RIGHT = {"other_words", "more_detail", "terse", "declined_rightly"}
WRONG = {"wrong_number", "wrong_entity", "half", "other_question", "declined", "made_up"}
EITHER = {"negated", "hedged"}


def read_rows(name: str) -> list[dict[str, Any]]:
    lines = (STUDIES / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


ROWS = read_rows("judged_answers/questions.jsonl")
HANDBOOK = {row["id"]: row for row in read_rows("handbook/questions.jsonl")}
TEXTS = {row["id"]: row["text"] for row in read_rows("handbook/documents.jsonl")}
JUDGED = [read_judged(row["question"]) for row in ROWS]
CORRECT = [row["answers"] == ["correct"] for row in ROWS]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_row_lays_out_an_answer_to_a_question_of_the_handbook(row: dict[str, Any]) -> None:
    asked = HANDBOOK[row["asked"]]
    judged = read_judged(row["question"])
    assert judged.question == asked["question"]
    assert list(judged.references) == asked["answers"]
    passages = [TEXTS[e["document"]][e["start"] : e["end"]] for e in asked["evidence"]]
    assert list(judged.passages) == passages
    parts = (judged.question, judged.references, judged.answer, judged.passages)
    assert lay_out(*parts) == row["question"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_type_and_label_agree(row: dict[str, Any]) -> None:
    assert row["answers"] in (["correct"], ["incorrect"])
    kind = row["type"]
    assert kind in RIGHT | WRONG | EITHER
    if kind not in EITHER:
        assert (row["answers"] == ["correct"]) == (kind in RIGHT)
    answerable = HANDBOOK[row["asked"]]["answerable"]
    assert answerable == (kind not in {"declined_rightly", "made_up"})


def test_there_are_enough_and_the_labels_are_balanced() -> None:
    assert len(ROWS) == len({row["id"] for row in ROWS}) == len({row["question"] for row in ROWS})
    assert len(ROWS) >= 150
    assert 0.45 <= sum(CORRECT) / len(ROWS) <= 0.55
    assert min(Counter(row["type"] for row in ROWS).values()) >= 8


def best_threshold(scores: list[float]) -> float:
    """The agreement of the threshold that agrees best, chosen with the labels in sight."""
    return max(
        sum((score >= threshold) == label for score, label in zip(scores, CORRECT, strict=True))
        for threshold in {*scores, 2.0}
    ) / len(ROWS)


def f1(judged: JudgedText) -> float:
    return token_f1(judged.answer, judged.references)


def recall(judged: JudgedText) -> float:
    held = set(canonical_tokens(judged.answer))
    wanted = [set(canonical_tokens(reference)) for reference in judged.references]
    return max(len(words & held) / len(words) for words in wanted)


@pytest.mark.parametrize(("overlap", "most"), [(f1, 0.65), (recall, 0.75)])
def test_the_overlap_of_words_does_not_solve_it(overlap: Any, most: float) -> None:
    scores = [
        overlap(judged)
        if judged.references and judged.answer
        else float(bool(judged.references) == bool(judged.answer))
        for judged in JUDGED
    ]
    assert 0.5 < best_threshold(scores) < most
