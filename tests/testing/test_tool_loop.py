"""An agent's loop: what the model asks for next depends on what the tools returned."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from openai import OpenAI

from syftr_like.testing.model_server import ModelServer

Search = Callable[[str], str]
QUESTION = "In which town was the engineer who built the lighthouse at Cape Orlin born?"
BUILT = "The lighthouse at Cape Orlin was built in 1874 by the engineer Maria Venn."
BORN = "Maria Venn was born in the town of Lindhamn in 1839."
NOTHING = "No results found."
ABSTAIN = "Use the tools. If the tools do not tell, reply with exactly: NOT ANSWERABLE"
TOOL = {
    "type": "function",
    "function": {
        "name": "search",
        "description": "Search the archive",
        "parameters": {
            "type": "object",
            "properties": {"query": {"type": "string"}, "k": {"type": "integer", "default": 3}},
            "required": ["query"],
        },
    },
}


@pytest.fixture
def own() -> Iterator[ModelServer]:
    with ModelServer(speed=0, seed=1) as server:
        yield server


def by_protocol(
    server: ModelServer, question: str, search: Search, model: str = "practice-large", **more: Any
) -> tuple[list[str], str]:
    """Returns the queries that were made and the final reply."""
    client = OpenAI(base_url=server.url, api_key="k", max_retries=0)
    messages: list[dict[str, Any]] = [
        {"role": "system", "content": ABSTAIN},
        {"role": "user", "content": question},
    ]
    queries: list[str] = []
    for _ in range(12):
        reply = client.chat.completions.create(
            model=model, messages=messages, tools=[TOOL], **more
        ).choices[0]
        if not reply.message.tool_calls:
            return queries, reply.message.content
        messages.append(reply.message.model_dump(exclude_none=True))
        for call in reply.message.tool_calls:
            query = json.loads(call.function.arguments)["query"]
            queries.append(query)
            messages.append({"role": "tool", "tool_call_id": call.id, "content": search(query)})
    raise AssertionError(f"it does not end: {queries}")


REACT = """Answer the question with the tools below.

search: finds passages in the archive

Use this form:

Question: the question you must answer
Thought: what you think
Action: the tool, one of [search]
Action Input: what to look for
Observation: what the tool returned
... (Thought, Action, Action Input and Observation can be repeated)
Thought: I know the answer
Final Answer: the answer

If the tools do not tell, the final answer is "NOT ANSWERABLE".

Question: {question}
"""
BRACKETS = """Solve a task of question answering with steps of Thought, Action and Observation.
Action can be of two kinds: search[query], which returns passages, and finish[answer], which ends
the task. If you cannot find it, finish[NOT ANSWERABLE].

Question: {question}
"""


def by_text(
    server: ModelServer, question: str, search: Search, prompt: str, *, as_messages: bool = False
) -> tuple[list[str], str]:
    client = OpenAI(base_url=server.url, api_key="k", max_retries=0)
    first = {"role": "user", "content": prompt.format(question=question)}
    messages = [first]
    queries: list[str] = []
    for _ in range(12):
        reply = client.chat.completions.create(
            model="practice-large", messages=messages, stop=["\nObservation"]
        )
        text = reply.choices[0].message.content
        if end := re.search(r"Final Answer: (.*)|finish\[(.*)\]", text):
            return queries, end[1] or end[2]
        action = re.search(r"Action Input: (.*)|search\[(.*)\]", text)
        assert action is not None, text
        query = action[1] or action[2]
        queries.append(query)
        observed = f"Observation: {search(query)}"
        if as_messages:
            messages += [{"role": "assistant", "content": text}]
            messages += [{"role": "user", "content": observed}]
        else:
            whole = f"{messages[0]['content']}{text}\n{observed}\n"
            messages = [{"role": "user", "content": whole}]
    raise AssertionError(f"it does not end: {queries}")


JSON_ACTIONS = """You can search. Reply with JSON alone, of one of these forms:
{"action": "search", "input": "<query>"}
{"action": "finish", "input": "<answer>"}
If you cannot find it, finish with "NOT ANSWERABLE".

Tools:
search: finds passages in the archive

Question: """


def by_json(server: ModelServer, question: str, search: Search) -> tuple[list[str], str]:
    client = OpenAI(base_url=server.url, api_key="k", max_retries=0)
    messages = [{"role": "user", "content": JSON_ACTIONS + question}]
    queries: list[str] = []
    for _ in range(12):
        reply = client.chat.completions.create(model="practice-large", messages=messages)
        text = reply.choices[0].message.content
        action = json.loads(text)
        if action["action"] == "finish":
            return queries, action["input"]
        queries.append(action["input"])
        messages.append({"role": "assistant", "content": text})
        messages.append({"role": "user", "content": f"Observation: {search(action['input'])}"})
    raise AssertionError(f"it does not end: {queries}")


def archive(query: str) -> str:
    if "venn" in query.lower():
        return BORN
    return BUILT if "lighthouse" in query.lower() else NOTHING


Run = Callable[[ModelServer, str, Search], tuple[list[str], str]]
RUNS: dict[str, Run] = {
    "by protocol": by_protocol,
    "one after the other": lambda s, q, f: by_protocol(s, q, f, parallel_tool_calls=False),
    "by text": lambda s, q, f: by_text(s, q, f, REACT),
    "by text, as messages": lambda s, q, f: by_text(s, q, f, REACT, as_messages=True),
    "by text as JSON": by_json,
    "by text in brackets": lambda s, q, f: by_text(s, q, f, BRACKETS),
}


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS.keys())
def test_it_searches_on_for_what_the_first_result_names(own: ModelServer, run: Run) -> None:
    queries, answer = run(own, QUESTION, archive)
    assert "lighthouse" in queries[0]
    assert "Venn" not in queries[0]
    assert "Maria Venn" in queries[-1]
    assert "Lindhamn" in answer


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS.keys())
def test_another_result_leads_to_another_next_request(own: ModelServer, run: Run) -> None:
    def other(query: str) -> str:
        return (
            archive(query).replace("Maria Venn", "Otto Brandt")
            if "Brandt" not in query
            else ("Otto Brandt was born in the town of Kelm in 1811.")
        )

    first, _ = run(own, QUESTION, archive)
    second, answer = run(own, QUESTION, other)
    assert first[0] == second[0]
    assert first[1:] != second[1:]
    assert "Otto Brandt" in second[-1]
    assert "Kelm" in answer


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS.keys())
def test_it_ends_as_soon_as_a_result_answers(own: ModelServer, run: Run) -> None:
    queries, answer = run(own, "Who built the lighthouse at Cape Orlin?", archive)
    assert len(queries) == 1
    assert "Maria Venn" in answer


@pytest.mark.parametrize("told", [NOTHING, "", "Error: the index is not there", "[]"])
@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS.keys())
def test_it_gives_up_after_other_queries_when_nothing_is_found(
    own: ModelServer, run: Run, told: str
) -> None:
    queries, answer = run(own, QUESTION, lambda query: told)
    assert 2 <= len(set(queries)) == len(queries) <= 7
    assert "NOT ANSWERABLE" in answer


@pytest.mark.parametrize("model", ["practice-small", "practice-medium", "practice-reasoning"])
def test_no_model_answers_before_it_has_searched(own: ModelServer, model: str) -> None:
    for question in (QUESTION, "Who built it?", "When was the harbour dug and who dug it?"):
        queries, answer = by_protocol(own, question, archive, model)
        assert queries
        assert answer


def test_with_less_skill_it_gives_up_sooner(own: ModelServer) -> None:
    def steps(model: str) -> int:
        return len(by_protocol(own, QUESTION, lambda q: NOTHING, model)[0])

    assert steps("practice-small") <= steps("practice-large")


def test_parts_of_a_question_are_searched_at_once_if_that_is_allowed(own: ModelServer) -> None:
    client = OpenAI(base_url=own.url, api_key="k")
    asked = {
        "model": "practice-large",
        "messages": [{"role": "user", "content": "When was it built and who was Maria Venn?"}],
        "tools": [TOOL],
    }
    together = client.chat.completions.create(**asked).choices[0].message.tool_calls
    alone = client.chat.completions.create(**asked, parallel_tool_calls=False)
    assert len(together) == 2
    assert len(alone.choices[0].message.tool_calls) == 1


def test_tool_choice_is_kept_to(own: ModelServer) -> None:
    client = OpenAI(base_url=own.url, api_key="k")
    asked = {
        "model": "practice-large",
        "messages": [{"role": "user", "content": "Who built the lighthouse?"}],
        "tools": [TOOL],
    }
    for choice in ("required", {"type": "function", "function": {"name": "search"}}):
        reply = client.chat.completions.create(**asked, tool_choice=choice).choices[0]
        assert reply.message.tool_calls[0].function.name == "search"
    reply = client.chat.completions.create(**asked, tool_choice="none").choices[0]
    assert reply.message.tool_calls is None


def test_an_end_by_tool_is_used_where_one_is_offered(own: ModelServer) -> None:
    client = OpenAI(base_url=own.url, api_key="k")
    final = {
        "type": "function",
        "function": {
            "name": "final_answer",
            "description": "Give the answer to the user",
            "parameters": {
                "type": "object",
                "properties": {"answer": {"type": "string"}},
                "required": ["answer"],
            },
        },
    }
    messages: list[dict[str, Any]] = [
        {"role": "user", "content": "Who built the lighthouse at Cape Orlin?"}
    ]
    asked = {"model": "practice-large", "tools": [final, TOOL], "tool_choice": "required"}
    first = client.chat.completions.create(messages=messages, **asked).choices[0].message
    assert first.tool_calls[0].function.name == "search"
    messages.append(first.model_dump(exclude_none=True))
    messages.append({"role": "tool", "tool_call_id": first.tool_calls[0].id, "content": BUILT})
    second = client.chat.completions.create(messages=messages, **asked).choices[0].message
    assert second.tool_calls[0].function.name == "final_answer"
    assert json.loads(second.tool_calls[0].function.arguments) == {"answer": "Maria Venn"}


def test_the_tool_whose_description_suits_is_called(own: ModelServer) -> None:
    def described(name: str, text: str) -> dict[str, Any]:
        return {**TOOL, "function": {**TOOL["function"], "name": name, "description": text}}

    tools = [
        described("search_prices", "Search prices and fees of services"),
        described("search_people", "Search people, births and families"),
    ]
    client = OpenAI(base_url=own.url, api_key="k")
    for question, name in (
        ("What are the fees of the service?", "search_prices"),
        ("Which people had births in 1839?", "search_people"),
    ):
        reply = client.chat.completions.create(
            model="practice-large",
            messages=[{"role": "user", "content": question}],
            tools=tools,
        )
        assert reply.choices[0].message.tool_calls[0].function.name == name
