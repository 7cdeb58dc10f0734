"""Retrieval quality on character spans, so that any two splitters can be compared.

What is scored are the passages that the flow's output node read, or returned when the flow ends
in passages. Evidence is a set of characters in documents; overlapping spans count once.
"""

from __future__ import annotations

from math import log2

from syftr_like.contracts import Direction, Evaluator, Outcome, Question

from .spans import covered, length, overlap, union


class RetrievalQuality(Evaluator):
    """Base of the retrieval metrics: they apply to questions whose evidence is labelled."""

    direction = Direction.MAXIMIZE

    def applies(self, question: Question) -> bool:
        """Whether at least one character of evidence is labelled."""
        return any(e.end > e.start for e in question.evidence)


class RetrievalRecall(RetrievalQuality):
    """Mean share of the evidence's characters that lie in the passages read."""

    name = "retrieval_recall"
    standard = True

    def score(self, question: Question, outcome: Outcome) -> float:
        """Return covered evidence over all evidence, in characters."""
        evidence = union(question.evidence)
        retrieved = union(passage.chunk for passage in outcome.passages)
        return covered(evidence, retrieved) / length(evidence)


class RetrievalPrecision(RetrievalQuality):
    """Mean share of the characters of the passages read that are evidence; 0 without passages."""

    name = "retrieval_precision"
    standard = True

    def score(self, question: Question, outcome: Outcome) -> float:
        """Return evidence among the retrieved characters over all of them."""
        retrieved = union(passage.chunk for passage in outcome.passages)
        if not retrieved:
            return 0.0
        return covered(retrieved, union(question.evidence)) / length(retrieved)


class RetrievalMrr(RetrievalQuality):
    """Mean reciprocal rank of the first passage that overlaps the evidence; 0 when none does."""

    name = "retrieval_mrr"

    def score(self, question: Question, outcome: Outcome) -> float:
        """Return 1 / rank of the first passage with evidence."""
        evidence = union(question.evidence)
        for rank, passage in enumerate(outcome.passages, start=1):
            if overlap(passage.chunk, evidence):
                return 1 / rank
        return 0.0


class RetrievalNdcg(RetrievalQuality):
    """Mean discounted gain of evidence not yet seen at each rank, over that of an ideal ranking.

    The gain at a rank is the number of evidence characters that no earlier passage held, so that
    repeating a passage gains nothing; it is divided by log2(rank + 1). The ideal ranking has all
    evidence of one document in each passage, most first. No ranking of passages can gain more,
    because a passage lies in one document: so the metric is at most 1 for every splitter, and a
    splitter that cuts evidence in two pieces loses by it.

    References:
        Järvelin, Kekäläinen: Cumulated gain-based evaluation of IR techniques. ACM TOIS 20(4),
        2002. Gain by novelty: Clarke et al.: Novelty and diversity in information retrieval
        evaluation. SIGIR 2008.
    """

    name = "retrieval_ndcg"
    standard = True

    def score(self, question: Question, outcome: Outcome) -> float:
        """Return the discounted gain over the ideal one."""
        evidence = union(question.evidence)
        gain = 0.0
        seen = 0
        for rank in range(1, len(outcome.passages) + 1):
            now = covered(evidence, union(p.chunk for p in outcome.passages[:rank]))
            gain += (now - seen) / log2(rank + 1)
            seen = now
        by_document = (sum(end - start for start, end in spans) for spans in evidence.values())
        ideal = sum(
            characters / log2(rank + 1)
            for rank, characters in enumerate(sorted(by_document, reverse=True), start=1)
        )
        # Rounding alone could lift the quotient of two equal sums above 1.
        return min(1.0, gain / ideal)
