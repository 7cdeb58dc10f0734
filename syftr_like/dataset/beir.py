"""The folder layout of the BEIR retrieval benchmark.

`corpus.jsonl` (`_id`, `title`, `text`), `queries.jsonl` (`_id`, `text`) and `qrels/<split>.tsv`
(query, document, grade). Thakur et al., BEIR: A Heterogeneous Benchmark for Zero-shot
Evaluation of Information Retrieval Models, NeurIPS 2021.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from syftr_like.contracts import Document, Documents, Evidence, Question
from syftr_like.dataset.columns import Columns
from syftr_like.dataset.document_rows import DocumentRows
from syftr_like.dataset.encoding import decode_utf8, unix_lines
from syftr_like.dataset.evidence import EvidenceReader
from syftr_like.dataset.excerpt import excerpt
from syftr_like.dataset.ids import Ids, as_id
from syftr_like.dataset.json_lines import read_json_lines
from syftr_like.dataset.mistakes import Mistakes
from syftr_like.dataset.row import Row
from syftr_like.dataset.specification import Specification
from syftr_like.errors import InputError, Location, nearest

_QUERY_COLUMNS = {"id": ("_id",), "question": ("text",), "metadata": ("metadata",)}
_WHOLE_NUMBER = re.compile(r"-?\d{1,9}")
_EXPECTED = "query, document and a whole-number grade, separated by tabs"


def read_beir_documents(specification: Specification) -> tuple[list[Document], tuple[str, ...]]:
    """Read the corpus. A document without text has its title as text.

    Raises:
        InputError: A bad row.
    """
    mistakes = Mistakes("row", "line")
    reader = DocumentRows(title_for_text=True)
    rows = read_json_lines(
        specification.path / "corpus.jsonl", f"{specification.shown}/corpus.jsonl", mistakes
    )
    documents = reader.read(rows, mistakes)
    mistakes.raise_any()
    return documents, reader.notes()


def read_beir_questions(
    specification: Specification, documents: Documents
) -> tuple[list[Question], tuple[str, ...]]:
    """Read the queries that the chosen judgements judge, in the order of `queries.jsonl`.

    Evidence is each document with a grade above 0, as a whole. A question is answerable when
    it has such a document. There are no answers.

    Raises:
        InputError: A bad row, a file that is missing, or several judgement files and none
            chosen with `#name`.
    """
    queries, notes = _queries(specification)
    name = _qrels_name(specification)
    evidence = _judgements(specification, name, queries, EvidenceReader(documents))
    questions = [
        Question(
            id=query.id,
            question=query.text,
            evidence=tuple(evidence[query.id]),
            answerable=bool(evidence[query.id]),
            metadata=query.metadata,
        )
        for query in queries.values()
        if query.id in evidence
    ]
    chosen = f"judgements from qrels/{name}.tsv"
    unjudged = len(queries) - len(questions)
    if unjudged:
        chosen += f", which leaves out {unjudged} of {len(queries)} queries"
    return questions, (chosen, *notes)


def _queries(specification: Specification) -> tuple[dict[str, Document], tuple[str, ...]]:
    path = specification.path / "queries.jsonl"
    shown = f"{specification.shown}/queries.jsonl"
    if not path.is_file():
        raise InputError(
            "the BEIR folder has no queries", location=Location(shown), expected="queries.jsonl"
        )
    mistakes = Mistakes("row", "line")
    columns = Columns(_QUERY_COLUMNS)
    ids = Ids()
    queries = {}
    for row in read_json_lines(path, shown, mistakes):
        try:
            fields = columns.read(row)
            for required in ("id", "question"):
                if required not in fields:
                    raise columns.missing(row, required)
            identifier = as_id(row, "_id", fields["id"])
            ids.register(row, identifier)
            metadata = fields["metadata"]
            assert isinstance(metadata, Mapping)
            text = row.text("text", fields["question"])
            queries[identifier] = Document(identifier, "", text, metadata)
        except InputError as error:
            mistakes.add(error, row.place_number)
    mistakes.raise_any()
    return queries, tuple(note for note in columns.notes() if note.startswith("kept"))


def _qrels_name(specification: Specification) -> str:
    folder = specification.path / "qrels"
    names = sorted(path.stem for path in folder.glob("*.tsv"))
    location = Location(f"{specification.shown}/qrels")
    if not names:
        raise InputError(
            "the BEIR folder has no judgements", location=location, expected="qrels/<split>.tsv"
        )
    listed = ", ".join(names)
    if specification.fragment:
        if specification.fragment not in names:
            raise InputError(
                "no such judgements",
                location=location,
                found=f"#{specification.fragment}",
                expected=f"one of: {listed}",
                nearest=nearest(specification.fragment, names),
            )
        return specification.fragment
    if len(names) > 1:
        raise InputError(
            "several judgement files",
            location=location,
            found=listed,
            expected=f"the one to use, such as {specification.shown}#{names[-1]}",
        )
    return names[0]


def _judgements(
    specification: Specification,
    name: str,
    queries: Mapping[str, Document],
    evidence: EvidenceReader,
) -> dict[str, list[Evidence]]:
    """Return the relevant documents of each judged query."""
    path = specification.path / "qrels" / f"{name}.tsv"
    shown = f"{specification.shown}/qrels/{name}.tsv"
    mistakes = Mistakes("row", "line")
    relevant: dict[str, list[Evidence]] = {}
    places: dict[tuple[str, str], str] = {}
    for judgement in _rows(path, shown, mistakes):
        row, query, document = judgement.row, judgement.query, judgement.document
        try:
            if query not in queries:
                raise row.error(
                    "unknown query",
                    found=f"'{excerpt(query)}'",
                    expected="an _id of queries.jsonl",
                    nearest=None if mistakes else nearest(query, queries),
                )
            span = evidence.whole(row, document)
            first = places.setdefault((query, document), row.place)
            if first != row.place:
                raise row.error(
                    f"query '{excerpt(query)}' and document '{excerpt(document)}' are judged twice",
                    found=f"{row.place}, and first {first}",
                    expected="one judgement for each pair",
                )
        except InputError as error:
            mistakes.add(error, row.place_number)
            continue
        spans = relevant.setdefault(query, [])
        if judgement.grade > 0:
            spans.append(span)
    mistakes.raise_any()
    if not relevant:
        raise InputError(
            "the file holds no judgements", location=Location(shown), expected=_EXPECTED
        )
    return relevant


@dataclass(frozen=True, slots=True)
class _Judgement:
    row: Row
    query: str
    document: str
    grade: int


def _rows(path: Path, shown: str, mistakes: Mistakes) -> Iterator[_Judgement]:
    """Yield the judgements of a file; its first line may be a header."""
    lines = unix_lines(decode_utf8(path.read_bytes(), shown)).split("\n")
    for line, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        row = Row(Location(shown, line), line, {}, tabular=False)
        cells = text.split("\t")
        if len(cells) == 3 and _WHOLE_NUMBER.fullmatch(cells[2].strip()):
            yield _Judgement(row, cells[0], cells[1], int(cells[2]))
        elif line > 1 or len(cells) != 3:
            error = row.error("not a judgement", found=excerpt(text), expected=_EXPECTED)
            mistakes.add(error, row.place_number)
