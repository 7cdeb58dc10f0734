"""The server under LangChain's OpenAI classes, as the catalogue uses them."""

from __future__ import annotations

import asyncio
from typing import Literal

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel, Field

from syftr_like.testing.model_server import ModelServer

QUESTION = "Who built the lighthouse at Cape Orlin?"


@pytest.fixture
def large(server: ModelServer) -> ChatOpenAI:
    return ChatOpenAI(
        model="practice-large",
        base_url=server.url,
        api_key="k",
        temperature=0,
        stream_usage=True,
        max_tokens=200,
    )


@tool
def search(query: str) -> str:
    """Search the archive of the harbour."""
    return f"Nothing yet on {query}"


class Verdict(BaseModel):
    """Whether a reply is right."""

    correct: bool
    score: int = Field(ge=0, le=10)
    reason: str


class Answer(BaseModel):
    """An answer with its sources."""

    answer: str
    sources: list[int]
    kind: Literal["fact", "opinion"] = "fact"


def test_invoke_and_stream_say_the_same_with_usage(large: ChatOpenAI, passages: str) -> None:
    prompt = f"Answer from these passages alone.\n\n{passages}\n\nQuestion: {QUESTION}"
    whole = large.invoke(prompt)
    assert whole.content == "Maria Venn"
    assert whole.usage_metadata["total_tokens"] > 50
    chunks = list(large.stream(prompt))
    streamed = chunks[0]
    for chunk in chunks[1:]:
        streamed += chunk
    assert streamed.content == whole.content
    assert streamed.usage_metadata == whole.usage_metadata


def test_many_at_once_in_one_loop(large: ChatOpenAI) -> None:
    async def asked() -> list[AIMessage]:
        prompt = "Rewrite this question as a search query.\n\nQuestion: Who built mill {}?"
        return await asyncio.gather(*(large.ainvoke(prompt.format(n)) for n in range(12)))

    replies = [reply.content for reply in asyncio.run(asked())]
    assert replies == [f"built mill {n}" for n in range(12)]


def test_bound_tools_are_called_and_their_results_read(large: ChatOpenAI) -> None:
    with_tools = large.bind_tools([search])
    messages = [SystemMessage("Use the tools to answer."), HumanMessage(QUESTION)]
    called = with_tools.invoke(messages)
    assert [call["name"] for call in called.tool_calls] == ["search"]
    assert "lighthouse" in called.tool_calls[0]["args"]["query"]
    told = "The lighthouse at Cape Orlin was built in 1874 by Maria Venn."
    messages += [called, ToolMessage(told, tool_call_id=called.tool_calls[0]["id"])]
    final = with_tools.invoke(messages)
    assert isinstance(final, AIMessage)
    assert final.tool_calls == []
    assert final.content == "Maria Venn"


@pytest.mark.parametrize("method", ["json_schema", "function_calling"])
def test_structured_output_fits_its_schema(
    large: ChatOpenAI, passages: str, method: Literal["json_schema", "function_calling"]
) -> None:
    answer = large.with_structured_output(Answer, method=method).invoke(
        f"Answer the question from the passages.\n\n{passages}\n\nQuestion: {QUESTION}"
    )
    assert answer == Answer(answer="Maria Venn", sources=[1])


@pytest.mark.parametrize(
    ("reply", "correct"), [("It was Maria Venn.", True), ("Tobias Pryce", False)]
)
@pytest.mark.parametrize("method", ["json_schema", "function_calling", "json_mode"])
def test_a_verdict_as_structured_output(
    large: ChatOpenAI, reply: str, correct: bool, method: str
) -> None:
    verdict = large.with_structured_output(Verdict, method=method).invoke(
        "Grade the reply against the reference answer, as JSON with the keys `correct` (true or "
        f"false), `score` (0 to 10) and `reason`.\n\nQuestion: {QUESTION}\n"
        f"Reference answer: Maria Venn\nReply: {reply}"
    )
    assert verdict.correct is correct
    assert (verdict.score >= 6) is correct
    assert verdict.reason


@pytest.mark.parametrize("model", ["practice-embed-small", "practice-embed-large"])
def test_embeddings(server: ModelServer, model: str) -> None:
    embeddings = OpenAIEmbeddings(
        model=model, base_url=server.url, api_key="k", check_embedding_ctx_length=False
    )
    documents = embeddings.embed_documents(["the tide gauge", "bread at noon"])
    query = embeddings.embed_query("a tide gauge")
    near, far = (sum(a * b for a, b in zip(query, document, strict=True)) for document in documents)
    assert near > 0.8 > far
