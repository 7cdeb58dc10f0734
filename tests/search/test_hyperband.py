"""Which trial stands at which level of questions under Hyperband."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import pytest

from syftr_like.contracts.evaluator import Direction
from syftr_like.search import Constraint, Feedback, Objective, Verdict, make_early_stopping
from syftr_like.search.brackets import bracket_sizes, interleaved, level_sizes
from syftr_like.search.early_stopping import EarlyStopping
from syftr_like.search.hyperband import Hyperband

ONE = (Objective("error", Direction.MINIMIZE),)
TWO = (Objective("error", Direction.MINIMIZE), Objective("usd", Direction.MINIMIZE))


MIX = (1, 6, 27)
"""Less steep than a study's, so that few trials show every bracket."""


def hyperband(
    objectives: Sequence[Objective] = ONE, constraints: Sequence[Constraint] = ()
) -> Hyperband:
    """Levels 10, 30 and 90."""
    return Hyperband(90, objectives, constraints, min_questions=10, eta=3, brackets=MIX)


def run_all(
    stopping: EarlyStopping, losses: Sequence[float | tuple[float, ...]], *, close: bool = True
) -> dict[int, int]:
    """One worker evaluates trials of fixed losses, promotions first; where each came to stand."""
    stands: dict[int, int] = {}

    def run(number: int) -> None:
        loss = losses[number]
        feedback = Feedback(loss if isinstance(loss, tuple) else (loss,))
        verdict = Verdict.CONTINUE
        while verdict is Verdict.CONTINUE:
            level = next(q for q in stopping.levels if q > stands.get(number, 0))
            verdict = stopping.report(number, level, feedback)
            stands[number] = level

    def promote() -> None:
        number: int | None
        while (number := stopping.promote()) is not None:
            run(number)

    for new in range(len(losses)):
        stopping.add(new)
        run(new)
        promote()
    if close:
        stopping.close()
        promote()
    return stands


def of_bracket(stopping: EarlyStopping, bracket: int, count: int) -> list[int]:
    return [n for n in range(count) if stopping.bracket(n) == bracket]


class TestLevels:
    @pytest.mark.parametrize(
        ("questions", "least", "eta", "levels"),
        [
            (125, 12, 3, (14, 42, 125)),
            (90, 10, 3, (10, 30, 90)),
            (100, 12, 2.5, (16, 40, 100)),
            (48, 12, 2, (12, 24, 48)),
            (23, 12, 2, (12, 23)),
            (35, 13, 3, (35,)),
            (1, 2, 2, (1,)),
        ],
    )
    def test_all_questions_are_divided_by_powers_of_eta(
        self, questions: int, least: int, eta: float, levels: tuple[int, ...]
    ) -> None:
        assert level_sizes(questions, least, eta) == levels

    @pytest.mark.parametrize(
        ("questions", "least", "eta"), [(0, 2, 3), (9, 1, 3), (9, 2, 1.9), (9, 2, float("nan"))]
    )
    def test_impossible_numbers_are_refused(self, questions: int, least: int, eta: float) -> None:
        with pytest.raises(ValueError, match=r"questions|eta"):
            level_sizes(questions, least, eta)

    def test_lower_brackets_are_rare(self) -> None:
        assert bracket_sizes(3, 3) == (1, 16, 243)
        assert bracket_sizes(1, 3) == (1,)
        stopping = Hyperband(90, ONE, min_questions=10, eta=3)
        for number in range(260):
            stopping.add(number)
        assert [len(of_bracket(stopping, bracket, 260)) for bracket in range(3)] == [1, 16, 243]

    def test_there_is_a_bracket_for_each_level(self) -> None:
        with pytest.raises(ValueError, match="2 brackets for 3 levels"):
            Hyperband(90, ONE, min_questions=10, eta=3, brackets=(1, 6))

    def test_brackets_are_spread_evenly_over_the_arrivals(self) -> None:
        order = list(islice(interleaved(MIX), 68))
        assert [n for n in range(34) if order[n] == 0] == [12]
        assert [n for n in range(34) if order[n] == 1] == [2, 7, 15, 20, 26, 31]
        assert order[34:] == order[:34]
        for seen in range(1, 35):
            for bracket, size in enumerate(MIX):
                assert abs(order[:seen].count(bracket) - seen * size / 34) <= 1


class TestThreeBrackets:
    """34 trials: 12 is in bracket 0; 2, 7, 15, 20, 26 and 31 in bracket 1; the others in 2."""

    def test_when_the_first_are_the_best(self) -> None:
        stopping = hyperband()
        stands = run_all(stopping, [float(n) for n in range(34)])
        assert of_bracket(stopping, 0, 34) == [12]
        assert of_bracket(stopping, 1, 34) == [2, 7, 15, 20, 26, 31]
        # Bracket 0 competes nowhere.
        assert stands.pop(12) == 90
        # Bracket 1 competes at 30: two of its six go on.
        assert [stands.pop(n) for n in (2, 7, 15, 20, 26, 31)] == [90, 90, 30, 30, 30, 30]
        # Bracket 2 competes at 10 and at 30: nine of its 27 go on, then three of these nine.
        assert [n for n, at in stands.items() if at == 90] == [0, 1, 3]
        assert [n for n, at in stands.items() if at == 30] == [4, 5, 6, 8, 9, 10]
        assert set(stopping.waiting()) == set(range(34)) - {12, 2, 7, 0, 1, 3}

    def test_when_the_last_are_the_best(self) -> None:
        stopping = hyperband()
        stands = run_all(stopping, [-float(n) for n in range(34)])
        # One in three goes on; who comes next and is better does not take its place.
        assert sorted(n for n, at in stands.items() if at == 90) == [10, 12, 15, 22, 31, 33]
        assert sorted(n for n, at in stands.items() if at == 30) == [
            *(2, 3, 6, 7, 14, 18, 20, 25, 26, 29)
        ]

    def test_a_trial_that_is_the_best_of_three_goes_on_at_once(self) -> None:
        stopping = hyperband()
        for number in range(5):
            stopping.add(number)
        assert stopping.report(0, 10, Feedback((2.0,))) is Verdict.PAUSE
        assert stopping.report(1, 10, Feedback((3.0,))) is Verdict.PAUSE
        assert stopping.promote() is None
        assert stopping.report(3, 10, Feedback((1.0,))) is Verdict.CONTINUE
        assert stopping.promote() is None

    def test_a_paused_trial_goes_on_when_worse_ones_have_come(self) -> None:
        stopping = hyperband()
        for number in range(5):
            stopping.add(number)
        for number, loss in ((0, 1.0), (1, 2.0), (3, 3.0)):
            assert stopping.report(number, 10, Feedback((loss,))) is Verdict.PAUSE
        assert stopping.promote() == 0
        assert stopping.waiting() == (1, 3)
        assert stopping.report(0, 30, Feedback((1.0,))) is Verdict.PAUSE

    def test_a_place_is_kept_for_a_better_trial_until_none_is_to_come(self) -> None:
        stopping = hyperband()
        for number in range(9):
            stopping.add(number)
        for number, loss in ((0, 5.0), (1, 6.0), (3, 7.0)):
            stopping.report(number, 10, Feedback((loss,)))
        assert stopping.promote() == 0
        for number, loss in ((4, 1.0), (5, 8.0)):
            assert stopping.report(number, 10, Feedback((loss,))) is Verdict.PAUSE
        assert stopping.promote() is None
        # Two of six may go on; trial 4 is the better of the best two, trial 0 has gone on.
        assert stopping.report(6, 10, Feedback((4.0,))) is Verdict.PAUSE
        assert stopping.promote() == 4
        # Of bracket 2 seven have come, of all eight: trials 4 and 6 are the best of them.
        assert stopping.report(2, 10, Feedback((3.0,))) is Verdict.CONTINUE
        assert stopping.report(8, 10, Feedback((9.0,))) is Verdict.PAUSE
        assert stopping.promote() is None
        stopping.close()
        # A third of seven, rounded up.
        assert stopping.promote() == 6
        assert stopping.promote() is None

    @pytest.mark.parametrize(("count", "complete"), [(1, 1), (3, 1), (8, 2), (20, 4), (34, 6)])
    def test_a_search_of_few_trials_completes_some(self, count: int, complete: int) -> None:
        stands = run_all(hyperband(), [float(n % 7) for n in range(count)])
        assert sum(at == 90 for at in stands.values()) == complete

    def test_nothing_is_added_to_a_closed_search(self) -> None:
        stopping = hyperband()
        stopping.close()
        with pytest.raises(ValueError, match="trial 0 comes after the search was closed"):
            stopping.add(0)

    def test_higher_levels_are_served_first(self) -> None:
        stopping = hyperband()
        for number in range(17):
            stopping.add(number)
        for number in of_bracket(stopping, 2, 17)[:3]:
            stopping.restore(number, 10, Feedback((float(number),)))
        for number in of_bracket(stopping, 1, 17)[:3]:
            stopping.restore(number, 10, Feedback((float(number),)))
            stopping.restore(number, 30, Feedback((float(number),)))
        assert [stopping.promote() for _ in range(3)] == [2, 0, None]

    def test_a_bracket_that_does_not_compete_goes_on(self) -> None:
        stopping = hyperband()
        for number in range(13):
            stopping.add(number)
        assert stopping.report(2, 10, Feedback((9.0,))) is Verdict.CONTINUE
        assert stopping.report(12, 10, Feedback((9.0,))) is Verdict.CONTINUE
        assert stopping.report(2, 30, Feedback((9.0,))) is Verdict.PAUSE
        assert stopping.report(12, 30, Feedback((9.0,))) is Verdict.CONTINUE
        assert stopping.report(12, 90, Feedback((9.0,))) is Verdict.COMPLETE


class TestSeveralObjectives:
    # In the order of bracket 2: near twins that answer well at a high price, and a cheap flow.
    POINTS = ((0.10, 10.0), (0.11, 9.9), (0.12, 9.8), (0.50, 0.1), (0.51, 10.0), (0.60, 10.0))

    def promoted(self, objectives: Sequence[Objective]) -> list[int | None]:
        stopping = hyperband(objectives)
        for number in range(7):
            stopping.add(number)
        for number, point in zip(of_bracket(stopping, 2, 7), self.POINTS, strict=True):
            stopping.restore(number, 10, Feedback(point[: len(objectives)]))
        return [stopping.promote() for _ in range(3)]

    def test_one_objective_is_asha_and_takes_the_twins(self) -> None:
        assert self.promoted(ONE) == [0, 1, None]

    def test_two_objectives_take_one_twin_and_the_cheap_flow(self) -> None:
        first, second, third = self.promoted(TWO)
        assert 4 in (first, second)
        assert {first, second} - {4} <= {0, 1, 3}
        assert third is None

    def test_a_dominated_trial_waits_for_those_of_the_front(self) -> None:
        stopping = hyperband(TWO)
        stands = run_all(stopping, [(float(n), float(n)) for n in range(34)])
        assert stands == run_all(hyperband(ONE), [float(n) for n in range(34)])

    def test_trials_of_other_brackets_are_rivals_too(self) -> None:
        cheap, dear = Feedback((0.5, 0.1)), Feedback((0.1, 10.0))
        for beside, expected in ((dear, 4), (cheap, 3)):
            stopping = hyperband(TWO)
            for number in range(5):
                stopping.add(number)
            # Trial 2, of bracket 1, has gone on; its like is wanted less than what differs.
            assert stopping.report(2, 10, beside) is Verdict.CONTINUE
            for number, feedback in ((1, Feedback((0.6, 20.0))), (3, dear), (4, cheap)):
                stopping.restore(number, 10, feedback)
            stopping.close()
            assert stopping.promote() == expected
            assert stopping.promote() is None

    def test_what_goes_on_already_takes_from_its_near_twin(self) -> None:
        stopping = hyperband(TWO)
        for number in range(5):
            stopping.add(number)
        middling, twin, cheap = (0.3, 1.0), (0.301, 0.99), (0.5, 0.1)
        assert stopping.report(2, 10, Feedback(twin)) is Verdict.CONTINUE
        for number, point in ((1, (0.6, 20.0)), (3, middling), (4, cheap)):
            stopping.restore(number, 10, Feedback(point))
        stopping.close()
        # Without trial 2, the middling one would cover the most.
        assert stopping.promote() == 4


class TestRunning:
    def test_constraints_come_first(self) -> None:
        constraints = (Constraint("latency", "<=", 2.0), Constraint("failures", "<=", 0.1))
        stopping = hyperband(ONE, constraints)
        for number in range(11):
            stopping.add(number)
        feedbacks = [
            Feedback((0.1,), (1.0, -0.1)),  # half of the bound too slow
            Feedback((0.2,), (-1.0, 0.1)),  # fails twice as often as it may
            Feedback((0.9,), (0.0, 0.0)),
            Feedback((0.8,), (-1.0, -0.1)),
            Feedback((0.0,), (4.0, 0.1)),
            Feedback((0.0,), (3.0, 0.2)),
            Feedback((0.1,), (1.0, -0.1)),
            Feedback((0.0,), (3.0, 0.3)),
            Feedback((0.0,), (3.0, 0.4)),
        ]
        bracket = of_bracket(stopping, 2, 11)
        for number, feedback in zip(bracket, feedbacks, strict=True):
            stopping.restore(number, 10, feedback)
        assert [stopping.promote() for _ in range(4)] == [bracket[3], bracket[2], bracket[0], None]

    def test_a_stopped_trial_goes_no_further_and_gives_its_place_up(self) -> None:
        stopping = hyperband()
        for number in range(5):
            stopping.add(number)
        for number, loss in ((0, 1.0), (1, 2.0), (3, 3.0)):
            stopping.report(number, 10, Feedback((loss,)))
        assert stopping.promote() == 0
        stopping.stop(0)
        assert stopping.promote() == 1
        assert stopping.report(0, 30, Feedback((0.0,))) is Verdict.STOP
        stopping.stop(1)
        stopping.stop(3)
        assert stopping.promote() is None
        assert stopping.waiting() == ()

    def test_a_study_of_few_questions_has_one_level(self) -> None:
        stopping = Hyperband(23, ONE, min_questions=12, eta=3)
        assert stopping.levels == (23,)
        stopping.add(7)
        assert stopping.report(7, 23, Feedback((0.5,))) is Verdict.COMPLETE

    def test_none_lets_everything_complete(self) -> None:
        stopping = make_early_stopping("none", 50, TWO, min_questions=12, eta=3)
        assert stopping.levels == (50,)
        stands = run_all(stopping, [(float(n), 1.0) for n in range(5)])
        assert set(stands.values()) == {50}
        assert stopping.promote() is None
        assert (stopping.waiting(), stopping.bracket(3)) == ((), 0)

    def test_calls_that_make_no_sense_are_errors(self) -> None:
        stopping = hyperband()
        stopping.add(0)
        with pytest.raises(ValueError, match="trial 0 was added before"):
            stopping.add(0)
        with pytest.raises(KeyError, match="there is no trial 5"):
            stopping.report(5, 10, Feedback((1.0,)))
        with pytest.raises(ValueError, match="reports 30 questions: its next level is 10"):
            stopping.report(0, 30, Feedback((1.0,)))
        with pytest.raises(ValueError, match="2 losses for 1 objectives"):
            stopping.report(0, 10, Feedback((1.0, 2.0)))
        with pytest.raises(ValueError, match="1 violations for 0 constraints"):
            stopping.report(0, 10, Feedback((1.0,), (0.0,)))
        with pytest.raises(ValueError, match="not finite"):
            stopping.report(0, 10, Feedback((float("inf"),)))
        assert stopping.report(0, 10, Feedback((1.0,))) is Verdict.PAUSE
        with pytest.raises(ValueError, match="trial 0 is paused and cannot report"):
            stopping.report(0, 30, Feedback((1.0,)))
        for questions in (30, 90):
            stopping.restore(0, questions, Feedback((1.0,)))
        with pytest.raises(ValueError, match="trial 0 is complete"):
            stopping.stop(0)
        with pytest.raises(ValueError, match="at least one objective"):
            Hyperband(90, (), min_questions=10, eta=3)
