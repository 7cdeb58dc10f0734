"""Models that a LangChain object calls inside are reserved, recorded and paid for."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.fake_chat_models import FakeListChatModel, GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda, RunnableParallel

from syftr_like.contracts import (
    Answer,
    BudgetExhaustedError,
    CallEnvironment,
    Chunk,
    Chunks,
    Passage,
    Query,
    calling_in,
    metered,
)
from syftr_like.contracts.registry import component_class
from syftr_like.errors import ComponentError

TEXTS = ["otters eat urchins", "falcons dive fast", "urchins graze kelp"]
CHUNKS = Chunks(Chunk("d", 100 * i, 100 * i + len(t), t) for i, t in enumerate(TEXTS))
PASSAGES = tuple(Passage(chunk, 1.0) for chunk in CHUNKS)
USAGE = {"input_tokens": 100, "output_tokens": 10, "total_tokens": 110}


class SharedWords(BaseRetriever):
    """Ranks documents by the number of words they share with the question."""

    documents: list[Document]

    def _get_relevant_documents(self, query, *, run_manager):
        def shared(document: Document) -> int:
            return len(set(query.split()) & set(document.page_content.split()))

        ranked = sorted(self.documents, key=shared, reverse=True)
        return [document for document in ranked if shared(document) >= 1]


def make_chain(reply: str = "Steller") -> Runnable[dict[str, Any], AIMessage]:
    model = GenericFakeChatModel(messages=iter([AIMessage(reply, usage_metadata=USAGE)] * 9))
    return ChatPromptTemplate.from_template("{passages} {question}") | model


def bound(name: str, factory: Any, **values: Any) -> Any:
    made = component_class(name)
    adapter = made(made.Parameters(uses=f"tests:{factory.__qualname__}", **values))
    adapter.bind(factory)
    return adapter


def without_models() -> Runnable:
    return RunnableLambda(lambda given: "Steller")


PRICE = {"input_per_million": 1.0, "output_per_million": 10.0}


def test_models_called_inside_are_recorded_and_paid_for() -> None:
    adapter = bound("langchain_runnable", make_chain, price=PRICE)
    with metered() as meter:
        assert adapter.read(Query("Who?"), PASSAGES) == Answer("Steller")
        asyncio.run(adapter.aread(Query("Who?"), PASSAGES))
    assert [(c.input_tokens, c.output_tokens) for c in meter.model_calls] == [(100, 10)] * 2
    assert [c.usd for c in meter.model_calls] == [pytest.approx(200e-6)] * 2
    assert not any(c.tokens_estimated for c in meter.model_calls)


def test_a_model_of_unknown_price_inside_is_not_called() -> None:
    with metered() as meter, pytest.raises(ComponentError, match="whose price is not known"):
        bound("langchain_runnable", make_chain).read(Query("Who?"), PASSAGES)
    assert meter.model_calls == []


def test_a_chain_that_hides_a_model_of_unknown_price_is_told_too() -> None:
    def careful() -> Runnable:
        return make_chain().with_fallbacks([RunnableLambda(lambda given: "something else")])

    with pytest.raises(ComponentError, match="whose price is not known"):
        bound("langchain_runnable", careful).read(Query("Who?"), PASSAGES)


def test_a_model_that_reports_no_usage_is_counted() -> None:
    def chain() -> Runnable:
        return ChatPromptTemplate.from_template("{question}") | FakeListChatModel(
            responses=["Georg Steller"]
        )

    with metered() as meter:
        bound("langchain_runnable", chain, price=PRICE).read(Query("Who was it?"), ())
    (call,) = meter.model_calls
    assert (call.output_tokens, call.tokens_estimated) == (2, True)
    assert call.input_tokens >= 4


def test_a_retriever_that_asks_a_model_is_paid_for(indexes) -> None:
    class Rewriting(SharedWords):
        model: BaseChatModel

        def _get_relevant_documents(self, query, *, run_manager):
            rewritten = self.model.invoke(query).text
            return super()._get_relevant_documents(rewritten, run_manager=run_manager)

    model = GenericFakeChatModel(messages=iter([AIMessage("urchins", usage_metadata=USAGE)]))
    adapter = bound("langchain_retriever", Rewriting, arguments={"model": model}, price=PRICE)
    prepared = adapter.prepare({"chunks": CHUNKS}, indexes)
    with metered() as meter:
        found = adapter.run({"question": Query("spiny animals")}, prepared)
    assert [p.chunk for p in found] == [CHUNKS[0], CHUNKS[2]]
    assert [call.input_tokens for call in meter.model_calls] == [100]


def test_without_models_inside_nothing_is_recorded() -> None:
    with metered() as meter:
        bound("langchain_runnable", without_models).read(Query("Who?"), PASSAGES)
    assert meter.model_calls == []


# --- the budget ---------------------------------------------------------------------------------


class Account:
    """Grants what is below `room`."""

    def __init__(self, room: float) -> None:
        self.room = room
        self.reserved: list[float] = []
        self.settled: dict[int, float] = {}

    def reserve(self, model: str, worst_usd: float) -> int | None:
        if worst_usd > self.room:
            raise BudgetExhaustedError("the budget is spent")
        self.reserved.append(worst_usd)
        return len(self.reserved) - 1

    def settle(self, reservation: int, usd: float) -> None:
        self.settled[reservation] = usd


class Counting(BaseChatModel):
    """Counts its calls, and may never answer."""

    called: list[int] = []
    max_tokens: int | None = None
    hangs: bool = False

    @property
    def _llm_type(self) -> str:
        return "counting"

    def _get_ls_params(self, stop=None, **kwargs):
        return {"ls_provider": "acme", "ls_model_name": "m", "ls_max_tokens": self.max_tokens}

    def _generate(self, messages, stop=None, run_manager=None, **kwargs):
        self.called.append(1)
        return ChatResult(generations=[ChatGeneration(message=reply())])

    async def _agenerate(self, messages, stop=None, run_manager=None, **kwargs):
        self.called.append(1)
        if self.hangs:
            await asyncio.sleep(60)
        return ChatResult(generations=[ChatGeneration(message=reply())])


def reply() -> AIMessage:
    return AIMessage("Steller", usage_metadata=USAGE)


@pytest.fixture
def model() -> Counting:
    return Counting(called=[])


def reading(adapter: Any, account: Account, *, awaited: bool) -> tuple[Any, Any]:
    environment = CallEnvironment(account=account)
    try:
        with metered() as meter, calling_in(environment):
            try:
                if awaited:
                    return asyncio.run(adapter.aread(Query("Who?"), PASSAGES)), meter
                return adapter.read(Query("Who?"), PASSAGES), meter
            except Exception as error:
                return error, meter
    finally:
        environment.close()


@pytest.fixture(params=[False, True], ids=["blocking", "awaited"])
def awaited(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_each_call_inside_is_reserved_and_settled(model, awaited) -> None:
    def twice() -> Runnable:
        both = RunnableParallel(a=model, b=model)
        return RunnableLambda(lambda given: given["question"]) | both | (lambda told: told["a"])

    model.max_tokens = 50
    account = Account(room=1.0)
    answer, meter = reading(
        bound("langchain_runnable", twice, price=PRICE), account, awaited=awaited
    )
    assert answer == Answer("Steller")
    assert len(model.called) == 2
    assert account.settled == {n: pytest.approx(200e-6) for n in range(2)}
    assert all(reserved >= 500e-6 for reserved in account.reserved)
    assert len({call.request for call in meter.model_calls}) == 1
    assert meter.model_calls[0].model == "acme:m"


def test_a_call_that_the_budget_has_no_room_for_is_not_made(model, awaited) -> None:
    def careless() -> Runnable:
        return model.with_fallbacks([RunnableLambda(lambda given: "I do not know")])

    def asking() -> Runnable:
        return RunnableLambda(lambda given: given["question"]) | careless()

    account = Account(room=0.0)
    _, meter = reading(bound("langchain_runnable", asking, price=PRICE), account, awaited=awaited)
    assert model.called == []
    assert meter.refused == "the budget is spent"
    assert meter.model_calls == []


def test_a_model_without_a_limit_of_its_own_reserves_for_a_long_reply(model) -> None:
    def asking() -> Runnable:
        return RunnableLambda(lambda given: given["question"]) | model

    account = Account(room=1.0)
    reading(bound("langchain_runnable", asking, price=PRICE), account, awaited=True)
    assert account.reserved[0] == pytest.approx(0.164, abs=0.001)


def test_a_call_that_is_cut_off_is_recorded_and_settled(model) -> None:
    model.hangs = True

    def asking() -> Runnable:
        return RunnableLambda(lambda given: given["question"]) | model

    adapter = bound("langchain_runnable", asking, price=PRICE, network=True)
    account = Account(room=1.0)
    environment = CallEnvironment(account=account)

    async def go() -> None:
        async with asyncio.timeout(0.2):
            await adapter.aread(Query("Who?"), PASSAGES)

    with metered() as meter, calling_in(environment), pytest.raises(TimeoutError):
        asyncio.run(go())
    environment.close()
    (call,) = meter.model_calls
    assert call.input_tokens > 0
    assert account.settled == {0: call.usd}
