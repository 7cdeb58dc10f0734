"""Every space that ships: random flows of it run, over the wire to the practice server."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from syftr_like.components.judges.judged_text import lay_out
from syftr_like.contracts import Document, Documents, Examples, Question
from syftr_like.contracts.registry import component_names
from syftr_like.flow import CpuSlot, IndexStore, Limits, PreparedFlow, build_flow
from syftr_like.space import Space, UnknownModelError, load_space
from syftr_like.space.component_samples import sample_components
from syftr_like.space.cursor import Cursor
from syftr_like.space.models import read_models
from syftr_like.space.names import Names
from syftr_like.testing.model_server import ModelServer
from syftr_like.yaml_source import load_yaml_text

from ..study.tiny_study import document_rows, question_rows
from ..tiny_models import tiny_cross_encoder

FOLDER = Path(__file__).parents[2] / "search_spaces"
SPACES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
FLOWS = 200

MODELS = """\
models:
  small: {{llm: "openai:practice-large", base_url: "{url}", price: free}}
  medium: {{llm: "openai:practice-large", base_url: "{url}", price: free, max_output_tokens: 900}}
  large: {{llm: "openai:practice-large", base_url: "{url}", price: free, max_output_tokens: 500}}
  varied: {{llm: "openai:practice-large", temperature: 0.7, base_url: "{url}", price: free}}
  brief: {{llm: "openai:practice-large", top_p: 0.9, base_url: "{url}", price: free}}
  reasoning: {{llm: "openai:practice-large", temperature: null, base_url: "{url}", price: free}}
  vectors: {{embedder: "openai:practice-embed-small", base_url: "{url}", price: free}}
  reading: {{cross_encoder: {{model: "{folder}", top: 3}}}}
"""


def practising(name: str, url: str, folder: Path) -> Space:
    """The space with the practice server's models, and a tiny one, in the place of its own."""
    source = load_yaml_text(MODELS.format(url=url, folder=folder), "models")
    models = read_models(Cursor(source, ("models",)), Names({}, ()))
    while True:
        try:
            return load_space(FOLDER / f"{name}.yaml", models=models)
        except UnknownModelError as unknown:  # a space has those that it uses
            models.pop(unknown.model)


def judged(questions: list[Question]) -> list[Question]:
    """The same with an answer each: right or wrong in turn, and now and then none."""
    answers = [q.answers[0] if q.answers else "" for q in questions]
    texts = [
        lay_out(q.question, q.answers, answers[turn - turn % 2], [f"It says {answers[turn]}."])
        for turn, q in enumerate(questions)
    ]
    labels = ["incorrect" if turn % 2 else "correct" for turn in range(len(texts))]
    return [
        Question(q.id, text, (label,))
        for q, text, label in zip(questions, texts, labels, strict=True)
    ]


@pytest.mark.parametrize("name", SPACES)
@pytest.mark.timeout(300)
def test_random_flows_of_it_answer_a_question(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("langchain_openai")
    monkeypatch.setenv("OPENAI_API_KEY", "practice")
    rows = document_rows()
    documents = Documents(Document(str(r["id"]), str(r["title"]), str(r["text"])) for r in rows)
    questions = [
        Question(str(r["id"]), str(r["question"]), tuple(r["answers"]))  # type: ignore[arg-type]
        for r in question_rows()
    ]
    if name == "judge":
        questions = judged(questions)
    rng = random.Random(7)
    store, slot = IndexStore(), CpuSlot()
    errors: Counter[str] = Counter()
    folder = tmp_path / "cross_encoder"
    if name.endswith("local_models"):
        tiny_cross_encoder(folder, ["ferry", "nine", "when", "does"])
    with ModelServer(speed=0) as server:
        space = practising(name, server.url, folder)
        for turn in range(FLOWS):
            flow = build_flow(space.decode(space.sample(rng)))
            prepared = PreparedFlow(
                flow, documents, store, Limits(), slot, examples=Examples(questions)
            )
            question = questions[turn % 12]
            outcome = asyncio.run(prepared.run(question.id, question.question))
            if outcome.error is not None:
                errors[outcome.error] += 1
            elif name == "judge":
                assert outcome.answer is not None
                assert outcome.answer.text in ("correct", "incorrect")
    slot.close()
    assert not errors


def test_the_full_space_is_as_large_as_is_said() -> None:
    size = load_space(FOLDER / "full.yaml").cardinality()
    assert size.discrete > 10**23


NOT_THERE = {
    "langchain_chat_model": "wraps a class that is named",
    "langchain_embeddings": "wraps a class that is named",
    "langchain_reranker": "wraps a class that is named",
    "langchain_retriever": "wraps a class that is named",
    "langchain_runnable": "wraps an object that is named",
    "langchain_splitter": "wraps a class that is named",
    "context_precision": "a metric: it needs what a flow has read",
}
"""Components of no ready-made space, and why."""


def test_every_component_stands_in_one() -> None:
    found: set[str] = set()
    for name in SPACES:
        tree = load_space(FOLDER / f"{name}.yaml").tree
        sample = sample_components(tree, lambda component: True)
        found |= {config.component for config in sample}
    assert found.isdisjoint(NOT_THERE)
    assert set(component_names()) - found == set(NOT_THERE)
