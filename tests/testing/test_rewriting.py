"""Questions said otherwise, split, and turned into plans."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

Ask = Callable[..., str]

BUILT = "Who built the lighthouse at Cape Orlin?"
TWO_HOPS = "What is the capital of the country that won the cup in 1974?"


@pytest.mark.parametrize(
    "prompt",
    [
        "Rewrite this question as a query for a search engine. Reply with the query alone.\n\n"
        "Question: Could you please tell me who built the lighthouse at Cape Orlin?",
        "Turn the user's question into search keywords.\n\nUser question: So who built the "
        "lighthouse at Cape Orlin?",
        "Reformulate the query below so that a retriever finds better documents.\nQuery: " + BUILT,
    ],
)
def test_a_question_is_rewritten_for_a_search(ask: Ask, prompt: str) -> None:
    reply = ask(prompt)
    assert reply.lower().split() == ["built", "lighthouse", "cape", "orlin"]


@pytest.mark.parametrize(
    ("prompt", "count"),
    [
        (f"Write 4 paraphrases of this question, one per line.\n\nQuestion: {BUILT}", 4),
        (
            "You are an assistant that helps retrieval. Generate five different versions of the "
            f"given question, separated by newlines.\nOriginal question: {BUILT}",
            5,
        ),
        (f'Give three alternative wordings of the question "{BUILT}", each on its own line.', 3),
    ],
)
def test_a_question_is_paraphrased_as_often_as_asked(ask: Ask, prompt: str, count: int) -> None:
    lines = ask(prompt).split("\n")
    assert len(set(lines)) == len(lines) == count
    assert BUILT not in lines
    assert all("Orlin" in line for line in lines)


def test_a_list_is_numbered_or_json_as_asked(ask: Ask) -> None:
    numbered = ask(f"Paraphrase the question twice as a numbered list of 2 questions.\nQ: {BUILT}")
    assert [line[:3] for line in numbered.split("\n")] == ["1. ", "2. "]
    prompt = f"Write 3 paraphrases as a JSON list of strings.\n\nQuestion: {BUILT}"
    assert len(json.loads(ask(prompt))) == 3


@pytest.mark.parametrize(
    "prompt",
    [
        f"Take a step back and ask a more general question.\n\nQuestion: {BUILT}",
        f"Write a broader, higher-level question that this one is part of.\nQuestion: {BUILT}",
    ],
)
def test_a_step_back_is_more_general_and_of_the_same_thing(ask: Ask, prompt: str) -> None:
    reply = ask(prompt)
    assert reply.endswith("?")
    assert "Cape Orlin" in reply
    assert "lighthouse" not in reply


@pytest.mark.parametrize(
    "prompt",
    [
        "Break the question down into sub-questions, one per line.\n\nQuestion: {}",
        "Decompose this query into simpler questions that can be answered one after the other. "
        "Each on a separate line.\nQuery: {}",
        "Which smaller questions must be answered before this one? Write them line by line.\n"
        "<question>{}</question>",
    ],
)
@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        (TWO_HOPS, "Which country won the cup in 1974?", "What is the capital of that country?"),
        (
            "When was Havlund Pryce founded, and who runs it now?",
            "When was Havlund Pryce founded?",
            "Who runs Havlund Pryce now?",
        ),
        (
            "Who is Anna Brandt's brother's wife?",
            "Who is Anna Brandt's brother?",
            "Who is that brother's wife?",
        ),
        ("Which film is older, Blue Tide or Red Harbour?", "Blue Tide", "Red Harbour"),
        (BUILT, BUILT, BUILT),
    ],
)
def test_a_question_is_split(ask: Ask, prompt: str, question: str, first: str, last: str) -> None:
    lines = ask(prompt.format(question)).split("\n")
    assert first in lines[0]
    assert last in lines[-1]
    assert len(lines) == (1 if first == last else 2)


@pytest.mark.parametrize(
    "prompt",
    [
        f"Please write a passage to answer the question.\nQuestion: {BUILT}\nPassage:",
        f"Write a short hypothetical document that answers this query: {BUILT}",
    ],
)
def test_a_hypothetical_passage_has_the_words_of_the_question(ask: Ask, prompt: str) -> None:
    reply = ask(prompt)
    assert "lighthouse at Cape Orlin" in reply
    assert not reply.endswith("?")
    assert len(reply.split()) > 10


@pytest.mark.parametrize(
    "prompt",
    [
        "Write three questions that the following passage answers, one per line.\n\n{}",
        "What questions could someone ask that this text answers? List 3 questions, each on a "
        "new line.\n\n{}",
    ],
)
def test_questions_that_a_passage_answers(ask: Ask, prompt: str) -> None:
    passage = (
        "Passage: The lighthouse at Cape Orlin was built in 1874 by Maria Venn. It stands 41 "
        "metres tall. Boats come by in the summer months."
    )
    lines = ask(prompt.format(passage)).split("\n")
    assert len(set(lines)) == 3
    assert all(line.endswith("?") for line in lines)
    assert any("Cape Orlin" in line for line in lines)


@pytest.mark.parametrize(
    "prompt",
    [
        "Make a plan of numbered steps to answer the question.\n\nQuestion: {}",
        "You are a planner. Write down the steps, numbered, that lead to the answer.\nTask: {}",
    ],
)
def test_a_plan_has_numbered_steps(ask: Ask, prompt: str) -> None:
    lines = ask(prompt.format(TWO_HOPS)).split("\n")
    assert [line[:2] for line in lines] == ["1.", "2.", "3."]
    assert "country won the cup" in lines[0]


@pytest.mark.parametrize(
    ("prompt", "pattern"),
    [
        (
            "Make a plan. Each step calls a tool and stores the result in a variable, such as\n"
            "Plan: find the author.\n#E1 = Search[author of the book]\n\nTask: {}",
            r"#E(\d) = Search\[(.+)\]",
        ),
        (
            "Write an abstract chain of reasoning with placeholders for what you do not know, "
            'for example: [FUNC search("mother of Ada") = y1].\n\nQuestion: {}',
            r'\[FUNC search\("(.+)"\) = y(\d)\]',
        ),
    ],
)
def test_a_plan_with_placeholders_follows_the_example(ask: Ask, prompt: str, pattern: str) -> None:
    reply = ask(prompt.format(TWO_HOPS))
    first, second = re.findall(pattern, reply)
    assert "1" in first
    assert "2" in second
    assert any("country won cup 1974" in part for part in first)
    assert any("#E1" in part or "y1" in part for part in second)
