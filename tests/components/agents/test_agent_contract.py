"""What every agent of the catalogue does; one without a script here fails."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syftr_like.contracts import Agent, Answer, Kind, ModelCall, metered
from syftr_like.contracts.registry import component_class, component_names
from syftr_like.errors import ComponentError

from ..conftest import make_component
from .parts import Expert, Script, Search, answer, called

AGENTS = [name for name in component_names() if component_class(name).kind is Kind.AGENT]
BOTH_FORMS = [
    (name, values)
    for name in AGENTS
    for values in ([{"protocol": "tools"}, {"protocol": "text"}] if name == "react" else [{}])
]
EVERY_AGENT = pytest.mark.parametrize(("name", "values"), BOTH_FORMS, ids=str)
QUESTION = "Who described sea otters?"
LAST = "Answer the question now"

HELPFUL: dict[str, Callable[[str], str]] = {
    "chain_of_abstraction": lambda prompt: 'y1 = [search("otters")]\ny2 = [search("y1 born")]',
    "critique_revise": lambda prompt: (
        "Faults: too long\nSearch: otters" if "Criticise the draft" in prompt else "Steller"
    ),
    "iterative_retrieval": lambda prompt: "DONE" if 'search["otters"]' in prompt else "otters",
    "lats": lambda prompt: (
        "Score: 9"
        if "How good is this" in prompt
        else 'Action: search["otters"]'
        if "Nothing was looked up yet" in prompt
        else "Answer: Steller"
    ),
    "plan_and_execute": lambda prompt: (
        "Answer: Steller" if "Update the plan" in prompt else "1. search: otters"
    ),
    "react": lambda prompt: (
        "Answer: Steller"
        if "Observation: [1]" in prompt or "Observation: This" in prompt
        else 'Action: search["otters"]'
    ),
    "sub_question": lambda prompt: (
        "1. search: otters\n2. search: was #1 first?" if "sub-questions" in prompt else "Steller"
    ),
}
ENDLESS: dict[str, Callable[[str], str]] = {
    **HELPFUL,
    "iterative_retrieval": lambda prompt: f"query {len(prompt)}",
    "lats": lambda prompt: (
        "Score: 1" if "How good is this" in prompt else 'Action: search["otters"]'
    ),
    "plan_and_execute": lambda prompt: "1. search: otters",
    "react": lambda prompt: 'Action: search["otters"]',
}


def model(name: str, script: dict[str, Callable[[str], str]], values: dict[str, Any]) -> Script:
    def reply(prompt: str) -> Any:
        if LAST in prompt:
            return "Steller"
        said = script[name](prompt)
        if values.get("protocol") == "tools" and said.startswith("Action"):
            return called(("search", {"query": "otters"}))
        return said

    class ByTools(Script):
        """In the protocol of tools, what was looked up stands in messages of their own."""

        @property
        def prompts(self) -> list[str]:
            return [
                "\n".join("Observation: " * (m.role == "tool") + m.text for m in messages)
                for messages in self.sent
            ]

    return ByTools(reply)


def found(text: str) -> str:
    return f"Steller described otters, says the page of {text}."


def solved(name: str, values: dict[str, Any], tool: Search, **more: Any) -> tuple[Answer, Script]:
    llm = model(name, HELPFUL, values)
    return answer(make_component(name, llm=llm, **values, **more), QUESTION, tool), llm


@EVERY_AGENT
def test_it_answers_with_more_than_one_call_and_its_tool(name: str, values: dict) -> None:
    tool = Search(found)
    said, llm = solved(name, values, tool)
    assert said.text == "Steller"
    assert len(llm.sent) > 1
    assert tool.asked


@EVERY_AGENT
def test_what_a_tool_returns_decides_on_the_next_request(name: str, values: dict) -> None:
    _, one = solved(name, values, Search(found))
    _, other = solved(name, values, Search(lambda text: "Falcons dive."))
    assert one.prompts != other.prompts
    assert any("Falcons dive." in prompt for prompt in other.prompts)


@EVERY_AGENT
def test_the_same_again(name: str, values: dict) -> None:
    runs = [solved(name, values, Search(found)) for _ in range(2)]
    assert runs[0][0] == runs[1][0]
    assert runs[0][1].sent == runs[1][1].sent


@EVERY_AGENT
@pytest.mark.parametrize("max_steps", [1, 2, 5])
def test_it_keeps_its_steps(name: str, values: dict, max_steps: int) -> None:
    llm = model(name, ENDLESS, values)
    made = make_component(name, llm=llm, max_steps=max_steps, **values)
    assert answer(made, QUESTION, Search(found)).text == "Steller"
    assert len(llm.sent) <= max_steps + 1


@EVERY_AGENT
def test_it_keeps_its_tokens(name: str, values: dict) -> None:
    llm = model(name, ENDLESS, values)
    made = make_component(name, llm=llm, max_tokens=1, **values)
    with metered() as meter:
        assert answer(made, QUESTION, Search(found)).text == "Steller"
    assert len(llm.sent) == len(meter.model_calls) <= 2


@EVERY_AGENT
def test_calls_before_it_are_not_counted_against_it(name: str, values: dict) -> None:
    with metered() as meter:
        meter.model_calls.append(ModelCall("other", 10**9, 0, 0.0, 0.0))
        _, llm = solved(name, values, Search(found))
    _, alone = solved(name, values, Search(found))
    assert llm.sent == alone.sent


@EVERY_AGENT
def test_a_tool_that_raises_is_told_to_the_model(name: str, values: dict) -> None:
    _, llm = solved(name, values, Search(lambda text: ComponentError("the index is broken")))
    assert any("the index is broken" in prompt for prompt in llm.prompts)


@EVERY_AGENT
def test_with_an_expert_alone_it_answers_too(name: str, values: dict) -> None:
    def reply(prompt: str) -> Any:
        return HELPFUL[name](prompt).replace("search", "rag")

    llm = Script(lambda prompt: "Steller" if LAST in prompt else reply(prompt))
    if values.get("protocol") == "tools":
        llm = Script(called(("rag", {"question": "otters?"})), "Answer: Steller")
    expert = Expert(lambda text: "Steller")
    made = make_component(name, llm=llm, **values)
    assert answer(made, QUESTION, None, expert).text == "Steller"
    assert expert.asked


@EVERY_AGENT
def test_without_any_tool_it_fails_in_words_and_pays_nothing(name: str, values: dict) -> None:
    llm = Script("Steller")
    with pytest.raises(ComponentError, match="needs a tool"):
        answer(make_component(name, llm=llm, **values), QUESTION)
    assert llm.sent == []


WORDS = """Answer: Action: Thought: Observation: Input: NO FAULTS Faults: Search: Score:
Missing: DONE 7 search rag [ ] ( ) " ' 1. 2. #1 #9 y1 y2 = ** <think> </think> $question otters
NOT ANSWERABLE \u201c \u201d \\ \u6771\u4eac"""
PIECES = st.sampled_from([*WORDS.split(), "\n", "\n\n", " ", "\x00"])
REPLIES = st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=12).map("".join))


@EVERY_AGENT
@given(replies=st.lists(REPLIES, min_size=1, max_size=6), question=REPLIES)
@settings(max_examples=40, deadline=None)
def test_nonsense_ends_in_an_answer_or_in_words(
    name: str, values: dict, replies: list[str], question: str
) -> None:
    asked = iter(range(10_000))
    llm = Script(lambda prompt: replies[next(asked) % len(replies)])
    made = make_component(name, llm=llm, max_steps=6, **values)
    with contextlib.suppress(ComponentError):
        said = answer(made, question, Search(found), Expert(found))
        assert said.abstained == (said.text == "")
    assert len(llm.sent) <= made.parameters.tries * 7


@EVERY_AGENT
def test_a_model_that_does_not_reply_is_a_failure(name: str, values: dict) -> None:
    llm = Script(ComponentError("no reply in 3 attempts"))
    with pytest.raises(ComponentError, match="no reply in 3 attempts"):
        answer(make_component(name, llm=llm, **values), QUESTION, Search(found))


@EVERY_AGENT
def test_it_is_an_agent_that_says_what_it_is(name: str, values: dict) -> None:
    cls = component_class(name)
    assert issubclass(cls, Agent)
    assert len(cls.summary()) > 20
    assert {"llm", "tries", "max_steps", "max_tokens"} <= set(cls.Parameters.model_fields)
