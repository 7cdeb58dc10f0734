"""Fit the answer matcher to human judgements, and measure it on questions it has not seen.

    python benchmarks/answer_match/fit.py --data ../shared/data [--write]

`--data` is the folder that holds recorded_outcomes/human_judged_answers.jsonl.gz. Everything is
seeded; `--write` replaces evaluators/text/answer_match.json.
"""

from __future__ import annotations

import argparse
import datetime
import gzip
import hashlib
import json
import platform
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import cohen_kappa_score, roc_auc_score

from syftr_like.evaluators.text.alignment import AnswerText
from syftr_like.evaluators.text.answer_match import rule_verdict
from syftr_like.evaluators.text.answer_match_features import (
    DECREASING_FEATURES,
    FEATURE_DECIMALS,
    INCREASING_FEATURES,
    answer_features,
)
from syftr_like.evaluators.text.boosted_trees import BoostedTrees
from syftr_like.evaluators.text.normalise import squad_normalise, squad_tokens
from syftr_like.evaluators.text.overlap import exact_match, token_f1
from syftr_like.evaluators.text.references import prepare_references

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = ROOT / "evaluators" / "text" / "answer_match.json"
SEED = 7
OUTER_FOLDS, INNER_FOLDS = 10, 3
BOOTSTRAP_SAMPLES = 2000
THRESHOLDS = np.arange(0.30, 0.7001, 0.02)
# Chosen among by the inner folds; small enough to be shipped as JSON and walked in plain Python.
CANDIDATES: tuple[dict[str, Any], ...] = (
    {"max_iter": 120, "max_leaf_nodes": 12, "max_depth": 4, "learning_rate": 0.08},
    {"max_iter": 200, "max_leaf_nodes": 12, "max_depth": 4, "learning_rate": 0.06},
    {"max_iter": 150, "max_leaf_nodes": 20, "max_depth": 5, "learning_rate": 0.06},
)


@dataclass(frozen=True)
class Judgements:
    """The recorded judgements as arrays, one row per answer."""

    rows: list[dict[str, Any]]
    golds: list[tuple[str, ...]]
    correct: Bools
    question: Ints  # the group: answers to one question share it
    system: npt.NDArray[np.str_]
    dataset: npt.NDArray[np.str_]
    sealed: Bools  # questions that were never looked at while the features were made


def split_golds(joined: str) -> tuple[str, ...]:
    """The aliases of `golden_answer`, which joins them with slashes."""
    return tuple(alias for alias in joined.split("/") if alias.strip())


def load(data: Path) -> Judgements:
    path = data / "recorded_outcomes" / "human_judged_answers.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for row in rows:
        row["answer"] = row["answer"] or ""  # one answer is null: the system gave none
    texts = [squad_normalise(row["question"]) for row in rows]
    groups = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    return Judgements(
        rows=rows,
        golds=[split_golds(row["golden_answer"]) for row in rows],
        correct=np.array([row["human_correct"] for row in rows], dtype=bool),
        question=np.array([groups[text] for text in texts]),
        system=np.array([row["system"] for row in rows]),
        dataset=np.array([row["id"].split("-")[0] for row in rows]),
        sealed=np.array([is_sealed(row["id"]) for row in rows]),
    )


def is_sealed(question_id: str) -> bool:
    digest = hashlib.sha256(f"sealed:{question_id}".encode()).hexdigest()
    return int(digest, 16) % 5 == 0


def features(data: Judgements) -> tuple[list[str], Floats, Floats, float]:
    """Feature names, the matrix, the rules' verdicts (NaN where none) and CPU ms per answer."""
    started = time.process_time()
    verdicts: list[float] = []
    found: list[dict[str, float] | None] = []
    for row, golds in zip(data.rows, data.golds, strict=True):
        references, text = prepare_references(row["question"], golds), AnswerText(row["answer"])
        verdict = rule_verdict(references, text, golds, row["answer"])
        verdicts.append(np.nan if verdict is None else float(verdict))
        found.append(answer_features(references, text) if verdict is None else None)
    milliseconds = 1000 * (time.process_time() - started) / len(found)
    names = list(next(f for f in found if f is not None))
    blank = dict.fromkeys(names, np.nan)
    matrix = np.array([[(f or blank)[name] for name in names] for f in found])
    return names, matrix, np.array(verdicts), milliseconds


class Fitter:
    """Fits on the rows on which no rule decides; the rules decide the others."""

    def __init__(self, data: Judgements, names: list[str], matrix: Floats, rules: Floats) -> None:
        self.correct, self.question = data.correct, data.question
        self.matrix, self.rules = matrix, rules
        self.directions = [
            int(name in INCREASING_FEATURES) - int(name in DECREASING_FEATURES) for name in names
        ]

    def fit(self, train: Bools, parameters: dict[str, Any]) -> HistGradientBoostingClassifier:
        rows = train & np.isnan(self.rules)
        model = HistGradientBoostingClassifier(
            min_samples_leaf=30,
            l2_regularization=5.0,
            early_stopping=False,
            monotonic_cst=self.directions,
            random_state=SEED,
            **parameters,
        )
        return model.fit(self.matrix[rows], self.correct[rows])

    def predict(self, model: HistGradientBoostingClassifier, rows: Bools) -> Floats:
        probability = self.rules[rows].copy()
        open_rows = np.isnan(probability)
        if open_rows.any():
            probability[open_rows] = model.predict_proba(self.matrix[rows][open_rows])[:, 1]
        return probability

    def select(self, train: Bools) -> tuple[dict[str, Any], float]:
        """Candidate and threshold with the best kappa out of fold, within the training rows."""
        fold = folds(self.question, INNER_FOLDS, SEED + 1)
        best: tuple[float, dict[str, Any], float] = (-1.0, CANDIDATES[0], 0.5)
        for parameters in CANDIDATES:
            probability = np.zeros(len(train))
            for k in range(INNER_FOLDS):
                test = train & (fold == k)
                probability[test] = self.predict(self.fit(train & ~test, parameters), test)
            truth, guess = self.correct[train], probability[train]
            kappas = [cohen_kappa_score(truth, guess >= t) for t in THRESHOLDS]
            # The middle of the plateau, so that one lucky threshold does not win.
            smooth = np.convolve(kappas, np.ones(5) / 5, mode="same")[2:-2]
            at = int(np.argmax(smooth)) + 2
            if smooth[at - 2] > best[0]:
                best = (float(smooth[at - 2]), parameters, float(round(THRESHOLDS[at], 2)))
        return best[1], best[2]


def folds(question: Ints, count: int, seed: int) -> Ints:
    """A fold per row; all answers to one question are in one fold."""
    order = np.random.default_rng(seed).permutation(question.max() + 1)
    return np.asarray(order % count)[question]


def out_of_fold(fitter: Fitter) -> tuple[Bools, Floats, list[str]]:
    """Decisions, probabilities and choices per fold; nothing is chosen on the rows judged."""
    fold = folds(fitter.question, OUTER_FOLDS, SEED)
    decision = np.zeros(len(fold), dtype=bool)
    probability = np.zeros(len(fold))
    chosen = []
    for k in range(OUTER_FOLDS):
        test = fold == k
        parameters, threshold = fitter.select(~test)
        probability[test] = fitter.predict(fitter.fit(~test, parameters), test)
        decision[test] = probability[test] >= threshold
        chosen.append(f"{parameters['max_iter']}x{parameters['max_leaf_nodes']} @ {threshold}")
    return decision, probability, chosen


def transfer(fitter: Fitter, train: Bools) -> Bools:
    """Fit and choose on the training rows only; decisions for all rows."""
    parameters, threshold = fitter.select(train)
    everything = np.ones(len(train), dtype=bool)
    return fitter.predict(fitter.fit(train, parameters), everything) >= threshold


def bootstrap_interval(data: Judgements, decision: Bools) -> tuple[float, float]:
    """95 % interval of kappa under resampling of questions (not answers)."""
    cells = np.zeros((data.question.max() + 1, 4))
    np.add.at(cells, (data.question, 2 * data.correct.astype(int) + decision), 1)
    generator = np.random.default_rng(SEED)
    kappas = []
    for _ in range(BOOTSTRAP_SAMPLES):
        times = np.bincount(generator.integers(0, len(cells), len(cells)), minlength=len(cells))
        kappas.append(kappa_of_cells(times.astype(np.float64) @ cells))
    low, high = np.quantile(kappas, [0.025, 0.975])
    return float(low), float(high)


def kappa_of_cells(cells: Floats) -> float:
    """Cohen's kappa from the counts of (false, false), (false, true), (true, false), both."""
    neither, only_decided, only_correct, both = cells / cells.sum()
    decided, correct = only_decided + both, only_correct + both
    chance = decided * correct + (1 - decided) * (1 - correct)
    return float((neither + both - chance) / (1 - chance))


def gold_tokens_found(answer: str, golds: Sequence[str]) -> float:
    tokens = Counter(squad_tokens(answer))
    shares = [
        sum((tokens & Counter(gold)).values()) / len(gold)
        for gold in map(squad_tokens, golds)
        if gold
    ]
    return max(shares, default=0.0)


def contained(answer: str, golds: Sequence[str]) -> bool:
    text = squad_normalise(answer)
    return any(gold in text for gold in map(squad_normalise, golds) if gold)


BASELINES: dict[str, Callable[[str, Sequence[str]], bool]] = {
    "exact match": exact_match,
    "token F1 > .3": lambda answer, golds: token_f1(answer, golds) > 0.3,
    "gold contained in answer": contained,
    "2/3 of a gold's tokens in answer": lambda a, golds: gold_tokens_found(a, golds) >= 2 / 3,
}


def agreement(data: Judgements, decision: Bools, rows: Bools | None = None) -> float:
    rows = np.ones(len(decision), dtype=bool) if rows is None else rows
    return float(cohen_kappa_score(data.correct[rows], decision[rows]))


def export(model: HistGradientBoostingClassifier, names: list[str]) -> dict[str, Any]:
    """The fitted trees as plain lists: [feature, threshold, low, high] or [value]."""
    trees = []
    for (predictor,) in model._predictors:
        trees.append(
            [
                [round(float(node["value"]), 5)]
                if node["is_leaf"]
                else [
                    int(node["feature_idx"]),
                    round(float(node["num_threshold"]), FEATURE_DECIMALS + 1),
                    int(node["left"]),
                    int(node["right"]),
                ]
                for node in predictor.nodes
            ]
        )
    intercept = round(float(np.ravel(model._baseline_prediction)[0]), 6)
    return {"features": names, "intercept": intercept, "trees": trees}


def rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in values.items()}


def measure(data: Judgements, fitter: Fitter) -> dict[str, Any]:
    decision, probability, chosen = out_of_fold(fitter)
    low, high = bootstrap_interval(data, decision)
    natural, trivia = data.dataset == "nq", data.dataset == "tq"
    return {
        "kappa": round(agreement(data, decision), 4),
        "kappa_interval_95": [round(low, 4), round(high, 4)],
        "accuracy": round(float((decision == data.correct).mean()), 4),
        "roc_auc": round(float(roc_auc_score(data.correct, probability)), 4),
        "kappa_by_system": rounded(
            {s: agreement(data, decision, data.system == s) for s in sorted(set(data.system))}
        ),
        "kappa_by_dataset": rounded(
            {
                "natural_questions": agreement(data, decision, natural),
                "triviaqa": agreement(data, decision, trivia),
            }
        ),
        "kappa_sealed_questions": round(agreement(data, decision, data.sealed), 4),
        "kappa_fitted_on_natural_questions_tested_on_triviaqa": round(
            agreement(data, transfer(fitter, natural), trivia), 4
        ),
        "kappa_fitted_on_triviaqa_tested_on_natural_questions": round(
            agreement(data, transfer(fitter, trivia), natural), 4
        ),
        "chosen_per_fold": chosen,
    }


def fit_final(data: Judgements, fitter: Fitter, names: list[str]) -> dict[str, Any]:
    """The document to ship, fitted on everything."""
    everything = np.ones(len(data.rows), dtype=bool)
    parameters, threshold = fitter.select(everything)
    model = fitter.fit(everything, parameters)
    document = export(model, names) | {"threshold": threshold}
    trees = BoostedTrees.from_json(json.dumps(document))
    expected = fitter.predict(model, everything)
    for row in np.flatnonzero(np.isnan(fitter.rules))[::50]:
        values = dict(zip(names, fitter.matrix[row], strict=True))
        if abs(trees.probability(values) - expected[row]) > 1e-3:
            raise RuntimeError(f"the exported trees differ from the fitted ones in row {row}")
    shipped = np.array(
        [
            rule if not np.isnan(rule) else trees.probability(dict(zip(names, row, strict=True)))
            for rule, row in zip(fitter.rules, fitter.matrix, strict=True)
        ]
    )
    document["fitted_on"] = {
        "data": "recorded_outcomes/human_judged_answers.jsonl.gz (QA-Eval/EVOUNA, Apache-2.0)",
        "answers": len(data.rows),
        "questions": int(data.question.max()) + 1,
        "answers_decided_by_rules": int((~np.isnan(fitter.rules)).sum()),
        "correct_share": round(float(data.correct.mean()), 4),
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "seed": SEED,
        "script": "benchmarks/answer_match/fit.py",
        "parameters": parameters,
        "scikit_learn": sklearn.__version__,
        "machine": f"{platform.machine()} {platform.system()}, Python {platform.python_version()}",
        "kappa_in_sample": round(agreement(data, shipped >= threshold), 4),
    }
    return document


def write(document: dict[str, Any], path: Path) -> None:
    """One line per tree, so that the file can be read and its changes reviewed."""
    trees = document.pop("trees")
    head = json.dumps(document, indent=1, ensure_ascii=False)[:-2]
    lines = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in trees)
    path.write_text(f'{head},\n "trees": [\n{lines}\n ]\n}}\n', encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of recorded_outcomes/")
    parser.add_argument("--write", action="store_true", help="write the weights")
    arguments = parser.parse_args()
    data = load(arguments.data)
    names, matrix, rules, milliseconds = features(data)
    print(f"{len(data.rows)} answers, {data.question.max() + 1} questions, {len(names)} features")
    print(f"rules and features: {milliseconds:.2f} ms of CPU per answer")
    decided = ~np.isnan(rules)
    right = (rules[decided] == data.correct[decided]).mean()
    print(f"decided by rules: {decided.sum()}, of them as the humans: {right:.4f}")
    for name, decide in BASELINES.items():
        pairs = zip(data.rows, data.golds, strict=True)
        decision = np.array([decide(row["answer"], golds) for row, golds in pairs])
        print(f"kappa of '{name}': {agreement(data, decision):.4f}")
    fitter = Fitter(data, names, matrix, rules)
    measured = measure(data, fitter)
    print(json.dumps(measured, indent=1))
    if arguments.write:
        document = fit_final(data, fitter, names)
        document = {"out_of_fold": measured} | document
        write(document, WEIGHTS)
        print(json.dumps(document["fitted_on"], indent=1))
        print(f"{WEIGHTS}: {WEIGHTS.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
