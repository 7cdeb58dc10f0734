"""Folders in the layout of the BEIR benchmark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from syftr_like.contracts import Document, Evidence, Question
from syftr_like.dataset import Form, load_dataset

Write = Callable[..., Path]
FILES = {
    "beir/corpus.jsonl": '{"_id": "d1", "title": "One", "text": "first"}\n'
    '{"_id": "d2", "title": "Only a title", "text": "", "metadata": {"url": "u"}}\n'
    '{"_id": "d3", "title": "", "text": "third"}\n',
    "beir/queries.jsonl": '{"_id": "q2", "text": "two?", "metadata": {"type": "t"}}\n'
    '{"_id": "q1", "text": "one?"}\n{"_id": "q3", "text": "three?"}\n{"_id": "q4", "text": "4?"}\n',
    "beir/qrels/test.tsv": "query-id\tcorpus-id\tscore\nq1\td1\t2\n"
    "q1\td2\t1\nq1\td3\t0\nq2\td3\t0\n",
    "beir/qrels/dev.tsv": "q3\td3\t1\n",
}


def test_queries_with_judgements_become_questions_with_whole_documents_as_evidence(
    write: Write,
) -> None:
    dataset = load_dataset("beir", "beir#test", write(FILES))
    assert list(dataset.documents) == [
        Document("d1", "One", "first"),
        Document("d2", "Only a title", "Only a title", {"url": "u"}),
        Document("d3", "", "third"),
    ]
    assert dataset.questions == (
        Question("q2", "two?", (), (), False, {"type": "t"}),
        Question("q1", "one?", (), (Evidence("d1", 0, 5), Evidence("d2", 0, 12)), True),
    )
    assert dataset.questions_source.form is Form.BEIR
    facts = "\n".join(dataset.facts())
    assert "judgements from qrels/test.tsv, which leaves out 2 of 4 queries" in facts
    assert "1 documents without text: the title is their text" in facts


def test_judgements_without_a_header_are_read(write: Write) -> None:
    dataset = load_dataset("beir", "beir#dev", write(FILES))
    assert [q.id for q in dataset.questions] == ["q3"]


def test_the_only_judgements_need_not_be_named(write: Write, tmp_path: Path) -> None:
    write(FILES)
    (tmp_path / "beir/qrels/dev.tsv").unlink()
    assert len(load_dataset("beir/", "beir/", tmp_path).questions) == 2


@pytest.mark.parametrize(
    ("files", "documents", "questions", "place", "fragment"),
    [
        ({}, "beir", "beir", "beir/qrels: several judgement files", "such as beir#test"),
        ({}, "beir", "beir#tset", "beir/qrels: no such judgements", "did you mean 'test'?"),
        ({}, "beir#test", "beir#test", "beir: '#' picks the judgements", "beir without '#test'"),
        (
            {"beir/qrels/test.tsv": "q\td\ts\nq1\td1\t1\nq9\td1\t1\n"},
            "beir",
            "beir#test",
            "beir/qrels/test.tsv:3: unknown query",
            "'q9'",
        ),
        (
            {"beir/qrels/test.tsv": "q\td\ts\nq1\td9\t1\nq1\td1\n"},
            "beir",
            "beir#test",
            "beir/qrels/test.tsv:2: 'document' names an unknown document "
            "(and 1 more bad row, at line 3)",
            "'d9'",
        ),
        (
            {"beir/qrels/test.tsv": "q1\td1\t1\nq1\td1\t0\n"},
            "beir",
            "beir#test",
            "beir/qrels/test.tsv:2: query 'q1' and document 'd1' are judged twice",
            "first line 1",
        ),
        (
            {"beir/qrels/test.tsv": "q\td\ts\n\n"},
            "beir",
            "beir#test",
            "beir/qrels/test.tsv: the file holds no judgements",
            "separated by tabs",
        ),
        (
            {"beir/corpus.jsonl": '{"_id": "d1", "title": " ", "text": ""}\n'},
            "beir",
            "beir#test",
            "beir/corpus.jsonl:1: 'text' is empty",
            "",
        ),
        (
            {"beir/queries.jsonl": '{"_id": "q1"}\n'},
            "beir",
            "beir#test",
            "beir/queries.jsonl:1: 'text' is missing",
            "",
        ),
        (
            {"part/corpus.jsonl": "", "part/qrels/test.tsv": ""},
            "beir",
            "part",
            "part/queries.jsonl: the BEIR folder has no queries",
            "",
        ),
        (
            {"part/corpus.jsonl": "", "part/queries.jsonl": ""},
            "beir",
            "part",
            "part/qrels: the BEIR folder has no judgements",
            "",
        ),
    ],
)
def test_mistakes_are_named(
    files: dict[str, str],
    documents: str,
    questions: str,
    place: str,
    fragment: str,
    complaint: Callable[..., str],
) -> None:
    said = complaint({**FILES, **files}, documents, questions)
    assert said.startswith(place)
    assert fragment in said
