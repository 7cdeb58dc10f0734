"""Answering from passages, in the form that a prompt asks for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

Ask = Callable[..., str]

BUILT = "Who built the lighthouse at Cape Orlin?"
TALL = "How tall is the lighthouse at Cape Orlin?"
BAKERY = "How many people work at the bakery in Dorvale?"
BORN = "In which town was the engineer who built the lighthouse at Cape Orlin born?"

PROMPTS = {
    "numbered": (
        "Answer from these passages alone.\n\n{passages}\n\nQuestion: {question}\n\nReply with "
        "the answer alone. If the passages do not hold it, reply with exactly: NOT ANSWERABLE"
    ),
    "context": (
        "Use the following pieces of context to answer the question at the end. If you don't "
        'find the answer there, just say "NOT ANSWERABLE", don\'t make one up.\n\nContext:\n'
        "{passages}\n\nQuestion: {question}\nHelpful answer:"
    ),
    "tags": (
        "<documents>\n{passages}\n</documents>\n\n<question>{question}</question>\n\nIn as few "
        "words as you can, what is the answer? Say NOT ANSWERABLE if there is none in the "
        "documents."
    ),
    "fence": (
        'Here is some text:\n```\n{passages}\n```\nAnswer this question from it: "{question}" '
        "When the text cannot answer it, write NOT ANSWERABLE."
    ),
}


@pytest.mark.parametrize("prompt", PROMPTS.values(), ids=PROMPTS.keys())
@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (BUILT, "Maria Venn"),
        (TALL, "41 metres"),
        ("When was the lighthouse at Cape Orlin built?", "1874"),
        ("What freezes at Cape Orlin in winter?", "harbour"),
        (BORN, "Lindhamn"),
        (BAKERY, "NOT ANSWERABLE"),
        ("Who painted the ceiling of the town hall in Dorvale?", "NOT ANSWERABLE"),
    ],
)
def test_a_question_is_answered_from_the_passages_or_declined(
    ask: Ask, passages: str, prompt: str, question: str, answer: str
) -> None:
    reply = ask(prompt.format(passages=passages, question=question))
    assert answer.lower() in reply.lower()
    assert len(reply.split()) <= 8


def test_passages_in_the_system_message_and_a_bare_question(ask: Ask, passages: str) -> None:
    system = f"You answer from these documents and nothing else.\n\nDocuments:\n\n{passages}"
    assert ask(BUILT, system) == "Maria Venn"


def test_the_last_question_is_the_one_to_answer(ask: Ask, passages: str) -> None:
    prompt = (
        "Answer as in the examples.\n\nQuestion: What is the capital of France?\nAnswer: Paris\n\n"
        "Question: Who wrote Emma?\nAnswer: Jane Austen\n\n"
        f"Passages:\n{passages}\n\nQuestion: {BUILT}\nAnswer:"
    )
    assert ask(prompt) == "Maria Venn"


@pytest.mark.parametrize(
    "form",
    [
        "Think step by step, then end with one line of this form:\n\nAnswer: <the answer>",
        "First reason about the passages. Then finish with a line 'Answer: <answer>'.",
        "Explain your reasoning before you answer. The last line must be:\nAnswer: ...",
    ],
)
def test_the_answer_is_the_last_line_after_reasoning(ask: Ask, passages: str, form: str) -> None:
    reply = ask(f"{passages}\n\nQuestion: {BUILT}\n\nAnswer the question. {form}")
    *reasons, last = reply.split("\n")
    assert last == "Answer: Maria Venn"
    assert "[1]" in " ".join(reasons)


@pytest.mark.parametrize(
    "form",
    [
        "If you cannot tell, say: I cannot tell.",
        "If the answer is not in the passages, reply 'I cannot tell'.",
        'When you do not know, that is, if there is no answer, output "I cannot tell"',
    ],
)
def test_it_declines_in_the_words_that_are_asked_for(ask: Ask, passages: str, form: str) -> None:
    reply = ask(f"Answer the question. {form}\n\n{passages}\n\nQuestion: {BAKERY}")
    assert reply == "I cannot tell"


@pytest.mark.parametrize(
    "form",
    [
        'Reply with JSON: {"answer": "...", "sources": [1], "confidence": <0 to 1>}',
        "Return a JSON object with the keys `answer`, `sources` and `confidence`.",
        "Output JSON with keys answer, sources, and confidence.",
    ],
)
def test_an_answer_as_json(ask: Ask, passages: str, form: str) -> None:
    found = json.loads(ask(f"Answer the question. {form}\n\n{passages}\n\nQuestion: {BUILT}"))
    assert found["answer"] == "Maria Venn"
    assert found["sources"] == [1]
    assert 0.5 < found["confidence"] <= 1


@pytest.mark.parametrize(
    "form", ["Cite the passages that you use as [n].", "Give citations such as [1] or [2]."]
)
def test_sources_are_cited(ask: Ask, passages: str, form: str) -> None:
    reply = ask(f"Answer the question. {form}\n\n{passages}\n\nQuestion: {BORN}")
    assert re.findall(r"\[\d\]", reply) == ["[1]", "[3]"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Is Cape Orlin a fishing village?", "yes"),
        ("Was the lighthouse at Cape Orlin built in 1874?", "yes"),
    ],
)
def test_yes_or_no(ask: Ask, passages: str, question: str, answer: str) -> None:
    assert ask(f"Answer from the passages.\n\n{passages}\n\nQuestion: {question}") == answer


def test_answers_to_sub_questions_are_put_together(ask: Ask) -> None:
    prompt = (
        "Answer the question from what was found out.\n\n"
        "Sub-question 1: Which engineer built the lighthouse at Cape Orlin? Maria Venn\n"
        "Sub-question 2: In which town was Maria Venn born? Lindhamn\n\n"
        f"Question: {BORN}"
    )
    assert "Lindhamn" in ask(prompt)


def test_answers_under_their_sub_questions_are_put_together(ask: Ask) -> None:
    prompt = (
        "Use the sub-questions and their answers to answer the question.\n\n"
        "Sub-question 1: Which engineer built the lighthouse at Cape Orlin?\nAnswer 1: Maria "
        "Venn\n\nSub-question 2: In which town was the engineer born?\nAnswer 2: Lindhamn\n\n"
        f"Question: {BORN}"
    )
    assert "Lindhamn" in ask(prompt)


@pytest.mark.parametrize("rule", ["---", "====="])
def test_passages_set_apart_by_rules(ask: Ask, rule: str) -> None:
    texts = ["The harbour freezes in winter.", "The lighthouse at Cape Orlin: built by Maria Venn."]
    joined = f"\n{rule}\n".join(texts)
    prompt = f"Answer the question.\n\nContext:\n{rule}\n{joined}\n{rule}\n\nQuestion: {BUILT}"
    assert ask(prompt) == "Maria Venn"
