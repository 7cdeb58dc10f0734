"""The handbook that ships with the project is well-formed, exact and not trivially easy."""

import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from statistics import mean
from typing import Any

import bm25s
import pytest
import Stemmer

HANDBOOK = Path(__file__).resolve().parents[2] / "studies" / "handbook"
STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
    a after all also an and any are as at be because been before being below both but by can could
    did do does each for from had has have he her him his how i if in into is it its many may more
    most much my no not of off on one or our out should so than that the their them there these
    they this to under up was we were what when where which while who whom whose why will with
    would you your
    """,
    )
)
BEYOND_ASCII = frozenset("°é")
STEMMER = Stemmer.Stemmer("english")


def read_rows(name: str) -> list[dict[str, Any]]:
    lines = (HANDBOOK / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


DOCUMENTS = read_rows("documents.jsonl")
QUESTIONS = read_rows("questions.jsonl")
TEXTS: dict[str, str] = {row["id"]: row["text"] for row in DOCUMENTS}
ANSWERABLE = [row for row in QUESTIONS if row["answerable"]]
UNANSWERABLE = [row for row in QUESTIONS if not row["answerable"]]


def spans(question: dict[str, Any]) -> list[str]:
    return [TEXTS[e["document"]][e["start"] : e["end"]] for e in question["evidence"]]


def gold_documents(question: dict[str, Any]) -> set[str]:
    return {e["document"] for e in question["evidence"]}


def content_stems(text: str) -> set[str]:
    words = re.findall(r"[a-z0-9]+(?:[.,-][a-z0-9]+)*", text.lower())
    return {STEMMER.stemWord(word) for word in words if word not in STOP_WORDS}


def overlap(question: dict[str, Any]) -> float:
    """Share of the question's content words that occur in its evidence."""
    asked = content_stems(question["question"])
    return len(asked & content_stems(" ".join(spans(question)))) / len(asked)


def by_id(row: dict[str, Any]) -> str:
    return str(row["id"])


def test_document_ids_are_unique_slugs_and_titles_are_unique() -> None:
    assert len(DOCUMENTS) >= 44
    assert len(TEXTS) == len(DOCUMENTS)
    assert len({row["title"] for row in DOCUMENTS}) == len(DOCUMENTS)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) for slug in TEXTS)


@pytest.mark.parametrize("document", DOCUMENTS, ids=by_id)
def test_document_is_clean_prose_of_the_promised_length(document: dict[str, Any]) -> None:
    assert set(document) == {"id", "title", "text"}
    text = document["text"]
    assert 250 <= len(text.split()) <= 600
    assert text == text.strip()
    assert text.count("\n\n") >= 2
    assert "\n\n\n" not in text
    assert "  " not in text
    odd = {c for c in text if not (c == "\n" or " " <= c <= "~" or c in BEYOND_ASCII)}
    assert not odd


def test_documents_are_not_of_one_length() -> None:
    lengths = sorted(len(text.split()) for text in TEXTS.values())
    assert lengths[-1] - lengths[0] >= 200
    assert lengths[len(lengths) * 9 // 10] - lengths[len(lengths) // 10] >= 120


def test_no_two_documents_share_a_run_of_eight_words() -> None:
    owners: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for slug, text in TEXTS.items():
        words = re.findall(r"[a-z0-9']+", text.lower())
        for i in range(len(words) - 7):
            owners[tuple(words[i : i + 8])].add(slug)
    assert {gram: who for gram, who in owners.items() if len(who) > 1} == {}


def test_no_two_documents_open_alike() -> None:
    openings = Counter(" ".join(text.lower().split()[:3]) for text in TEXTS.values())
    assert openings.most_common(1)[0][1] == 1


def test_question_ids_run_without_gaps_and_no_question_is_asked_twice() -> None:
    assert 200 <= len(QUESTIONS) <= 210
    assert [q["id"] for q in QUESTIONS] == [f"hb-{i:03d}" for i in range(1, len(QUESTIONS) + 1)]
    assert len({q["question"].casefold() for q in QUESTIONS}) == len(QUESTIONS)


def test_shares_of_types_and_wordings() -> None:
    types = Counter(q["type"] for q in QUESTIONS)
    assert set(types) == {"single", "two_document", "unanswerable"}
    assert 0.55 <= types["single"] / len(QUESTIONS) <= 0.65
    assert 0.17 <= types["two_document"] / len(QUESTIONS) <= 0.23
    assert 0.17 <= types["unanswerable"] / len(QUESTIONS) <= 0.23
    assert {q["wording"] for q in QUESTIONS} == {"near", "far"}
    far = sum(q["wording"] == "far" for q in ANSWERABLE)
    assert 0.30 <= far / len(ANSWERABLE) <= 0.40


@pytest.mark.parametrize("question", QUESTIONS, ids=by_id)
def test_question_row_has_exactly_the_promised_fields(question: dict[str, Any]) -> None:
    assert list(question) == [
        "id", "question", "answers", "evidence", "answerable", "type", "wording",
    ]  # fmt: skip
    assert question["question"].endswith("?")
    assert question["answerable"] is (question["type"] != "unanswerable")


@pytest.mark.parametrize("question", UNANSWERABLE, ids=by_id)
def test_unanswerable_question_has_neither_answer_nor_evidence(question: dict[str, Any]) -> None:
    assert question["answers"] == []
    assert question["evidence"] == []


@pytest.mark.parametrize("question", UNANSWERABLE, ids=by_id)
def test_unanswerable_question_is_a_near_miss(question: dict[str, Any]) -> None:
    """Some document holds at least half of the question's content words."""
    asked = content_stems(question["question"])
    best = max(len(asked & content_stems(text)) for text in TEXTS.values())
    assert best / len(asked) >= 0.5


@pytest.mark.parametrize("question", ANSWERABLE, ids=by_id)
def test_evidence_covers_whole_sentences(question: dict[str, Any]) -> None:
    for evidence in question["evidence"]:
        assert set(evidence) == {"document", "start", "end"}
        text, start, end = TEXTS[evidence["document"]], evidence["start"], evidence["end"]
        assert 0 <= start < end <= len(text)
        span = text[start:end]
        assert span == span.strip()
        assert span[0].isupper() or span[0].isdigit() or span[0] == '"'
        assert (
            start == 0
            or text[start - 1] == "\n"
            or text[:start].endswith((". ", "? ", "! ", '." '))
        )
        assert span.endswith((".", "?", "!", '"')) or end == len(text) or text[end] == "\n"


@pytest.mark.parametrize("question", ANSWERABLE, ids=by_id)
def test_an_answer_stands_verbatim_in_the_evidence(question: dict[str, Any]) -> None:
    answers = question["answers"]
    assert answers
    assert len(set(answers)) == len(answers)
    assert all(1 <= len(a.split()) <= 8 and a == a.strip() for a in answers)
    assert any(
        re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", span)
        for answer in answers
        for span in spans(question)
    )


@pytest.mark.parametrize("question", ANSWERABLE, ids=by_id)
def test_evidence_lies_in_as_many_documents_as_the_type_says(question: dict[str, Any]) -> None:
    documents = len(gold_documents(question))
    assert documents == 1 if question["type"] == "single" else documents >= 2
    keys = [(e["document"], e["start"], e["end"]) for e in question["evidence"]]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("question", ANSWERABLE, ids=by_id)
def test_question_does_not_give_its_answer_away(question: dict[str, Any]) -> None:
    assert not content_stems(question["answers"][0]) <= content_stems(question["question"])


def test_far_questions_share_clearly_fewer_words_with_their_evidence_than_near_ones() -> None:
    near = [overlap(q) for q in ANSWERABLE if q["wording"] == "near"]
    far = [overlap(q) for q in ANSWERABLE if q["wording"] == "far"]
    assert mean(far) <= 0.15
    assert max(far) <= 0.25
    assert mean(near) >= 0.50


def test_every_document_is_needed_by_some_question() -> None:
    assert set().union(*(gold_documents(q) for q in ANSWERABLE)) == set(TEXTS)


def test_evidence_is_spread_over_the_length_of_the_documents() -> None:
    thirds = Counter(
        3 * e["start"] // len(TEXTS[e["document"]])
        for q in ANSWERABLE
        if q["type"] == "single"
        for e in q["evidence"]
    )
    assert all(thirds[third] / thirds.total() >= 0.2 for third in range(3))


def test_whole_document_bm25_is_far_from_enough() -> None:
    slugs = list(TEXTS)
    index = bm25s.BM25()
    corpus = [f"{row['title']}\n{row['text']}" for row in DOCUMENTS]
    index.index(
        bm25s.tokenize(corpus, stopwords="en", stemmer=STEMMER, show_progress=False),
        show_progress=False,
    )

    def first_is_gold(question: dict[str, Any]) -> bool:
        query = bm25s.tokenize(
            question["question"], stopwords="en", stemmer=STEMMER, show_progress=False
        )
        ranked, _ = index.retrieve(query, k=1, show_progress=False)
        return slugs[int(ranked[0, 0])] in gold_documents(question)

    near = mean(first_is_gold(q) for q in ANSWERABLE if q["wording"] == "near")
    far = mean(first_is_gold(q) for q in ANSWERABLE if q["wording"] == "far")
    assert far <= 0.6
    assert near <= 0.6


def test_readme_states_the_true_counts() -> None:
    readme = (HANDBOOK / "README.md").read_text(encoding="utf-8")
    lengths = [len(text.split()) for text in TEXTS.values()]
    assert f"| `documents.jsonl` | {len(DOCUMENTS)} |" in readme
    assert f"{min(lengths)} to {max(lengths)} words each, {sum(lengths):,} in all" in readme
    assert f"| {len(QUESTIONS)} | {len(ANSWERABLE)} answerable, {len(UNANSWERABLE)} not" in readme
    cells = Counter((q["type"], q["wording"]) for q in QUESTIONS)
    for kind in ("single", "two_document", "unanswerable"):
        near, far = cells[kind, "near"], cells[kind, "far"]
        assert f"| `{kind}` | {near} | {far} | {near + far} |" in readme
    for wording, phrase in (("near", "{} per cent of a near"), ("far", "{} per cent of a far")):
        measured = mean(overlap(q) for q in ANSWERABLE if q["wording"] == wording)
        assert phrase.format(round(100 * measured)) in " ".join(readme.split())
