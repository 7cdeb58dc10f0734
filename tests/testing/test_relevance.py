"""Passages scored, compared, ordered, shortened and described."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

Ask = Callable[..., str]

BUILT = "Who built the lighthouse at Cape Orlin?"
GOOD = "The lighthouse at Cape Orlin was built in 1874 by the engineer Maria Venn."
NEAR = "Cape Orlin is a fishing village. Its harbour freezes in winter."
FAR = "Bread is baked at noon, and sold from the back door."


@pytest.mark.parametrize(
    "prompt",
    [
        "Rate from 0 to 10 how relevant the passage is to the question. Reply with the number "
        "only.\n\nQuestion: {question}\n\nPassage: {passage}",
        "On a scale of 0-10, how well does this document answer the query? Output a single "
        "integer.\n\n<query>{question}</query>\n<document>{passage}</document>",
        "You judge search results. Give the text a relevance score between 0 and 10, nothing "
        'else.\n\nText:\n"""\n{passage}\n"""\n\nQuery: {question}\nScore:',
    ],
)
def test_a_passage_is_scored(ask: Ask, prompt: str) -> None:
    good, near, far = (
        int(ask(prompt.format(question=BUILT, passage=passage))) for passage in (GOOD, NEAR, FAR)
    )
    assert 10 >= good >= 8
    assert good > near > far
    assert 0 <= far <= 2


@pytest.mark.parametrize(
    ("prompt", "yes", "no"),
    [
        (
            "Does the passage help to answer the question? Answer Yes or No.\n\nPassage: "
            "{passage}\nQuestion: {question}",
            "Yes",
            "No",
        ),
        (
            "Is this document relevant for the query? Reply 'relevant' or 'irrelevant'.\n\n"
            "Query: {question}\nDocument: {passage}",
            "relevant",
            "irrelevant",
        ),
        (
            "Decide whether the context contains what is needed to answer. Say TRUE or FALSE.\n\n"
            "Question: {question}\nContext: {passage}",
            "TRUE",
            "FALSE",
        ),
    ],
)
def test_relevance_in_two_words(ask: Ask, prompt: str, yes: str, no: str) -> None:
    assert ask(prompt.format(question=BUILT, passage=GOOD)) == yes
    assert ask(prompt.format(question=BUILT, passage=FAR)) == no


@pytest.mark.parametrize(
    ("prompt", "first", "second"),
    [
        (
            "Which of the two passages answers the question better? Reply with A or B.\n\n"
            "Question: {question}\n\nPassage A: {a}\n\nPassage B: {b}",
            "A",
            "B",
        ),
        (
            "Given a query, which document is more relevant? Output only 1 or 2.\n\n"
            "Query: {question}\n\nDocument [1]: {a}\n\nDocument [2]: {b}",
            "1",
            "2",
        ),
    ],
)
def test_two_passages_are_compared(ask: Ask, prompt: str, first: str, second: str) -> None:
    assert ask(prompt.format(question=BUILT, a=GOOD, b=NEAR)) == first
    assert ask(prompt.format(question=BUILT, a=FAR, b=GOOD)) == second


NUMBERED = f"[1] {FAR}\n\n[2] {GOOD}\n\n[3] {NEAR}"


@pytest.mark.parametrize(
    ("prompt", "reply"),
    [
        (
            "I will give you 3 passages. Rank them by their relevance to the query. Use the form "
            "[3] > [1] > [2].\n\nQuery: {question}\n\n{passages}",
            "[2] > [3] > [1]",
        ),
        (
            "Order the passages from the most to the least relevant. Reply with a JSON list of "
            "their numbers.\n\nQuestion: {question}\n\nPassages:\n{passages}",
            "[2, 3, 1]",
        ),
        (
            "Sort these documents by how well they answer the question, best first. Give the "
            "numbers, separated by commas.\n\nDocuments:\n{passages}\n\nQuestion: {question}",
            "2, 3, 1",
        ),
        (
            'Rerank the passages for the query. Return JSON such as {{"ranking": [3, 1, 2]}}.\n\n'
            "{passages}\n\nQuery: {question}",
            '{"ranking": [2, 3, 1]}',
        ),
    ],
)
def test_passages_are_ordered(ask: Ask, prompt: str, reply: str) -> None:
    assert ask(prompt.format(question=BUILT, passages=NUMBERED)) == reply


def test_an_order_holds_each_passage_once_however_many_there_are(ask: Ask) -> None:
    passages = "\n\n".join(f"[{n}] Text {n} on the lighthouse." for n in range(1, 21))
    reply = ask(f"Rank the passages, as in [2] > [1].\n\nQuery: {BUILT}\n\n{passages}")
    marks = re.findall(r"\[(\d+)\]", reply)
    assert len(set(marks)) == len(marks) >= 19


@pytest.mark.parametrize(
    "prompt",
    [
        "Copy the sentences of the passages that help to answer the question, word for word. If "
        "there is none, reply NONE.\n\nQuestion: {question}\n\n{passages}",
        "Extract from the context every sentence that is relevant to the query, unchanged. "
        "Output NONE when nothing is relevant.\n\nContext:\n{passages}\n\nQuery: {question}",
    ],
)
def test_relevant_sentences_are_copied(ask: Ask, prompt: str) -> None:
    assert ask(prompt.format(question=BUILT, passages=NUMBERED)) == GOOD
    asked = "How heavy is the anchor of the Seahawk?"
    assert ask(prompt.format(question=asked, passages=NUMBERED)) == "NONE"


def test_each_of_several_passages_is_scored(ask: Ask) -> None:
    prompt = (
        "Rate every passage from 0 to 10 for its relevance. Return JSON: "
        '[{"passage": 1, "score": 7}]\n\n'
        f"Question: {BUILT}\n\n{NUMBERED}"
    )
    found = json.loads(ask(prompt))
    assert [entry["passage"] for entry in found] == [1, 2, 3]
    scores = [entry["score"] for entry in found]
    assert scores[1] > scores[2] > scores[0]


def test_a_passage_is_useful_if_a_given_answer_stands_in_it(ask: Ask) -> None:
    prompt = (
        "Given question, answer and context, say whether the context was useful in arriving at "
        "the answer. Reply 1 if useful and 0 if not.\n\nQuestion: Who made it?\nContext: {}\n"
        "Answer: Maria Venn, an engineer"
    )
    assert ask(prompt.format(GOOD)) == "1"
    assert ask(prompt.format(FAR)) == "0"


@pytest.mark.parametrize(
    "prompt",
    [
        "Summarise the passage in one sentence.\n\nPassage: {}",
        "Write a one sentence summary of this text.\n\n<text>{}</text>",
    ],
)
def test_a_passage_is_summed_up_by_a_sentence_of_its_own(ask: Ask, prompt: str) -> None:
    assert ask(prompt.format(f"{GOOD} {NEAR}")) in f"{GOOD} {NEAR}"


def test_a_header_names_what_a_passage_is_about(ask: Ask) -> None:
    reply = ask(f"Write a short header for this chunk of a document.\n\nChunk: {GOOD}")
    assert "Cape Orlin" in reply
    assert len(reply.split()) < 8
