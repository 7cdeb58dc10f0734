"""What the cache saves: the same flows with a cold and a warm cache.

    python benchmarks/cache/cold_and_warm.py

Draws 20 random flows of `search_spaces/rag_local.yaml` and runs each on the tune questions of the
handbook, one after the other, as one worker would: once with an empty cache, then again with a
new index store, as another worker or a later study would. Measured is the wall time of preparing
and running, writing the cache included; scoring is left out. Both runs must give equal answers,
latencies and dollars. Writes `results.json` beside this file.
"""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from syftr_like.cache import Cache, open_cache
from syftr_like.contracts import Outcome, Question
from syftr_like.flow import CpuSlot, IndexStore, PreparedFlow, build_flow
from syftr_like.space import FlowConfig
from syftr_like.study.loading import load_study

FLOWS, SEED = 20, 0
HERE = Path(__file__).parent
STUDY = HERE.parents[1] / "studies" / "quickstart.yaml"


@dataclass
class Run:
    """One pass over all flows."""

    prepare_s: float
    questions_s: float
    write_s: float
    store: IndexStore
    outcomes: list[list[Outcome]]
    index_usd: list[float]

    @property
    def seconds(self) -> float:
        return self.prepare_s + self.questions_s + self.write_s


async def ask(flow: PreparedFlow, questions: Sequence[Question]) -> list[Outcome]:
    return [await flow.run(question.id, question.question) for question in questions]


def run(flows: list[FlowConfig], cache: Cache | None) -> Run:
    loaded = load_study(STUDY)
    documents, questions = loaded.dataset.documents, loaded.split.tune
    done = Run(0.0, 0.0, 0.0, IndexStore(cache=cache), [], [])
    slot = CpuSlot()
    for config in flows:
        started = time.perf_counter()
        flow = PreparedFlow(build_flow(config), documents, done.store, slot=slot, results=cache)
        prepared = time.perf_counter()
        done.outcomes.append(asyncio.run(ask(flow, questions)))
        ran = time.perf_counter()
        flow.flush_results()
        done.prepare_s += prepared - started
        done.questions_s += ran - prepared
        done.write_s += time.perf_counter() - ran
        done.index_usd.append(flow.index_cost.usd(flow.limits.usd_per_cpu_second))
    slot.close()
    return done


def main() -> None:
    rng = random.Random(SEED)
    space = load_study(STUDY).space
    flows = [space.decode(space.sample(rng)) for _ in range(FLOWS)]
    run(flows[:2], None)  # imports and the reader's weights
    with tempfile.TemporaryDirectory() as folder:
        without = run(flows, None)
        cold = run(flows, open_cache(folder))
        warm = run(flows, open_cache(folder))
        size, files = open_cache(folder).size(), len(list(Path(folder).rglob("*.zip")))
    for before, after in zip(cold.outcomes, warm.outcomes, strict=True):
        for a, b in zip(before, after, strict=True):
            assert (a.answer, a.passages, a.latency_s, a.usd, a.cpu_s) == (
                b.answer, b.passages, b.latency_s, b.usd, b.cpu_s,
            )  # fmt: skip
    ran = sum(not node.cached for flow in warm.outcomes for o in flow for node in o.nodes)
    told = {
        "flows": FLOWS,
        "questions": len(cold.outcomes[0]),
        "nodes_run_warm": ran,
        "cache_bytes": size,
        "cache_files": files,
        "speed_up": round(cold.seconds / warm.seconds, 1),
        **{
            name: {
                "seconds": round(done.seconds, 3),
                "prepare_s": round(done.prepare_s, 3),
                "questions_s": round(done.questions_s, 3),
                "write_s": round(done.write_s, 3),
                "built": done.store.builds,
                "loaded": done.store.loaded,
                "index_usd": round(sum(done.index_usd), 9),
            }
            for name, done in (("without", without), ("cold", cold), ("warm", warm))
        },
    }
    (HERE / "results.json").write_text(json.dumps(told, indent=2) + "\n")
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
