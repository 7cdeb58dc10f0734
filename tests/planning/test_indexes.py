"""How many indexes a plan expects, against what the index store then builds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from syftr_like.flow import IndexStore, PreparedFlow, build_flow
from syftr_like.planning.distinct_indexes import DistinctIndexes, distinct_indexes
from syftr_like.planning.document_sample import sample_documents
from syftr_like.planning.planned_flows import planned_flows
from syftr_like.study.loading import load_study

from ..study.tiny_study import write_tiny_study

QUICKSTART = Path(__file__).parents[2] / "studies" / "quickstart.yaml"


@pytest.mark.timeout(600)
def test_40_trials_of_the_quickstart_build_as_many_indexes_as_were_counted() -> None:
    loaded = load_study(QUICKSTART)
    flows = planned_flows(loaded).flows[:40]

    counted = distinct_indexes(flows, sample_documents(loaded.dataset.documents), ())

    store = IndexStore()
    for place, flow in enumerate(flows):
        PreparedFlow(build_flow(flow), loaded.dataset.documents, store)
        assert counted.after[place] == store.builds
    assert sum(counted.kinds.values()) == store.builds == counted.count
    assert (counted.unknown, counted.sampled) == ({}, False)


def test_different_parameters_that_come_to_the_same_chunks_count_once(tmp_path: Path) -> None:
    # Every document is one sentence, so that any number of sentences is the whole document.
    loaded = load_study(write_tiny_study(tmp_path), {"search.trials": 40})
    flows = planned_flows(loaded).flows

    counted = distinct_indexes(flows, sample_documents(loaded.dataset.documents), ())

    assert counted.kinds["splitting"] == 4
    assert counted.kinds["bm25"] < 4


def test_chunks_that_differ_only_at_the_end_are_told_apart(tmp_path: Path) -> None:
    path = write_tiny_study(tmp_path)
    last = {"id": "z", "title": "Z", "text": "The bell rings. The dog barks. The cook sings."}
    with (tmp_path / "documents.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(last) + "\n")
    loaded = load_study(path, {"search.trials": 30})
    flows = planned_flows(loaded).flows

    counted = distinct_indexes(flows, sample_documents(loaded.dataset.documents), ())

    store = IndexStore()
    for flow in flows:
        PreparedFlow(build_flow(flow), loaded.dataset.documents, store)
    assert counted.count == store.builds
    assert counted.kinds["bm25"] == 3  # one, two or three sentences; the latter is the whole


def test_more_trials_than_were_counted_are_extrapolated() -> None:
    counted = DistinctIndexes((2, 4, 5, 6), {"bm25": 6}, {}, sampled=False)

    assert [counted.expected(n) for n in (1, 3, 4)] == [2, 5, 6]
    assert counted.expected(14) == 16  # one more with each trial, as in the second half
    assert DistinctIndexes((), {}, {}, sampled=False).expected(10) == 0


def test_a_sample_of_documents_is_spread_and_knows_its_share() -> None:
    documents = load_study(QUICKSTART).dataset.documents
    total = sum(len(d.text) for d in documents)

    sample = sample_documents(documents, total // 4)

    taken = sum(len(d.text) for d in sample.documents)
    assert sample.share == pytest.approx(taken / total)
    assert 0.1 < sample.share <= 0.25
    assert not sample.whole
    assert sample_documents(documents).whole
    assert sample_documents(documents, 1).documents[0].id == documents[0].id
