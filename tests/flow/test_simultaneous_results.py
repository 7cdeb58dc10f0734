"""Workers that do the same at the same time: each question has one result, the first one."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

import pytest

from syftr_like.cache import Cache, open_cache
from syftr_like.contracts import Answer, Documents, Passage, Query, Reader
from syftr_like.contracts.formats import json_value
from syftr_like.flow import IndexStore, PreparedFlow, build_flow

from .conftest import Catalogue
from .test_node_results import QUESTIONS, rag


class Drawing(Reader):
    """A reader that answers in another way each time, as a model does."""

    name = "drawing"
    drawn: ClassVar[list[str]] = []

    def read(self, question: Query, passages: Sequence[Passage]) -> Answer:
        self.drawn.append(question.text)
        return Answer(f"draw {len(self.drawn)}")


RACER = """
import asyncio, random, sys
from syftr_like.cache import open_cache
from syftr_like.contracts import Document, Documents, Query, QueryTransform
from syftr_like.flow import IndexStore, PreparedFlow, build, build_flow
from syftr_like.space.flow_config import ComponentConfig as C, FlowConfig, NodeConfig as N

class Random(QueryTransform):
    name = "random"
    def transform(self, question):
        return Query(str(random.random()))

known = build.component_class
build.component_class = lambda name: Random if name == "random" else known(name)
config = FlowConfig((N("louder", {"question": "question"}, C("random", "random")),), "louder")
cache = open_cache(sys.argv[1])

def prepare():
    documents = Documents([Document("d", "", "text")])
    return PreparedFlow(build_flow(config), documents, IndexStore(cache=cache), results=cache)

def answers(flow):
    for n in range(40):
        asyncio.run(flow.run(f"q{n}", f"question {n}"))
    return [flow._results.find(flow.flow.nodes["louder"], f"question {n}").value.text
            for n in range(40)]

mine = prepare()
first = answers(mine)
print("ready", flush=True)
sys.stdin.readline()
mine.flush_results()
print(first[0], *answers(mine), flush=True)
sys.stdin.readline()
print(*answers(prepare()), flush=True)
"""


class TestTwoWorkersAtTheSameTime:
    @pytest.fixture
    def cache(self, tmp_path: Path) -> Cache:
        return open_cache(str(tmp_path / "cache"))

    @pytest.fixture
    def worker(
        self, documents: Documents, catalogue: Catalogue, cache: Cache
    ) -> Callable[[], PreparedFlow]:
        """Prepare the same flow once more, in a worker of its own."""
        catalogue["drawing"] = Drawing

        def prepare() -> PreparedFlow:
            built = build_flow(rag("bm25", reader="drawing"))
            return PreparedFlow(built, documents, IndexStore(cache=cache), results=cache)

        return prepare

    @staticmethod
    def ask(flow: PreparedFlow, *questions: str) -> list[tuple[str, float]]:
        outcomes = [asyncio.run(flow.run("q", question)) for question in questions]
        return [(o.answer.text if o.answer else "", o.latency_s) for o in outcomes]

    def test_the_first_result_of_a_question_is_everybodys(
        self, worker: Callable[[], PreparedFlow]
    ) -> None:
        one, other = worker(), worker()
        ones, others = self.ask(one, *QUESTIONS), self.ask(other, *QUESTIONS)
        assert ones != others
        one.flush_results()
        other.flush_results()
        assert self.ask(worker(), *QUESTIONS) == ones
        assert self.ask(other, *QUESTIONS) == ones, "it came second, and knows"
        assert self.ask(one, *QUESTIONS) == ones

    def test_of_steps_that_overlap_each_question_is_kept_once(
        self, worker: Callable[[], PreparedFlow], cache: Cache
    ) -> None:
        one, other = worker(), worker()
        ones, others = self.ask(one, *QUESTIONS[:2]), self.ask(other, *QUESTIONS[1:])
        one.flush_results()
        other.flush_results()
        assert self.ask(worker(), *QUESTIONS) == ones + others[1:]
        entries = [cache.get("results", key) for key in cache.keys("results")]
        assert len(entries) == 4, "two nodes, each written by both"
        counts = sorted(len(json_value(e.files["results.json.gz"])) for e in entries if e)
        assert counts == [2, 2, 2, 2]

    def test_what_was_prepared_costs_what_it_did_the_first(
        self, worker: Callable[[], PreparedFlow]
    ) -> None:
        one, other = worker(), worker()
        assert one.index_cost != other.index_cost
        self.ask(one, QUESTIONS[0])
        self.ask(other, QUESTIONS[1])
        one.flush_results()
        other.flush_results()
        assert worker().index_cost == one.index_cost

    def test_processes_that_write_at_once_agree(self, tmp_path: Path) -> None:
        racers = [
            subprocess.Popen(
                [sys.executable, "-c", RACER, str(tmp_path / "cache")],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )
            for _ in range(3)
        ]  # fmt: skip
        told = [[self.line(racer) for racer in racers]]
        for _ in range(2):
            for racer in racers:
                assert racer.stdin is not None
                racer.stdin.write("go on\n")
                racer.stdin.flush()
            told.append([self.line(racer) for racer in racers])
        assert [racer.wait(timeout=60) for racer in racers] == [0, 0, 0]
        assert len({line[0] for line in told[1]}) == 3, "each made its own"
        assert len({tuple(line[1:]) for line in told[1]}) == 1, "and reads the first's"
        assert len({tuple(line) for line in told[2]}) == 1
        assert told[1][0][1:] == told[2][0]

    @staticmethod
    def line(racer: subprocess.Popen[str]) -> list[str]:
        assert racer.stdout is not None
        return racer.stdout.readline().split()
