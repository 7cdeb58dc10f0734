"""Labelled questions reach the components that are wired to them, and nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from syftr_like.cache import open_cache
from syftr_like.contracts import (
    Answer,
    Documents,
    Evidence,
    Examples,
    Input,
    NodeComponent,
    Port,
    Query,
    QueryTransform,
    Question,
    Reader,
)
from syftr_like.flow import IndexStore, PreparedFlow, build_flow
from syftr_like.tracking.examples import examples_json_lines, read_examples

from .conftest import Catalogue
from .parts import Branches, asking, flow_config

TUNE = Examples(
    [
        Question("a", "When does the ferry leave?", ("nine",), (Evidence("d", 3, 9),)),
        Question("b", "Who painted it?", answerable=False),
    ]
)


class Nearest(NodeComponent):
    """Answers as another question was answered."""

    name = "nearest"
    kind = Reader.kind
    output = Port.ANSWER
    inputs: ClassVar[Mapping[str, Input]] = {
        "question": Input(Port.QUESTION),
        "examples": Input(Port.EXAMPLES),
    }

    def prepare(self, inputs: Mapping[str, Any], indexes: Any) -> Examples:
        examples: Examples = inputs["examples"]
        return examples

    def run(self, inputs: Mapping[str, Any], prepared: Any) -> Answer:
        left = prepared.without(inputs["question"].original)
        return Answer(" ".join(question.id for question in left))


def answer(documents: Documents, text: str) -> str:
    config = flow_config(
        "answer", answer=("nearest", {"question": "question", "examples": "examples"})
    )
    flow = PreparedFlow(build_flow(config), documents, IndexStore(), examples=TUNE)
    outcome = asyncio.run(flow.run("q", text))
    assert outcome.answer is not None
    return outcome.answer.text


def test_a_component_is_given_them_and_leaves_the_question_out(
    documents: Documents, catalogue: Catalogue
) -> None:
    catalogue["nearest"] = Nearest
    assert answer(documents, "Where?") == "a b"
    assert answer(documents, "when does the FERRY leave") == "b"


class Reworded(QueryTransform):
    """Asks in other words."""

    name = "reworded"

    def transform(self, question: Query) -> Query:
        return Query(f"tell me: {question.text}")


def test_a_question_in_other_words_is_still_left_out(
    documents: Documents, catalogue: Catalogue
) -> None:
    catalogue.update(nearest=Nearest, reworded=Reworded)
    config = flow_config(
        "answer",
        again=("reworded", {"question": "question"}),
        twice=("reworded", {"question": "again"}),
        answer=("nearest", {"question": "twice", "examples": "examples"}),
    )
    flow = PreparedFlow(build_flow(config), documents, IndexStore(), examples=TUNE)
    outcome = asyncio.run(flow.run("q", "When does the ferry leave?"))
    assert outcome.answer == Answer("b")


def test_so_it_is_where_a_branch_is_asked_something_else(
    documents: Documents, catalogue: Catalogue, tmp_path: Path
) -> None:
    """And what a branch said for one question is not taken for another's."""

    async def work(text: str, branches: Branches) -> Answer:
        return await branches["expert"].ask("and then?")  # type: ignore[return-value]

    catalogue.update(nearest=Nearest, reworded=Reworded, asking=asking(work))
    config = flow_config(
        "answer",
        again=("reworded", {"question": "question"}),
        expert=("nearest", {"question": "again", "examples": "examples"}),
        answer=("asking", {"question": "question", "branches.expert": "expert"}),
    )
    answers = []
    for _ in range(2):
        cache = open_cache(str(tmp_path / "cache"), None)
        flow = PreparedFlow(
            build_flow(config), documents, IndexStore(), examples=TUNE, results=cache
        )
        for question in ("When does the ferry leave?", "Who painted it?", "Where?"):
            answers.append(asyncio.run(flow.run("q", question)).answer)
        flow.flush_results()
    assert answers == [Answer("b"), Answer("a"), Answer("a b")] * 2


def test_labels_are_part_of_their_content() -> None:
    other = Examples([Question("a", "When does the ferry leave?", ("ten",)), TUNE[1]])
    assert TUNE.fingerprint != other.fingerprint
    assert TUNE.fingerprint == Examples(tuple(TUNE)).fingerprint


def test_they_are_kept_with_a_model(tmp_path: Path) -> None:
    path = tmp_path / "examples.jsonl"
    path.write_bytes(examples_json_lines(TUNE))
    assert list(read_examples(path)) == list(TUNE)
    assert list(read_examples(None)) == []
