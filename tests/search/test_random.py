"""Random search."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable

import pytest

from syftr_like.search import Feedback, Proposer
from syftr_like.space import Space


def params_of(proposer: Proposer, count: int) -> list[dict[str, object]]:
    return [dict(p.params) for _ in range(count) if (p := proposer.ask()) is not None]


def test_options_are_drawn_evenly(make: Callable[..., Proposer], conditional: Space) -> None:
    drawn = params_of(make("random", conditional), 600)
    passages = Counter(p["passages"] for p in drawn if "passages" in p)
    assert all(count / 599 == pytest.approx(1 / 3, abs=0.06) for count in passages.values())


def test_a_log_domain_is_drawn_evenly_in_the_logarithm(
    make: Callable[..., Proposer], conditional: Space
) -> None:
    path = "chunks.recursive_splitter.chunk_tokens"
    drawn = [p[path] for p in params_of(make("random", conditional), 900) if path in p]
    middle = math.sqrt(32 * 512)
    below = sum(isinstance(tokens, int) and tokens < middle for tokens in drawn)
    assert below / len(drawn) == pytest.approx(0.5, abs=0.1)


def test_a_flow_that_is_half_of_all_draws_is_proposed_once(
    make: Callable[..., Proposer], conditional: Space
) -> None:
    drawn = params_of(make("random", conditional), 100)
    assert Counter(p["answer"] for p in drawn) == {"extractive_reader": 99, "abstain": 1}


def test_what_it_is_told_makes_no_difference(
    make: Callable[..., Proposer], conditional: Space
) -> None:
    told, untold = make("random", conditional), make("random", conditional)
    for number in range(10):
        assert told.ask() == untold.ask()
        told.tell(number, Feedback((float(number), 0.0), (1.0,)))
