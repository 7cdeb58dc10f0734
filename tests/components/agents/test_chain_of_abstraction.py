from __future__ import annotations

import re

import pytest

from syftr_like.contracts import Answer
from syftr_like.errors import ComponentError

from .parts import Expert, Script, Search, answer

QUESTION = "When was the describer of otters born?"
PLAN = """y1 = [rag("Who described otters?")]
y2 = [rag("Who described falcons?")]
y3 = [search("birth of y1")]
The answer is the year in y3."""
KNOWN = {"Who described otters?": "Steller", "Who described falcons?": "Tunstall"}


@pytest.fixture
def chain(make):
    return lambda llm, **values: make("chain_of_abstraction", llm=llm, **values)


def test_gaps_are_filled_and_the_answer_is_made_from_them(chain) -> None:
    llm, expert = Script(PLAN, "1709"), Expert(KNOWN)
    search = Search({"birth of Steller": "Steller was born in 1709."})
    assert answer(chain(llm), QUESTION, search, expert) == Answer("1709")
    assert expert.asked == list(KNOWN)
    assert expert.most_at_a_time == 2
    assert search.asked == ["birth of Steller"]
    assert 'y1 = rag["Who described otters?"]\nIt answered: Steller' in llm.prompts[1]
    assert 'y3 = search["birth of Steller"]\n[1] Steller was born in 1709.' in llm.prompts[1]
    assert "The answer is the year in y3." in llm.prompts[1]
    assert len(llm.sent) == 2


def test_a_placeholder_of_passages_stands_for_the_beginning_of_the_first(chain) -> None:
    llm = Script('y1 = [search("otters")]\ny2 = [search("more on y1")]', "x")
    search = Search({"otters": ("word " * 60, "second")})
    answer(chain(llm), QUESTION, search)
    assert search.asked == ["otters", f"more on {'word ' * 40}..."]


def test_what_needs_a_gap_that_was_not_filled_is_not_called(chain) -> None:
    llm, search = Script(PLAN, "NOT ANSWERABLE"), Search()
    assert answer(chain(llm), QUESTION, search, Expert()).abstained
    assert search.asked == []


def test_as_many_calls_as_are_allowed_are_made_8_at_a_time(chain) -> None:
    plan = "\n".join(f'y{n} = [search("{n}")]' for n in range(1, 21))
    llm, search = Script(plan, "x"), Search(lambda text: f"about {text}")
    answer(chain(llm, calls=20), QUESTION, search)
    assert search.asked == [str(n) for n in range(1, 21)]
    assert search.most_at_a_time == 8
    assert 'y20 = search["20"]\n[20] about 20' in llm.prompts[1]


def test_a_tool_that_raises_is_told(chain) -> None:
    llm = Script('y1 = [search("otters")]', "NOT ANSWERABLE")
    search = Search({"otters": ComponentError("the index is broken")})
    assert answer(chain(llm), QUESTION, search).abstained
    assert "the index is broken" in llm.prompts[1]


@pytest.mark.parametrize(
    "written",
    [
        "- **y1** = search('otters')",
        'y1=[search(query="otters")]',
        "First y1 = [search(\u201cotters\u201d)] is needed.",
        '<think>y1 = [x("y")]</think>`y1 = [search(otters)]`',
    ],
)
def test_decoration_is_no_matter(chain, written: str) -> None:
    search = Search()
    answer(chain(Script(written, "x")), QUESTION, search)
    assert search.asked == ["otters"]


def test_y10_is_not_y1(chain) -> None:
    llm = Script('y1 = [rag("a")]\ny10 = [rag("b")]\ny2 = [search("y10 y1 yes")]', "x")
    search = Search()
    answer(chain(llm), QUESTION, search, Expert({"a": "A", "b": "B"}))
    assert search.asked == ["B A yes"]


@pytest.mark.parametrize(
    ("reply", "wrong"),
    [
        ("The answer is 1709.", "calls no tool in the form"),
        ('y1 = [serch("a")]', "there is only search, rag; did you mean search?"),
        ('y1 = [search("y2")]\ny2 = [search("a")]', "y1 refers to y2"),
        ('y1 = [search("a")]\ny1 = [search("b")]', "y1 stands twice"),
        ("\n".join(f'y{n} = [search("{n}")]' for n in range(4)), "4 of them, 3 are allowed"),
    ],
)
def test_a_plan_that_cannot_be_used_is_shown_with_what_is_wrong(chain, reply, wrong) -> None:
    llm = Script(reply, 'y1 = [search("a")]', "x")
    assert answer(chain(llm, calls=3), QUESTION, Search(), Expert()) == Answer("x")
    assert wrong in llm.prompts[1]
    with pytest.raises(ComponentError, match=re.escape(wrong)):
        answer(chain(Script(reply), calls=3), QUESTION, Search(), Expert())


def test_at_the_limit_the_gaps_are_filled_all_the_same(chain) -> None:
    llm = Script('y1 = [search("otters")]', "x")
    search = Search({"otters": "Steller"})
    assert answer(chain(llm, max_steps=1), QUESTION, search) == Answer("x")
    assert "[1] Steller" in llm.prompts[1]
