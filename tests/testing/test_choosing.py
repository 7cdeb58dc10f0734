"""Candidate answers chosen among; whether passages suffice, and what to look for next."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Ask = Callable[..., str]

BUILT = "Who built the lighthouse at Cape Orlin?"
BORN = "In which town was the engineer who built the lighthouse at Cape Orlin born?"
HALF = "[1] The lighthouse at Cape Orlin was built in 1874 by the engineer Maria Venn."


@pytest.mark.parametrize(
    ("prompt", "reply"),
    [
        (
            "Which of these candidate answers is best supported by the passages? Reply with its "
            "number.\n\nQuestion: {question}\n\nPassages:\n{passages}\n\nCandidates:\n"
            "1. Tobias Pryce\n2. Maria Venn\n3. nobody",
            "2",
        ),
        (
            "Choose the best answer to the question. Reply with the letter only.\n\nQuestion: "
            "{question}\n\nContext:\n{passages}\n\nAnswer A: Tobias Pryce\nAnswer B: Maria Venn",
            "B",
        ),
        (
            "Several models answered. Reply with the answer that most of them agree on.\n\n"
            "Question: {question}\n\nAnswer 1: Maria Venn\nAnswer 2: It was Maria Venn\n"
            "Answer 3: Tobias Pryce",
            "Maria Venn",
        ),
    ],
)
def test_the_best_of_several_answers_is_chosen(
    ask: Ask, passages: str, prompt: str, reply: str
) -> None:
    assert reply in ask(prompt.format(question=BUILT, passages=passages))


def test_a_multiple_choice_question(ask: Ask) -> None:
    prompt = (
        "Answer the multiple-choice question with the letter only.\n\nQuestion: What shows ships "
        "the way at night?\nOptions:\nA. bread and butter\nB. a light for ships\nC. money"
    )
    assert ask(prompt) == "B"


@pytest.mark.parametrize(
    "prompt",
    [
        "Do the passages hold enough to answer the question? Reply with YES or NO.\n\nPassages:\n"
        "{passages}\n\nQuestion: {question}",
        "Is the context sufficient to answer the query? Say yes or no.\n\nQuery: {question}\n\n"
        "Context:\n{passages}",
    ],
)
def test_whether_passages_suffice(ask: Ask, passages: str, prompt: str) -> None:
    assert ask(prompt.format(passages=passages, question=BORN)).lower() == "yes"
    asked = "How many people work at the bakery in Dorvale?"
    assert ask(prompt.format(passages=passages, question=asked)).lower() == "no"


@pytest.mark.parametrize(
    "prompt",
    [
        "Write the next search query that finds what the passages do not tell yet. If nothing is "
        "missing, reply DONE.\n\nPassages:\n{passages}\n\nQuestion: {question}",
        "Given what is known, ask one follow-up question. If the answer is known, reply with "
        "DONE.\n\nQuestion: {question}\n\nKnown so far:\n{passages}",
    ],
)
def test_what_to_look_for_next(ask: Ask, passages: str, prompt: str) -> None:
    query = ask(prompt.format(passages=HALF, question=BORN))
    assert "Maria Venn" in query
    assert "born" in query
    assert ask(prompt.format(passages=passages, question=BORN)) == "DONE"


def test_a_plan_is_gone_on_with_by_what_was_found(ask: Ask) -> None:
    prompt = (
        "If the answer is known by now, reply 'ANSWER: <answer>'. Otherwise write the next step."
        "\n\nQuestion: {question}\n\nPlan:\n1. Find who built the lighthouse\n2. Find the town\n\n"
        "Found so far:\n{found}"
    )
    first = ask(prompt.format(question=BORN, found=HALF))
    assert "Maria Venn" in first
    assert not first.startswith("ANSWER")
    found = f"{HALF}\n[2] Maria Venn was born in the town of Lindhamn."
    assert ask(prompt.format(question=BORN, found=found)).startswith("ANSWER: Lindhamn")


def test_variables_are_filled_in(ask: Ask) -> None:
    prompt = (
        "Answer the question from the chain and its results.\n\nReasoning: The lighthouse at Cape "
        "Orlin was built by y1, an engineer who was born in the town of y2.\n\ny1 = Maria Venn\n"
        f"y2 = Lindhamn\n\nQuestion: {BORN}"
    )
    assert ask(prompt) == "Lindhamn"


def test_a_follow_up_question_is_made_to_stand_alone(ask: Ask) -> None:
    prompt = (
        "Rephrase the follow-up question to be a standalone question.\n\nConversation:\nUser: "
        "Tell me about Cape Orlin.\nAssistant: It is a village.\n\nFollow-up question: When did "
        "its harbour freeze?\nStandalone question:"
    )
    assert "Cape Orlin's harbour" in ask(prompt)


def test_an_attempt_is_rated_and_not_gone_on_with(ask: Ask) -> None:
    prompt = (
        "Rate how promising this attempt is, from 1 to 10. Reply with the number.\n\nQuestion: "
        f"{BUILT}\n\nAttempt:\nThought: I search.\nAction: search[lighthouse]\nObservation: {{}}"
    )
    good = int(ask(prompt.format(HALF)))
    bad = int(ask(prompt.format("No results found.")))
    assert good > bad
