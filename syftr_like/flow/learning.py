"""Letting the nodes of a flow learn from labelled questions, before it serves."""

from __future__ import annotations

from typing import Any

from syftr_like.contracts import Answer, Evaluator, NodeRecord, Outcome, Query, Question
from syftr_like.contracts.learning import Attempt, LearningRouter
from syftr_like.contracts.registry import evaluator

from .build import FlowNode
from .index_cost import IndexCost
from .passages_read import found_passages, read_passages
from .question_run import NodeFailedError, Prepared, QuestionRun


class Learning:
    """One node that learns: has its branches tried, and adds up what that took.

    Args:
        node: The node, whose component is a `LearningRouter`.
        shared: What every question of the flow shares.
        usd_per_cpu_second: Price of compute.
    """

    def __init__(self, node: FlowNode, shared: Prepared, usd_per_cpu_second: float) -> None:
        assert isinstance(node.component, LearningRouter)
        self._component = node.component
        self._shared = shared
        self._rate = usd_per_cpu_second
        (self._branches,) = node.branches.values()
        self._evaluator: Evaluator = evaluator(node.component.parameters.metric)
        self._records: list[NodeRecord] = []
        self._seconds = 0.0

    async def learn(self, prepared: object) -> Any:
        """Return what the component learned.

        Raises:
            Exception: Whatever the component raises.
            BudgetExhaustedError: A model call was refused.
        """
        examples = self._shared.index_values["examples"]
        names = tuple(self._branches)
        return await self._component.learn(examples, names, self._attempt, prepared)

    @property
    def cost(self) -> IndexCost:
        """What it took until now; time as if every question was tried after the other."""
        return IndexCost(
            self._seconds,
            sum(record.cpu_seconds for record in self._records),
            tuple(call for record in self._records for call in record.model_calls),
        )

    async def _attempt(self, question: Question, branch: str) -> Attempt:
        run = QuestionRun(self._shared, Query(question.question))
        target = self._branches[branch]
        answer, seconds, error = None, 0.0, None
        try:
            seconds = await run.settle(target)
            value = run.values[target]
            answer = value if isinstance(value, Answer) else None
        except NodeFailedError as failure:
            seconds, error = self._shared.timeout_s, str(failure)
        finally:
            self._records += run.records
            self._seconds += seconds
        cpu = sum(record.cpu_seconds for record in run.records)
        calls = sum(call.usd for record in run.records for call in record.model_calls)
        usd = calls + cpu * self._rate
        retrieved = found_passages(self._shared.flow, run)
        outcome = Outcome(
            question.id,
            answer,
            read_passages(self._shared.flow, target, retrieved),
            retrieved,
            tuple(run.records),
            seconds,
            cpu,
            usd,
            error=error,
        )
        return Attempt(answer, self._score(question, outcome), usd, seconds)

    def _score(self, question: Question, outcome: Outcome) -> float:
        metric = self._evaluator
        if outcome.error is not None and metric.worst is not None:
            return metric.worst
        return metric.score(question, outcome)
