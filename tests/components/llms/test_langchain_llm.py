"""Calling a model: retries, metering, price. The model is a LangChain class of this file."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from syftr_like.components.adapters.langchain_chat_model import LangchainChatModel
from syftr_like.contracts import Message, ModelCall, metered
from syftr_like.contracts.tokens import count_tokens
from syftr_like.errors import ComponentError, InputError

USAGE = {"input_tokens": 1000, "output_tokens": 200, "total_tokens": 1200}
PRICE = {"input_per_million": 2.0, "output_per_million": 10.0}
MESSAGES = [Message("system", "Be brief."), Message("user", "Who was it?")]
COUNTED = count_tokens("Be brief.") + count_tokens("Who was it?") + 2 * 4


class StatusError(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status_code = status


class Scripted(BaseChatModel):
    """Does what the script says, step by step: replies, raises, or hangs."""

    script: list[Any]
    max_retries: int = 2
    step: int = 0
    seen: list[Any] = []

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(self, messages, stop=None, run_manager=None, **kwargs):
        raise NotImplementedError

    async def _agenerate(self, messages, stop=None, run_manager=None, **kwargs):
        step = self.script[self.step]
        self.step += 1
        self.seen.append(messages)
        if step == "hang":
            await asyncio.sleep(60)
        if isinstance(step, Exception):
            raise step
        message = AIMessage(step) if isinstance(step, str) else step
        return ChatResult(generations=[ChatGeneration(message=message)])


def llm_of(*script: Any, price: Any = PRICE, **values: Any) -> LangchainChatModel:
    llm = LangchainChatModel(
        LangchainChatModel.Parameters(
            uses="tests:Scripted",
            arguments={"script": list(script)},
            price=price,
            **{"retry_wait_seconds": 0.001, **values},
        )
    )
    llm.bind(Scripted)
    return llm


def complete(llm) -> tuple[str | ComponentError, list[ModelCall]]:
    async def go() -> str:
        return await llm.complete(MESSAGES)

    with metered() as meter:
        try:
            return asyncio.run(go()), meter.model_calls
        except ComponentError as error:
            return error, meter.model_calls


def test_the_reply_and_its_usage_are_kept() -> None:
    text, (call,) = complete(llm_of(AIMessage("Steller", usage_metadata=USAGE)))
    assert text == "Steller"
    assert (call.input_tokens, call.output_tokens) == (1000, 200)
    assert call.usd == pytest.approx(1000 * 2e-6 + 200 * 10e-6)
    assert (call.attempts, call.tokens_estimated) == (1, False)
    assert (call.model, call.price_source) == ("tests:Scripted", "space file")
    assert call.seconds > 0


def test_roles_arrive_as_they_were_given() -> None:
    llm = llm_of("Steller")
    complete(llm)
    (messages,) = llm.connect().seen
    assert [(m.type, m.text) for m in messages] == [
        ("system", "Be brief."),
        ("human", "Who was it?"),
    ]


def test_a_reply_without_usage_is_counted_and_flagged() -> None:
    _, (call,) = complete(llm_of("Georg Steller"))
    assert (call.input_tokens, call.output_tokens) == (COUNTED, 2)
    assert call.tokens_estimated


def test_a_reply_in_parts_is_joined() -> None:
    parts = [{"type": "text", "text": "Georg "}, {"type": "text", "text": "Steller"}]
    text, _ = complete(llm_of(AIMessage(parts)))
    assert text == "Georg Steller"


def test_a_passing_error_is_tried_again_in_one_model_call() -> None:
    text, (call,) = complete(
        llm_of(StatusError(429), StatusError(503), AIMessage("Yes", usage_metadata=USAGE))
    )
    assert text == "Yes"
    assert (call.attempts, call.input_tokens, call.tokens_estimated) == (3, 1000, False)


def test_a_lasting_error_fails_at_once_and_costs_nothing() -> None:
    error, (call,) = complete(llm_of(StatusError(401), "never"))
    assert str(error) == "tests:Scripted gave no reply in 1 attempt: StatusError: status 401"
    assert (call.attempts, call.input_tokens, call.output_tokens, call.usd) == (1, 0, 0, 0.0)


def test_failing_every_time_fails_after_the_declared_attempts() -> None:
    error, (call,) = complete(llm_of(*[StatusError(500)] * 5, attempts=4))
    assert "in 4 attempts" in str(error)
    assert call.attempts == 4


def test_a_request_that_timed_out_is_charged_in_full() -> None:
    text, (call,) = complete(
        llm_of("hang", AIMessage("Yes", usage_metadata=USAGE), timeout_seconds=0.05)
    )
    assert text == "Yes"
    longest = llm_of().longest_reply
    assert call.input_tokens == 1000 + COUNTED
    assert call.output_tokens == USAGE["output_tokens"] + longest
    assert call.tokens_estimated
    error, (call,) = complete(llm_of("hang", "hang", timeout_seconds=0.05, attempts=2))
    assert "TimeoutError" in str(error)
    assert (call.input_tokens, call.output_tokens) == (2 * COUNTED, 2 * longest)
    assert call.usd > 0


def test_a_reply_that_says_it_took_no_tokens_is_counted() -> None:
    nothing = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
    _, (call,) = complete(llm_of(AIMessage("Yes, it is", usage_metadata=nothing)))
    assert call.input_tokens == COUNTED
    assert call.output_tokens > 0
    assert call.tokens_estimated
    assert call.usd > 0
    half = {"input_tokens": 12, "output_tokens": 0, "total_tokens": 12}
    _, (call,) = complete(llm_of(AIMessage("Yes, it is", usage_metadata=half)))
    assert call.input_tokens == 12
    assert call.output_tokens > 0


def test_a_cancelled_call_is_recorded_too() -> None:
    llm = llm_of("hang")

    async def go() -> None:
        async with asyncio.timeout(0.05):
            await llm.complete(MESSAGES)

    with metered() as meter, pytest.raises(TimeoutError):
        asyncio.run(go())
    (call,) = meter.model_calls
    assert (call.attempts, call.input_tokens, call.tokens_estimated) == (1, COUNTED, True)


def test_calls_of_many_questions_are_told_apart() -> None:
    llm = llm_of(*[AIMessage(str(n), usage_metadata=USAGE) for n in range(20)])

    async def one() -> int:
        with metered() as meter:
            await llm.complete(MESSAGES)
        return len(meter.model_calls)

    async def go() -> list[int]:
        return await asyncio.gather(*(one() for _ in range(20)))

    assert asyncio.run(go()) == [1] * 20


def test_free_is_recorded_as_said() -> None:
    _, (call,) = complete(llm_of("Yes", price="free"))
    assert (call.usd, call.price_source) == (0.0, "stated: free")
    assert call.input_tokens > 0


def test_the_class_does_not_retry_on_its_own() -> None:
    assert llm_of("Yes").connect().max_retries == 0


def test_a_model_without_max_retries_is_left_alone() -> None:
    llm = LangchainChatModel(
        LangchainChatModel.Parameters(
            uses="x:GenericFakeChatModel",
            arguments={"messages": iter([AIMessage("Yes", usage_metadata=USAGE)])},
            price=PRICE,
        )
    )
    llm.bind(GenericFakeChatModel)
    text, (call,) = complete(llm)
    assert (text, call.input_tokens) == ("Yes", 1000)


def test_a_price_must_be_stated() -> None:
    with pytest.raises(ValueError, match="price"):
        LangchainChatModel.Parameters(uses="x:Y")


def test_a_factory_that_fails_is_named() -> None:
    llm = LangchainChatModel(LangchainChatModel.Parameters(uses="x:Scripted", price="free"))
    llm.bind(Scripted)
    with pytest.raises(InputError, match="'x:Scripted' could not be made"):
        llm.connect()
