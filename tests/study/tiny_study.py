"""A whole study that runs in a second: twelve documents, sixteen questions, a small space."""

from __future__ import annotations

import json
from pathlib import Path

STUDY = """\
study: tiny
dataset:
  documents: documents.jsonl
  questions: questions.jsonl
  split: {tune: 0.5, holdout: 0.5, seed: 1}
space: space.yaml
objectives:
  maximize: [answer_match]
  minimize: [usd_per_1k_questions, latency_p95_s]
constraints: [context_tokens <= 5000]
search: {method: random, trials: 4, seed: 0}
workers: {count: 0, questions_in_flight: 2}
tracking: {mlflow: null}
"""

SPACE = """\
graph:
  chunks:
    from: documents
    choose:
      - whole_document
      - sentence_splitter:
          sentences: {int: [1, 3]}
  passages:
    from: [question, chunks]
    choose:
      - bm25:
          k: {int: [1, 4]}
  answer:
    from: [question, passages]
    choose:
      - extractive_reader:
          abstain_below: {float: [0.0, 0.6]}
      - abstain
output: answer
"""

FACTS = [
    ("harbour", "The harbour office opens at seven.", "When does the harbour office open?",
     "seven"),
    ("ferry", "The ferry to Lund Island leaves from pier four.", "Which pier does the ferry to Lund"
     " Island leave from?", "pier four"),
    ("pump", "The bilge pump is serviced by Ada Berg.", "Who services the bilge pump?", "Ada Berg"),
    ("paint", "The hull is painted dark green.", "Which colour is the hull?", "dark green"),
    ("anchor", "The anchor weighs 340 kilograms.", "How much does the anchor weigh?",
     "340 kilograms"),
    ("radio", "The radio listens on channel 16.", "Which channel does the radio listen on?",
     "channel 16"),
    ("crew", "The night watch has two sailors.", "How many sailors has the night watch?", "two"),
    ("galley", "The galley stove burns paraffin.", "What does the galley stove burn?", "paraffin"),
    ("rope", "Mooring ropes are stored in locker nine.", "Where are mooring ropes stored?",
     "locker nine"),
    ("lamp", "The lighthouse lamp turns every twelve seconds.", "How often does the lighthouse lamp"
     " turn?", "every twelve seconds"),
    ("chart", "Charts are corrected by Tomas Lind each Monday.", "Who corrects the charts?",
     "Tomas Lind"),
    ("fuel", "The tank holds 900 litres of diesel.", "How much diesel does the tank hold?",
     "900 litres"),
]  # fmt: skip
UNANSWERABLE = [
    "What is the captain's shoe size?",
    "Which airline flies to Lund Island?",
    "Who painted the portrait in the mess?",
    "How tall is the mast of the old cutter?",
]


def document_rows() -> list[dict[str, object]]:
    return [{"id": id, "title": id.title(), "text": text} for id, text, _, _ in FACTS]


def question_rows(*, evidence: bool = True) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for id, text, question, answer in FACTS:
        start = text.index(answer)
        span = {"document": id, "start": start, "end": start + len(answer)}
        row: dict[str, object] = {"id": f"q-{id}", "question": question, "answers": [answer]}
        rows.append(row | ({"evidence": [span]} if evidence else {}))
    for number, question in enumerate(UNANSWERABLE):
        rows.append({"id": f"u-{number}", "question": question, "answers": [], "answerable": False})
    return rows


def json_lines(rows: list[dict[str, object]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def write_tiny_study(folder: Path, *, study: str = STUDY, space: str = SPACE) -> Path:
    """Write the study with all that it refers to; return the path of the study file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "documents.jsonl").write_text(json_lines(document_rows()), encoding="utf-8")
    (folder / "questions.jsonl").write_text(json_lines(question_rows()), encoding="utf-8")
    (folder / "space.yaml").write_text(space, encoding="utf-8")
    path = folder / "study.yaml"
    path.write_text(study, encoding="utf-8")
    return path
