"""What each way to retrieve finds, and costs, beside plain BM25 on the same questions.

    SYFTR_LIKE_DATA=DIR python benchmarks/retrieval/compare.py [--questions 300] [--local]

`DIR` holds `squad2` and `hotpotqa_100` as `documents.jsonl` and `questions.jsonl`; without the
variable it is `../shared/data`. Of the questions with labelled evidence, `--questions` are drawn
with a fixed seed. Prints a Markdown table for each dataset, and writes `results.json` beside this
file. `--local` adds what needs the extra `local`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from options import Option, options

from syftr_like.contracts import Outcome, Question
from syftr_like.contracts.registry import evaluator
from syftr_like.dataset.loading import load_documents, load_questions
from syftr_like.flow import IndexStore, Limits, PreparedFlow, build_flow
from syftr_like.statistics.aggregate import aggregate
from syftr_like.statistics.estimate import Estimate
from syftr_like.statistics.paired_difference import paired_difference

HERE = Path(__file__).parent
DATASETS = ("squad2", "hotpotqa_100")
CHUNK_TOKENS = 128
METRICS = ("retrieval_recall", "context_tokens", "usd_per_1k_questions", "cpu_seconds")
SEED = 0


def drawn(questions: Sequence[Question], count: int) -> list[Question]:
    """Return questions with evidence: all, or `count` of them, always the same."""
    labelled = [q for q in questions if any(e.end > e.start for e in q.evidence)]
    if len(labelled) <= count:
        return labelled
    return random.Random(SEED).sample(labelled, count)


def outcomes(flow: PreparedFlow, questions: Sequence[Question]) -> list[Outcome]:
    """Return what the flow made of each question, one at a time."""

    async def one_by_one() -> list[Outcome]:
        await flow.run("warm-up", "What is asked first?")
        return [await flow.run(q.id, q.question) for q in questions]

    found = asyncio.run(one_by_one())
    failed = [o.error for o in found if o.error]
    if failed:
        raise SystemExit(f"{len(failed)} questions failed: {failed[0]}")
    return found


def described(estimate: Estimate) -> dict[str, float | None]:
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}


def measured(name: str, base: Path, count: int, listed: Sequence[Option]) -> dict[str, Any]:
    """Return the figures of a dataset: facts, and one row for each option."""
    documents = load_documents(str(base / name / "documents.jsonl"), base)
    everything = load_questions(str(base / name / "questions.jsonl"), base, documents)
    questions = drawn(everything, count)
    metrics = {metric: evaluator(metric) for metric in METRICS}
    recall = metrics["retrieval_recall"]
    store, rows = IndexStore(), []
    baseline: list[float] = []
    for option in listed:
        flow = PreparedFlow(build_flow(option.flow(CHUNK_TOKENS)), documents, store)
        found = outcomes(flow, questions)
        scores = {
            metric: [m.score(q, o) for q, o in zip(questions, found, strict=True)]
            for metric, m in metrics.items()
        }
        baseline = baseline or scores["retrieval_recall"]
        row: dict[str, Any] = {"option": option.name}
        for metric, m in metrics.items():
            row[metric] = described(aggregate(m.aggregation, m.bounds, scores[metric]))
        row["recall_less_bm25"] = described(
            paired_difference(
                recall.aggregation, recall.bounds, baseline, scores["retrieval_recall"]
            )
        )
        row["index_cpu_seconds"] = flow.index_cost.cpu_seconds
        rows.append(row)
        print(line(row), flush=True)
    return {"documents": len(documents), "questions": len(questions), "rows": rows}


HEADER = (
    "| option | recall | less BM25's (95 %) | tokens read | CPU ms | µUSD per 1,000"
    " | index, CPU s |\n|---|---|---|---|---|---|---|"
)


def line(row: dict[str, Any]) -> str:
    """Return a row as Markdown."""
    less = row["recall_less_bm25"]
    against = (
        ""
        if row["option"] == "bm25"
        else f"{less['value']:+.3f} ({less['low']:+.3f} to {less['high']:+.3f})"
    )
    return (
        f"| {row['option']} | {row['retrieval_recall']['value']:.3f} | {against}"
        f" | {row['context_tokens']['value']:.0f} | {1000 * row['cpu_seconds']['value']:.2f}"
        f" | {1e6 * row['usd_per_1k_questions']['value']:.1f} | {row['index_cpu_seconds']:.1f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--local", action="store_true", help="with the extra `local`")
    arguments = parser.parse_args()
    base = Path(os.environ.get("SYFTR_LIKE_DATA", HERE.parents[2] / "shared" / "data"))
    if not base.is_dir():
        raise SystemExit(f"no data at {base}: set SYFTR_LIKE_DATA")
    packages = ["faiss-cpu", "bm25s", "scikit-learn", "numpy"]
    packages += ["torch", "sentence-transformers"] if arguments.local else []
    results: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "packages": {name: version(name) for name in packages},
        "seed": SEED,
        "chunk_tokens": CHUNK_TOKENS,
        "usd_per_cpu_hour": Limits().usd_per_cpu_hour,
        "datasets": {},
    }
    for name in DATASETS:
        print(f"\n{name}\n\n{HEADER}")
        results["datasets"][name] = measured(
            name, base, arguments.questions, options(local=arguments.local)
        )
    (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
