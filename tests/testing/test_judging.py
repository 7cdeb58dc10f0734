"""Replies and statements judged, criticised and mended; options chosen among."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

Ask = Callable[..., str]

BUILT = "Who built the lighthouse at Cape Orlin?"


@pytest.mark.parametrize(
    ("prompt", "good", "bad"),
    [
        (
            "Question: {question}\nReference answer: {reference}\nAnswer: {reply}\n\nIs the "
            "answer correct? Reply with CORRECT or INCORRECT.",
            "CORRECT",
            "INCORRECT",
        ),
        (
            "Compare the student's response with the ground truth. Does it say the same? Answer "
            "yes or no.\n\n[Question]: {question}\nGround truth: {reference}\nStudent's "
            "response: {reply}",
            "yes",
            "no",
        ),
        (
            "You grade answers. Given a question, the expected answer and a prediction, give 1 if "
            "the prediction is right and 0 if it is wrong.\n\nQuestion: {question}\nExpected: "
            "{reference}\nPrediction: {reply}\nGrade:",
            "1",
            "0",
        ),
        (
            "<question>{question}</question>\n<reference>{reference}</reference>\n"
            "<answer>{reply}</answer>\n\nDo both answers agree? End with a line 'Verdict: <agree "
            "or disagree>'.",
            "Verdict: agree",
            "Verdict: disagree",
        ),
    ],
)
@pytest.mark.parametrize(
    ("reference", "reply", "agrees"),
    [
        ("Maria Venn", "It was built by Maria Venn.", True),
        ("Maria Venn", "Tobias Pryce", False),
        ("41 metres", "It is 41 metres tall", True),
        ("41 metres", "40 metres", False),
        ("Maria Venn", "I do not know.", False),
        ("NOT ANSWERABLE", "The passages do not tell: not answerable", True),
        ("an octopus | octopus", "octopus", True),
        ("an octopus / octopus", "octopus", True),
        ("twenty-one metres", "21 metres", True),
        ("12 metres", "about Twelve metres", True),
        ("10 to 32 volts", "from 10 volts", False),
        ("41 metres", "It is not 40 metres but 41 metres.", True),
        ("41 metres", "Not 41 metres: more.", False),
    ],
)
def test_a_reply_is_judged_against_a_reference(
    ask: Ask, prompt: str, good: str, bad: str, reference: str, reply: str, agrees: bool
) -> None:
    asked = prompt.format(question=BUILT, reference=reference, reply=reply)
    assert ask(asked).split("\n")[-1] == (good if agrees else bad)


@pytest.mark.parametrize(
    "form",
    [
        'Reply with JSON: {"score": <0-5>, "reason": "..."}',
        "Return a JSON object with keys `score` (an integer from 0 to 5) and `reason`.",
    ],
)
def test_agreement_is_scored_as_json(ask: Ask, form: str) -> None:
    def judged(reply: str) -> int:
        found = json.loads(
            ask(
                f"Judge how well the reply agrees with the reference. {form}\n\nQuestion: {BUILT}"
                f"\nReference: Maria Venn\nReply: {reply}"
            )
        )
        assert found["reason"]
        return int(found["score"])

    assert judged("Maria Venn") >= 4
    assert judged("Tobias Pryce") <= 1


@pytest.mark.parametrize(
    "form",
    [
        "Give a mark from 1 to 5, where 5 is best. Reply with the number only.",
        "Award points from 1 to 5 for how much of the gold answer is there. Only the number.",
        "Rate it on a scale from 1 to 5 and reply with the number alone.",
    ],
)
def test_marks_are_given_as_told_behind_the_reply(ask: Ask, form: str) -> None:
    def marks(reply: str) -> int:
        return int(ask(f"Question: {BUILT}\n\nGold answer: Maria Venn\n\nReply: {reply}\n\n{form}"))

    assert marks("Maria Venn") >= 4
    assert marks("Tobias Pryce") <= 2


@pytest.mark.parametrize(
    "form",
    [
        "Explain in one sentence how the answers differ. Then write one line, either\n\nOutcome: "
        "pass\n\nor\n\nOutcome: fail",
        "Say in a short sentence how these answers differ, then reply in one of these forms:\n\n"
        "Outcome: pass\n\nor\n\nOutcome: fail",
    ],
)
def test_the_reason_stands_before_the_verdict_where_it_is_asked_for(ask: Ask, form: str) -> None:
    reply = ask(
        f"Question: {BUILT}\n\nExpected answer: Maria Venn\n\nGiven answer: Tobias Pryce\n\n{form}"
    )
    reason, verdict = reply.split("\n\n")
    assert "reference" in reason
    assert verdict == "Outcome: fail"


def test_a_poor_model_overlooks_numbers_and_negations_now_and_then(ask: Ask) -> None:
    wrong = [
        f"Question: How tall is tower {n}?\nReference answer: It is {n + 30} metres tall\nAnswer: "
        f"It is {n + 29} metres tall\n\nIs the answer correct? Reply with CORRECT or INCORRECT."
        for n in range(60)
    ]
    found = {
        model: sum(ask(prompt, model=model).endswith("INCORRECT") for prompt in wrong)
        for model in ("practice-small", "practice-large")
    }
    assert found["practice-small"] < found["practice-large"]
    assert found["practice-large"] >= 58


@pytest.mark.parametrize(
    "prompt",
    [
        "Is the statement supported by the passages? Answer yes or no.\n\nPassages:\n{passages}"
        "\n\nStatement: {statement}",
        "Context:\n{passages}\n\nClaim: {statement}\n\nDoes the claim follow from the context? "
        "Reply with yes or no only.",
        "Judge the faithfulness of the answer: can all of it be inferred from the context?\n\n"
        "<context>\n{passages}\n</context>\n<answer>{statement}</answer>\n\nSay yes or no.",
    ],
)
@pytest.mark.parametrize(
    ("statement", "reply"),
    [
        ("Maria Venn built the lighthouse in 1874.", "yes"),
        ("The harbour of Cape Orlin freezes in winter.", "yes"),
        ("Maria Venn built the lighthouse in 1899.", "no"),
        ("Tobias Pryce founded a bakery in Dorvale.", "no"),
    ],
)
def test_a_statement_is_checked_against_passages(
    ask: Ask, passages: str, prompt: str, statement: str, reply: str
) -> None:
    assert ask(prompt.format(passages=passages, statement=statement)).lower() == reply


def test_each_of_several_statements_is_checked(ask: Ask, passages: str) -> None:
    prompt = (
        "For each statement, say whether it can be inferred from the context. Return JSON: "
        '{"verdicts": [{"statement": "...", "supported": true}]}\n\n'
        "Statements:\n1. Maria Venn built the lighthouse.\n2. The lighthouse is in Norway.\n\n"
        f"Context:\n{passages}"
    )
    found = json.loads(ask(prompt))["verdicts"]
    assert [entry["supported"] for entry in found] == [True, False]
    assert found[0]["statement"] == "Maria Venn built the lighthouse."


@pytest.mark.parametrize(
    "form",
    [
        "Break the answer down into statements, one per line.",
        "List the claims that the reply makes. Each on its own line.",
    ],
)
def test_an_answer_is_split_into_statements(ask: Ask, form: str) -> None:
    reply = ask(
        f"{form}\n\nQuestion: {BUILT}\nAnswer: Maria Venn built it in 1874, and she was born in "
        "Lindhamn. It is 41 metres tall."
    )
    assert len(reply.split("\n")) == 3
    assert "Maria Venn was born in Lindhamn" in reply


@pytest.mark.parametrize(
    "prompt",
    [
        "How confident are you, from 0 to 100, that the proposed answer is right? Reply with the "
        "number.\n\nPassages:\n{passages}\n\nQuestion: {question}\nProposed answer: {reply}",
        "Score this answer from 0 to 100 by the documents.\n\nDocuments:\n{passages}\n\n"
        "Question: {question}\nAnswer: {reply}\nScore:",
    ],
)
def test_a_reply_is_rated_without_a_reference(ask: Ask, passages: str, prompt: str) -> None:
    def rated(reply: str) -> int:
        return int(ask(prompt.format(passages=passages, question=BUILT, reply=reply)))

    assert rated("Maria Venn") > 60
    assert rated("Tobias Pryce") < 60
    assert rated("I do not know") < 30


@pytest.mark.parametrize(
    "prompt",
    [
        "Criticise the draft answer. If nothing is wrong with it, reply with exactly: NO CHANGE"
        "\n\nQuestion: {question}\n\nPassages:\n{passages}\n\nDraft answer: {reply}",
        "You review answers. Point out mistakes in the answer below; if it is good, say "
        '"NO CHANGE".\n\nContext:\n{passages}\n\nQuestion: {question}\nAnswer: {reply}',
    ],
)
def test_a_reply_is_criticised_if_the_passages_speak_against_it(
    ask: Ask, passages: str, prompt: str
) -> None:
    def critique(reply: str) -> str:
        return ask(prompt.format(passages=passages, question=BUILT, reply=reply))

    assert critique("Maria Venn built it.") == "NO CHANGE"
    assert "Maria Venn" in critique("Tobias Pryce built it in 1901.")
    assert "Maria Venn" in critique("I do not know.")


@pytest.mark.parametrize(
    "prompt",
    [
        "Improve the draft according to the critique. Reply with the answer alone.\n\nQuestion: "
        "{question}\n\nPassages:\n{passages}\n\nDraft: {reply}\n\nCritique: {critique}",
        "Given feedback on your answer, write a better answer to the question.\n\nContext:\n"
        "{passages}\n\nQuestion: {question}\nPrevious answer: {reply}\nFeedback: {critique}",
    ],
)
def test_a_reply_is_revised(ask: Ask, passages: str, prompt: str) -> None:
    reply = ask(
        prompt.format(
            passages=passages,
            question=BUILT,
            reply="Tobias Pryce",
            critique="The passages do not bear it out.",
        )
    )
    assert reply == "Maria Venn"


SIMPLE = "What is the height of the lighthouse?"
HARD = "Which is older, the lighthouse that Maria Venn built or the church in Lindhamn?"


@pytest.mark.parametrize(
    "prompt",
    [
        "Choose the best option for the question. Reply with its name only.\n\nOptions:\n"
        "- direct: answers simple questions with a single search\n"
        "- agent: for complex questions that need several steps\n\nQuestion: {}",
        "You are a router. Pick the strategy that suits the query and output its name.\n\n"
        "Strategies:\n1. direct (fast, for easy questions)\n2. agent (slow, compares and combines "
        "facts)\n\nQuery: {}",
        "Classify the question as one of: direct, agent.\n\nOptions:\ndirect - one fact, cheap\n"
        "agent - multi-step reasoning\n\nQuestion: {}",
    ],
)
def test_a_question_is_routed_by_how_hard_it_is(ask: Ask, prompt: str) -> None:
    assert ask(prompt.format(SIMPLE)) == "direct"
    assert ask(prompt.format(HARD)) == "agent"


def test_a_question_is_routed_by_what_it_is_about(ask: Ask) -> None:
    prompt = (
        "Select the collection to search. Answer with its number.\n\nOptions:\n"
        "1. prices: fees, prices and invoices\n2. people: births, families and staff\n"
        "3. ships: vessels, hulls and engines\n\nQuestion: {}"
    )
    assert ask(prompt.format("What fees stand on the invoice?")) == "1"
    assert ask(prompt.format("How many engines do the vessels have?")) == "3"


def test_options_in_a_row(ask: Ask) -> None:
    prompt = "Which expert should answer? Reply with one of: biology, geography, or history.\n\n"
    assert ask(f"{prompt}Question: Which term of geography names a headland?") == "geography"
