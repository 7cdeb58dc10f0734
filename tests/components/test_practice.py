"""Every component of the catalogue that asks a language model, once, over the wire.

The practice server knows nothing of the catalogue's prompts: what is asked has to be plain enough
to be carried out by whoever reads it, in the form that the component then reads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from syftr_like.contracts import Document, Documents, Examples, Llm, Question
from syftr_like.contracts.registry import component_class, component_names
from syftr_like.flow import CpuSlot, IndexStore, Limits, PreparedFlow, build_flow
from syftr_like.space import load_space
from syftr_like.testing.model_server import ModelServer

QUESTION = "Who services the bilge pump?"
DOCUMENTS = [
    Document("pump", "Pump", "The bilge pump is serviced by Ada Berg. She comes each spring."),
    Document("hull", "Hull", "The hull is painted dark green. It was built of oak."),
    Document("lamp", "Lamp", "The lighthouse lamp turns every twelve seconds."),
]
EXAMPLES = Examples([Question("e", "What was the hull built of?", ("oak",))])
STAGES = {
    "chunk_transform": ("chunks", ["documents", "split"]),
    "query_transform": ("query", ["question"]),
    "reranker": ("context", ["question", "found"]),
    "reader": ("answer", ["question", "context", "examples"]),
    "agent": ("answer", ["question", "found", "expert"]),
    "router": ("answer", ["question", "expert"]),
}
DEFAULTS = {
    "chunks": "{from: split, choose: [none]}",
    "query": "{from: question, choose: [none]}",
    "context": "{from: found, choose: [none]}",
    "answer": "{from: [question, context], choose: [{llm_answer: {llm: model}}]}",
}


def llm_parameters(name: str) -> list[str]:
    fields = component_class(name).Parameters.model_fields
    return [parameter for parameter, field in fields.items() if field.annotation is Llm]


# Judges stand in no flow: tests/study/test_judges.py has them over the wire.
ASKING = [
    name
    for name in component_names()
    if llm_parameters(name) and component_class(name).kind in STAGES
]


def space_of(name: str, options: str, model: str, url: str) -> str:
    stage, inputs = STAGES[component_class(name).kind]
    llms = ", ".join(f"{parameter}: model" for parameter in llm_parameters(name))
    taken = component_class(name).inputs
    wired = [node for node in inputs if node not in ("documents", "examples") or node in taken]
    nodes = DEFAULTS | {
        stage: f"{{from: [{', '.join(wired)}], choose: [{{{name}: {{{llms}{options}}}}}]}}"
    }
    expert = "{from: [question, context], choose: [{llm_answer: {llm: model}}]}"
    with_expert = f"  expert: {expert}\n" if "expert" in inputs else ""
    return (
        f'models:\n  model: {{llm: "openai:{model}", base_url: "{url}", temperature: 0.4, '
        "price: {input_per_million: 1, output_per_million: 4}}\n"
        "graph:\n"
        "  split: {from: documents, choose: [{sentence_splitter: {sentences: 2}}]}\n"
        f"  chunks: {nodes['chunks']}\n"
        f"  query: {nodes['query']}\n"
        "  found: {from: [query, chunks], choose: [{bm25: {k: 3}}]}\n"
        f"  context: {nodes['context']}\n"
        f"{with_expert}"
        f"  answer: {nodes['answer']}\n"
        "output: answer\n"
    )


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer(speed=0) as running:
        yield running


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "practice")


def answered(server: ModelServer, folder: Path, name: str, options: str, model: str) -> str:
    path = folder / "space.yaml"
    path.write_text(space_of(name, options, model, server.url), encoding="utf-8")
    space = load_space(path)
    flow = build_flow(space.decode(space.sample(Random(0))))
    slot = CpuSlot()
    try:
        prepared = PreparedFlow(
            flow, Documents(DOCUMENTS), IndexStore(), Limits(), slot, examples=EXAMPLES
        )
        outcome = asyncio.run(prepared.run("q", QUESTION))
    finally:
        slot.close()
    assert outcome.error is None, outcome.error
    assert outcome.answer is not None
    return outcome.answer.text


def test_the_catalogue_has_components_that_ask() -> None:
    assert {"llm_answer", "react", "llm_listwise", "hyde", "predicted_queries"} <= set(ASKING)


@pytest.mark.parametrize("name", ASKING)
def test_a_component_reads_what_the_large_model_replies(
    server: ModelServer, tmp_path: Path, name: str
) -> None:
    before = server.count("practice-large")

    assert "Ada Berg" in answered(server, tmp_path, name, "", "practice-large")
    assert server.count("practice-large") > before


@pytest.mark.parametrize("name", ASKING)
def test_a_component_gets_by_with_the_small_model(
    server: ModelServer, tmp_path: Path, name: str
) -> None:
    answered(server, tmp_path, name, "", "practice-small")


@pytest.mark.parametrize("prompt", ["default", "concise", "cot", "cite_sources", "domain_expert"])
def test_prompts_ask_for_the_answer_in_their_form(
    server: ModelServer, tmp_path: Path, prompt: str
) -> None:
    chosen = "{domain_expert: {domain: ships}}" if prompt == "domain_expert" else prompt

    text = answered(
        server, tmp_path, "llm_answer", f", prompt: {chosen}, shots: 1", "practice-large"
    )

    assert text == "Ada Berg"


def test_react_also_writes_its_calls_as_text(server: ModelServer, tmp_path: Path) -> None:
    assert answered(server, tmp_path, "react", ", protocol: text", "practice-large") == "Ada Berg"
