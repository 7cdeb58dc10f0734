"""What holds of Hyperband whatever trials report, and in whatever order they run."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from syftr_like.contracts.evaluator import Direction
from syftr_like.search import Constraint, Feedback, Objective, Verdict
from syftr_like.search.hyperband import Hyperband

CONSTRAINTS = (Constraint("latency", "<=", 2.0),)


@dataclass
class Play:
    """Trials on some workers; in what order they report, and who is stopped, is up to a seed."""

    stopping: Hyperband
    feedbacks: list[Feedback]
    seed: int
    stop_share: float = 0.1
    asked: dict[int, int] = field(default_factory=dict)
    ended: dict[int, str] = field(default_factory=dict)
    events: list[tuple[object, ...]] = field(default_factory=list)
    begun: int = 0

    def run(self, workers: int = 3) -> Play:
        """Until all trials have begun and none may go on."""
        rng = Random(self.seed)
        busy: list[int] = []
        while True:
            while len(busy) < workers:
                number = self.stopping.promote()
                self.events.append(("promote", number))
                if number is None:
                    if self.begun == len(self.feedbacks):
                        break
                    number, self.begun = self.begun, self.begun + 1
                    self.stopping.add(number)
                busy.append(number)
            if not busy:
                return self
            number = busy.pop(rng.randrange(len(busy)))
            if rng.random() < self.stop_share:
                self.stopping.stop(number)
                self.ended[number] = "stopped"
                continue
            level = next(q for q in self.stopping.levels if q > self.asked.get(number, 0))
            self.asked[number] = level
            verdict = self.stopping.report(number, level, self.feedbacks[number])
            self.events.append((number, level, verdict))
            if verdict is Verdict.CONTINUE:
                busy.append(number)
            else:
                self.ended[number] = verdict.value


@st.composite
def plays(draw: st.DrawFn, count: int = 40) -> tuple[int, float, list[Feedback], int]:
    """Number of objectives, eta, what each trial reports, and a seed."""
    objectives = draw(st.integers(1, 3))
    # Few distinct numbers, so that ties and domination are common; losses of either sign.
    loss = st.sampled_from((-4.0, 0.5, 1.0, 1.5, 3.0, 40.0))
    positive = st.sampled_from((0.5, 1.0, 1.5, 3.0, 40.0))
    losses = st.tuples(loss, *[positive] * (objectives - 1))
    feedback = st.builds(Feedback, losses, st.tuples(st.sampled_from((-1.0, -0.5, 0.0, 1.0, 2.0))))
    feedbacks = draw(st.lists(feedback, min_size=1, max_size=count))
    return objectives, draw(st.sampled_from((2, 2.5, 3))), feedbacks, draw(st.integers(0, 999))


def hyperband(objectives: int, eta: float) -> Hyperband:
    kinds = [Objective(f"loss {i}", Direction.MINIMIZE) for i in range(objectives)]
    return Hyperband(60, kinds, CONSTRAINTS, min_questions=5, eta=eta)


def passed(play: Play, level: int, bracket: int | None = None) -> tuple[int, int, list[int]]:
    """How many trials that compete at a level reached it, how many went on, and who waits."""
    stopping = play.stopping
    place = stopping.levels.index(level)
    mine = [
        n
        for n in play.asked
        if stopping.competes(stopping.bracket(n), place) and bracket in (None, stopping.bracket(n))
    ]
    reached = sum(play.asked[n] >= level for n in mine)
    went_on = sum(play.asked[n] > level for n in mine)
    return reached, went_on, [n for n in stopping.waiting() if n in mine and play.asked[n] == level]


@settings(max_examples=60, deadline=None)
@given(plays())
def test_every_trial_ends_and_no_more_go_on_than_their_share(
    case: tuple[int, float, list[Feedback], int],
) -> None:
    objectives, eta, feedbacks, seed = case
    stopping = hyperband(objectives, eta)
    play = Play(stopping, feedbacks, seed).run()
    for level in stopping.levels[:-1]:
        for bracket in range(len(stopping.levels)):
            reached, went_on, _ = passed(play, level, bracket)
            assert went_on <= math.floor(reached / eta)
    assert set(play.ended) == set(range(len(feedbacks)))
    assert {n for n, end in play.ended.items() if end == "pause"} == set(stopping.waiting())
    reports = Counter(event[:2] for event in play.events if event[0] != "promote")
    assert max(reports.values(), default=1) == 1
    assert all(play.asked[n] == 60 for n, end in play.ended.items() if end == "complete")
    for n, end in play.ended.items():
        if end == "pause":
            assert stopping.competes(stopping.bracket(n), stopping.levels.index(play.asked[n]))


@settings(max_examples=60, deadline=None)
@given(plays())
def test_a_closed_search_fills_its_places_and_completes_a_trial(
    case: tuple[int, float, list[Feedback], int],
) -> None:
    objectives, eta, feedbacks, seed = case
    play = closed(Play(hyperband(objectives, eta), feedbacks, seed))
    for level in play.stopping.levels[:-1]:
        reached, went_on, waiting = passed(play, level)
        # A place that one bracket got by rounding up is not taken from another that fills later.
        assert went_on <= math.ceil(reached / eta) + len(play.stopping.levels) - 1
        assert not waiting or went_on >= math.ceil(reached / eta)
        for bracket in range(len(play.stopping.levels)):
            reached, went_on, waiting = passed(play, level, bracket)
            assert not waiting or went_on >= math.floor(reached / eta)
    assert {"complete", "stopped"} & set(play.ended.values())


@settings(max_examples=40, deadline=None)
@given(plays())
def test_a_finished_search_that_is_restored_has_nothing_to_do(
    case: tuple[int, float, list[Feedback], int],
) -> None:
    objectives, eta, feedbacks, seed = case
    play = closed(Play(hyperband(objectives, eta), feedbacks, seed))
    rebuilt = rebuild(play, hyperband(objectives, eta))
    assert rebuilt.promote() is None
    rebuilt.close()
    assert rebuilt.promote() is None


def closed(play: Play) -> Play:
    """Run to the end of the trials, and then to the end of the search."""
    play.run()
    play.stopping.close()
    return play.run()


def rebuild(play: Play, stopping: Hyperband) -> Hyperband:
    for number, feedback in enumerate(play.feedbacks):
        stopping.add(number)
        for level in stopping.levels:
            if play.asked.get(number, 0) >= level:
                stopping.restore(number, level, feedback)
        if play.ended[number] == "stopped":
            stopping.stop(number)
    return stopping


@settings(max_examples=40, deadline=None)
@given(plays(), st.lists(st.sampled_from((1e-6, 0.3, 7.0, 1e5)), min_size=3, max_size=3))
def test_the_units_of_objectives_decide_nothing(
    case: tuple[int, float, list[Feedback], int], units: list[float]
) -> None:
    objectives, eta, feedbacks, seed = case
    other = [
        Feedback(
            tuple(loss * unit for loss, unit in zip(f.losses, units, strict=False)), f.violations
        )
        for f in feedbacks
    ]
    one = Play(hyperband(objectives, eta), feedbacks, seed).run()
    assert Play(hyperband(objectives, eta), other, seed).run().events == one.events


@settings(max_examples=40, deadline=None)
@given(plays())
def test_the_same_calls_give_the_same_decisions(
    case: tuple[int, float, list[Feedback], int],
) -> None:
    objectives, eta, feedbacks, seed = case
    one = Play(hyperband(objectives, eta), feedbacks, seed).run()
    assert Play(hyperband(objectives, eta), feedbacks, seed).run().events == one.events


@settings(max_examples=60, deadline=None)
@given(plays(), plays(count=15))
def test_a_restored_state_decides_as_the_original(
    case: tuple[int, float, list[Feedback], int], later: tuple[int, float, list[Feedback], int]
) -> None:
    objectives, eta, feedbacks, seed = case
    original = hyperband(objectives, eta)
    play = Play(original, feedbacks, seed).run()
    rebuilt = rebuild(play, hyperband(objectives, eta))
    assert rebuilt.waiting() == original.waiting()
    assert rebuilt.promote() is None
    # Both go on alike.
    verdicts: list[list[object]] = [[], []]
    for stopping, seen in zip((original, rebuilt), verdicts, strict=True):
        for number, feedback in enumerate(later[2], start=len(feedbacks)):
            stopping.add(number)
            fitting = Feedback((*feedback.losses, 1.0, 1.0)[:objectives], feedback.violations)
            seen += [stopping.bracket(number), stopping.report(number, stopping.levels[0], fitting)]
            seen += [stopping.promote(), stopping.waiting()]
    assert verdicts[0] == verdicts[1]


@settings(max_examples=40, deadline=None)
@given(plays())
def test_trials_interrupted_while_going_on_are_taken_up_again(
    case: tuple[int, float, list[Feedback], int],
) -> None:
    objectives, eta, feedbacks, _ = case
    original, rebuilt = hyperband(objectives, eta), hyperband(objectives, eta)
    going_on = set()
    for number, feedback in enumerate(feedbacks):
        original.add(number)
        rebuilt.add(number)
        first = original.levels[0]
        if original.report(number, first, feedback) is Verdict.CONTINUE:
            going_on.add(number)
        rebuilt.restore(number, first, feedback)
    rebuilt.close()
    promoted = set()
    while (number_or_none := rebuilt.promote()) is not None:
        promoted.add(number_or_none)
    never = {n for n in going_on if not rebuilt.competes(rebuilt.bracket(n), 0)}
    assert never <= promoted
    assert len(promoted) >= len(going_on)
