"""A flow as a LangChain `Runnable`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.runnables import Runnable, RunnableLambda

from syftr_like.contracts import Answer, Documents, Port
from syftr_like.errors import ComponentError, InputError
from syftr_like.flow import IndexingError, Limits
from syftr_like.flow.runnable import FlowRunnable, Reply
from syftr_like.space import FlowConfig

from .conftest import Catalogue
from .parts import flow_config, scripted

RAG = flow_config(
    "answer",
    chunks=("whole_document", {"documents": "documents"}),
    passages=("bm25", {"question": "question", "chunks": "chunks"}, {"k": 1}),
    answer=("echo", {"question": "question", "passages": "passages"}),
)


@pytest.fixture
def runnable(catalogue: Catalogue, documents: Documents) -> Callable[..., FlowRunnable]:
    return lambda config=RAG, **values: FlowRunnable(config, documents, **values)


def failing_reader(catalogue: Catalogue, work: Callable[[str], Any]) -> FlowConfig:
    catalogue["reader"] = scripted("reader", work, Port.ANSWER)
    return flow_config("answer", answer=("reader", {"question": "question"}))


def check(reply: Reply) -> None:
    assert reply.answer == str(reply) == "kelp? | Otters eat urchins. They sleep in kelp."
    assert not reply.abstained
    assert [p.chunk.document for p in reply.passages] == ["otter"]
    assert [record.node for record in reply.outcome.nodes] == ["passages", "answer"]


def test_it_answers(runnable: Callable[..., FlowRunnable]) -> None:
    flow = runnable()
    assert isinstance(flow, Runnable)
    check(flow.invoke("kelp?"))


def test_it_answers_inside_a_running_loop_as_in_a_notebook(
    runnable: Callable[..., FlowRunnable],
) -> None:
    async def cell() -> Reply:
        return runnable().invoke("kelp?")

    check(asyncio.run(cell()))


def test_it_can_be_awaited_on_one_loop_after_another(
    runnable: Callable[..., FlowRunnable],
) -> None:
    flow = runnable()
    for _ in range(2):
        check(asyncio.run(flow.ainvoke("kelp?")))


def test_it_is_part_of_langchain(runnable: Callable[..., FlowRunnable]) -> None:
    chain = runnable() | RunnableLambda(lambda reply: reply.answer.upper())
    assert chain.invoke("kelp?").startswith("KELP? | OTTERS")
    replies = runnable().batch(["kelp?", "falcons?", "teeth?"])
    assert [reply.passages[0].chunk.document for reply in replies] == ["otter", "falcon", "urchin"]


def test_an_abstention_is_a_reply(
    runnable: Callable[..., FlowRunnable], catalogue: Catalogue
) -> None:
    config = failing_reader(catalogue, lambda q: Answer("", abstained=True, confidence=0.2))
    reply = runnable(config).invoke("?")
    assert (reply.answer, reply.abstained, reply.confidence) == ("", True, 0.2)


class TestFailures:
    def test_a_failed_question_is_an_error(
        self, runnable: Callable[..., FlowRunnable], catalogue: Catalogue
    ) -> None:
        def fail(question: str) -> Answer:
            raise ValueError("no such thing")

        message = r"^ValueError in node 'answer' \(reader\): no such thing$"
        with pytest.raises(ComponentError, match=message):
            runnable(failing_reader(catalogue, fail)).invoke("?")

    def test_so_is_one_that_takes_too_long(
        self, runnable: Callable[..., FlowRunnable], catalogue: Catalogue
    ) -> None:
        async def wait(question: str) -> Answer:
            await asyncio.sleep(600)
            return Answer("")

        config = failing_reader(catalogue, wait)
        with pytest.raises(ComponentError, match="timeout in node 'answer'"):
            runnable(config, limits=Limits(question_timeout_s=0.05)).invoke("?")

    def test_an_index_that_fails_does_so_before_any_question(
        self, runnable: Callable[..., FlowRunnable]
    ) -> None:
        config = flow_config(
            "answer",
            chunks=("whole_document", {"documents": "documents"}),
            passages=("failing_index", {"question": "question", "chunks": "chunks"}),
            answer=("echo", {"question": "question", "passages": "passages"}),
        )
        with pytest.raises(IndexingError, match="the index is broken"):
            runnable(config)

    def test_what_the_user_can_mend_is_said_as_it_is(
        self, runnable: Callable[..., FlowRunnable], catalogue: Catalogue
    ) -> None:
        def prepare(self: object, inputs: object, indexes: object) -> None:
            raise InputError("the key is missing", expected="ACME_KEY in the environment")

        config = failing_reader(catalogue, lambda question: Answer(""))
        catalogue["reader"].prepare = prepare  # type: ignore[attr-defined]
        with pytest.raises(InputError, match=r"^the key is missing"):
            runnable(config)
