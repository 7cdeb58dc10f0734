from __future__ import annotations

import pytest

from syftr_like.contracts import Answer
from syftr_like.errors import ComponentError

from .parts import Expert, Script, Search, answer

QUESTION = "When was the describer of otters born?"
FOUND = {QUESTION: "Steller described otters.", "Steller's birth": "Steller was born in 1709."}


@pytest.fixture
def iterative(make):
    return lambda llm, **values: make("iterative_retrieval", llm=llm, **values)


def test_what_is_missing_is_searched_for_and_all_passages_are_read(iterative) -> None:
    llm = Script("Missing: Steller's birth", "DONE", "1709")
    search = Search(FOUND)
    assert answer(iterative(llm), QUESTION, search) == Answer("1709")
    assert search.asked == list(FOUND)
    assert "Steller was born" not in llm.prompts[0]
    assert "[1] Steller described otters." in llm.prompts[2]
    assert "[2] Steller was born in 1709." in llm.prompts[2]


def test_searches_end_with_the_rounds(iterative) -> None:
    llm = Script("a", "Search query: b", "NOT ANSWERABLE")
    search = Search(lambda text: f"about {text}")
    assert answer(iterative(llm, rounds=3), QUESTION, search).abstained
    assert search.asked == [QUESTION, "a", "b"]
    once = Script("Steller")
    assert answer(iterative(once, rounds=1), QUESTION, Search(FOUND)) == Answer("Steller")


def test_the_same_search_twice_ends_them(iterative) -> None:
    llm = Script("Missing: otters", 'Missing: "otters"', "x")
    search = Search()
    assert answer(iterative(llm, rounds=9), QUESTION, search) == Answer("x")
    assert search.asked == [QUESTION, "otters"]


@pytest.mark.parametrize(
    "said",
    [
        "DONE",
        "**done.**",
        "Missing: none.",
        "Missing: nothing. DONE",
        "Missing: DONE",
        "<think>otters</think>\nDONE",
        "<think>Missing: otters\nSearch: kelp</think>\nDONE",
        "Done. Nothing is missing.",
        "DONE. Nothing is missing.",
        "DONE - all facts found",
        "DONE (all facts found)",
        "DONE: all is there",
        "Done, all facts are known.",
        "DONE\n\nAll facts are there.",
        "All facts are there.\n\n**DONE**",
        "All facts are there. DONE",
        "Nothing is missing.",
        "No fact is missing in the findings.",
        "Nothing more is needed.",
    ],
)
def test_or_nothing_to_search_for(iterative, said: str) -> None:
    search = Search(FOUND)
    assert answer(iterative(Script(said, "x")), QUESTION, search) == Answer("x")
    assert search.asked == [QUESTION]


@pytest.mark.parametrize(
    ("said", "searched"),
    [
        ("Steller's birth", "Steller's birth"),
        ("Search query: Steller's birth", "Steller's birth"),
        ("**Missing:** `Steller's birth`", "Steller's birth"),
        ("<think>DONE.</think>Steller's birth", "Steller's birth"),
        ("Nothing Compares 2 U songwriter", "Nothing Compares 2 U songwriter"),
        ("Done Deal release year", "Done Deal release year"),
        ("None of Steller's family", "None of Steller's family"),
        ("what is done with otter fur", "what is done with otter fur"),
    ],
)
def test_a_search_is_one_even_where_it_begins_alike(iterative, said: str, searched: str) -> None:
    search = Search()
    answer(iterative(Script(said, "x"), rounds=2), QUESTION, search)
    assert search.asked == [QUESTION, searched]


def test_where_there_is_no_search_an_expert_is_asked(iterative) -> None:
    llm = Script("Missing: when?", "DONE", "1709")
    expert = Expert({"when?": "1709"})
    assert answer(iterative(llm), QUESTION, None, expert) == Answer("1709")
    assert 'rag["when?"]\nIt answered: 1709' in llm.prompts[1]


def test_a_search_that_fails_is_told(iterative) -> None:
    llm = Script("DONE", "NOT ANSWERABLE")
    search = Search({QUESTION: ComponentError("the index is broken")})
    assert answer(iterative(llm), QUESTION, search).abstained
    assert "the index is broken" in llm.prompts[0]


@pytest.mark.parametrize(
    ("reply", "wrong"),
    [
        ("", "neither DONE nor one line"),
        ("One fact is missing.\nIt is the birth.", "neither DONE nor one line"),
        ("birth " * 100, "neither DONE nor one line"),
        ("Steller's birth\nDONE", "neither DONE nor one line"),
        ("Missing: Steller's birth\nDONE", "neither DONE nor one line"),
        ("DONE\nSearch: Steller's birth", "neither DONE nor one line"),
        ("DONE - but the birth is missing", "says DONE, but goes on"),
        ("Nothing is missing except the birth.", "says DONE, but goes on"),
    ],
)
def test_a_reply_of_no_form_is_shown_with_what_is_wrong(iterative, reply, wrong) -> None:
    llm, search = Script(reply, "DONE", "x"), Search(FOUND)
    assert answer(iterative(llm), QUESTION, search) == Answer("x")
    assert wrong in llm.prompts[1]
    assert search.asked == [QUESTION]
    with pytest.raises(ComponentError, match=wrong):
        answer(iterative(Script(reply)), QUESTION, Search(FOUND))


def test_limits(iterative) -> None:
    llm = Script("Missing: Steller's birth", "1709")
    assert answer(iterative(llm, max_steps=1), QUESTION, Search(FOUND)) == Answer("1709")
    assert len(llm.sent) == 2
    assert "born in 1709" in llm.prompts[1]
