"""One question on its way through a flow: nodes run when needed, on a clock of service time.

The clock begins with the question and knows nothing of waiting for a free CPU slot, for room in the
budget, or of what was replayed: a node begins where the last of its inputs ended, and takes what
its own work takes. A node with branches has them run when it asks; then the clock goes on with
them, side by side where they are asked side by side.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from syftr_like.contracts import (
    Answer,
    BudgetExhaustedError,
    Chunks,
    Documents,
    Examples,
    NodeRecord,
    Passage,
    Port,
    Query,
    metered,
)
from syftr_like.contracts.engine_side import ended
from syftr_like.contracts.metering import CallSpan, Meter
from syftr_like.errors import ComponentError

from .build import Flow, FlowNode
from .node_results import NodeResult, NodeResults
from .timing import Allowance, CpuSlot, Timed, await_timed

_VALUES: Mapping[Port, type] = {
    Port.DOCUMENTS: Documents,
    Port.QUESTION: Query,
    Port.CHUNKS: Chunks,
    Port.EXAMPLES: Examples,
    Port.ANSWER: Answer,
}

CLOCK_GRAIN_S = 1e-3
"""A wait that is cut off at the limit may be measured as ending this much before it."""


class NodeFailedError(Exception):
    """A node failed, or the question's time is used up; the text is for a person."""


@dataclass(frozen=True)
class Prepared:
    """What every question of a flow shares.

    Attributes:
        flow: The flow.
        index_values: The documents and the index-time values, by name.
        by_node: What each query-time node prepared.
        results: Where results are found and kept; None runs every node.
        slot: Where CPU-bound work runs.
        timeout_s: Service time after which a question has failed.
    """

    flow: Flow
    index_values: Mapping[str, Any]
    by_node: Mapping[str, object]
    results: NodeResults | None
    slot: CpuSlot
    timeout_s: float


@dataclass
class QuestionRun:
    """The state of a question, or of another text that a branch was asked with in its place.

    Attributes:
        prepared: What every question shares.
        query: The text that nodes are run on.
        records: What every node took, in the order in which they ended; shared by all texts.
        values: What nodes put out, by name.
        texts: The runs of all texts, by text.
        asked: The text, where it is not the question itself.
    """

    prepared: Prepared
    query: Query
    records: list[NodeRecord] = field(default_factory=list)
    texts: dict[str, QuestionRun] = field(default_factory=dict)
    asked: str | None = None
    values: dict[str, Any] = field(init=False)
    _done: dict[str, asyncio.Future[None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.values = {**self.prepared.index_values, "question": self.query}
        self.texts[self.query.text] = self

    async def settle(self, target: str, clock: float = 0.0) -> float:
        """Have a node run, with all that it needs and that was not run before.

        Args:
            target: The node.
            clock: The time by the clock.

        Returns:
            The time when the node's value is there.

        Raises:
            NodeFailedError: A node failed.
            BudgetExhaustedError: A model call was refused.
        """
        flow = self.prepared.flow
        ended_at: dict[str, float] = {}
        for generation in flow.generations.get(target, ()):
            nodes = [flow.nodes[name] for name in generation]
            if len(nodes) == 1:
                await self._once(nodes[0], clock, ended_at)
            else:
                await _all([self._once(node, clock, ended_at) for node in nodes])
        return ended_at.get(target, clock)

    async def _once(self, node: FlowNode, clock: float, ended_at: dict[str, float]) -> None:
        """Run a node unless it has run; where another branch has it run just now, wait for that."""
        begins_at = max((ended_at.get(s, clock) for s in node.inputs.values()), default=clock)
        started = time.perf_counter()
        while (under_way := self._done.get(node.name)) is not None:
            already = under_way.done()
            await asyncio.wait([under_way])
            if under_way.cancelled():
                continue  # with the branch that had it run
            under_way.result()
            ended_at[node.name] = begins_at + (0 if already else time.perf_counter() - started)
            return
        done = self._done[node.name] = asyncio.get_running_loop().create_future()
        try:
            ended_at[node.name] = await self._run(node, begins_at)
        except BaseException as error:
            if isinstance(error, NodeFailedError | BudgetExhaustedError):
                done.set_exception(error)
                done.exception()  # nobody needs to wait for it
            else:
                del self._done[node.name]
                done.cancel()
            raise
        done.set_result(None)

    async def _run(self, node: FlowNode, begins_at: float) -> float:
        results = self.prepared.results
        found = results.find(node, self._address) if results is not None else None
        if found is None:
            timed, record = await self._work(node, begins_at)
        else:
            record = replace(found.record, began_s=begins_at, asked=self.asked)
            timed = Timed(found.value, None, record.seconds, record.cpu_seconds)
        self.records.append(record)
        ends_at = begins_at + record.seconds
        self._raise_failure(node, timed, ends_at)
        value = timed.value
        if isinstance(value, Query):
            value = replace(value, origin=self.query.original)
        self.values[node.name] = value
        if results is not None and found is None:
            results.keep(node, self._address, NodeResult(timed.value, record))
        return ends_at

    @property
    def _address(self) -> str:
        """What results are kept by: the text, and whose labels may not have been used for it."""
        if self.asked is None or not self.prepared.flow.learns:
            return self.query.text
        return json.dumps([self.query.text, self.query.original])

    async def _work(self, node: FlowNode, begins_at: float) -> tuple[Timed, NodeRecord]:
        """Run a node.

        Raises:
            BudgetExhaustedError: A model call was refused, whatever the component made of that.
        """
        remaining = self.prepared.timeout_s - begins_at
        inputs: dict[str, Any] = {name: self.values[source] for name, source in node.inputs.items()}
        given = self.prepared.by_node[node.name]
        component = node.component
        asked_at = time.perf_counter()
        with metered() as meter:
            if component.asynchronous:
                allowance = Allowance(remaining)
                meter.pause, meter.resume = allowance.pause, allowance.resume
                inputs |= self._branches(node, meter, allowance, begins_at)
                timed = await await_timed(component.arun(inputs, given), allowance)
            else:
                timed = await self.prepared.slot.run(partial(component.run, inputs, given))
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
            node.name,
            component.name,
            timed.seconds,
            waited,
            timed.cpu_seconds,
            calls,
            began_s=begins_at,
            asked=self.asked,
        )
        return timed, record

    def _branches(
        self, node: FlowNode, meter: Meter, allowance: Allowance, begins_at: float
    ) -> dict[str, dict[str, _Branch]]:
        started = time.perf_counter()

        def clock() -> float:
            return begins_at + time.perf_counter() - started + meter.replayed_seconds

        return {
            name: {
                branch: _Branch(branch, source, self, meter, allowance, clock)
                for branch, source in of.items()
            }
            for name, of in node.branches.items()
        }

    def with_text(self, text: str) -> QuestionRun:
        """Return the run of a text in the question's place."""
        found = self.texts.get(text)
        query = Query(text, origin=self.query.original)
        return found or QuestionRun(self.prepared, query, self.records, self.texts, text)

    def _raise_failure(self, node: FlowNode, timed: Timed, ends_at: float) -> None:
        limit = self.prepared.timeout_s
        if ends_at >= limit - CLOCK_GRAIN_S:
            raise NodeFailedError(
                f"timeout in {_place(node)}: {ends_at:.2f} s, the limit is {limit:g} s"
            )
        error = timed.error or wrong_type(node, timed.value)
        if error is not None:
            raise NodeFailedError(told(node, error))


@dataclass(frozen=True)
class _Branch:
    """See `contracts.branch`. A branch runs in a task of its own, whose CPU time is its nodes'."""

    name: str
    target: str
    run: QuestionRun
    meter: Meter
    allowance: Allowance
    clock: Callable[[], float]

    async def ask(self, text: str | None = None) -> Answer | tuple[Passage, ...]:
        run = self.run if text is None else self.run.with_text(text)
        if self.target in run.prepared.index_values:
            value: Answer | tuple[Passage, ...] = run.values[self.target]
            return value
        begins_at = self.clock()
        if begins_at >= run.prepared.timeout_s:
            raise ComponentError("the question's time is used up")
        started = time.perf_counter()
        self.allowance.pause()
        task = asyncio.create_task(run.settle(self.target, begins_at))
        seconds = 0.0
        try:
            seconds = await asyncio.shield(task) - begins_at
        except asyncio.CancelledError:
            task.cancel()
            await ended(task)
            raise
        except NodeFailedError as failure:
            seconds = time.perf_counter() - started
            raise ComponentError(f"in '{self.name}': {failure}") from failure
        except BudgetExhaustedError as refused:
            self.meter.refused = str(refused)
            raise
        finally:
            self.meter.note_span(CallSpan(started, time.perf_counter(), seconds))
            self.allowance.resume(seconds)
        answer: Answer | tuple[Passage, ...] = run.values[self.target]
        return answer


async def _all(work: Sequence[Any]) -> None:
    """Await all of it to the end, then raise what came first."""
    for result in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result


def wrong_type(node: FlowNode, value: object) -> TypeError | None:
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


def told(node: FlowNode, error: BaseException) -> str:
    """Return a node's error in words."""
    return f"{type(error).__name__} in {_place(node)}: {error}"
