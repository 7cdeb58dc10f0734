"""Every agent's loop depends on what comes back, told by the log of a server that it speaks to.

What a tool returns decides the next request, and so does what the model replies; no agent gets by
with one call. A new agent is found through the registry, and fails here until it has a reply in
`OTHERWISE`.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest

from syftr_like.contracts import Document, Documents, Kind
from syftr_like.contracts.registry import component_class, component_names
from syftr_like.flow import IndexStore, Limits, PreparedFlow, build_flow
from syftr_like.space import load_space
from syftr_like.testing.model_server import ModelServer, service
from syftr_like.testing.model_server.replies import Call, Reply

SPACE = """\
models:
  model: {{llm: "openai:practice-large", base_url: "{url}", price: free}}
graph:
  chunks: {{from: documents, choose: [sentence_splitter: {{sentences: 1}}]}}
  search: {{from: [question, chunks], choose: [bm25: {{k: 1}}]}}
  rag: {{from: [question, search], choose: [extractive_reader]}}
  answer: {{from: [question, search, rag], choose: [{agent}: {{llm: model{values}}}]}}
output: answer
"""
QUESTION = "When was the person born who first described sea otters?"
ONE, OTHER = ("Georg Steller", "1709"), ("Carl Linnaeus", "1707")
FALCONS = "Falcons were first described by Marmaduke Tunstall."

LOOK_FIRST = {"critique_revise", "iterative_retrieval"}
"""Agents that look the question up before they ask the model: their first request rests on that."""

OTHERWISE = {
    "chain_of_abstraction": 'y1 = search("falcons")',
    "critique_revise": "Faults: It says nothing of falcons.\nSearch: falcons",
    "iterative_retrieval": "falcons",
    "lats": "Action: search[falcons]",
    "plan_and_execute": "1. search: falcons",
    "react-text": "Thought: I wonder.\nAction: search[falcons]",
    "react-tools": Call("search", '{"query": "falcons"}'),
    "sub_question": "1. search: Who described falcons?",
}
"""What the model might say first, in place of what the practice model says."""


def every_form() -> Iterator[tuple[str, dict[str, str]]]:
    """Each agent that there is, in each form: with each word that a parameter of it may be."""
    for name in component_names():
        found = component_class(name)
        if found.kind is not Kind.AGENT:
            continue
        words = {
            parameter: get_args(field.annotation)
            for parameter, field in found.Parameters.model_fields.items()
            if get_origin(field.annotation) is Literal
        }
        for values in itertools.product(*words.values()):
            yield name, dict(zip(words, values, strict=True))


FORMS = {"-".join([name, *values.values()]): (name, values) for name, values in every_form()}
Requests = list[dict[str, Any]]
Asked = Callable[..., Requests]


@pytest.fixture
def asked(practice_server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Returns what an agent asks a model about the question, each request as it was sent."""
    made = service.reply_to

    def ask(form: str, found: tuple[str, str] = ONE, first: str | Call | None = None) -> Requests:
        replies = iter([] if first is None else [first])

        def reply_to(*given: Any) -> Reply:
            said = next(replies, None)
            if said is None:
                return made(*given)
            return Reply("", (said,)) if isinstance(said, Call) else Reply(said)

        monkeypatch.setattr(service, "reply_to", reply_to)
        name, values = FORMS[form]
        written = "".join(f", {key}: {value}" for key, value in values.items())
        path = tmp_path / "space.yaml"
        path.write_text(
            SPACE.format(url=practice_server.url, agent=name, values=written), encoding="utf-8"
        )
        space = load_space(path)
        config = space.decode(space.sample(random.Random(0)))
        practice_server.forget()
        flow = PreparedFlow(build_flow(config), documents(*found), IndexStore(), Limits())
        outcome = asyncio.run(flow.run("q", QUESTION))
        assert outcome.error is None
        exchanges = sorted(practice_server.requests, key=lambda exchange: exchange.at)
        assert {exchange.path for exchange in exchanges} == {"/v1/chat/completions"}
        assert {exchange.status for exchange in exchanges} == {200}
        return [exchange.request for exchange in exchanges]

    return ask


def documents(who: str, born: str) -> Documents:
    texts = {
        "otter": f"Sea otters were first described by {who}.",
        "naturalist": f"{who} was born in {born}.",
        "falcon": FALCONS,
    }
    return Documents(Document(id, id, text) for id, text in texts.items())


def told(request: dict[str, Any], found: tuple[str, str]) -> bool:
    """Whether a request holds something of what only one run's tools can have found."""
    text = json.dumps(request)
    return any(words in text for words in found)


@pytest.mark.parametrize("form", FORMS)
def test_another_tool_result_leads_to_another_next_request(form: str, asked: Asked) -> None:
    one, other = asked(form, ONE), asked(form, OTHER)
    assert len(one) >= 2
    assert len(other) >= 2

    pairs = zip(one, other, strict=False)
    alike = len(list(itertools.takewhile(lambda pair: pair[0] == pair[1], pairs)))
    assert alike < min(len(one), len(other)), "what the tools found is in no request"
    plans_first = FORMS[form][0] not in LOOK_FIRST
    assert alike >= 1 if plans_first else alike == 0
    for own, others, requests in ((ONE, OTHER, one), (OTHER, ONE, other)):
        assert not any(told(request, own) for request in requests[:alike])
        assert told(requests[alike], own), "the first request that differs rests on a tool's result"
        assert told(requests[-1], own), "and so does the last"
        assert not any(told(request, others) for request in requests)


@pytest.mark.parametrize("form", FORMS)
def test_another_reply_leads_to_another_next_request(form: str, asked: Asked) -> None:
    usual, otherwise = asked(form), asked(form, first=OTHERWISE[form])
    assert otherwise[0] == usual[0]
    assert otherwise[1] != usual[1]
    # It rests on what that reply had looked up.
    assert FALCONS not in json.dumps(usual[1])
    assert FALCONS in json.dumps(otherwise[1])


def test_every_agent_is_here() -> None:
    assert len(FORMS) >= 8
    assert set(OTHERWISE) == set(FORMS)
