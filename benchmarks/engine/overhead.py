"""What the engine adds: per question in a worker, per trial on Ray Tune.

    python benchmarks/engine/overhead.py

Per question: a flow that always abstains is run on 2,000 questions, five times after a warm-up;
its component does nothing, so that all the time is the engine's. With scoring: the same through
`evaluate_questions` with the metrics that a study reports. Per trial on Ray: a study of 40 trials
with 20 short questions each on one worker; the median time from a trial's proposal to its end, as
the ledger has it, plus the median gap to the next proposal. It holds all that Ray Tune adds, and
the trial's own few milliseconds.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import statistics
import tempfile
import time
from pathlib import Path

from syftr_like.contracts import Document, Documents, Question
from syftr_like.contracts.registry import evaluator, evaluator_names
from syftr_like.evaluation import evaluate_questions
from syftr_like.flow import IndexStore, PreparedFlow, build_flow
from syftr_like.ledger import Ledger
from syftr_like.space.flow_config import ComponentConfig, FlowConfig, NodeConfig
from syftr_like.study.loading import load_study
from syftr_like.study.session import Session

QUESTIONS, REPEATS, TRIALS = 2000, 5, 40

FLOW = FlowConfig(
    (NodeConfig("answer", {"question": "question"}, ComponentConfig("abstain", "abstain")),),
    "answer",
)

STUDY = """\
study: overhead
dataset: {documents: documents.jsonl, questions: questions.jsonl}
space: space.yaml
objectives: {maximize: [answer_match]}
search: {method: random, trials: 40}
workers: {count: 1}
tracking: {mlflow: null}
"""

SPACE = """\
graph:
  chunks: {from: documents, choose: [whole_document]}
  passages: {from: [question, chunks], choose: [bm25: {k: {int: [1, 90]}}]}
  answer: {from: [question, passages], choose: [extractive_reader: {passages: 1}]}
output: answer
"""


def per_question() -> tuple[float, float]:
    """Return seconds per question: running, and running with scoring."""
    flow = PreparedFlow(build_flow(FLOW), Documents([Document("d", "", "text")]), IndexStore())
    questions = [Question(f"q{i}", f"Question {i}?", ("a",)) for i in range(QUESTIONS)]
    metrics = [evaluator(name) for name in evaluator_names() if evaluator(name).standard]

    async def run() -> None:
        for question in questions:
            await flow.run(question.id, question.question)

    async def run_and_score() -> None:
        await evaluate_questions(
            flow, questions, metrics, trial=0, split="tune", in_flight=8,
            on_evaluation=lambda _: None,
        )  # fmt: skip

    medians = []
    for work in (run, run_and_score):
        times = []
        for _ in range(REPEATS + 1):
            started = time.perf_counter()
            asyncio.run(work())
            times.append((time.perf_counter() - started) / QUESTIONS)
        medians.append(statistics.median(times[1:]))
    return medians[0], medians[1]


def per_ray_trial() -> tuple[float, float]:
    """Return seconds per trial, gap to the next included, and from proposal to end alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [{"id": f"d{i}", "text": f"The answer to case {i} is {i}."} for i in range(20)]
        asked = [{"question": f"What is case {i}?", "answers": [f"{i}"]} for i in range(20)]
        for file, items in (("documents", rows), ("questions", asked)):
            lines = "".join(json.dumps(item) + "\n" for item in items)
            (folder / f"{file}.jsonl").write_text(lines)
        (folder / "study.yaml").write_text(STUDY)
        (folder / "space.yaml").write_text(SPACE)
        loaded = load_study(folder / "study.yaml")
        session = Session(loaded, runs=folder / "runs")
        session.run()
        ledger: Ledger = session.ledger
        trials = ledger.trials()[1:]  # the first one pays for the actor's start
        lengths = [(t.finished_at or 0.0) - t.started_at for t in trials]
        gaps = [
            after.started_at - (before.finished_at or 0.0)
            for before, after in itertools.pairwise(trials)
        ]
        ledger.close()
    return statistics.median(gaps) + statistics.median(lengths), statistics.median(lengths)


if __name__ == "__main__":
    running, scoring = per_question()
    print(f"engine, per question                {running * 1e3:.3f} ms")
    print(f"engine with scoring, per question   {scoring * 1e3:.3f} ms")
    whole, length = per_ray_trial()
    print(f"Ray Tune, per trivial trial         {whole:.3f} s")
    print(f"of it, from proposal to end         {length:.3f} s")
