"""From table rows to questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from syftr_like.contracts import Documents, Evidence, Json, Question, fingerprint
from syftr_like.dataset.columns import QUESTION_COLUMNS, Columns
from syftr_like.dataset.evidence import EvidenceReader
from syftr_like.dataset.excerpt import rendering, type_name
from syftr_like.dataset.ids import Ids, as_id
from syftr_like.dataset.mistakes import Mistakes
from syftr_like.dataset.row import Row
from syftr_like.errors import InputError

_ANSWERS = "a list of accepted answers as text, [] when there is none"
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


class QuestionRows:
    """Builds questions from rows `{id?, question, answers, evidence?, answerable?}`.

    - A row must label itself: at least one of `answers`, `evidence` and `answerable` is there.
    - `answers` is a list of text or one text; or, as in SQuAD on Hugging Face, an object whose
      `text` is such a list. In the cell of a table it may be a JSON list.
    - `answerable` is, where it is not given, whether there are answers or evidence.
    - A question without an id is named by a digest of its text.
    - All other columns are metadata.

    Args:
        documents: What evidence points into.
    """

    def __init__(self, documents: Documents) -> None:
        self._columns = Columns(QUESTION_COLUMNS)
        self._evidence = EvidenceReader(documents)
        self._ids = Ids()
        self._unnamed = 0
        self._squad = 0

    def read(self, rows: Iterable[Row], mistakes: Mistakes) -> list[Question]:
        """Return the questions of all good rows; bad ones go to `mistakes`."""
        questions = []
        for row in rows:
            try:
                questions.append(self._question(row))
            except InputError as error:
                mistakes.add(error, row.place_number)
        return questions

    def notes(self) -> tuple[str, ...]:
        """Say what was decided on the way."""
        notes = list(self._columns.notes())
        if self._squad:
            notes.append(f"answers read from 'answers.text' ({self._squad} rows)")
        if self._unnamed:
            notes.append(f"{self._unnamed} questions without id: named by a digest of their text")
        return tuple(notes)

    def _question(self, row: Row) -> Question:
        fields = self._columns.read(row)
        if "question" not in fields:
            raise self._columns.missing(row, "question")
        identifier = self._identifier(row, fields)
        text = row.text("question", fields["question"])
        if not fields.keys() & {"answers", "evidence", "answerable"}:
            raise self._columns.missing(row, "answers")
        answers = self._answers(row, fields.get("answers"))
        evidence = self._evidence.read(row, row.cell("evidence", fields.get("evidence")))
        answerable = _answerable(row, fields.get("answerable"), answers, evidence)
        metadata = fields["metadata"]
        assert isinstance(metadata, Mapping)
        return Question(identifier, text, answers, evidence, answerable, metadata)

    def _identifier(self, row: Row, fields: Mapping[str, Json]) -> str:
        given = fields.get("id")
        if given is not None:
            identifier = as_id(row, "id", given)
            self._ids.register(row, identifier)
            return identifier
        text = row.text("question", fields["question"])
        identifier = f"q-{fingerprint(text)[:16]}"
        first = self._ids.place(identifier)
        if first is not None:
            raise row.error(
                "the question has no id and repeats another",
                found=f"{rendering(text)}, first at {first}",
                expected="an 'id' in each row, or each question once",
            )
        self._ids.register(row, identifier)
        self._unnamed += 1
        return identifier

    def _answers(self, row: Row, value: Json) -> tuple[str, ...]:
        value = row.cell("answers", value, single_text=True)
        if isinstance(value, Mapping) and "text" in value:
            value = value["text"]
            self._squad += 1
        if value is None:
            return ()
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list | tuple):
            raise row.wrong_type("answers", value, _ANSWERS)
        answers = []
        for i, answer in enumerate(value):
            if not isinstance(answer, str):
                raise row.error(
                    f"'answers[{i}]' is {type_name(answer)}",
                    found=rendering(answer),
                    expected=f"{_ANSWERS}; numbers in quotes",
                )
            answers.append(row.text(f"answers[{i}]", answer))
        return tuple(answers)


def _answerable(
    row: Row, value: Json, answers: tuple[str, ...], evidence: tuple[Evidence, ...]
) -> bool:
    labelled = bool(answers) or bool(evidence)
    if value is None:
        return labelled
    if row.tabular and isinstance(value, str):
        value = _TRUTH.get(value.strip().lower(), value)
    if not isinstance(value, bool):
        raise row.wrong_type("answerable", value, "true or false")
    if value and not labelled:
        raise row.error(
            "the question is answerable, but has neither answers nor evidence",
            found="answerable true",
            expected="answers, or evidence, or answerable false",
        )
    if not value and labelled:
        what = "answers" if answers else "evidence"
        raise row.error(
            f"the question is not answerable, but has {what}",
            found=rendering(answers[0]) if answers else f"evidence in '{evidence[0].document}'",
            expected=f"no {what}, or answerable true",
        )
    return value
