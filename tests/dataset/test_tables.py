"""Documents and questions from JSON lines, CSV and Parquet."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from syftr_like.contracts import Document, Evidence, Question
from syftr_like.dataset import load_dataset, load_documents, load_questions

Write = Callable[..., Path]
Rows = Sequence[Mapping[str, object]]
DOCUMENT_ROWS = [
    {"id": "alps", "title": "Alps", "text": "Mont Blanc is 4806 m high.\r\nIt is white."},
    {"id": "007", "title": "", "text": "NA"},
]
QUESTION_ROWS = [
    {
        "id": "q1",
        "question": "How high is Mont Blanc?",
        "answers": ["4806 m", "4,806 metres"],
        "evidence": [{"document": "alps", "start": 14, "end": 20}],
        "answerable": True,
        "type": "number",
    },
    {
        "id": "q2",
        "question": "Who is James?",
        "answers": [],
        "evidence": [],
        "answerable": False,
        "type": "name",
    },
]
DOCUMENTS = (
    Document("alps", "Alps", "Mont Blanc is 4806 m high.\r\nIt is white."),
    Document("007", "", "NA"),
)
QUESTIONS = (
    Question(
        "q1",
        "How high is Mont Blanc?",
        ("4806 m", "4,806 metres"),
        (Evidence("alps", 14, 20),),
        True,
        {"type": "number"},
    ),
    Question("q2", "Who is James?", (), (), False, {"type": "name"}),
)


def json_lines(rows: Rows) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def csv_table(rows: Rows) -> bytes:
    def cell(value: object) -> str:
        text = value if isinstance(value, str) else json.dumps(value)
        return '"' + text.replace('"', '""') + '"'

    lines = [",".join(rows[0]), *(",".join(map(cell, row.values())) for row in rows)]
    return ("\r\n".join(lines) + "\r\n").encode()


def parquet(rows: Rows) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows)), buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("extension", "render"), [("jsonl", json_lines), ("csv", csv_table), ("parquet", parquet)]
)
def test_every_format_gives_the_same_dataset(
    extension: str, render: Callable[[Rows], bytes], write: Write
) -> None:
    documents, questions = f"data/d.{extension}", f"data/q.{extension.upper()}"
    base = write({documents: render(DOCUMENT_ROWS), questions: render(QUESTION_ROWS)})
    dataset = load_dataset(documents, questions, base)
    assert tuple(dataset.documents) == DOCUMENTS
    assert dataset.questions == QUESTIONS


def questions_of(write: Write, *rows: Mapping[str, object]) -> tuple[Question, ...]:
    base = write({"d.jsonl": json_lines(DOCUMENT_ROWS), "q.jsonl": json_lines(rows)})
    return load_questions("q.jsonl", base, load_documents("d.jsonl", base))


def test_a_byte_order_mark_blank_lines_and_windows_line_ends_are_no_mistake(write: Write) -> None:
    rows = json_lines(DOCUMENT_ROWS).replace(b"\n", b"\r\n\r\n")
    base = write({"d.jsonl": b"\xef\xbb\xbf" + rows})
    assert tuple(load_documents("d.jsonl", base)) == DOCUMENTS
    base = write({"d.csv": b"\xef\xbb\xbf" + csv_table(DOCUMENT_ROWS)})
    assert tuple(load_documents("d.csv", base)) == DOCUMENTS


def test_paths_may_be_absolute_or_relative_to_the_study(write: Write, tmp_path: Path) -> None:
    write({"d.jsonl": json_lines(DOCUMENT_ROWS), "studies/s.yaml": ""})
    assert tuple(load_documents("../d.jsonl", tmp_path / "studies")) == DOCUMENTS
    assert tuple(load_documents(str(tmp_path / "d.jsonl"), Path("/"))) == DOCUMENTS


def test_answerable_is_by_default_whether_there_are_answers_or_evidence(write: Write) -> None:
    span = [{"document": "alps", "start": 0, "end": 4}]
    loaded = questions_of(
        write,
        {"id": "answer", "question": "?", "answers": "one"},
        {"id": "evidence", "question": "?", "evidence": span},
        {"id": "both", "question": "?", "answers": ["one"], "evidence": span},
        {"id": "none", "question": "?", "answers": []},
        {"id": "null", "question": "?", "answers": None, "answerable": None},
        {"id": "said", "question": "?", "answerable": False},
    )
    assert [q.answerable for q in loaded] == [True, True, True, False, False, False]
    assert loaded[0].answers == ("one",)


def test_evidence_may_quote_its_passage(write: Write) -> None:
    quoted = {"document": "alps", "text": "high. It is"}
    (loaded,) = questions_of(
        write, {"question": "?", "evidence": [{"document": "alps", "text": "Mont Blanc"}, quoted]}
    )
    assert loaded.evidence == (Evidence("alps", 0, 10), Evidence("alps", 21, 33))
    assert DOCUMENTS[0].text[21:33] == "high.\r\nIt is"


def test_a_quotation_that_occurs_twice_but_for_white_space_is_refused(
    complaint: Callable[..., str],
) -> None:
    row = {"question": "?", "evidence": [{"document": "d", "text": "a b"}]}
    files = {"d.jsonl": json_lines([{"id": "d", "text": "a  b, a\nb"}])}
    said = complaint({**files, "q.jsonl": json_lines([row])})
    assert "the quotation 'evidence[0].text' occurs more than once in 'd'" in said


def test_an_exact_quotation_is_preferred_to_one_that_differs_in_white_space(write: Write) -> None:
    base = write(
        {
            "d.jsonl": json_lines([{"id": "d", "text": "a  b, a b"}]),
            "q.jsonl": json_lines(
                [{"question": "?", "evidence": [{"document": "d", "text": "a b"}]}]
            ),
        }
    )
    (loaded,) = load_questions("q.jsonl", base, load_documents("d.jsonl", base))
    assert loaded.evidence == (Evidence("d", 6, 9),)


def test_offsets_count_characters_not_bytes(write: Write) -> None:
    base = write({"d.jsonl": json_lines([{"id": "d", "text": "Gruyère 🧀 est bon"}])})
    write(
        {"q.jsonl": json_lines([{"question": "?", "evidence": [{"document": "d", "text": "est"}]}])}
    )
    (loaded,) = load_questions("q.jsonl", base, load_documents("d.jsonl", base))
    assert loaded.evidence == (Evidence("d", 10, 13),)


def test_a_path_may_begin_at_home(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(write({"d.jsonl": json_lines(DOCUMENT_ROWS)})))
    assert tuple(load_documents("~/d.jsonl", tmp_path / "elsewhere")) == DOCUMENTS


def test_whole_numbers_are_ids(write: Write) -> None:
    base = write(
        {
            "d.jsonl": json_lines([{"id": 7, "text": "seven"}]),
            "q.jsonl": json_lines(
                [{"id": 1, "question": "?", "evidence": [{"document": 7, "start": 0, "end": 5}]}]
            ),
        }
    )
    documents = load_documents("d.jsonl", base)
    (loaded,) = load_questions("q.jsonl", base, documents)
    assert (documents[0].id, loaded.id, loaded.evidence[0].document) == ("7", "1", "7")


def test_questions_without_id_are_named_by_their_text(write: Write) -> None:
    first = questions_of(
        write, {"question": "a?", "answers": ["1"]}, {"question": "b?", "answers": ["2"]}
    )
    second = questions_of(
        write, {"question": "b?", "answers": ["2"]}, {"question": "a?", "answers": ["1"]}
    )
    assert {q.id for q in first} == {q.id for q in second}
    assert len({q.id for q in first}) == 2


def test_other_names_of_columns_are_read_and_reported(write: Write) -> None:
    base = write(
        {
            "d.jsonl": json_lines([{"_id": "d", "content": "text", "url": "u"}]),
            "q.jsonl": json_lines(
                [
                    {"query": "a?", "gold": ["1"], "level": "hard"},
                    {"query": "b?", "answer": "2", "gold": "kept", "question": None},
                ]
            ),
        }
    )
    dataset = load_dataset("d.jsonl", "q.jsonl", base)
    assert dataset.documents[0] == Document("d", "", "text", {"url": "u"})
    assert [q.question for q in dataset.questions] == ["a?", "b?"]
    assert [q.answers for q in dataset.questions] == [("1",), ("2",)]
    assert dataset.questions[1].metadata == {"gold": "kept", "question": None}
    facts = "\n".join(dataset.facts())
    assert "documents: id read from column '_id' (1 rows)" in facts
    assert "documents: text read from column 'content' (1 rows)" in facts
    assert "documents: kept as metadata: url" in facts
    assert "questions: question read from column 'query' (2 rows)" in facts
    assert "questions: answers read from column 'gold' (1 rows)" in facts
    assert "questions: answers read from column 'answer' (1 rows)" in facts
    assert "questions: kept as metadata: gold, level, question" in facts
    assert "questions: 2 questions without id: named by a digest of their text" in facts


def test_answers_in_the_shape_of_squad_are_read_and_reported(write: Write) -> None:
    base = write({"d.jsonl": json_lines(DOCUMENT_ROWS)})
    answers = {"text": ["4806 m", "4806"], "answer_start": [14, 14]}
    none: Mapping[str, object] = {"text": [], "answer_start": []}
    rows = [{"id": "a", "question": "?", "answers": answers}]
    rows.append({"id": "b", "question": "?", "answers": none})
    write({"q.jsonl": json_lines(rows)})
    dataset = load_dataset("d.jsonl", "q.jsonl", base)
    assert [q.answers for q in dataset.questions] == [("4806 m", "4806"), ()]
    assert [q.answerable for q in dataset.questions] == [True, False]
    assert "questions: answers read from 'answers.text' (2 rows)" in dataset.facts()


def test_metadata_is_kept_under_its_names(write: Write) -> None:
    (loaded,) = questions_of(
        write, {"question": "?", "answers": ["x"], "metadata": {"a": [1, None]}, "type": "t"}
    )
    assert loaded.metadata == {"a": [1, None], "type": "t"}


def test_cells_of_a_csv_file_stay_text(write: Write) -> None:
    table = (
        "id,question,answers,answerable,evidence,metadata,year\n"
        'q1,"A, or\nB?","[""x"", ""y""]",TRUE,"[{""document"":""007"",""start"":0,""end"":2}]",'
        '"{""k"": 1}",1999\n'
        "q2,C?,NA,,,,\n"
        "q3,D?,,0,,,\n"
    )
    base = write({"d.jsonl": json_lines(DOCUMENT_ROWS), "q.csv": table})
    first, second, third = load_questions("q.csv", base, load_documents("d.jsonl", base))
    assert first.question == "A, or\nB?"
    assert first.answers == ("x", "y")
    assert first.evidence == (Evidence("007", 0, 2),)
    assert first.metadata == {"k": 1, "year": "1999"}
    assert second.answers == ("NA",)
    assert not third.answerable


def test_a_cell_may_hold_a_long_document(write: Write) -> None:
    text = "long, " * 100_000
    base = write({"d.csv": f'id,text\nd,"{text}"\n'})
    assert load_documents("d.csv", base)[0].text == text


def test_typed_parquet_columns_become_json(write: Write) -> None:
    import datetime
    import decimal

    rows: Rows = [
        {
            "id": 1,
            "question": "?",
            "answers": '["x"]',
            "day": datetime.date(2024, 2, 29),
            "price": decimal.Decimal("1.50"),
            "score": float("nan"),
            "nested": {"list": [1.5]},
        }
    ]
    base = write({"d.jsonl": json_lines(DOCUMENT_ROWS), "q.parquet": parquet(rows)})
    (loaded,) = load_questions("q.parquet", base, load_documents("d.jsonl", base))
    assert loaded.answers == ("x",)
    assert loaded.metadata == {
        "day": "2024-02-29",
        "price": "1.50",
        "score": None,
        "nested": {"list": [1.5]},
    }
