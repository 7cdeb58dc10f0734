"""Labelled questions as one file, which a model carries along whose flow learns from them."""

from __future__ import annotations

import json
from pathlib import Path

from syftr_like.contracts import Evidence, Examples, Question


def examples_json_lines(examples: Examples) -> bytes:
    """Return the questions in their order, one per line, as datasets hold them."""
    rows = (
        {
            "id": question.id,
            "question": question.question,
            "answers": list(question.answers),
            "evidence": [
                {"document": e.document, "start": e.start, "end": e.end} for e in question.evidence
            ],
            "answerable": question.answerable,
        }
        for question in examples
    )
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def read_examples(path: str | Path | None) -> Examples:
    """Read what `examples_json_lines` wrote; none without a file."""
    if path is None:
        return Examples(())
    with Path(path).open(encoding="utf-8") as lines:
        return Examples(_question(json.loads(line)) for line in lines)


def _question(row: dict[str, object]) -> Question:
    evidence = row["evidence"]
    answers = row["answers"]
    assert isinstance(evidence, list)
    assert isinstance(answers, list)
    return Question(
        id=str(row["id"]),
        question=str(row["question"]),
        answers=tuple(answers),
        evidence=tuple(Evidence(**span) for span in evidence),
        answerable=bool(row["answerable"]),
    )
