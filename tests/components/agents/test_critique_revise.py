from __future__ import annotations

import pytest

from syftr_like.contracts import Answer, metered
from syftr_like.errors import ComponentError

from .parts import Expert, Script, Search, answer

QUESTION = "When was Steller born?"
FOUND = {QUESTION: "Steller described otters.", "birth": "Steller was born in 1709."}
FAULTY = "Faults: no birth is told\nSearch: birth"


@pytest.fixture
def critic(make):
    return lambda llm, **values: make("critique_revise", llm=llm, **values)


def test_a_fine_draft_of_an_expert_is_the_answer(critic) -> None:
    llm = Script("NO FAULTS")
    expert = Expert({QUESTION: "1709"})
    assert answer(critic(llm), QUESTION, Search(FOUND), expert) == Answer("1709")
    assert "Draft: 1709" in llm.prompts[0]
    assert "[1] Steller described otters." in llm.prompts[0]
    assert len(llm.sent) == 1


def test_without_an_expert_the_draft_is_written_from_what_was_found(critic) -> None:
    llm = Script("1751", "NO FAULTS")
    assert answer(critic(llm), QUESTION, Search(FOUND)) == Answer("1751")
    assert "Steller described otters." in llm.prompts[0]
    assert "Draft: 1751" in llm.prompts[1]


def test_so_it_is_where_the_expert_fails(critic) -> None:
    llm = Script("1751", "NO FAULTS")
    expert = Expert({QUESTION: ComponentError("no reply")})
    assert answer(critic(llm), QUESTION, Search(FOUND), expert) == Answer("1751")


def test_faults_lead_to_a_search_and_a_revision(critic) -> None:
    llm = Script(FAULTY, "1709")
    search = Search(FOUND)
    assert answer(critic(llm), QUESTION, search, Expert({QUESTION: "1751"})) == Answer("1709")
    assert search.asked == [QUESTION, "birth"]
    assert "Criticism: no birth is told" in llm.prompts[1]
    assert "Steller was born in 1709." in llm.prompts[1]


@pytest.mark.parametrize("said", ["", "Search: none.", "Search:"])
def test_nothing_is_searched_for_where_nothing_is_missing(critic, said: str) -> None:
    search = Search(FOUND)
    llm = Script(f"Faults: too long\n{said}", "1709")
    answer(critic(llm), QUESTION, search, Expert({QUESTION: "It was 1709"}))
    assert search.asked == [QUESTION]


def test_nor_where_searching_is_off(critic) -> None:
    search = Search(FOUND)
    llm = Script(FAULTY, "1709")
    answer(critic(llm, search=False), QUESTION, search, Expert({QUESTION: "1751"}))
    assert search.asked == [QUESTION]


def test_rounds_end_with_a_draft_found_fine_or_with_their_number(critic) -> None:
    expert = Expert({QUESTION: "a"})
    llm = Script(FAULTY, "b", "NO FAULTS", "never")
    assert answer(critic(llm, rounds=3), QUESTION, None, expert) == Answer("b")
    llm = Script(FAULTY, "b", FAULTY, "c", "never")
    assert answer(critic(llm, rounds=2), QUESTION, None, expert) == Answer("c")
    assert "Draft: b" in llm.prompts[2]


def test_a_draft_that_declines_is_criticised_too(critic) -> None:
    llm = Script("NO FAULTS")
    assert answer(critic(llm), QUESTION, None, Expert()) == Answer("", abstained=True)
    assert "declines to answer" in llm.prompts[0]
    llm = Script(FAULTY, "1709")
    assert answer(critic(llm), QUESTION, Search(FOUND), Expert()) == Answer("1709")


def test_a_revision_may_decline(critic) -> None:
    llm = Script(FAULTY, "NOT ANSWERABLE")
    assert answer(critic(llm), QUESTION, None, Expert({QUESTION: "a"})).abstained


def test_a_critique_in_prose_leads_to_a_revision(critic) -> None:
    llm = Script("No faults in the grammar, but the date is wrong", "1709")
    assert answer(critic(llm), QUESTION, None, Expert({QUESTION: "1751"})) == Answer("1709")
    assert "Criticism: No faults in the grammar, but" in llm.prompts[1]


def test_a_critique_that_cannot_be_read_is_shown_with_what_is_wrong(critic) -> None:
    llm = Script("Looks good.", "NO FAULTS")
    assert answer(critic(llm), QUESTION, None, Expert({QUESTION: "a"})) == Answer("a")
    assert "no line Faults" in llm.prompts[1]


def test_where_none_can_be_read_the_draft_stands_and_each_reply_is_paid_for(critic) -> None:
    llm = Script("Looks good.")
    with metered() as meter:
        found = answer(critic(llm, tries=3), QUESTION, Search(FOUND), Expert({QUESTION: "a"}))
    assert found == Answer("a")
    assert len(llm.sent) == len(meter.model_calls) == 3


def test_so_does_one_that_was_revised(critic) -> None:
    llm = Script(FAULTY, "1709", "Looks good.")
    made = critic(llm, rounds=3)
    assert answer(made, QUESTION, Search(FOUND), Expert({QUESTION: "1751"})) == Answer("1709")


def test_a_critic_that_does_not_reply_is_a_failure(critic) -> None:
    llm = Script(ComponentError("no reply in 3 attempts"))
    with pytest.raises(ComponentError, match="no reply"):
        answer(critic(llm), QUESTION, Search(FOUND), Expert({QUESTION: "a"}))
    llm = Script("Looks good.", ComponentError("no reply in 3 attempts"))
    with pytest.raises(ComponentError, match="no reply"):
        answer(critic(llm), QUESTION, Search(FOUND), Expert({QUESTION: "a"}))


def test_at_the_limit_the_draft_and_its_faults_are_known(critic) -> None:
    llm = Script(FAULTY, "1709")
    made = critic(llm, max_steps=1)
    assert answer(made, QUESTION, Search(FOUND), Expert({QUESTION: "1751"})) == Answer("1709")
    assert "A draft, which may be wrong: 1751\nIts faults: no birth is told" in llm.prompts[1]
