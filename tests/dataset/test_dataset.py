"""The dataset as a whole: fingerprint, limit, facts, and real data."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from syftr_like.contracts import Documents, Evidence, Json
from syftr_like.dataset import Dataset, load_dataset, split_questions
from syftr_like.errors import InputError

Write = Callable[..., Path]


def questions(count: int) -> str:
    rows: list[dict[str, Json]] = []
    for i in range(count):
        answers: list[Json] = ["x"] if i % 4 else []
        rows.append({"id": f"q{i}", "question": f"{i}?", "answers": answers, "type": str(i % 3)})
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def dataset(write: Write) -> Dataset:
    """Two documents and 40 questions, a quarter of them not answerable."""
    base = write(
        {
            "d.jsonl": '{"id": "a", "title": "A", "text": "alpha"}\n{"id": "b", "text": "beta"}\n',
            "q.jsonl": questions(40),
        }
    )
    return load_dataset("d.jsonl", "q.jsonl", base)


def test_the_fingerprint_is_that_of_the_content(dataset: Dataset, write: Write) -> None:
    base = write(
        {
            "other/d.csv": "id,title,text\na,A,alpha\nb,,beta\n",
            "other/q.jsonl": "\n".join(reversed(questions(40).split("\n"))),
        }
    )
    assert load_dataset("d.csv", "q.jsonl", base / "other").fingerprint == dataset.fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"id": "other"},
        {"question": "other?"},
        {"answers": ("other",)},
        {"answers": ("x", "x")},
        {"answerable": False},
        {"evidence": (Evidence("a", 0, 1),)},
    ],
    ids=str,
)
def test_any_label_changes_the_fingerprint(dataset: Dataset, change: dict[str, object]) -> None:
    changed = dataclasses.replace(dataset.questions[1], **change)  # type: ignore[arg-type]
    other = dataclasses.replace(
        dataset, questions=(dataset.questions[0], changed, *dataset.questions[2:])
    )
    assert other.fingerprint != dataset.fingerprint


def test_any_text_changes_the_fingerprint(dataset: Dataset) -> None:
    first, second = dataset.documents
    changed = Documents([first, dataclasses.replace(second, text="bet")])
    assert dataclasses.replace(dataset, documents=changed).fingerprint != dataset.fingerprint


def test_a_limit_is_a_stratified_sample_in_the_order_of_the_file(
    dataset: Dataset, tmp_path: Path
) -> None:
    limited = load_dataset("d.jsonl", "q.jsonl", tmp_path, limit=12, seed=5)
    numbers = [int(q.id[1:]) for q in limited.questions]
    assert numbers == sorted(numbers)
    assert len(numbers) == 12
    assert Counter(q.answerable for q in limited.questions) == {True: 9, False: 3}
    assert limited.documents.fingerprint == dataset.documents.fingerprint
    assert limited.fingerprint != dataset.fingerprint
    assert "12 of 40 questions, a stratified random sample, seed 5" in limited.facts()


def test_a_limit_keeps_the_shares_of_the_fields_that_are_named(
    dataset: Dataset, tmp_path: Path
) -> None:
    def types(stratify_by: list[str], seed: int) -> Counter[object]:
        limited = load_dataset(
            "d.jsonl", "q.jsonl", tmp_path, limit=12, seed=seed, stratify_by=stratify_by
        )
        return Counter(q.metadata["type"] for q in limited.questions)

    assert all(set(types(["type"], seed).values()) <= {3, 4, 5} for seed in range(20))
    assert max(max(types([], seed).values()) for seed in range(20)) > 5


def test_limits_nest_and_depend_on_the_seed(dataset: Dataset, tmp_path: Path) -> None:
    def kept(limit: int, seed: int) -> set[str]:
        limited = load_dataset("d.jsonl", "q.jsonl", tmp_path, limit=limit, seed=seed)
        return {q.id for q in limited.questions}

    assert kept(5, 0) < kept(10, 0) < kept(20, 0)
    assert len({frozenset(kept(10, seed)) for seed in range(10)}) == 10


def test_a_limit_beyond_the_questions_keeps_them_all(dataset: Dataset, tmp_path: Path) -> None:
    limited = load_dataset("d.jsonl", "q.jsonl", tmp_path, limit=41)
    assert limited.questions == dataset.questions
    assert limited.facts() == dataset.facts()


def test_a_limit_below_1_is_refused(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the limit of questions is below 1"):
        load_dataset("d.jsonl", "q.jsonl", tmp_path, limit=0)


def test_the_facts_say_what_is_there(dataset: Dataset) -> None:
    assert dataset.facts() == (
        "2 documents from d.jsonl (JSON lines)",
        "40 questions from q.jsonl (JSON lines)",
        "questions: kept as metadata: type",
        "30 of 40 questions are answerable, 0 have evidence",
    )


def test_json_lines_need_no_heavy_package(dataset: Dataset, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from syftr_like.dataset import load_dataset\n"
        "load_dataset('d.jsonl', 'q.jsonl', Path(sys.argv[1]))\n"
        "print({'pandas', 'pyarrow', 'datasets', 'bs4', 'pypdf'} & set(sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("name", "documents", "questions", "answerable"),
    [
        ("squad2", 16, 6078, 2910),
        ("nq_open", 2600, 2655, 2655),
        ("hotpotqa_100", 1000, 100, 100),
        ("chunking_evaluation", 5, 472, 472),
    ],
)
def test_real_data(
    name: str, documents: int, questions: int, answerable: int, shared_data: Path
) -> None:
    dataset = load_dataset(f"{name}/documents.jsonl", f"{name}/questions.jsonl", shared_data)
    assert len(dataset.documents) == documents
    assert len(dataset.questions) == questions
    assert sum(q.answerable for q in dataset.questions) == answerable
    split = split_questions(dataset.questions, tune=0.6, holdout=0.4, seed=7)
    assert len(split.tune) + len(split.holdout) == questions
    texts = [{q.question.strip().lower() for q in side} for side in (split.tune, split.holdout)]
    assert texts[0].isdisjoint(texts[1])
    for side in (split.tune, split.holdout):
        assert abs(sum(q.answerable for q in side) - answerable * len(side) / questions) < 1


def test_the_evidence_of_squad_is_the_answer(shared_data: Path) -> None:
    dataset = load_dataset("squad2/documents.jsonl", "squad2/questions.jsonl", shared_data)
    texts = {document.id: document.text for document in dataset.documents}
    for question in dataset.questions:
        spans = {texts[e.document][e.start : e.end] for e in question.evidence}
        assert spans <= set(question.answers)
