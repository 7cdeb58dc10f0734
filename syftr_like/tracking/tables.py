"""Evaluations as tables, in the form in which MLflow compares them between runs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from syftr_like.contracts import Json

from .source import StudySource

TABLE = "evaluations.json"
TABLES_TAG = "mlflow.loggedArtifacts"
"""The tag by which the UI finds tables among the artifacts."""

TABLES = json.dumps([{"path": TABLE, "type": "table"}])

Row = Mapping[str, Any]


def evaluation_table(rows: Iterable[Row], metrics: Sequence[str], source: StudySource) -> bytes:
    """Return a table of evaluations: question, what came, what was expected, whence, its scores.

    Args:
        rows: As the ledger holds them, with `flow`.
        metrics: Metrics that get a column; empty where one does not apply to a question.
        source: Where the questions are.
    """
    # The UI groups by the first column and compares the second between runs.
    columns = ["question", "answer", "expected", "flow", "split", "question_id", "abstained"]
    columns += ["confidence", *metrics, "latency_s", "usd", "error"]
    data = [[_cell(row, column, source) for column in columns] for row in rows]
    table = json.dumps({"columns": columns, "data": data}, ensure_ascii=False)
    return table.encode()


def _cell(row: Row, column: str, source: StudySource) -> Json:
    question = source.questions_by_id[row["question"]]
    if column == "question_id":
        return question.id
    if column == "question":
        return question.question
    if column == "expected":
        return " | ".join(question.answers) if question.answerable else "(not answerable)"
    if column in row:
        found: Json = row[column]
        return found
    score: Json = row["scores"].get(column)
    return score
