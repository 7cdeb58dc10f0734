"""Retrieval quality on character spans."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.contracts import Chunk, Evidence, Outcome, Passage, Question
from syftr_like.contracts.registry import evaluator
from syftr_like.evaluators.spans import BORDER

Place = tuple[str, int, int]
DATA = Path(os.environ.get("SYFTR_LIKE_DATA", Path(__file__).parents[3] / "shared" / "data"))
METRICS = ["retrieval_recall", "retrieval_precision", "retrieval_mrr", "retrieval_ndcg"]


def score(name: str, evidence: Sequence[Place], passages: Sequence[Place]) -> float:
    question = Question("q", "?", ("a",), tuple(Evidence(*place) for place in evidence))
    read = tuple(Passage(Chunk(*place, text="text"), 1.0) for place in passages)
    outcome = Outcome("q", None, read, {}, (), latency_s=0.1, cpu_s=0.1, usd=0.0)
    return evaluator(name).score(question, outcome)


def recall(evidence: Sequence[Place], passages: Sequence[Place]) -> float:
    return score("retrieval_recall", evidence, passages)


def precision(evidence: Sequence[Place], passages: Sequence[Place]) -> float:
    return score("retrieval_precision", evidence, passages)


def mrr(evidence: Sequence[Place], passages: Sequence[Place]) -> float:
    return score("retrieval_mrr", evidence, passages)


def ndcg(evidence: Sequence[Place], passages: Sequence[Place]) -> float:
    return score("retrieval_ndcg", evidence, passages)


@pytest.mark.parametrize("name", METRICS)
class TestEveryRetrievalMetric:
    def test_it_applies_to_questions_with_evidence_only(
        self, name: str, question: Callable[..., Question]
    ) -> None:
        assert evaluator(name).applies(question(evidence=[("d", 3, 4)]))
        assert not evaluator(name).applies(question(evidence=[]))
        assert not evaluator(name).applies(question(evidence=[("d", 7, 7)]))

    def test_nothing_retrieved_scores_0(self, name: str) -> None:
        assert score(name, [("d", 0, 10)], []) == 0

    def test_the_same_offsets_in_another_document_score_0(self, name: str) -> None:
        assert score(name, [("d", 0, 10)], [("e", 0, 10)]) == 0

    def test_exactly_the_evidence_scores_1(self, name: str) -> None:
        assert score(name, [("d", 10, 30)], [("d", 10, 30)]) == 1


class TestRecall:
    def test_it_is_the_share_of_evidence_that_is_covered(self) -> None:
        assert recall([("d", 0, 100)], [("d", 60, 200)]) == pytest.approx(0.4)

    def test_overlapping_passages_count_once(self) -> None:
        assert recall([("d", 0, 100)], [("d", 0, 30), ("d", 10, 40)]) == pytest.approx(0.4)

    def test_overlapping_evidence_counts_once(self) -> None:
        overlapping = [("d", 0, 60), ("d", 40, 100), ("e", 0, 100)]
        assert recall(overlapping, [("d", 0, 100)]) == pytest.approx(0.5)


class TestPrecision:
    def test_it_is_the_share_of_retrieved_text_that_is_evidence(self) -> None:
        assert precision([("d", 50, 100)], [("d", 0, 100), ("e", 0, 100)]) == pytest.approx(0.25)

    def test_overlapping_passages_count_once(self) -> None:
        passages = [("d", 0, 100), ("d", 50, 150), ("d", 50, 150)]
        assert precision([("d", 0, 75)], passages) == pytest.approx(0.5)


class TestMrr:
    def test_it_is_the_reciprocal_rank_of_the_first_hit(self) -> None:
        passages = [("e", 0, 50), ("d", 90, 99), ("d", 0, 50), ("d", 10, 60)]
        assert mrr([("d", 40, 60)], passages) == pytest.approx(1 / 3)

    def test_a_passage_that_shares_white_space_only_is_no_hit(self) -> None:
        assert mrr([("d", 0, 50)], [("d", 50 - BORDER, 90)]) == 0
        assert mrr([("d", 0, 50)], [("d", 49 - BORDER, 90)]) == 1

    def test_evidence_as_short_as_white_space_can_be_hit(self) -> None:
        assert mrr([("d", 10, 11)], [("d", 0, 50)]) == 1
        assert mrr([("d", 0, 50)], [("d", 10, 11)]) == 1


class TestNdcg:
    def test_later_ranks_gain_less(self) -> None:
        assert ndcg([("d", 0, 9)], [("e", 0, 9), ("d", 0, 9)]) == pytest.approx(1 / math.log2(3))

    def test_repeated_evidence_gains_nothing(self) -> None:
        evidence = [("d", 0, 100), ("e", 0, 100)]
        repeating = ndcg(evidence, [("d", 0, 100), ("d", 0, 100), ("e", 0, 100)])
        direct = ndcg(evidence, [("d", 0, 100), ("e", 0, 100)])
        assert direct == 1
        assert repeating == pytest.approx((1 + 1 / 2) / (1 + 1 / math.log2(3)))

    def test_the_document_with_most_evidence_comes_first(self) -> None:
        evidence = [("d", 0, 100), ("e", 0, 30)]
        assert ndcg(evidence, [("d", 0, 200), ("e", 0, 200)]) == 1
        assert ndcg(evidence, [("e", 0, 200), ("d", 0, 200)]) < 1

    def test_evidence_cut_in_two_passages_gains_less_than_in_one(self) -> None:
        assert 0.5 < ndcg([("d", 0, 100)], [("d", 0, 50), ("d", 50, 100)]) < 1


class TestWhiteSpaceAtBorders:
    def test_a_blank_line_between_two_chunks_loses_no_evidence(self) -> None:
        assert recall([("d", 0, 100)], [("d", 0, 49), ("d", 51, 100)]) == 1

    def test_evidence_may_be_annotated_with_the_white_space_around_it(self) -> None:
        assert recall([("d", 9, 52)], [("d", 10, 50)]) == 1
        assert precision([("d", 10, 50)], [("d", 9, 52)]) == 1

    def test_a_longer_gap_is_text(self) -> None:
        assert recall([("d", 0, 100)], [("d", 0, 49), ("d", 52, 100)]) == pytest.approx(0.97)

    def test_nothing_is_forgiven_where_nothing_was_found(self) -> None:
        assert recall([("d", 0, 2), ("d", 50, 60)], [("d", 50, 60)]) == pytest.approx(10 / 12)

    def test_all_chunks_of_a_real_corpus_cover_all_evidence(self) -> None:
        folder = DATA / "chunking_evaluation"
        if not folder.is_dir():
            pytest.skip("needs chunking_evaluation in SYFTR_LIKE_DATA or ../shared/data")
        from syftr_like.components.splitters.sentence_splitter import SentenceSplitter
        from syftr_like.contracts import Document, Documents

        lines = (folder / "documents.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        documents = Documents(Document(row["id"], "", row["text"]) for row in rows)
        chunks = [(c.document, c.start, c.end) for c in SentenceSplitter().split(documents)]
        lines = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
        for line in lines[:60]:
            evidence = [(e["document"], e["start"], e["end"]) for e in json.loads(line)["evidence"]]
            assert recall(evidence, chunks) == 1


@st.composite
def places(draw: st.DrawFn, smallest: int = 1) -> list[Place]:
    spans = st.tuples(st.sampled_from("de"), st.integers(0, 60), st.integers(1, 30))
    drawn = draw(st.lists(spans, min_size=smallest, max_size=6))
    return [(document, start, start + size) for document, start, size in drawn]


def characters(spans: Sequence[Place]) -> set[tuple[str, int]]:
    return {(document, i) for document, start, end in spans for i in range(start, end)}


class TestProperties:
    @given(evidence=places(), passages=places(smallest=0))
    def test_every_metric_lies_in_0_to_1(
        self, evidence: list[Place], passages: list[Place]
    ) -> None:
        for name in METRICS:
            assert 0 <= score(name, evidence, passages) <= 1

    @given(evidence=places(), passages=places(smallest=0), more=places())
    def test_more_passages_never_lose_recall_mrr_or_ndcg(
        self, evidence: list[Place], passages: list[Place], more: list[Place]
    ) -> None:
        for metric in (recall, mrr, ndcg):
            assert metric(evidence, passages + more) >= metric(evidence, passages) - 1e-12

    @given(evidence=places(), passages=places(smallest=0))
    def test_recall_and_precision_are_the_set_overlap_but_for_white_space(
        self, evidence: list[Place], passages: list[Place]
    ) -> None:
        wanted, found = characters(evidence), characters(passages)
        common = len(wanted & found)
        borders = 2 * BORDER * (len(evidence) + len(passages))
        exact = common / len(wanted)
        assert exact - 1e-12 <= recall(evidence, passages) <= exact + borders / len(wanted)
        if found:
            exact = common / len(found)
            assert exact - 1e-12 <= precision(evidence, passages) <= exact + borders / len(found)
        assert (recall(evidence, passages) > 0) == (common > 0)

    @given(data=st.data(), evidence=places(), passages=places())
    def test_recall_and_precision_know_no_order(
        self, data: st.DataObject, evidence: list[Place], passages: list[Place]
    ) -> None:
        shuffled = data.draw(st.permutations(passages))
        for metric in (recall, precision):
            assert metric(evidence, shuffled) == metric(evidence, passages)

    @given(data=st.data(), evidence=places(), passages=places())
    def test_repeating_a_passage_changes_neither_recall_nor_precision(
        self, data: st.DataObject, evidence: list[Place], passages: list[Place]
    ) -> None:
        again = data.draw(st.sampled_from(passages))
        for metric in (recall, precision):
            assert metric(evidence, [*passages, again]) == metric(evidence, passages)

    @given(evidence=places())
    def test_whole_documents_in_order_of_their_evidence_are_an_ideal_ranking(
        self, evidence: list[Place]
    ) -> None:
        held = {d: sum(1 for e, _ in characters(evidence) if e == d) for d, _, _ in evidence}
        ranking = [(d, 0, 100) for d in sorted(held, key=lambda d: -held[d])]
        assert ndcg(evidence, ranking) == pytest.approx(1, abs=1e-12)

    @given(evidence=places(), passages=places())
    def test_splitting_evidence_spans_changes_nothing(
        self, evidence: list[Place], passages: list[Place]
    ) -> None:
        halves = [
            half
            for document, start, end in evidence
            for half in (
                (document, start, (start + end) // 2),
                (document, (start + end) // 2, end),
            )
        ]
        for name in METRICS:
            assert score(name, halves, passages) == score(name, evidence, passages)
