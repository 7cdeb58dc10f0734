from __future__ import annotations

import pytest

from syftr_like.contracts import Answer
from syftr_like.errors import ComponentError

from .parts import Expert, Script, Search, answer

QUESTION = "When was the describer of otters born?"
PLAN = "1. search: otters\n2. rag: When was the describer born?"
FOUND = {"otters": "Steller described otters."}


@pytest.fixture
def planner(make):
    return lambda llm, **values: make("plan_and_execute", llm=llm, **values)


def test_one_step_is_done_and_the_rest_planned_anew_from_its_result(planner) -> None:
    llm = Script(PLAN, "1. rag: When was Steller born?", "Answer: 1709")
    search, expert = Search(FOUND), Expert({"When was Steller born?": "1709"})
    assert answer(planner(llm), QUESTION, search, expert) == Answer("1709")
    assert (search.asked, expert.asked) == (["otters"], ["When was Steller born?"])
    assert "[1] Steller described otters." in llm.prompts[1]
    assert "Plan:\n1. rag: When was the describer born?" in llm.prompts[1]
    assert "Plan:\n(nothing)" in llm.prompts[2]
    assert "It answered: 1709" in llm.prompts[2]


def test_a_step_without_a_tools_name_is_for_the_first(planner) -> None:
    llm, search = Script("1. Find: otters", "Answer: x"), Search(FOUND)
    answer(planner(llm), QUESTION, search, Expert())
    assert search.asked == ["Find: otters"]


@pytest.mark.parametrize(
    "reply",
    ["**Answer:** 1709", "Nothing is left.\nThe final answer is: 1709", "1. Answer: 1709"],
)
def test_the_answer_in_several_forms(planner, reply: str) -> None:
    assert answer(planner(Script(PLAN, reply)), QUESTION, Search(FOUND)) == Answer("1709")


def test_a_later_step_that_is_to_answer_is_no_answer(planner) -> None:
    llm = Script(PLAN, "1. search: Steller\n2. Answer: with the year of birth", "Answer: 1709")
    search = Search(FOUND)
    assert answer(planner(llm), QUESTION, search) == Answer("1709")
    assert search.asked == ["otters", "Steller"]


def test_it_may_decline(planner) -> None:
    llm = Script(PLAN, "Answer: NOT ANSWERABLE")
    assert answer(planner(llm), QUESTION, Search()) == Answer("", abstained=True)


def test_a_tool_that_raises_is_told(planner) -> None:
    llm = Script(PLAN, "Answer: NOT ANSWERABLE")
    search = Search({"otters": ComponentError("the index is broken")})
    assert answer(planner(llm), QUESTION, search).abstained
    assert "the index is broken" in llm.prompts[1]


def test_replies_that_are_no_plan_are_shown_with_what_is_wrong(planner) -> None:
    llm = Script("I will search.", PLAN, "Answer:", "Answer: x")
    assert answer(planner(llm), QUESTION, Search(FOUND)) == Answer("x")
    assert "no numbered line" in llm.prompts[1]
    assert "no line Answer" in llm.prompts[3]
    for replies in (["I will search."], [PLAN, "Hm."]):
        with pytest.raises(ComponentError, match="no numbered line"):
            answer(planner(Script(*replies, *replies[-1:])), QUESTION, Search(FOUND))


def test_a_plan_without_end_ends_with_the_steps(planner) -> None:
    llm = Script(lambda prompt: "1709" if "Answer the question now" in prompt else PLAN)
    search = Search(FOUND)
    assert answer(planner(llm, max_steps=4), QUESTION, search) == Answer("1709")
    assert len(llm.sent) == 5
    assert search.asked == ["otters"] * 4
