"""What a run holds, as plain data: made from results alone, without MLflow."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from syftr_like.results import Rung, TrialResult, TrialState
from syftr_like.statistics.estimate import Estimate
from syftr_like.tracking.content import MetricPoint, RunContent
from syftr_like.tracking.documents import documents_parquet, read_documents
from syftr_like.tracking.trace_content import trace_contents
from syftr_like.tracking.trial_content import trial_content

from .conftest import made_source

LOW, MIDDLE, HIGH = (Estimate(v, v - 0.1, v + 0.1, 10) for v in (0.3, 0.4, 0.5))
RUNGS = (
    Rung(12, 1001.0, "continue", {"answer_match": LOW}),
    Rung(36, 1002.0, "continue", {"answer_match": MIDDLE}),
)
TRIAL = TrialResult(
    number=7,
    params={"answer": "extractive_reader", "passages.bm25.k": 3},
    flow={
        "nodes": [
            {
                "name": "chunks",
                "option": "whole_document",
                "parameters": {},
                "inputs": {"documents": "documents"},
            },
            {
                "name": "passages",
                "option": "bm25",
                "parameters": {},
                "inputs": {"question": "question", "chunks": "chunks"},
            },
            {
                "name": "answer",
                "option": "extractive_reader",
                "parameters": {},
                "inputs": {"question": "question", "passages": "passages"},
            },
        ],
        "output": "answer",
    },
    state=TrialState.RUNNING,
    rungs=RUNGS,
    evaluations=36,
    started_at=1000.0,
)
COMPLETE = replace(
    TRIAL,
    state=TrialState.COMPLETE,
    tune={"answer_match": HIGH},
    rungs=(*RUNGS, Rung(108, 1003.5, "complete", {"answer_match": HIGH})),
    evaluations=108,
    seconds=4.0,
)


def content(trial: TrialResult) -> RunContent:
    return trial_content(trial, "900.0", None)


def history(trial: TrialResult, metric: str = "answer_match") -> list[tuple[int, int, float]]:
    points = [p for p in content(trial).metrics if p.name == metric]
    return [(p.step, p.at, p.value) for p in points]


class TestHistory:
    def test_a_step_is_a_number_of_questions_at_the_time_of_its_rung(self) -> None:
        assert history(TRIAL) == [(12, 1001000, 0.3), (36, 1002000, 0.4)]

    def test_the_last_rung_and_the_end_are_one_point(self) -> None:
        assert history(COMPLETE)[:2] == history(TRIAL)
        assert history(COMPLETE)[2:] == [(108, 1003500, 0.5)]

    def test_what_was_written_while_it_ran_stays_true(self) -> None:
        assert set(content(TRIAL).metrics) <= set(content(COMPLETE).metrics)

    def test_without_rungs_it_is_the_value_at_the_end(self) -> None:
        trial = replace(COMPLETE, rungs=())
        assert history(trial) == [(0, 1004000, 0.5)]

    def test_an_interval_has_a_history_as_well(self) -> None:
        assert [value for *_, value in history(COMPLETE, "answer_match_low")] == [
            e.low for e in (LOW, MIDDLE, HIGH)
        ]

    def test_totals_have_one_point(self) -> None:
        points = [p for p in content(COMPLETE).metrics if p.name == "evaluations"]
        assert points == [MetricPoint("evaluations", 108.0, 1003500, 0)]
        assert "evaluations" not in {p.name for p in content(TRIAL).metrics}


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (TrialState.RUNNING, "RUNNING"),
        (TrialState.PAUSED, "RUNNING"),
        (TrialState.COMPLETE, "FINISHED"),
        (TrialState.STOPPED, "FINISHED"),
        (TrialState.INTERRUPTED, "KILLED"),
        (TrialState.FAILED, "FAILED"),
        (TrialState.OUTSIDE, "FINISHED"),
    ],
)
def test_a_state_is_shown_as_a_status_and_as_a_tag(state: TrialState, status: str) -> None:
    run = content(replace(COMPLETE, state=state))

    assert (run.status, run.tags["state"]) == (status, state.value)
    assert (run.ended is None) == (status == "RUNNING")


def test_no_state_is_without_a_status() -> None:
    for state in TrialState:
        assert content(replace(COMPLETE, state=state)).tags["state"] == state.value


def test_a_trial_outside_the_space_ended_when_it_was_judged_last() -> None:
    """Not days later, when the space was changed: that is its end in the ledger."""
    outside = replace(COMPLETE, state=TrialState.OUTSIDE, seconds=86_400.0)

    assert content(outside).ended == 1003500
    assert content(outside).metrics == content(COMPLETE).metrics
    cut_off = replace(outside, rungs=(), tune={}, seconds=4.0)
    assert content(cut_off).ended == 1004000


def test_violations_and_errors_are_told() -> None:
    run = content(replace(COMPLETE, violations={"a <= 1": 0.5}, first_error="timeout: 60 s"))

    assert run.tags["violations"] == "a <= 1 by 0.5"
    assert run.tags["first_error"] == "timeout: 60 s"
    assert run.tags["feasible"] == "false"


class TestTraces:
    ROW = {
        "question": "q-pump",
        "answer": "Ada Berg",
        "abstained": False,
        "confidence": 0.7,
        "error": None,
        "latency_s": 0.5,
        "cpu_s": 0.4,
        "usd": 1e-6,
        "cache_hits": 0,
        "finished_at": 2000.0,
        "scores": {"answer_match": 1.0},
        "retrieved": {"passages": [["pump", 0, 15, 1.5]]},
        "nodes": [["passages", "bm25", 0.2, 0.1, 0.2], ["answer", "extractive_reader", 0.3, 0, 0]],
    }
    CALL = {
        "split": "holdout", "question": "q-pump", "node": "answer", "model": "m",
        "input_tokens": 30, "output_tokens": 4, "usd": 1e-5, "cached": True,
    }  # fmt: skip

    def trace(self, folder: Path, **changes: object) -> Any:
        source = made_source(folder)
        question = source.questions_by_id["q-pump"]
        source = replace(source, holdout=(question,), tune=())
        (trace,) = trace_contents(TRIAL, [self.ROW | changes], [self.CALL], source)
        return [trace, *trace.spans]

    def test_spans_follow_each_other_and_end_when_the_question_was_done(
        self, tmp_path: Path
    ) -> None:
        trace, root, passages, answer = self.trace(tmp_path)

        assert (root.start, root.end) == (1_999_500_000_000, 2_000_000_000_000)
        assert passages.start == root.start
        assert answer.start == passages.end
        assert answer.end == root.end
        assert trace.key == "t007/q-pump"

    def test_a_span_tells_what_its_node_took_in_put_out_and_consumed(self, tmp_path: Path) -> None:
        _, root, passages, answer = self.trace(tmp_path)

        assert root.attributes["inputs"] == {"question": "Who services the bilge pump?"}
        (shown,) = passages.attributes["outputs"]
        assert shown["page_content"] == "The bilge pump "
        assert passages.attributes["waited_seconds"] == 0.1
        assert passages.kind == "RETRIEVER"
        assert answer.attributes["inputs"]["passages"] == ["pump[0:15]"]
        assert answer.attributes["outputs"]["answer"] == "Ada Berg"
        assert (answer.attributes["input_tokens"], answer.attributes["cached"]) == (30, True)

    def test_a_failure_is_at_the_node_that_ran_last(self, tmp_path: Path) -> None:
        _, root, passages, answer = self.trace(tmp_path, error="timeout: 60 s", answer=None)

        assert root.error == answer.error == "timeout: 60 s"
        assert passages.error is None


def test_documents_come_back_as_they_were(tmp_path: Path) -> None:
    documents = made_source(tmp_path).documents
    file = tmp_path / "documents.parquet"
    file.write_bytes(documents_parquet(documents))

    assert list(read_documents(file)) == list(documents)
    assert documents_parquet(documents) == file.read_bytes()
