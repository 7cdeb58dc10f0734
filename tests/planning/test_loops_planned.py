"""Agents and routers, whose replies decide what is asked next: a plan holds what they take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from syftr_like import Study
from syftr_like.cli.plan_view import plan_view
from syftr_like.planning.plan import Plan, make_plan
from syftr_like.study.loading import load_study
from syftr_like.testing.model_server import ModelServer

from ..components.agents.test_requests_over_the_wire import FORMS
from ..study.tiny_study import STUDY, write_tiny_study
from .test_plan import holds
from .viewed import text_of

SPACE = """\
models:
  model:
    llm: "openai:practice-large"
    base_url: "{url}"
    price: {{input_per_million: 3.0, output_per_million: 15.0}}
graph:
  chunks: {{from: documents, choose: [sentence_splitter: {{sentences: 1}}]}}
  search: {{from: [question, chunks], choose: [bm25: {{k: 3}}]}}
{experts}
  answer: {{from: [question, {parts}], choose: [{component}]}}
output: answer
"""
PAID = "  rag: {from: [question, search], choose: [llm_answer: {llm: model}]}"
FREE = "  free: {from: [question, search], choose: [extractive_reader]}"
QUESTIONS = 16  # eight of either split

Write = Callable[..., Path]


@pytest.fixture
def study(practice_server: ModelServer, tmp_path: Path) -> Write:
    """Returns a way to write a study of one flow, which answers each question once."""

    def write(component: str, parts: str = "search, rag", experts: str = PAID) -> Path:
        space = SPACE.format(
            url=practice_server.url, component=component, parts=parts, experts=experts
        )
        return write_tiny_study(
            tmp_path / "study", study=STUDY.replace("trials: 4", "trials: 1"), space=space
        )

    return write


def planned(path: Path, **settings: Any) -> Plan:
    return make_plan(load_study(path, settings), runs=path.parent / "runs")


def agent(form: str, **values: Any) -> str:
    name, words = FORMS[form]
    given = {"llm": "model", **words, **values}
    return f"{name}: {{{', '.join(f'{key}: {value}' for key, value in given.items())}}}"


@pytest.mark.parametrize("form", FORMS)
def test_the_interval_holds_what_an_agent_takes(
    form: str, study: Write, practice_server: ModelServer
) -> None:
    path = study(agent(form))
    plan = planned(path)
    assert plan.rehearsal.not_run == {}
    assert practice_server.count() == 0

    result = Study.from_yaml(path).optimize(runs=path.parent / "runs").result

    assert [trial.failures for trial in result.trials] == [0]
    totals = plan.totals
    assert holds(totals.calls, practice_server.count())
    assert holds(totals.input_tokens, practice_server.tokens().prompt)
    assert result.spent.usd <= totals.usd.high
    assert totals.calls.low <= totals.calls.likely <= totals.calls.high
    assert totals.calls.low >= QUESTIONS


@pytest.mark.parametrize(
    ("form", "few", "many"),
    [
        ("react-tools", {"max_steps": 2}, {"max_steps": 6}),
        ("react-text", {"max_steps": 2}, {"max_steps": 6}),
        ("plan_and_execute", {"max_steps": 2}, {"max_steps": 6}),
        ("iterative_retrieval", {"rounds": 2}, {"rounds": 6}),
        ("critique_revise", {"rounds": 1}, {"rounds": 3}),
        ("sub_question", {"sub_questions": 2}, {"sub_questions": 6}),
        ("chain_of_abstraction", {"calls": 2}, {"calls": 6}),
        ("lats", {"expansions": 2}, {"expansions": 6}),
    ],
)
def test_its_high_end_is_the_limit_of_its_steps(
    form: str, few: dict[str, int], many: dict[str, int], study: Write
) -> None:
    short = planned(study(agent(form, **few))).totals.calls
    long = planned(study(agent(form, **many))).totals.calls
    assert long.low == short.low
    assert long.high > short.high


def test_react_takes_from_two_calls_to_its_steps_and_the_last_one(study: Write) -> None:
    path = study(agent("react-tools", max_steps=5), parts="search, free", experts=FREE)
    calls = planned(path).totals.calls
    assert (calls.low, calls.high) == (QUESTIONS * 2, QUESTIONS * 6)
    assert calls.likely == pytest.approx(QUESTIONS * 3, rel=0.1)


def test_the_plan_says_what_it_takes_for_the_length_of_loops(study: Write) -> None:
    seen = text_of(plan_view(planned(study(agent("lats")))))
    assert "Agents and cascades ask as little as they can" in seen


@pytest.mark.parametrize(
    ("router", "examples"),
    [
        ("llm_router: {llm: model}", False),
        ("knn_router", True),
        ("predictive_router", True),
        ("bandit_router", True),
    ],
)
def test_the_interval_holds_what_a_router_takes(
    router: str, examples: bool, study: Write, practice_server: ModelServer
) -> None:
    parts = "examples, rag, free" if examples else "rag, free"
    path = study(router, parts=parts, experts=f"{PAID}\n{FREE}")
    plan = planned(path)

    result = Study.from_yaml(path).optimize(runs=path.parent / "runs").result

    assert [trial.failures for trial in result.trials] == [0]
    assert holds(plan.totals.calls, practice_server.count())
    assert result.spent.usd <= plan.totals.usd.high
    if examples:  # each labelled question is tried, and then known on the tune split
        kept = plan.totals.calls
        anew = planned(path, **{"cache.enabled": False}).totals.calls
        assert kept.low < anew.low


def test_what_was_learned_from_is_known_on_the_tune_split(
    study: Write, practice_server: ModelServer
) -> None:
    dearer = PAID.replace("rag:", "cot:").replace("{llm: model}", "{llm: model, prompt: cot}")
    path = study("knn_router", parts="examples, rag, cot", experts=f"{PAID}\n{dearer}")
    calls = planned(path).totals.calls

    Study.from_yaml(path).optimize(runs=path.parent / "runs")

    # Both branches on eight questions, then one or both on the eight of the holdout split; no
    # model is asked where nothing is found.
    assert holds(calls, practice_server.count())
    assert (calls.low, calls.high) == (pytest.approx(3 * 7), pytest.approx(4 * 7))
