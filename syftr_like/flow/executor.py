"""Running a flow: once on the documents, then on each question, with its account kept.

Latency is service time on the critical path: the longest chain of nodes, each counted by its own
wall time. Waiting for a free CPU slot is recorded apart, because a production flow that serves
one question would not wait. CPU-bound nodes run one at a time per worker, in a thread of their
own, so that their times are not distorted by each other and network waits go on meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from syftr_like.cache import Cache
from syftr_like.contracts import (
    Answer,
    BudgetExhaustedError,
    Documents,
    Examples,
    Outcome,
    Port,
    Query,
    fingerprint,
)
from syftr_like.contracts.learning import LearningRouter
from syftr_like.errors import ComponentError, UnavailableError

from .build import Flow, FlowNode
from .chunks_form import dump_chunks, load_chunks
from .index_cost import IndexCost, ResultCost
from .index_store import Form, IndexStore, IndexWork
from .learning import Learning
from .node_results import NodeResults
from .own_loop import run_in_own_loop
from .passages_read import found_passages, read_passages
from .question_run import NodeFailedError, Prepared, QuestionRun, told, wrong_type
from .redaction import redact
from .timing import FAILURES, CpuSlot

LONGEST_ERROR = 500
"""Characters of an error that are kept."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a flow may take, and what its computing costs.

    Attributes:
        question_timeout_s: Service time after which a question has failed.
        usd_per_cpu_hour: Price of local compute.
    """

    question_timeout_s: float = 60.0
    usd_per_cpu_hour: float = 0.04

    @property
    def usd_per_cpu_second(self) -> float:
        """The rate per second."""
        return self.usd_per_cpu_hour / 3600


NO_EXAMPLES = Examples(())
"""Of a flow that is given none."""


class IndexingError(ComponentError):
    """A flow's index-time work failed.

    Attributes:
        cost: What it consumed until then.
    """

    def __init__(self, problem: str, cost: IndexCost) -> None:
        super().__init__(redact(f"while indexing: {problem}")[:LONGEST_ERROR])
        self.cost = cost


class PreparedFlow:
    """A flow whose index-time work is done.

    Attributes:
        flow: The flow.
        index_cost: What its index-time work cost originally, shared results included.
    """

    def __init__(
        self,
        flow: Flow,
        documents: Documents,
        store: IndexStore,
        limits: Limits | None = None,
        slot: CpuSlot | None = None,
        results: Cache | None = None,
        examples: Examples = NO_EXAMPLES,
        learn: bool = True,
    ) -> None:
        """Do the index-time work.

        Args:
            flow: The flow.
            documents: The documents to index.
            store: Where index-time results are shared.
            limits: Timeout and price of compute.
            slot: The worker's CPU slot; one of its own when None.
            results: Where results of query-time nodes are found and kept; None runs every node
                on every question.
            examples: Labelled questions that components may learn from.
            learn: Whether they do; a flow that has not learned can be looked at, not run.

        Raises:
            IndexingError: A component failed while it indexed.
            BudgetExhaustedError: A model call was refused.
            UnavailableError: A key or a package that a component needs is not there.
        """
        self.flow = flow
        self.limits = limits or Limits()
        slot = slot or CpuSlot()
        self._index_values: dict[str, Any] = {"documents": documents, "examples": examples}
        self._prepared: dict[str, object] = {}
        self._results: NodeResults | None = None
        with store.tracked() as work:
            try:
                self._prepare(documents, store, results, work)
                self._shared = Prepared(
                    flow,
                    self._index_values,
                    self._prepared,
                    self._results,
                    slot,
                    self.limits.question_timeout_s,
                )
                if learn:
                    self._learn(store, work)
            except NodeFailedError as failure:
                raise IndexingError(str(failure), store.cost(work)) from failure.__cause__
        self.index_cost: IndexCost = store.cost(work)

    def _prepare(
        self, documents: Documents, store: IndexStore, results: Cache | None, work: IndexWork
    ) -> None:
        examples: Examples = self._index_values["examples"]
        prints = {"documents": documents.fingerprint, "examples": examples.fingerprint}
        spent: dict[str, ResultCost] = {}
        for node in self.flow.nodes.values():
            given = {
                name: self._index_values[source]
                for name, source in node.inputs.items()
                if source in self._index_values
            }
            try:
                if node.index_time:
                    wiring = sorted(node.inputs.items())
                    key = fingerprint(
                        node.component.key, *(f"{name}={prints[source]}" for name, source in wiring)
                    )
                    build = partial(_index_value, node, given, store)
                    value = store.compute(key, build, _form(node, documents))
                    self._index_values[node.name] = value
                    prints[node.name] = getattr(value, "fingerprint", key)
                else:
                    prepare = partial(node.component.prepare, given, store)
                    self._prepared[node.name], spent[node.name] = store.prepare(prepare)
                    work.own += spent[node.name].cost
            except (BudgetExhaustedError, UnavailableError):
                raise
            except FAILURES as error:
                raise NodeFailedError(told(node, error)) from error
        if results is not None:
            self._results = NodeResults(results, self.flow, self._index_values, prints, spent)
            # What was prepared before is made again, but costs what it did at first.
            costs = self._results.prepared.values()
            work.own = sum((cost.cost for cost in costs), start=IndexCost())

    def _learn(self, store: IndexStore, work: IndexWork) -> None:
        """Let components learn, those first that others have tried."""
        for node in self.flow.nodes.values():
            if not isinstance(node.component, LearningRouter) or node.index_time:
                continue
            learning = Learning(node, self._shared, self.limits.usd_per_cpu_second)
            try:
                learned = run_in_own_loop(learning.learn(self._prepared[node.name]))
            except BudgetExhaustedError:
                raise
            except FAILURES as error:
                raise NodeFailedError(told(node, error)) from error
            finally:
                work.own += learning.cost
                store.calls_made += [c for c in learning.cost.model_calls if not c.cached]
                self.flush_results()
            self._prepared[node.name] = learned

    def flush_results(self) -> None:
        """Write the results that are new to the cache, where others find them.

        Call it when a step of an evaluation ends, whatever ended it.
        """
        if self._results is not None:
            self._results.flush()

    async def run(self, question_id: str, question: str) -> Outcome:
        """Run one question. A failure is recorded in the outcome, not raised.

        Raises:
            BudgetExhaustedError: A model call was refused: the question is not answered, and
                that is no failure of the flow.
        """
        run = QuestionRun(self._shared, Query(question))
        latency_s, error = 0.0, None
        try:
            latency_s = await run.settle(self.flow.output.name)
        except NodeFailedError as failure:
            error = redact(str(failure))[:LONGEST_ERROR]
        return self._outcome(question_id, run, latency_s, error)

    def _outcome(
        self, question_id: str, run: QuestionRun, latency_s: float, error: str | None
    ) -> Outcome:
        output = self.flow.output
        retrieved = found_passages(self.flow, run)
        value = run.values.get(output.name)
        calls = [call for record in run.records for call in record.model_calls]
        cpu = sum(record.cpu_seconds for record in run.records)
        model_usd = sum(call.usd for call in calls)
        return Outcome(
            question_id=question_id,
            answer=value if isinstance(value, Answer) else None,
            passages=read_passages(self.flow, output.name, retrieved),
            retrieved=retrieved,
            nodes=tuple(run.records),
            # An output that no question reaches was there before the question: 0.
            latency_s=latency_s if error is None else self.limits.question_timeout_s,
            cpu_s=cpu,
            usd=model_usd + cpu * self.limits.usd_per_cpu_second,
            model_usd=model_usd,
            input_tokens=sum(call.input_tokens for call in calls),
            output_tokens=sum(call.output_tokens for call in calls),
            error=error,
        )


def _index_value(node: FlowNode, given: dict[str, Any], store: IndexStore) -> Any:
    value = node.component.run(given, node.component.prepare(given, store))
    error = wrong_type(node, value)
    if error is not None:
        raise error
    return value


def _form(node: FlowNode, documents: Documents) -> Form[Any] | None:
    """Return how an index-time value is kept; only chunks are."""
    if node.component.output is not Port.CHUNKS or not node.component.cacheable:
        return None
    return Form(
        partial(dump_chunks, documents=documents), partial(load_chunks, documents=documents)
    )
