"""Evaluating a flow on many questions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

import pytest

from syftr_like.contracts import (
    Answer,
    Direction,
    Document,
    Documents,
    Evaluator,
    Input,
    Kind,
    Mean,
    NodeComponent,
    Outcome,
    Port,
    Question,
)
from syftr_like.evaluation import Evaluation, MetricError, evaluate_questions, summarize
from syftr_like.flow import IndexStore, Limits, PreparedFlow, build_flow
from syftr_like.space import ComponentConfig, FlowConfig, NodeConfig

QUESTIONS = [Question(f"q{n}", f"question {n}", ("yes",), answerable=n % 2 == 0) for n in range(10)]
Work = Callable[[str], Any]


class Right(Evaluator):
    """Whether the answer is yes."""

    name = "right"
    direction = Direction.MAXIMIZE

    def score(self, question: Question, outcome: Outcome) -> float:
        return float(outcome.answer == Answer("yes"))


class RightIfAnswerable(Right):
    """The same, for answerable questions."""

    name = "right_if_answerable"

    def applies(self, question: Question) -> bool:
        return question.answerable


class Broken(Right):
    """A metric of cost that always fails."""

    name = "broken"
    worst = None

    def score(self, question: Question, outcome: Outcome) -> float:
        raise ZeroDivisionError("by nought")


@pytest.fixture
def flow(monkeypatch: pytest.MonkeyPatch) -> Callable[[Work], PreparedFlow]:
    """A flow of one awaited node."""

    def build(work: Work) -> PreparedFlow:
        class Node(NodeComponent):
            """Does what the test says."""

            name = "node"
            kind = Kind.READER
            inputs: ClassVar[Mapping[str, Input]] = {"question": Input(Port.QUESTION)}
            output = Port.ANSWER
            asynchronous = True  # type: ignore[assignment]

            def run(self, inputs: Mapping[str, Any], prepared: object) -> Any:
                raise AssertionError

            async def arun(self, inputs: Mapping[str, Any], prepared: object) -> Any:
                return await work(inputs["question"].text)

        monkeypatch.setattr("syftr_like.flow.build.component_class", lambda name: Node)
        node = NodeConfig("answer", {"question": "question"}, ComponentConfig("node", "node"))
        documents = Documents([Document("d", "", "text")])
        built = build_flow(FlowConfig((node,), "answer"))
        return PreparedFlow(built, documents, IndexStore(), Limits(question_timeout_s=20))

    return build


def evaluate(
    flow: PreparedFlow, *evaluators: Evaluator, in_flight: int = 3, questions: Any = QUESTIONS
) -> list[Evaluation]:
    received: list[Evaluation] = []
    asyncio.run(
        evaluate_questions(
            flow, questions, evaluators, trial=7, split="tune", in_flight=in_flight,
            on_evaluation=received.append,
        )
    )  # fmt: skip
    return received


async def yes(question: str) -> Answer:
    return Answer("yes")


async def fails_on_odd(question: str) -> Answer:
    if int(question.split()[1]) % 2:
        raise ValueError("odd")
    return Answer("yes")


def test_every_question_is_evaluated_once(flow: Callable[[Work], PreparedFlow]) -> None:
    evaluations = evaluate(flow(yes), Right())
    assert sorted(e.question_id for e in evaluations) == [q.id for q in QUESTIONS]
    assert {(e.trial, e.split) for e in evaluations} == {(7, "tune")}
    assert all(e.scores == {"right": 1.0} for e in evaluations)


class TestOrder:
    def test_questions_are_started_in_the_order_given(
        self, flow: Callable[[Work], PreparedFlow]
    ) -> None:
        started: list[str] = []

        async def work(question: str) -> Answer:
            started.append(question)
            await asyncio.sleep(0.001 * (10 - int(question.split()[1])))
            return Answer("yes")

        evaluate(flow(work), Right())
        assert started == [q.question for q in QUESTIONS]

    def test_so_many_are_under_way_and_no_more(self, flow: Callable[[Work], PreparedFlow]) -> None:
        """Each waits until three are inside: with fewer at a time it would never end."""
        inside: set[str] = set()
        most = 0
        met = False

        async def work(question: str) -> Answer:
            nonlocal most, met
            inside.add(question)
            most = max(most, len(inside))
            while not met:
                met = len(inside) == 3
                await asyncio.sleep(0.001)
            await asyncio.sleep(0.001)
            inside.remove(question)
            return Answer("yes")

        evaluations = evaluate(flow(work), Right(), in_flight=3)
        assert [e.outcome.error for e in evaluations] == [None] * 10
        assert most == 3

    def test_a_question_is_drawn_when_it_is_started(
        self, flow: Callable[[Work], PreparedFlow]
    ) -> None:
        drawn = 0
        done = 0

        def questions() -> Iterator[Question]:
            nonlocal drawn
            for question in QUESTIONS:
                drawn += 1
                yield question

        async def work(question: str) -> Answer:
            nonlocal done
            assert drawn - done <= 2
            await asyncio.sleep(0)
            done += 1
            return Answer("yes")

        evaluations = evaluate(flow(work), Right(), in_flight=2, questions=questions())
        assert [e.outcome.error for e in evaluations] == [None] * 10

    def test_an_evaluation_is_handed_over_when_it_is_there(
        self, flow: Callable[[Work], PreparedFlow]
    ) -> None:
        """The second question ends when the third has been handed over."""
        received: list[str] = []

        async def work(question: str) -> Answer:
            while question == "question 1" and "q2" not in received:
                await asyncio.sleep(0.001)
            return Answer("yes")

        asyncio.run(
            evaluate_questions(
                flow(work), QUESTIONS, [Right()], trial=0, split="tune", in_flight=2,
                on_evaluation=lambda evaluation: received.append(evaluation.question_id),
            )
        )  # fmt: skip
        assert received.index("q1") > received.index("q2")
        assert len(received) == 10

    def test_more_may_be_allowed_than_there_are(self, flow: Callable[[Work], PreparedFlow]) -> None:
        assert len(evaluate(flow(yes), Right(), in_flight=64)) == 10


class TestFailures:
    def test_they_stay_in_the_denominator(self, flow: Callable[[Work], PreparedFlow]) -> None:
        metrics = (Right(), RightIfAnswerable())
        evaluations = evaluate(flow(fails_on_odd), *metrics)
        estimates = summarize(metrics, (e.scores for e in evaluations))
        assert (estimates["right"].value, estimates["right"].n) == (0.5, 10)
        assert (estimates["right_if_answerable"].value, estimates["right_if_answerable"].n) == (
            1.0,
            5,
        )

    def test_a_defective_metric_ends_the_evaluation(
        self, flow: Callable[[Work], PreparedFlow]
    ) -> None:
        asked: list[str] = []

        async def work(question: str) -> Answer:
            asked.append(question)
            await asyncio.sleep(0.001)
            return Answer("yes")

        with pytest.raises(MetricError, match="ZeroDivisionError in metric 'broken'"):
            evaluate(flow(work), Broken(), in_flight=2)
        assert len(asked) <= 4

    def test_so_does_a_receiver_that_fails(self, flow: Callable[[Work], PreparedFlow]) -> None:
        def full(evaluation: Evaluation) -> None:
            raise OSError("disk full")

        with pytest.raises(OSError, match="disk full"):
            asyncio.run(
                evaluate_questions(
                    flow(yes), QUESTIONS, [Right()], trial=0, split="tune", in_flight=2,
                    on_evaluation=full,
                )
            )  # fmt: skip


class TestSummary:
    def test_a_metric_that_applies_to_none_is_left_out(self) -> None:
        assert summarize([Right(), RightIfAnswerable()], [{"right": 1.0}]).keys() == {"right"}

    def test_each_metric_is_aggregated_in_its_own_way(self) -> None:
        assert Right().aggregation == Mean()
        estimate = summarize([Right()], [{"right": v} for v in (0.0, 1.0, 1.0, 1.0)])["right"]
        assert estimate.value == 0.75
        assert estimate.low is not None
        assert 0 <= estimate.low < 0.75
