"""What every search method must do, whichever it is."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Sequence

import numpy as np
import optuna
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syftr_like.errors import InputError
from syftr_like.search import METHODS, Feedback, Proposal, Proposer
from syftr_like.search.proposer import Value
from syftr_like.space import Space

Make = Callable[..., Proposer]

WORST = Feedback(losses=(0.0, 100.0), violations=(28.0,))


def outcome(params: dict[str, Value]) -> Feedback:
    """A made-up but smooth response: more passages are better, dearer and slower."""
    k = sum(v for path, v in params.items() if path.endswith(".k") and isinstance(v, int))
    if params.get("answer") == "abstain":
        return Feedback((-0.3, 0.01), (-2.0,))
    accuracy = 0.4 + 0.02 * k + 0.1 * (params.get("chunks") == "sentence_splitter")
    return Feedback((-accuracy, 0.1 * k + len(params)), (0.3 * k - 2.0,))


def drive(proposer: Proposer, count: int) -> list[Proposal]:
    """Ask and tell `count` times, or until there is nothing left."""
    proposals = []
    for _ in range(count):
        proposal = proposer.ask()
        if proposal is None:
            break
        proposer.tell(proposal.number, outcome(proposal.params))
        proposals.append(proposal)
    return proposals


FINITE = ("small", "forbidding")
SPACES = {method: FINITE if method == "grid" else ("conditional", *FINITE) for method in METHODS}

on_every_space = pytest.mark.parametrize(
    ("method", "space"),
    [(method, space) for method, spaces in SPACES.items() for space in spaces],
    indirect=["space"],
)
on_finite_spaces = pytest.mark.parametrize(
    ("method", "space"),
    [(method, space) for method in METHODS for space in FINITE],
    indirect=["space"],
)
with_every_method = pytest.mark.parametrize("method", METHODS)


@pytest.fixture
def space(request: pytest.FixtureRequest) -> Space:
    space = request.getfixturevalue(request.param)
    assert isinstance(space, Space)
    return space


@with_every_method
def test_numbers_count_up_from_zero(make: Make, method: str, small: Space) -> None:
    proposals = drive(make(method, small), 5)
    assert [p.number for p in proposals] == [0, 1, 2, 3, 4]


@on_every_space
def test_equal_seeds_make_equal_proposals(make: Make, method: str, space: Space) -> None:
    first, second = (drive(make(method, space, seed=3), 25) for _ in range(2))
    assert first == second


@with_every_method
def test_other_seeds_make_other_proposals(make: Make, method: str, small: Space) -> None:
    first, second = (drive(make(method, small, seed=seed), 13) for seed in (1, 2))
    assert [p.key for p in first] != [p.key for p in second]


@on_every_space
def test_every_proposal_is_a_valid_flow_that_was_not_proposed(
    make: Make, method: str, space: Space
) -> None:
    proposals = drive(make(method, space), 30)
    assert [space.decode(p.params).key for p in proposals] == [p.key for p in proposals]
    assert len({p.key for p in proposals}) == len(proposals)


@on_every_space
def test_params_are_plain_values_in_the_order_of_the_walk(
    make: Make, method: str, space: Space
) -> None:
    for proposal in drive(make(method, space), 20):
        walked = space.walk(lambda path, domain, p=proposal: p.params[path])
        assert list(proposal.params.items()) == list(walked.items())
        assert {type(v) for v in proposal.params.values()} <= {bool, int, float, str, type(None)}


@on_finite_spaces
def test_a_finite_space_is_proposed_to_the_last_flow(make: Make, method: str, space: Space) -> None:
    proposer = make(method, space, trials=100)
    assert len(drive(proposer, 100)) == space.cardinality().count
    assert proposer.ask() is None
    assert proposer.proposed == space.cardinality().count


@with_every_method
def test_a_finite_space_is_exhausted_without_any_feedback(
    make: Make, method: str, forbidding: Space
) -> None:
    proposer = make(method, forbidding)
    keys = set()
    while (proposal := proposer.ask()) is not None:
        keys.add(proposal.key)
    assert len(keys) == 6


@on_every_space
def test_several_proposals_may_be_pending(make: Make, method: str, space: Space) -> None:
    proposer = make(method, space, trials=24)
    keys: list[str] = []
    for _ in range(6):
        batch = [p for p in (proposer.ask() for _ in range(4)) if p is not None]
        keys += [p.key for p in batch]
        for proposal in batch:
            proposer.tell(proposal.number, outcome(proposal.params))
    assert len(set(keys)) == len(keys) == min(24, space.cardinality().count or 24)


@on_every_space
def test_the_order_in_which_feedback_arrives_makes_no_difference(
    make: Make, method: str, space: Space
) -> None:
    following: list[list[Proposal]] = []
    for order in ([0, 1, 2, 3], [2, 0, 3, 1]):
        proposer = make(method, space, trials=8)
        batch = [proposer.ask() for _ in range(4)]
        for i in order:
            proposal = batch[i]
            assert proposal is not None
            proposer.tell(proposal.number, outcome(proposal.params))
        following.append(drive(proposer, 2))
    assert following[0] == following[1]


@on_every_space
def test_failures_do_no_harm(make: Make, method: str, space: Space) -> None:
    proposer = make(method, space, trials=25)
    for i in range(25):
        proposal = proposer.ask()
        if proposal is None:
            assert proposer.proposed == space.cardinality().count
            break
        space.decode(proposal.params)
        proposer.tell(proposal.number, WORST if i % 3 else outcome(proposal.params))


@with_every_method
def test_a_search_in_which_everything_fails_goes_on(make: Make, method: str, small: Space) -> None:
    proposer = make(method, small)
    for number in range(13):
        assert proposer.ask() is not None
        proposer.tell(number, WORST)


@on_every_space
@pytest.mark.parametrize("told", [3, 6, 13, 22])
def test_a_restored_proposer_goes_on_as_the_old_one(
    make: Make, method: str, space: Space, told: int
) -> None:
    old = make(method, space)
    earlier = drive(old, told)
    new = make(method, space)
    for proposal in earlier:
        assert new.restore(proposal.params, outcome(proposal.params)) == proposal.number
    assert new.proposed == len(earlier)
    assert drive(new, 4) == drive(old, 4)


@on_every_space
@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pending=st.sets(st.integers(0, 24), max_size=6), seed=st.integers(0, 3))
def test_a_proposer_restored_with_pending_proposals_goes_on_as_the_old_one(
    make: Make, method: str, space: Space, pending: set[int], seed: int
) -> None:
    old = make(method, space, seed=seed)
    earlier: list[Proposal] = []
    for number in range(25):
        proposal = old.ask()
        if proposal is None:
            break
        earlier.append(proposal)
        if number not in pending:
            old.tell(number, outcome(proposal.params))
    new = make(method, space, seed=seed)
    for proposal in earlier:
        known = proposal.number not in pending
        new.restore(proposal.params, outcome(proposal.params) if known else None)
    assert drive(new, 3) == drive(old, 3)


@with_every_method
def test_what_another_method_proposed_can_be_restored(
    make: Make, method: str, small: Space
) -> None:
    other = drive(make("random", small, seed=99), 6)
    proposer = make(method, small)
    for proposal in other:
        proposer.restore(proposal.params, outcome(proposal.params))
    rest = drive(proposer, 100)
    assert len(rest) == 13 - 6
    assert not {p.key for p in other} & {p.key for p in rest}


@with_every_method
def test_restored_values_take_the_form_that_proposals_have(
    make: Make, method: str, forbidding: Space
) -> None:
    # JSON written by other tools makes 0.0 a 0, sums up to 0.30000000000000004, sorts its keys.
    threshold, k = "answer.extractive_reader.abstain_below", "passages.bm25.k"
    written, canonical = make(method, forbidding), make(method, forbidding)
    for value, exactly in ((0, 0.0), (0.1 + 0.2, 0.3)):
        written.restore({k: 1, threshold: value}, outcome({k: 1}))
        canonical.restore({threshold: exactly, k: 1}, outcome({k: 1}))
    rest = drive(written, 20)
    assert len(rest) == 6 - 2
    assert rest == drive(canonical, 20)


@with_every_method
def test_what_the_space_does_not_hold_cannot_be_restored(
    make: Make, method: str, small: Space
) -> None:
    proposer = make(method, small)
    with pytest.raises(InputError, match="bogus"):
        proposer.restore({"answer": "abstain", "bogus": 1}, None)
    assert proposer.proposed == 0


@on_every_space
def test_later_feedback_replaces_earlier(make: Make, method: str, space: Space) -> None:
    revised, once = make(method, space), make(method, space)
    proposals: list[Proposal] = []
    while len(proposals) < 25 and (proposal := revised.ask()) is not None:
        proposals.append(proposal)
        # At first all look alike and infeasible; each is known better five proposals later.
        revised.tell(proposal.number, Feedback((0.0, 0.0), (5.0,)))
        for earlier in proposals[-6:-5]:
            revised.tell(earlier.number, outcome(earlier.params))
    for proposal in proposals:
        revised.tell(proposal.number, outcome(proposal.params))
        once.restore(proposal.params, outcome(proposal.params))
    assert drive(revised, 6) == drive(once, 6)


@with_every_method
def test_feedback_that_makes_no_sense_is_refused(make: Make, method: str, small: Space) -> None:
    proposer = make(method, small)
    proposer.ask()
    refused: Sequence[tuple[Feedback, str]] = [
        (Feedback((1.0,), (0.0,)), "1 losses for 2 objectives"),
        (Feedback((1.0, 2.0), ()), "0 violations for 1 constraints"),
        (Feedback((float("nan"), 2.0), (0.0,)), "loss of accuracy is nan"),
        (Feedback((1.0, float("inf")), (0.0,)), "loss of usd is inf"),
        (Feedback((1.0, 2.0), (float("nan"),)), "'latency_p95_s <= 2' is NaN"),
    ]
    for feedback, message in refused:
        with pytest.raises(ValueError, match=message):
            proposer.tell(0, feedback)
    with pytest.raises(KeyError, match="no proposal 1"):
        proposer.tell(1, WORST)


@with_every_method
def test_it_says_why_it_was_chosen(make: Make, method: str, small: Space) -> None:
    proposer = make(method, small)
    assert proposer.reason
    assert method in ("auto", proposer.method)


@with_every_method
def test_it_leaves_global_generators_warnings_and_logging_alone(
    make: Make, method: str, small: Space, capfd: pytest.CaptureFixture[str]
) -> None:
    verbosity = optuna.logging.get_verbosity()
    random.seed(5)
    np.random.seed(5)
    state, numpy_state = random.getstate(), repr(np.random.get_state())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        filters = list(warnings.filters)
        drive(make(method, small, trials=8), 13)
        assert list(warnings.filters) == filters
    assert random.getstate() == state
    assert repr(np.random.get_state()) == numpy_state
    assert optuna.logging.get_verbosity() == verbosity
    assert capfd.readouterr() == ("", "")
