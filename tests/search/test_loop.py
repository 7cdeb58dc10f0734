"""The search loop in one process."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from syftr_like.search import Feedback, Proposal, Proposer, run_loop
from syftr_like.space import Space


def evaluate(proposal: Proposal) -> Feedback:
    return Feedback((float(proposal.number), 1.0), (-1.0,))


def test_it_ends_when_the_trials_are_done(make: Callable[..., Proposer], small: Space) -> None:
    proposer = make("random", small)
    ended = run_loop(proposer, evaluate, trials=5)
    assert (ended.reason, str(ended)) == ("trials", "all 5 trials are done")
    assert proposer.proposed == 5


def test_it_ends_when_the_space_is_exhausted(make: Callable[..., Proposer], small: Space) -> None:
    ended = run_loop(make("tpe", small), evaluate, trials=100)
    assert (ended.reason, ended.text) == ("exhausted", "every flow of space.yaml was proposed")


def test_it_ends_when_it_is_told_to(make: Callable[..., Proposer], small: Space) -> None:
    proposer = make("grid", small)
    ended = run_loop(
        proposer,
        evaluate,
        trials=100,
        should_stop=lambda: "the budget is spent" if proposer.proposed == 4 else None,
    )
    assert (ended.reason, ended.text) == ("stopped", "the budget is spent")
    assert proposer.proposed == 4


def test_restored_proposals_count_among_the_trials(
    make: Callable[..., Proposer], small: Space
) -> None:
    whole, halves = make("tpe", small), make("tpe", small)
    seen: list[Proposal] = []

    def note(proposal: Proposal) -> Feedback:
        seen.append(proposal)
        return evaluate(proposal)

    run_loop(whole, note, trials=9)
    for proposal in seen[:5]:
        halves.restore(proposal.params, evaluate(proposal))
    first, seen = seen[5:], []
    run_loop(halves, note, trials=9)
    assert seen == first


def test_every_proposal_is_told_before_the_next_is_asked(
    make: Callable[..., Proposer], conditional: Space
) -> None:
    by_hand = make("tpe", conditional, trials=20)
    looped: list[Proposal] = []

    def note(proposal: Proposal) -> Feedback:
        looped.append(proposal)
        return evaluate(proposal)

    run_loop(make("tpe", conditional, trials=20), note, trials=14)
    for proposal in looped:
        assert by_hand.ask() == proposal
        by_hand.tell(proposal.number, evaluate(proposal))


def test_what_an_evaluation_raises_ends_the_loop(
    make: Callable[..., Proposer], small: Space
) -> None:
    def broken(proposal: Proposal) -> Feedback:
        raise RuntimeError("a defect")

    with pytest.raises(RuntimeError, match="a defect"):
        run_loop(make("random", small), broken, trials=5)
