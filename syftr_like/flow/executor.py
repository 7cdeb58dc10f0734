"""Running a flow: once on the documents, then on each question, with its account kept.

Latency is service time on the critical path: the longest chain of nodes, each counted by its own
wall time. Waiting for a free CPU slot is recorded apart, because a production flow that serves
one question would not wait. CPU-bound nodes run one at a time per worker, in a thread of their
own, so that their times are not distorted by each other and network waits go on meanwhile.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from syftr_like.cache import Cache
from syftr_like.contracts import (
    Answer,
    BudgetExhaustedError,
    Chunks,
    Documents,
    NodeRecord,
    Outcome,
    Passage,
    Port,
    Query,
    fingerprint,
    metered,
)
from syftr_like.errors import ComponentError, UnavailableError

from .build import Flow, FlowNode
from .chunks_form import dump_chunks, load_chunks
from .index_cost import IndexCost, ResultCost
from .index_store import Form, IndexStore, IndexWork
from .node_results import NodeResult, NodeResults
from .redaction import redact
from .timing import FAILURES, CpuSlot, Timed, await_timed

_VALUES: Mapping[Port, type] = {
    Port.DOCUMENTS: Documents,
    Port.QUESTION: Query,
    Port.CHUNKS: Chunks,
    Port.ANSWER: Answer,
}

LONGEST_ERROR = 500
"""Characters of an error that are kept."""

CLOCK_GRAIN_S = 1e-3
"""A wait that is cut off at the limit may be measured as ending this much before it."""


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


class IndexingError(ComponentError):
    """A flow's index-time work failed.

    Attributes:
        cost: What it consumed until then.
    """

    def __init__(self, problem: str, cost: IndexCost) -> None:
        super().__init__(redact(f"while indexing: {problem}")[:LONGEST_ERROR])
        self.cost = cost


class _NodeFailedError(Exception):
    """A node failed, or the question's time is used up; the text is for a person."""


@dataclass(slots=True)
class _Run:
    """The state of one question on its way through the graph."""

    values: dict[str, Any]
    finished_at: dict[str, float]
    records: list[NodeRecord]


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

        Raises:
            IndexingError: A component failed while it indexed.
            BudgetExhaustedError: A model call was refused.
            UnavailableError: A key or a package that a component needs is not there.
        """
        self.flow = flow
        self.limits = limits or Limits()
        self._slot = slot or CpuSlot()
        self._index_values: dict[str, Any] = {"documents": documents}
        self._prepared: dict[str, object] = {}
        self._results: NodeResults | None = None
        with store.tracked() as work:
            try:
                self._prepare(documents, store, results, work)
            except _NodeFailedError as failure:
                raise IndexingError(str(failure), store.cost(work)) from failure.__cause__
        self.index_cost: IndexCost = store.cost(work)

    def _prepare(
        self, documents: Documents, store: IndexStore, results: Cache | None, work: IndexWork
    ) -> None:
        prints = {"documents": documents.fingerprint}
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
                raise _NodeFailedError(_told(node, error)) from error
        if results is not None:
            self._results = NodeResults(results, self.flow, self._index_values, prints, spent)
            # What was prepared before is made again, but costs what it did at first.
            costs = self._results.prepared.values()
            work.own = sum((cost.cost for cost in costs), start=IndexCost())

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
        run = _Run({**self._index_values, "question": Query(question)}, {}, [])
        error: str | None = None
        try:
            for generation in self.flow.generations:
                nodes = [self.flow.nodes[name] for name in generation]
                if len(nodes) == 1:
                    await self._run_node(nodes[0], run)
                else:
                    await self._run_side_by_side(nodes, run)
        except _NodeFailedError as failure:
            error = redact(str(failure))[:LONGEST_ERROR]
        return self._outcome(question_id, run, error)

    async def _run_side_by_side(self, nodes: list[FlowNode], run: _Run) -> None:
        results = await asyncio.gather(
            *(self._run_node(node, run) for node in nodes), return_exceptions=True
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _run_node(self, node: FlowNode, run: _Run) -> None:
        starts_at = max((run.finished_at.get(s, 0.0) for s in node.inputs.values()), default=0.0)
        question = run.values["question"].text
        found = self._results.find(node, question) if self._results is not None else None
        if found is None:
            timed, record = await self._work(node, run, starts_at)
        else:
            record = found.record
            timed = Timed(found.value, None, record.seconds, record.cpu_seconds)
        run.records.append(record)
        run.finished_at[node.name] = starts_at + record.seconds
        self._raise_failure(node, timed, run.finished_at[node.name])
        run.values[node.name] = timed.value
        if self._results is not None and found is None:
            self._results.keep(node, question, NodeResult(timed.value, record))

    async def _work(self, node: FlowNode, run: _Run, starts_at: float) -> tuple[Timed, NodeRecord]:
        """Run a node.

        Raises:
            BudgetExhaustedError: A model call was refused, whatever the component made of that.
        """
        remaining = self.limits.question_timeout_s - starts_at
        inputs = {name: run.values[source] for name, source in node.inputs.items()}
        prepared = self._prepared[node.name]
        component = node.component
        asked_at = time.perf_counter()
        with metered() as meter:
            if component.asynchronous:
                timed = await await_timed(component.arun(inputs, prepared), remaining)
            else:
                timed = await self._slot.run(partial(component.run, inputs, prepared))
        if meter.refused is not None:
            raise BudgetExhaustedError(meter.refused)
        # Replies from the cache took no time here; waits for the budget took some that is not the
        # flow's.
        replayed = meter.replayed_seconds
        measured = timed.seconds + min(0.0, replayed)
        waited = max(0.0, time.perf_counter() - asked_at - measured)
        timed = replace(timed, seconds=max(0.0, timed.seconds + replayed))
        calls = tuple(meter.model_calls)
        record = NodeRecord(
            node.name, component.name, timed.seconds, waited, timed.cpu_seconds, calls
        )
        return timed, record

    def _raise_failure(self, node: FlowNode, timed: Timed, finished_at: float) -> None:
        limit = self.limits.question_timeout_s
        if finished_at >= limit - CLOCK_GRAIN_S:
            raise _NodeFailedError(
                f"timeout in {_place(node)}: {finished_at:.2f} s, the limit is {limit:g} s"
            )
        error = timed.error or _wrong_type(node, timed.value)
        if error is not None:
            raise _NodeFailedError(_told(node, error))

    def _outcome(self, question_id: str, run: _Run, error: str | None) -> Outcome:
        output = self.flow.output
        retrieved = {
            name: tuple(value)
            for name, value in run.values.items()
            if name in self.flow.nodes and self.flow.nodes[name].component.output is Port.PASSAGES
        }
        value = run.values.get(output.name)
        calls = [call for record in run.records for call in record.model_calls]
        cpu = sum(record.cpu_seconds for record in run.records)
        model_usd = sum(call.usd for call in calls)
        return Outcome(
            question_id=question_id,
            answer=value if isinstance(value, Answer) else None,
            passages=_read_passages(output, retrieved),
            retrieved=retrieved,
            nodes=tuple(run.records),
            latency_s=(
                # An output that no question reaches was there before the question.
                run.finished_at.get(output.name, 0.0)
                if error is None
                else self.limits.question_timeout_s
            ),
            cpu_s=cpu,
            usd=model_usd + cpu * self.limits.usd_per_cpu_second,
            model_usd=model_usd,
            input_tokens=sum(call.input_tokens for call in calls),
            output_tokens=sum(call.output_tokens for call in calls),
            error=error,
        )


def _index_value(node: FlowNode, given: dict[str, Any], store: IndexStore) -> Any:
    value = node.component.run(given, node.component.prepare(given, store))
    error = _wrong_type(node, value)
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


def _wrong_type(node: FlowNode, value: object) -> TypeError | None:
    """Return the mistake of a component that put out something else than it declares.

    Unnoticed, a reader that returns a string would look like a flow without an answer.
    """
    output = node.component.output
    if output is Port.PASSAGES:
        passages = isinstance(value, tuple | list)
        if passages and all(isinstance(item, Passage) for item in value):  # type: ignore[attr-defined]
            return None
    elif isinstance(value, Answer):
        if output is Port.ANSWER and isinstance(value.text, str):
            return None
    elif output is None or isinstance(value, _VALUES[output]):
        return None
    return TypeError(f"what it put out is no {output}, but {value!r:.100}")


def _place(node: FlowNode) -> str:
    return f"node '{node.name}' ({node.component.name})"


def _told(node: FlowNode, error: BaseException) -> str:
    return f"{type(error).__name__} in {_place(node)}: {error}"


def _read_passages(
    output: FlowNode, retrieved: dict[str, tuple[Passage, ...]]
) -> tuple[Passage, ...]:
    """Return what the output node read; the output itself when it is passages."""
    if output.name in retrieved:
        return retrieved[output.name]
    for source in output.inputs.values():
        if source in retrieved:
            return retrieved[source]
    return ()
