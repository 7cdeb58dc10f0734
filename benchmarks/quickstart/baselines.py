"""What the quickstart's flows are worth beside simple ones.

    python benchmarks/quickstart/baselines.py [--run runs/quickstart]

Prints `answer_match` on both splits of the handbook for: always abstaining; the extractive reader
on the best whole document by BM25; the best flow of a run, by its tune value; and the oracle, the
same reader given the paragraphs that hold the evidence (and abstaining where there are none). The
threshold below which the two readers abstain is the best one on the tune split.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from syftr_like.contracts import Answer, Chunk, Document, Passage, Query, Question
from syftr_like.contracts.registry import component_class, evaluator
from syftr_like.dataset import Split
from syftr_like.flow import IndexStore, PreparedFlow, build_flow
from syftr_like.space.flow_config import ComponentConfig, FlowConfig, NodeConfig
from syftr_like.study.loading import load_study

THRESHOLDS = [step / 50 for step in range(0, 41)]

Replies = Mapping[str, Answer]


def paragraphs_with_evidence(question: Question, documents: Mapping[str, Document]) -> list[Chunk]:
    """Return the paragraphs that overlap the evidence, in the order of the evidence."""
    found: dict[tuple[str, int], Chunk] = {}
    for evidence in question.evidence:
        text = documents[evidence.document].text
        start = text.rfind("\n\n", 0, evidence.start)
        start = 0 if start < 0 else start + 2
        end = text.find("\n\n", evidence.end)
        end = len(text) if end < 0 else end
        found[evidence.document, start] = Chunk(evidence.document, start, end, text[start:end])
    return list(found.values())


def reader_alone(k: int) -> object:
    """Return the extractive reader without a threshold, reading `k` passages."""
    cls = component_class("extractive_reader")
    return cls(cls.Parameters(passages=k, abstain_below=0.0))


def oracle_replies(questions: Sequence[Question], documents: Mapping[str, Document]) -> Replies:
    reader = reader_alone(10)
    return {
        q.id: reader.read(  # type: ignore[attr-defined]
            Query(q.question), [Passage(c, 1.0) for c in paragraphs_with_evidence(q, documents)]
        )
        for q in questions
    }


def whole_document_flow() -> FlowConfig:
    """Return: BM25 over whole documents, the reader on the first."""
    return FlowConfig(
        nodes=(
            NodeConfig(
                "chunks",
                {"documents": "documents"},
                ComponentConfig("whole_document", "whole_document"),
            ),
            NodeConfig(
                "passages",
                {"question": "question", "chunks": "chunks"},
                ComponentConfig("bm25", "bm25", {"k": 1}),
            ),
            NodeConfig(
                "answer",
                {"question": "question", "passages": "passages"},
                ComponentConfig("extractive_reader", "extractive_reader", {"abstain_below": 0.0}),
            ),
        ),
        output="answer",
    )


def flow_replies(flow: PreparedFlow, questions: Sequence[Question]) -> Replies:
    async def all_replies() -> Replies:
        outcomes = [await flow.run(q.id, q.question) for q in questions]
        failed = [o.error for o in outcomes if o.error]
        if failed:
            raise SystemExit(f"{len(failed)} questions failed: {failed[0]}")
        return {o.question_id: o.answer for o in outcomes if o.answer is not None}

    return asyncio.run(all_replies())


def answer_match(questions: Sequence[Question], replies: Replies, threshold: float) -> float:
    """Return the share of right answers when the reader abstains below a threshold."""
    from syftr_like.contracts import Outcome

    metric = evaluator("answer_match")
    total = 0.0
    for question in questions:
        answer = replies[question.id]
        if not answer.abstained and (answer.confidence or 0.0) < threshold:
            answer = Answer(text="", abstained=True)
        total += metric.score(question, Outcome(question.id, answer, (), {}, (), 0.0, 0.0, 0.0))
    return total / len(questions)


def with_best_threshold(split: Split, replies: Callable[[Sequence[Question]], Replies]) -> str:
    tune, holdout = replies(split.tune), replies(split.holdout)
    threshold = max(THRESHOLDS, key=lambda t: answer_match(split.tune, tune, t))
    return (
        f"{answer_match(split.tune, tune, threshold):.3f}  "
        f"{answer_match(split.holdout, holdout, threshold):.3f}   (threshold {threshold:.2f})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", default="quickstart")
    parser.add_argument("--run", type=Path, default=Path("runs/quickstart"))
    arguments = parser.parse_args()
    loaded = load_study(arguments.study)
    split, documents = loaded.split, loaded.dataset.documents
    by_id = {document.id: document for document in documents}
    abstaining = [
        sum(not q.answerable for q in questions) / len(questions)
        for questions in (split.tune, split.holdout)
    ]
    whole = PreparedFlow(build_flow(whole_document_flow()), documents, IndexStore())
    print(f"{'':<28}tune   holdout")
    print(f"{'always abstain':<28}{abstaining[0]:.3f}  {abstaining[1]:.3f}")
    whole_line = with_best_threshold(split, lambda questions: flow_replies(whole, questions))
    print(f"{'whole-document BM25':<28}{whole_line}")
    if (arguments.run / "front.json").exists():
        front = json.loads((arguments.run / "front.json").read_text(encoding="utf-8"))
        best = next(m for m in front["front"] if m["id"] == front["recommended"]["best"])
        values = [best[name]["answer_match"]["value"] for name in ("tune", "holdout")]
        print(f"{'best flow of the run':<28}{values[0]:.3f}  {values[1]:.3f}   ({best['id']})")
    oracle_line = with_best_threshold(split, lambda questions: oracle_replies(questions, by_id))
    print(f"{'oracle (gold paragraphs)':<28}{oracle_line}")


if __name__ == "__main__":
    main()
