"""Rerankers that ask a language model: what they ask, how often, and what follows from it."""

from __future__ import annotations

import asyncio
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.contracts import Chunk, Passage, Query
from syftr_like.errors import ComponentError

from ..conftest import make_component
from ..scripted_llm import Replying, Script
from .obedient import obedient

QUESTION = Query("Which number is greatest?")


def numbers(*values: int) -> tuple[Passage, ...]:
    return tuple(Passage(Chunk("d", 9 * v, 9 * v + 9, f"number {v:02}"), 0.5) for v in values)


def reranked(name: str, llm, passages, **values) -> list[str]:
    return [passage.text for passage in run(name, llm, passages, **values)]


def run(name: str, llm, passages, question=QUESTION, **values) -> tuple[Passage, ...]:
    component = make_component(name, llm=llm, **values)
    prepared = component.prepare({}, None)
    return asyncio.run(component.arun({"question": question, "passages": passages}, prepared))


def by_number(text: str) -> str:
    """What a model replies that prefers the greater number, whichever task it is."""
    found = [int(n) for n in re.findall(r"number (\d+)", text)]
    if "Reply with A or B" in text:
        return "A" if found[0] > found[1] else "B"
    order = sorted(range(len(found)), key=lambda place: -found[place])
    return " > ".join(f"[{place + 1}]" for place in order)


def test_pointwise_asks_about_each_passage_and_scores_by_its_mark() -> None:
    llm = Script("3", "10", "Score: 7/10")
    found = run("llm_pointwise", llm, numbers(1, 2, 3), top=2)
    assert [(p.text, p.score) for p in found] == [("number 02", 10.0), ("number 03", 7.0)]
    assert len(llm.sent) == 3
    assert all("Question: Which number is greatest?" in sent[-1].text for sent in llm.sent)
    assert [re.findall(r"number \d\d", sent[-1].text) for sent in llm.sent] == [
        ["number 01"], ["number 02"], ["number 03"],
    ]  # fmt: skip


def test_a_mark_out_of_bounds_is_asked_for_again_and_in_the_end_a_failure() -> None:
    assert reranked("llm_pointwise", Script("11", "1"), numbers(1)) == ["number 01"]
    with pytest.raises(ComponentError, match="11 is not a number from 0 to 10"):
        run("llm_pointwise", Script("11", "11"), numbers(1))


@pytest.mark.parametrize("ranking", ["wins", "bradley_terry"])
@pytest.mark.parametrize("orders", ["random", "both"])
def test_pairwise_with_every_two_compared_ranks_as_the_model_prefers(ranking, orders) -> None:
    llm = Replying(by_number)
    found = reranked(
        "llm_pairwise", llm, numbers(3, 1, 5, 2), rounds=9, ranking=ranking, orders=orders
    )
    assert found == ["number 05", "number 03", "number 02", "number 01"]
    assert len(llm.sent) == (6 if orders == "random" else 12)


@pytest.mark.parametrize(("count", "calls"), [(10, 20), (9, 16), (2, 1), (1, 0)])
def test_pairwise_costs_half_a_call_per_passage_and_round(count: int, calls: int) -> None:
    llm = Replying(by_number)
    found = run("llm_pairwise", llm, numbers(*range(count)), rounds=4, top=3)
    assert len(found) == min(3, count)
    assert len(llm.sent) == calls


def test_pairwise_does_not_follow_a_model_that_always_takes_the_first() -> None:
    llm = Replying(lambda text: "A")
    found = run("llm_pairwise", llm, numbers(1, 2, 3, 4), rounds=3, orders="both")
    assert [p.text for p in found] == [f"number {n:02}" for n in (1, 2, 3, 4)]
    assert {p.score for p in found} == {0.0}


def test_pairwise_compares_by_seed_and_question() -> None:
    def compared(**values) -> set[str]:
        llm = Replying(by_number)
        run("llm_pairwise", llm, numbers(*range(8)), rounds=2, **values)
        return {re.sub("Question.*", "", sent[-1].text) for sent in llm.sent}

    assert compared() == compared()
    assert compared() != compared(seed=1)
    assert compared() != compared(question=Query("Another?"))


def test_listwise_brings_the_last_passage_to_the_front() -> None:
    llm = Replying(by_number)
    found = run("llm_listwise", llm, numbers(*range(20)), window=6, step=3, top=3)
    assert [p.text for p in found] == ["number 19", "number 18", "number 17"]
    assert [p.score for p in found] == [1, 1 / 2, 1 / 3]


def test_listwise_slides_from_the_back() -> None:
    windows = make_component("llm_listwise", llm=obedient(), window=4, step=2).windows
    assert windows(9) == [(5, 9), (3, 7), (1, 5), (0, 3)]
    assert windows(4) == [(0, 4)]
    assert windows(2) == [(0, 2)]
    assert windows(1) == windows(0) == []
    assert make_component("llm_listwise", llm=obedient(), window=3, step=9).windows(5) == [
        (2, 5), (0, 3),
    ]  # fmt: skip


@given(st.integers(2, 40), st.integers(2, 12), st.integers(1, 12))
def test_windows_reach_every_place_and_overlap(count: int, window: int, step: int) -> None:
    component = make_component("llm_listwise", llm=obedient(), window=window, step=step)
    windows = component.windows(count)
    assert windows[0][1] == count
    assert windows[-1][0] == 0
    for (start, end), (later_start, later_end) in pairwise(windows):
        assert later_start < start < later_end < end
    assert all(2 <= end - start <= window for start, end in windows)


def test_listwise_keeps_what_the_model_leaves_out_in_its_old_order() -> None:
    assert reranked("llm_listwise", Script("[3] > [3]"), numbers(1, 2, 3)) == [
        "number 03", "number 01", "number 02",
    ]  # fmt: skip


def test_a_failed_call_is_a_failure_of_the_question() -> None:
    class Broken(Script):
        async def complete(self, messages) -> str:
            raise ComponentError("no reply in 3 attempts")

    for name in ("llm_pointwise", "llm_pairwise", "llm_listwise"):
        with pytest.raises(ComponentError, match="no reply in 3 attempts"):
            run(name, Broken(), numbers(1, 2, 3))
