from __future__ import annotations

import pytest

from syftr_like.contracts import Answer
from syftr_like.errors import ComponentError

from .parts import Expert, Script, Search, answer

QUESTION = "Is the describer of otters older than the describer of falcons?"
ASKED = "1. rag: Who described otters?\n2. rag: Who described falcons?\n3. Are #1 and #2 friends?"
KNOWN = {
    "Who described otters?": "Steller",
    "Who described falcons?": "Tunstall",
    "Are Steller and Tunstall friends?": "no",
}


@pytest.fixture
def apart(make):
    return lambda llm, **values: make("sub_question", llm=llm, **values)


def test_sub_questions_are_asked_and_their_answers_joined(apart) -> None:
    llm, expert = Script(ASKED, "yes"), Expert(KNOWN)
    assert answer(apart(llm), QUESTION, None, expert) == Answer("yes")
    assert expert.asked == list(KNOWN)
    assert expert.most_at_a_time == 2
    assert 'rag["Who described falcons?"]\nIt answered: Tunstall' in llm.prompts[1]
    assert 'rag["Are Steller and Tunstall friends?"]\nIt answered: no' in llm.prompts[1]


def test_what_needs_an_answer_that_was_not_found_is_not_asked(apart) -> None:
    llm, expert = Script(ASKED + "\n4. rag: Is #3 rare?", "NOT ANSWERABLE"), Expert()
    assert answer(apart(llm), QUESTION, None, expert).abstained
    assert expert.asked == list(KNOWN)[:2]
    assert llm.prompts[1].count("It could not answer.") == 2


def test_an_expert_that_fails_is_told(apart) -> None:
    llm = Script("1. Who?", "NOT ANSWERABLE")
    expert = Expert({"Who?": ComponentError("no reply")})
    assert answer(apart(llm), QUESTION, None, expert).abstained
    assert "could not be done: no reply" in llm.prompts[1]


def test_without_an_expert_the_model_answers_from_what_was_found(apart) -> None:
    llm = Script("1. Who described otters?\n2. When was #1 born?", "Steller", "1709", "1709")
    search = Search({"Who described otters?": "otters: Steller", "When was Steller born?": "1709!"})
    assert answer(apart(llm), QUESTION, search) == Answer("1709")
    assert search.asked == ["Who described otters?", "When was Steller born?"]
    assert "[1] otters: Steller" in llm.prompts[1]
    assert "otters: Steller" not in llm.prompts[2]
    assert "Question: When was Steller born?" in llm.prompts[2]
    assert "[2] 1709!\nIt answered: 1709" in llm.prompts[3]


def test_the_model_names_what_is_used(apart) -> None:
    llm = Script('1. **search**: otters\n2) rag["Who?"]\n- 3: Why: because?', "Steller", "x")
    search, expert = Search({"otters": "Steller"}), Expert()
    answer(apart(llm), QUESTION, search, expert)
    assert search.asked == ["otters"]
    assert expert.asked == ["Who?", "Why: because?"]


@pytest.mark.parametrize("asked", ["expert", "search"])
def test_as_many_as_are_allowed_are_asked_8_at_a_time(apart, asked: str) -> None:
    questions = [f"Who is the number {n}?" for n in range(1, 21)]
    listed = "\n".join(f"{n}. {text}" for n, text in enumerate(questions, start=1))
    llm = Script(lambda prompt: listed if "Break the question down" in prompt else "Steller")
    part = Expert(dict.fromkeys(questions, "Steller"))
    if asked == "search":
        part = Search(dict.fromkeys(questions, "Steller"))
    made = apart(llm, sub_questions=20, max_steps=30)
    tools = {"expert": (None, part), "search": (part, None)}[asked]
    assert answer(made, QUESTION, *tools) == Answer("Steller")
    assert part.asked == questions
    assert part.most_at_a_time == 8
    assert llm.prompts[-1].count("It answered: Steller") == 20
    assert "at most" not in llm.prompts[-1]


def test_a_list_may_begin_behind_a_sentence(apart) -> None:
    expert = Expert()
    answer(apart(Script("Sure! Here it is: 1. Who?", "x")), QUESTION, None, expert)
    assert expert.asked == ["Who?"]


@pytest.mark.parametrize(
    ("reply", "wrong"),
    [
        ("Who described otters?", "no numbered line"),
        ("1. a\n2. b\n3. c", "3 of them, 2 are allowed"),
        ("1. a\n1. b", "1 stands twice"),
        ("1. Is #2 rare?\n2. b", "1 refers to 2, which does not stand before it"),
        ("1. Is #1 rare?", "1 refers to 1"),
    ],
)
def test_a_list_that_cannot_be_used_is_shown_with_what_is_wrong(apart, reply, wrong) -> None:
    llm = Script(reply, "1. a", "x")
    assert answer(apart(llm, sub_questions=2), QUESTION, None, Expert()) == Answer("x")
    assert wrong in llm.prompts[1]
    with pytest.raises(ComponentError, match=wrong):
        answer(apart(Script(reply), sub_questions=2), QUESTION, None, Expert())


def test_at_the_limit_what_was_found_is_known_answered_or_not(apart) -> None:
    llm = Script("1. a\n2. b", "A", "x")
    search = Search({"a": "about a", "b": "about b"})
    assert answer(apart(llm, max_steps=2), QUESTION, search) == Answer("x")
    assert len(llm.sent) == 3
    assert "about a\nIt answered: A" in llm.prompts[2]
    assert "[2] about b" in llm.prompts[2]
