"""Citations are read, checked against the passages, and are no part of the answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.components.prompts.citations import cited
from syftr_like.components.prompts.reply_form import reply_form
from syftr_like.contracts import Answer, Chunk, Passage
from syftr_like.errors import ComponentError

PASSAGES = [Passage(Chunk("d", i, i + 1, text), 1.0) for i, text in enumerate("abc")]


@pytest.mark.parametrize(
    ("reply", "text", "numbers"),
    [
        ("Georg Steller [1]", "Georg Steller", [1]),
        ("Georg Steller [1][3]", "Georg Steller", [1, 3]),
        ("Georg Steller [3, 1]", "Georg Steller", [3, 1]),
        ("Georg Steller [1] and [1]", "Georg Steller and", [1]),
        ("Georg Steller[1].", "Georg Steller.", [1]),
        ("Steller [1] sailed [2] north.", "Steller sailed north.", [1, 2]),
        ("Georg Steller (sources: [1], [2])", "Georg Steller", [1, 2]),
        ("Georg Steller\n\nSources: [1] [2]", "Georg Steller", [1, 2]),
        ("Georg Steller [passage 2]", "Georg Steller", [2]),
        ("<think>Is it [3]?</think>Georg Steller [1]", "Georg Steller", [1]),
        ("Array [x] of [1751 A.D.]", "Array [x] of [1751 A.D.]", []),
    ],
)
def test_citations_are_told_from_the_answer(reply: str, text: str, numbers: list[int]) -> None:
    assert cited(reply) == (text, numbers)


@given(
    st.text(st.characters(categories=["L"]), min_size=1, max_size=9),
    st.lists(st.integers(0, 9999), max_size=4),
)
def test_an_answer_comes_back_whatever_it_cites(answer: str, numbers: list[int]) -> None:
    reply = f"{answer} " + "".join(f"[{n}]" for n in numbers)
    assert cited(reply) == (answer, list(dict.fromkeys(numbers)))


def read(make, reply: str, passages=PASSAGES) -> Answer:
    return reply_form(make("cite_sources"), passages).parse(reply)


def test_an_answer_names_its_passages(make) -> None:
    assert read(make, "Georg Steller [1][3]") == Answer("Georg Steller")
    assert read(make, "**Answer:** Georg Steller [2]") == Answer("Georg Steller")


def test_an_answer_without_a_passage_is_told(make) -> None:
    with pytest.raises(ComponentError, match=r"names no passage; after the answer.*such as \[1\]"):
        read(make, "Georg Steller")


@pytest.mark.parametrize("number", [0, 4])
def test_a_passage_that_is_not_there_is_told(make, number: int) -> None:
    with pytest.raises(ComponentError, match=rf"no passage \[{number}\]; they are \[1\] to \[3\]"):
        read(make, f"Georg Steller [1][{number}]")


def test_an_abstention_needs_no_passage(make) -> None:
    assert read(make, "NOT ANSWERABLE") == Answer("", abstained=True)
    assert read(make, "NOT ANSWERABLE [1]") == Answer("", abstained=True)


def test_without_passages_there_is_nothing_to_name(make) -> None:
    assert read(make, "Georg Steller", ()) == Answer("Georg Steller")


def test_nothing_but_numbers_is_no_answer(make) -> None:
    with pytest.raises(ComponentError, match="empty"):
        read(make, "[1][2]")
