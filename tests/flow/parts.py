"""Components that make visible what the executor does with them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from syftr_like.contracts import (
    Answer,
    Chunks,
    Component,
    Index,
    Indexes,
    Input,
    ModelCall,
    NodeComponent,
    Passage,
    Port,
    Query,
    QueryTransform,
    Reader,
    Retriever,
    record_model_call,
)
from syftr_like.contracts.branch import Branch
from syftr_like.space import ComponentConfig, FlowConfig, NodeConfig

Branches = Mapping[str, Branch]
"""What a component has run when it asks, by name."""


def call(model: str = "m", usd: float = 0.25, tokens: tuple[int, int] = (100, 10)) -> ModelCall:
    return ModelCall(model, *tokens, usd=usd, seconds=0.0)


def burn(cpu_seconds: float) -> None:
    """Keep this thread's core busy."""
    started = time.thread_time()
    while time.thread_time() - started < cpu_seconds:
        pass


@dataclass(frozen=True, slots=True)
class PaidBase(Index[str]):
    """A recipe that pays for a model call and takes a moment."""

    name: ClassVar[str] = "paid_base"
    size: int = 1

    def build(self, chunks: Chunks, indexes: Indexes) -> str:
        record_model_call(call("base", 1.0))
        time.sleep(0.03)
        return f"base of {len(chunks)}"


@dataclass(frozen=True, slots=True)
class PaidTop(Index[str]):
    """A recipe made from another one."""

    name: ClassVar[str] = "paid_top"

    def build(self, chunks: Chunks, indexes: Indexes) -> str:
        record_model_call(call("top", 0.5))
        time.sleep(0.02)
        return "top of " + indexes.get(PaidBase(), chunks)


class Paying(Retriever):
    """A retriever over paid indexes."""

    name = "paying"

    def index(self, chunks: Chunks, indexes: Indexes) -> tuple[str, str, Chunks]:
        return indexes.get(PaidTop(), chunks), indexes.get(PaidBase(), chunks), chunks

    def retrieve(self, question: Query, index: Any) -> Sequence[Passage]:
        return [Passage(index[2][0], 1.0)]


class PayingForBase(Paying):
    """One that needs the base alone."""

    name = "paying_for_base"

    def index(self, chunks: Chunks, indexes: Indexes) -> tuple[str, str, Chunks]:
        return "", indexes.get(PaidBase(), chunks), chunks


class PayingForTop(Paying):
    """One that needs the top alone, which is made from the base."""

    name = "paying_for_top"

    def index(self, chunks: Chunks, indexes: Indexes) -> tuple[str, str, Chunks]:
        return indexes.get(PaidTop(), chunks), "", chunks


class PayingItself(Paying):
    """One that pays without a recipe, each time."""

    name = "paying_itself"

    def index(self, chunks: Chunks, indexes: Indexes) -> tuple[str, str, Chunks]:
        record_model_call(call("own", 2.0))
        return "", "", chunks


class FailingIndex(Paying):
    """One that fails after it has paid."""

    name = "failing_index"

    def index(self, chunks: Chunks, indexes: Indexes) -> tuple[str, str, Chunks]:
        super().index(chunks, indexes)
        record_model_call(call("own", 2.0))
        raise ValueError("the index is broken")


class Upper(QueryTransform):
    """Asks louder."""

    name = "upper"

    def transform(self, question: Query) -> Query:
        return Query(question.text.upper())


class Echo(Reader):
    """Answers with the question and the texts read."""

    name = "echo"

    def read(self, question: Query, passages: Sequence[Passage]) -> Answer:
        return Answer(" | ".join([question.text, *(p.text for p in passages)]))


class Scripted(NodeComponent):
    """Does what the test says: `work(question)` returns the node's value."""

    inputs: ClassVar[Mapping[str, Input]] = {"question": Input(Port.QUESTION)}
    output = Port.QUESTION
    kind = QueryTransform.kind
    work: Callable[[str], Any]

    def run(self, inputs: Mapping[str, Any], prepared: object) -> Any:
        return type(self).work(inputs["question"].text)


class ScriptedAsync(Scripted):
    """The same, awaited."""

    work: Callable[[str], Awaitable[Any]]

    @property
    def asynchronous(self) -> bool:
        return True

    async def arun(self, inputs: Mapping[str, Any], prepared: object) -> Any:
        return await type(self).work(inputs["question"].text)


class Join(NodeComponent):
    """Joins two questions into an answer."""

    name = "join"
    kind = Reader.kind
    inputs: ClassVar[Mapping[str, Input]] = {
        "left": Input(Port.QUESTION),
        "right": Input(Port.QUESTION),
    }
    output = Port.ANSWER

    def run(self, inputs: Mapping[str, Any], prepared: object) -> Answer:
        return Answer(f"{inputs['left'].text}+{inputs['right'].text}")


class FromDocuments(NodeComponent):
    """An answer that no question has an influence on."""

    name = "from_documents"
    kind = Reader.kind
    inputs: ClassVar[Mapping[str, Input]] = {"documents": Input(Port.DOCUMENTS)}
    output = Port.ANSWER

    def run(self, inputs: Mapping[str, Any], prepared: object) -> Answer:
        return Answer(f"{len(inputs['documents'])} documents")


def scripted(name: str, work: Callable[[str], Any], output: Port = Port.QUESTION) -> Any:
    """A component class that calls `work`; one that is awaited when `work` is a coroutine."""
    base = ScriptedAsync if asyncio.iscoroutinefunction(work) else Scripted
    return type(name, (base,), {"name": name, "work": staticmethod(work), "output": output})


class MostAtATime:
    """Counts how many are inside at a time, at most."""

    def __init__(self) -> None:
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)

    def __exit__(self, *exc_info: object) -> None:
        with self._lock:
            self._now -= 1


PARTS: tuple[type[Component], ...] = (
    Paying, PayingForBase, PayingForTop, PayingItself, FailingIndex, Upper, Echo, Join,
    FromDocuments,
)  # fmt: skip


def flow_config(output: str, **nodes: tuple[str, Mapping[str, str]] | Any) -> FlowConfig:
    """A flow from `name=(component, inputs)` or `name=(component, inputs, parameters)`."""
    return FlowConfig(
        nodes=tuple(
            NodeConfig(name, node[1], ComponentConfig(node[0], node[0], *node[2:]))
            for name, node in nodes.items()
        ),
        output=output,
    )


class Asking(NodeComponent):
    """Does what the test says with its branches."""

    kind = Reader.kind
    output = Port.ANSWER
    inputs: ClassVar[Mapping[str, Input]] = {
        "question": Input(Port.QUESTION),
        "branches": Input(Port.ANSWER, branches=True),
        "tools": Input(Port.PASSAGES, required=False, branches=True),
    }
    work: Callable[[str, Branches], Awaitable[Answer]]

    @property
    def asynchronous(self) -> bool:
        return True

    def run(self, inputs: Mapping[str, Any], prepared: object) -> Answer:
        raise NotImplementedError

    async def arun(self, inputs: Mapping[str, Any], prepared: object) -> Answer:
        branches = {**inputs.get("branches", {}), **inputs.get("tools", {})}
        return await type(self).work(inputs["question"].text, branches)


def asking(work: Callable[[str, Branches], Awaitable[Answer]]) -> Any:
    return type("asking", (Asking,), {"name": "asking", "work": staticmethod(work)})
