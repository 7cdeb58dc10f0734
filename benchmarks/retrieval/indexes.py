"""From how many chunks on an approximate index pays: build, time per question, recall at 10.

    python benchmarks/retrieval/indexes.py

Vectors of 256 dimensions around random centres, fifty to a centre, with fixed seeds; 200 questions
drawn like them. The parameters are the defaults of `dense`. One thread. Prints a Markdown table and
writes `indexes.json` beside this file.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from syftr_like.components.embedders.hashing import Hashing
from syftr_like.components.indexes.embedded_chunks import ChunkVectors
from syftr_like.components.indexes.flat_index import FlatIndex
from syftr_like.components.indexes.hnsw_index import HnswIndex
from syftr_like.components.indexes.ivf_pq_index import IvfPqIndex
from syftr_like.components.retrievers.dense import DenseRetriever
from syftr_like.contracts.registry import component_class

SIZES = (2_000, 10_000, 50_000)
DIMENSIONS = 256
QUESTIONS = 200
K = 10


def clustered(count: int, seed: int) -> NDArray[np.float32]:
    """Return unit vectors around a fiftieth as many centres, (count, DIMENSIONS)."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((count // 50, DIMENSIONS), dtype=np.float32)
    noise = 0.6 * random.standard_normal((count, DIMENSIONS), dtype=np.float32)
    vectors = centres[random.integers(len(centres), size=count)] + noise
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def main() -> None:
    embedder: Hashing = component_class("hashing")()  # type: ignore[assignment]
    p = DenseRetriever.Parameters(embedder=embedder)
    recipes: dict[str, Any] = {
        "flat": FlatIndex(embedder),
        "hnsw": HnswIndex(embedder, p.hnsw_m, p.ef_construction),
        "ivf_pq": IvfPqIndex(embedder, p.nlist, p.pq_m, p.pq_nbits),
    }
    rows = []
    print("| chunks | index | build, s | ms per question | recall at 10 |\n|---|---|---|---|---|")
    for size in SIZES:
        everything = clustered(size + QUESTIONS, seed=0)
        vectors, questions = everything[:size], everything[size:]
        embedded = ChunkVectors(embedder.fit([]), vectors)
        exact: list[set[int]] = []
        for name, recipe in recipes.items():
            started = time.perf_counter()
            with threadpool_limits(limits=1):
                index = recipe.index_of(vectors)
            build = time.perf_counter() - started
            search = recipe.searching(embedded, index)
            started = time.perf_counter()
            found = [{place for place, _ in search.search(q, K)} for q in questions]
            milliseconds = 1000 * (time.perf_counter() - started) / len(questions)
            exact = exact or found
            recall = sum(len(a & b) for a, b in zip(exact, found, strict=True)) / K / len(questions)
            rows.append(
                {
                    "chunks": size,
                    "index": name,
                    "build_seconds": build,
                    "milliseconds_per_question": milliseconds,
                    "recall_at_10": recall,
                }
            )
            print(f"| {size} | {name} | {build:.2f} | {milliseconds:.2f} | {recall:.3f} |")
    target = Path(__file__).parent / "indexes.json"
    target.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
