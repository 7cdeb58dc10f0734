"""Each bad row of a dataset is named with its line, what was found and what was expected."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from syftr_like.dataset import json_lines


@dataclass(frozen=True)
class Mistake:
    """A file with a mistake.

    Attributes:
        name: What is wrong.
        file: The file, which replaces a good one of that name.
        content: What stands in it.
        place: How the message begins: file, line, and column where it is known.
        fragments: What else the message says.
    """

    name: str
    file: str
    content: str | bytes
    place: str
    fragments: tuple[str, ...]


def in_documents(name: str, content: str | bytes, place: str, *fragments: str) -> Mistake:
    return Mistake(name, "d.jsonl", content, place, fragments)


def in_questions(name: str, content: str | bytes, place: str, *fragments: str) -> Mistake:
    return Mistake(name, "q.jsonl", content, place, fragments)


def question(**fields: object) -> str:
    return json.dumps({"id": "q1", "question": "How high is it?", **fields}) + "\n"


def evidence(**span: object) -> str:
    return question(answers=["4806 m"], evidence=[span])


GOOD = '{"id": "b", "title": "B", "text": "B"}\n'
ALPS = '{"id": "alps", "text": "A"}\n'

MISTAKES = [
    # JSON lines.
    in_documents("empty file", "", "d.jsonl: there are no documents in it", "no rows"),
    in_questions("only blank lines", "\n \n", "q.jsonl: there are no questions in it", "no rows"),
    in_documents(
        "invalid JSON",
        GOOD + '\n{"id": "x" "text": "y"}\n',
        "d.jsonl:3:12: invalid JSON: Expecting ',' delimiter",
        'found:    {"id": "x" "text": "y"}',
        "expected: one JSON object on each line",
    ),
    in_documents(
        "NaN",
        '{"id": "x", "text": "y", "score": NaN}\n',
        "d.jsonl:1: invalid JSON: NaN is not a JSON number",
    ),
    in_documents(
        "the same name twice",
        '{"id": "x", "text": "y", "id": "z"}\n',
        "d.jsonl:1: invalid JSON: the name 'id' stands twice in one object",
    ),
    in_documents(
        "nested too deeply",
        '{"id": ' + "[" * 200_000 + "\n",
        "d.jsonl:1: invalid JSON: nested too deeply",
    ),
    in_documents(
        "a JSON array",
        '[{"id": "x", "text": "y"}]\n',
        "d.jsonl:1: the line is a list, not an object",
        'found:    [{"id": "x", "text": "y"}]',
    ),
    in_documents(
        "not UTF-8",
        GOOD.encode() + '{"id": "é"}'.encode("latin-1"),
        "d.jsonl:2:9: not UTF-8",
        "byte 0xe9",
    ),
    in_documents("UTF-16", ALPS.encode("utf-16"), "d.jsonl: the file is not UTF-8", "UTF-16"),
    in_documents("NUL byte", b'{"id": "x",\0"text": "y"}\n', "d.jsonl:1:12: NUL byte", "byte 0x00"),
    in_documents(
        "escaped NUL",
        r'{"id": "x", "text": "a\u0000b"}',
        "d.jsonl:1: 'text' holds a NUL character",
    ),
    in_documents(
        "half a surrogate pair",
        r'{"id": "x", "text": "y", "metadata": {"a": ["\ud83d"]}}',
        "d.jsonl:1: 'metadata' holds half of a surrogate pair",
    ),
    # Documents.
    in_documents(
        "missing text",
        ALPS + '{"id": "b", "txt": "B"}\n',
        "d.jsonl:2: 'text' is missing",
        "found:    id, txt",
        "expected: 'text' or 'content'",
        "did you mean 'txt'?",
    ),
    in_documents(
        "empty text", ALPS + '{"id": "b", "text": " \\n"}\n', "d.jsonl:2: 'text' is empty"
    ),
    in_documents("null text", '{"id": "b", "text": null}\n', "d.jsonl:1: 'text' is missing"),
    in_documents(
        "text of the wrong type",
        '{"id": "b", "text": ["B"]}\n',
        "d.jsonl:1: 'text' is a list",
        'found:    ["B"]',
        "expected: text in 'text'",
    ),
    in_documents(
        "title of the wrong type", '{"id": "b", "title": 7, "text": "B"}', "d.jsonl:1: 'title' is a"
    ),
    in_documents(
        "metadata of the wrong type",
        '{"id": "b", "text": "B", "metadata": "x"}',
        "d.jsonl:1: 'metadata' is text",
        "an object",
    ),
    in_documents(
        "metadata that is a column too",
        '{"id": "b", "text": "B", "url": "x", "metadata": {"url": "y"}}',
        "d.jsonl:1: 'url' stands in 'metadata' and is a column as well",
    ),
    in_documents("missing id", '{"text": "B"}\n', "d.jsonl:1: 'id' is missing", "'id' or '_id'"),
    in_documents(
        "id of the wrong type", '{"id": 1.5, "text": "B"}\n', "d.jsonl:1: 'id' is a number", "1.5"
    ),
    in_documents(
        "true as id", '{"id": true, "text": "B"}\n', "d.jsonl:1: 'id' is true or false", "true"
    ),
    in_documents(
        "duplicate id",
        ALPS + '{"id": "b", "text": "B"}\n' + ALPS,
        "d.jsonl:3: duplicate id 'alps'",
        "found:    line 3, and first line 1",
    ),
    in_documents(
        "several bad rows",
        ALPS + '{"id": "1"}\n{"id": "2"}\nx\n{"id": "b", "text": "B"}\n7\n{"id": "3"}\n',
        "d.jsonl:2: 'text' is missing (and 4 more bad rows, first at lines 3, 4, 6)",
    ),
    in_documents(
        "two bad rows",
        ALPS + '{"id": "1"}\n{"id": "2"}\n',
        "d.jsonl:2: 'text' is missing (and 1 more bad row, at line 3)",
    ),
    # Questions.
    in_questions(
        "missing question",
        '{"id": "q1", "qestion": "Why?", "answers": []}',
        "q.jsonl:1: 'question' is missing",
        "'question' or 'query'",
        "did you mean 'qestion'?",
    ),
    in_questions("empty question", question(question=""), "q.jsonl:1: 'question' is empty"),
    in_questions(
        "no label at all",
        question(ground_truth="x"),
        "q.jsonl:1: 'answers' is missing",
        "found:    id, question, ground_truth",
        "expected: 'answers' or 'answer' or 'gold'",
    ),
    in_questions(
        "answers of the wrong type",
        question(answers=4806),
        "q.jsonl:1: 'answers' is a number",
        "a list of accepted answers",
    ),
    in_questions(
        "answer of the wrong type",
        question(answers=["4806 m", 4806]),
        "q.jsonl:1: 'answers[1]' is a number",
        "found:    4806",
        "numbers in quotes",
    ),
    in_questions("empty answer", question(answers=["x", ""]), "q.jsonl:1: 'answers[1]' is empty"),
    in_questions(
        "duplicate question id",
        question(answers=["x"]) * 2,
        "q.jsonl:2: duplicate id 'q1'",
        "line 2, and first line 1",
    ),
    in_questions(
        "repeated question without id",
        '{"question": "Why?", "answers": ["a"]}\n{"question": "Why?", "answers": ["b"]}\n',
        "q.jsonl:2: the question has no id and repeats another",
        'found:    "Why?", first at line 1',
    ),
    in_questions(
        "answerable of the wrong type",
        question(answers=["x"], answerable="yes"),
        "q.jsonl:1: 'answerable' is text",
        "expected: true or false",
    ),
    in_questions(
        "answerable with nothing",
        question(answers=[], answerable=True),
        "q.jsonl:1: the question is answerable, but has neither answers nor evidence",
    ),
    in_questions(
        "unanswerable with answers",
        question(answers=["x"], answerable=False),
        "q.jsonl:1: the question is not answerable, but has answers",
        'found:    "x"',
    ),
    in_questions(
        "unanswerable with evidence",
        question(evidence=[{"document": "alps", "start": 0, "end": 4}], answerable=False),
        "q.jsonl:1: the question is not answerable, but has evidence",
    ),
    # Evidence.
    in_questions(
        "evidence of the wrong type",
        question(evidence={"document": "alps"}),
        "q.jsonl:1: 'evidence' is an object",
        "a list of {document, start, end} or {document, text}",
    ),
    in_questions(
        "evidence item of the wrong type",
        question(evidence=["alps"]),
        "q.jsonl:1: 'evidence[0]' is text",
    ),
    in_questions(
        "evidence in an unknown document",
        evidence(document="Alpes", start=0, end=4),
        "q.jsonl:1: 'evidence[0]' names an unknown document",
        "found:    'Alpes'",
        "did you mean 'alps'?",
    ),
    in_questions(
        "evidence with a misspelt name",
        evidence(document="alps", strat=0, end=4),
        "q.jsonl:1: 'evidence[0]' has an unknown name 'strat'",
        "did you mean 'start'?",
    ),
    in_questions(
        "evidence without an end",
        evidence(document="alps", start=0),
        "q.jsonl:1: 'evidence[0]' is incomplete",
    ),
    in_questions(
        "evidence with a quotation and half a span",
        evidence(document="alps", text="Mont", start=0),
        "q.jsonl:1: 'evidence[0].end' is missing",
    ),
    in_questions(
        "span out of bounds",
        evidence(document="alps", start=0, end=27),
        "q.jsonl:1: 'evidence[0]' is out of bounds",
        "found:    start 0, end 27",
        "expected: 0 <= start < end <= 26, the length of 'alps'",
    ),
    in_questions(
        "negative span",
        evidence(document="alps", start=-4, end=4),
        "q.jsonl:1: 'evidence[0]' is out of bounds",
    ),
    in_questions(
        "empty span",
        evidence(document="alps", start=4, end=4),
        "q.jsonl:1: 'evidence[0]' is empty",
    ),
    in_questions(
        "offset of the wrong type",
        evidence(document="alps", start=0, end=4.5),
        "q.jsonl:1: 'evidence[0].end' is a number",
        "a whole number of characters",
    ),
    in_questions(
        "true as offset",
        evidence(document="alps", start=0, end=True),
        "q.jsonl:1: 'evidence[0].end' is true or false",
        "a whole number of characters",
    ),
    in_questions(
        "quotation that does not occur",
        evidence(document="alps", text="Matterhorn"),
        "q.jsonl:1: the quotation 'evidence[0].text' does not occur in 'alps'",
        'found:    "Matterhorn"',
    ),
    in_questions(
        "quotation that occurs twice",
        evidence(document="alps", text="i"),
        "q.jsonl:1: the quotation 'evidence[0].text' occurs more than once in 'alps'",
    ),
    in_questions(
        "quotation that contradicts the span",
        evidence(document="alps", start=0, end=4, text="Blanc"),
        "q.jsonl:1: 'evidence[0].text' is not what stands from start to end",
        'expected: "Mont"',
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_the_mistake_is_named_with_its_line(
    mistake: Mistake, complaint: Callable[..., str]
) -> None:
    said = complaint({mistake.file: mistake.content})
    assert said.startswith(mistake.place)
    for fragment in mistake.fragments:
        assert fragment in said


def test_the_mistakes_of_the_table_are_distinct() -> None:
    assert len({mistake.name for mistake in MISTAKES}) == len(MISTAKES)
    assert len({mistake.place for mistake in MISTAKES}) >= 40


def test_an_absurdly_long_line_is_a_bad_row_and_the_rest_is_read(
    complaint: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_lines, "MAX_LINE_BYTES", 1000)
    long_line = json.dumps({"id": "long", "text": "x" * 5000}) + "\n"
    said = complaint({"d.jsonl": GOOD + long_line + GOOD})
    assert said.startswith("d.jsonl:2: the line is too long (and 1 more bad row, at line 3)")
    assert "at most 1,000 bytes" in said


def test_what_stands_in_a_file_cannot_control_the_terminal(
    complaint: Callable[..., str],
) -> None:
    said = complaint({"d.jsonl": '{"id": "\\u001b[2J\x9b31m", "text": 7, "\x9b": 1}'})
    assert all(character.isprintable() or character == "\n" for character in said)
    said = complaint({"d.jsonl": '{"id": "\\u001b[2J\x9b31m", "text": "x"}\n' * 2})
    assert all(character.isprintable() or character == "\n" for character in said)
