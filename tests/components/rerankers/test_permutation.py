"""Orders of numbered passages, as models reply them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.components.rerankers.permutation import order_of
from syftr_like.errors import ComponentError


@pytest.mark.parametrize(
    "reply",
    [
        "[2] > [1] > [3]",
        "**[2] > [1] > [3]**",
        "[2], [1], [3]",
        "[2]\n[1]\n[3]",
        "2 > 1 > 3",
        "2, 1, 3.",
        "Ranking: [2] > [1] > [3]",
        "<think>[3] > [2]</think>[2] > [1] > [3]",
        "At first [1] > [2] > [3] seemed right, but [3] is off.\n\n[2] > [1] > [3]",
        "[2] > [2] > [1] > [3]",
        "[2] > [1]",
        "[2]",
        "The best is [2].",
    ],
)
def test_an_order_is_read_and_completed(reply: str) -> None:
    assert order_of(reply, 3) == [1, 0, 2]


@pytest.mark.parametrize("reply", ["", "None of them.", "2 passages help", "<think>[1]</think>"])
def test_no_order_is_told(reply: str) -> None:
    with pytest.raises(ComponentError, match=r"names no passages; reply in the form \[2\]"):
        order_of(reply, 3)


@pytest.mark.parametrize("reply", ["[4] > [1]", "[0] > [1]", "7, 1"])
def test_a_passage_that_is_not_there_is_told(reply: str) -> None:
    with pytest.raises(
        ComponentError, match=r"there is no passage \[\d\]; they are \[1\] to \[3\]"
    ):
        order_of(reply, 3)


@given(st.permutations(range(7)))
def test_a_full_order_comes_back(order: list[int]) -> None:
    assert order_of(" > ".join(f"[{n + 1}]" for n in order), 7) == order


@given(st.lists(st.integers(0, 9)), st.integers(1, 9), st.sampled_from([" > ", ", ", "\n", " x "]))
def test_whatever_is_read_is_a_permutation(numbers: list[int], count: int, between: str) -> None:
    with contextlib.suppress(ComponentError):
        found = order_of(between.join(f"[{n}]" for n in numbers), count)
        assert sorted(found) == list(range(count))
