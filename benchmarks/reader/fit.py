"""Fit the extractive reader on question sets beside the project, and measure it.

    python benchmarks/reader/fit.py --data DIR [--write]

Every figure is for articles on which neither the ranker nor the confidence was fitted. Fixed
seed; `--write` also fits on all articles and replaces the weights that ship with the package.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from confidence_fitting import Judged, confidence_report, fit_confidence
from examples import (
    Example,
    exact_match,
    general_rarity,
    load_squad,
    nq_examples,
    squad_examples,
    token_f1,
)
from numpy.typing import NDArray
from training import Listed, fit_ranker, list_candidates

from syftr_like.components.reading import ReadingPassage, extract_answer, split_sentences
from syftr_like.components.reading import weights as weights_module
from syftr_like.components.reading.evidence import Rarity
from syftr_like.components.reading.passage_tokens import analyse_passage, tokenize
from syftr_like.components.reading.question_type import analyse_question
from syftr_like.components.reading.ranker import Ranker
from syftr_like.components.reading.reader import Reading, decide, read
from syftr_like.components.reading.weights import ReaderWeights, serialise_weights

SEED = 20240229
OUTER_FOLDS = 4
INNER_FOLDS = 3
HIDDEN = 48
DROPOUT = 0.35
RIGHT_F1 = 0.5  # an answer counts as right from this token F1
NOT_USED_IN_DESIGN = ("European_Union_law", "Huguenot", "Steam_engine", "Yuan_dynasty")
Setting = dict[str, list[Example]]


def passages_of(example: Example) -> list[ReadingPassage]:
    pairs = zip(example.passages, example.scores, strict=True)
    return [ReadingPassage(text, score) for text, score in pairs]


def analyse(example: Example, rarity: Rarity) -> Reading | None:
    return read(example.question, passages_of(example), rarity)


def judge(examples: Iterable[Example], rarity: Rarity, ranker: Ranker) -> list[Judged]:
    """Answer every example; no candidate counts as a wrong answer."""
    out = []
    for example in examples:
        reading = analyse(example, rarity)
        if reading is None:
            out.append(Judged(example, "", 0.0, False, None))
            continue
        choice, row = decide(reading, ranker)
        passage, start, end = reading.span(choice.index)
        answer = example.passages[passage][start:end]
        f1 = token_f1(answer, example.answers) if example.answers else 0.0
        right = exact_match(answer, example.answers)
        out.append(Judged(example, answer, f1, right, row))
    return out


def fit_without(listed: list[Listed], without: set[str]) -> Ranker:
    used = [item for item in listed if item.group not in without]
    return fit_ranker(used, seed=SEED, hidden=HIDDEN, dropout=DROPOUT)


def interval(values: list[float], groups: list[str]) -> tuple[float, float]:
    """95 % bootstrap interval of the mean, resampling articles and questions within them."""
    rng = np.random.default_rng(SEED)
    by_group: dict[str, list[float]] = {}
    for value, group in zip(values, groups, strict=True):
        by_group.setdefault(group, []).append(value)
    arrays = [np.array(v) for v in by_group.values()]
    means = []
    for _ in range(2000):
        drawn = [arrays[i] for i in rng.integers(len(arrays), size=len(arrays))]
        sample = [a[rng.integers(len(a), size=len(a))] for a in drawn]
        means.append(np.concatenate(sample).mean())
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def summary(values: list[float], groups: list[str]) -> dict[str, float]:
    low, high = interval(values, groups)
    return {
        "value": round(float(np.mean(values)), 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "questions": len(values),
    }


def baselines(examples: list[Example]) -> dict[str, list[float]]:
    """Token F1 of the first sentence, and of a random span of one to twelve tokens."""
    rng = np.random.default_rng(SEED)
    first, random = [], []
    for example in examples:
        text = example.passages[0]
        begin, end = split_sentences(text)[0]
        first.append(token_f1(text[begin:end], example.answers))
        tokens = tokenize(text)
        start = int(rng.integers(len(tokens)))
        stop = min(start + int(rng.integers(12)), len(tokens) - 1)
        random.append(token_f1(text[tokens[start][0] : tokens[stop][1]], example.answers))
    return {"first_sentence": first, "random_span": random}


def cross_fit(
    settings: Setting, listed: list[Listed], rarity: Rarity, articles: list[str]
) -> tuple[dict[str, list[Judged]], NDArray[np.float64], list[Judged]]:
    """Answers and confidences for each article from models fitted on the other folds' articles.

    The confidence of an outer fold is fitted on inner-fold answers within its training articles,
    so that nothing that is fitted has seen the fold.
    """
    everything = [e for group in settings.values() for e in group]
    answered: dict[str, list[Judged]] = {name: [] for name in settings}
    judged_all: list[Judged] = []
    confidences: list[float] = []
    for outer in range(OUTER_FOLDS):
        held = set(articles[outer::OUTER_FOLDS])
        rest = [a for a in articles if a not in held]
        inner_judged: list[Judged] = []
        for inner in range(INNER_FOLDS):
            inner_held = set(rest[inner::INNER_FOLDS])
            ranker = fit_without(listed, held | inner_held)
            inner_judged += judge((e for e in everything if e.group in inner_held), rarity, ranker)
        trees = fit_confidence(inner_judged, RIGHT_F1, SEED)
        ranker = fit_without(listed, held)
        for name, examples in settings.items():
            judged = judge((e for e in examples if e.group in held), rarity, ranker)
            answered[name] += judged
            judged_all += judged
            confidences += [0.0 if j.row is None else trees.probability(j.row) for j in judged]
        print(f"outer fold {outer + 1} of {OUTER_FOLDS} done", flush=True)
    return answered, np.array(confidences), judged_all


def time_calls(examples: list[Example]) -> dict[str, float]:
    """CPU milliseconds per call with five passages: caches empty, then filled.

    CPU time, because wall time on a shared machine says little; on an idle core they agree.
    """
    sample = examples[:: max(len(examples) // 400, 1)]
    words = float(np.mean([sum(len(p.split()) for p in e.passages) for e in sample]))
    out = {"questions": float(len(sample)), "words_per_call": round(words)}
    extract_answer("warm up?", [ReadingPassage("Warm up the code.", 0.0)])
    for name in ("cold", "warm"):
        spent = 0.0
        for example in sample:
            if name == "cold":
                analyse_passage.cache_clear()
                analyse_question.cache_clear()
            passages = passages_of(example)
            started = time.process_time()
            extract_answer(example.question, passages)
            spent += time.process_time() - started
        out[f"{name}_ms"] = round(spent / len(sample) * 1000, 2)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with squad2 and nq_open")
    parser.add_argument("--write", action="store_true", help="replace the shipped weights")
    arguments = parser.parse_args()
    paragraphs, asked = load_squad(arguments.data)
    articles = list(paragraphs)
    settings = squad_examples(paragraphs, asked)
    rarity = Rarity(*general_rarity(arguments.data))

    listed = []
    for examples, weight in (
        (settings["gold"], 1.0),
        (settings["top5"], 0.5),
        (nq_examples(arguments.data), 0.5),
    ):
        for example in examples:
            reading = analyse(example, rarity) if example.answerable else None
            if reading is not None:
                listed += list_candidates(example, reading, weight)
    print(f"{len(listed)} questions to learn from", flush=True)
    answered, confidences, judged = cross_fit(settings, listed, rarity, articles)

    gold = [j for j in answered["gold"] if j.example.answerable]
    groups = [j.example.group for j in gold]
    top5 = [j for j in answered["top5"] if j.example.answers]
    figures: dict[str, object] = {
        "f1_gold_paragraph": summary([j.f1 for j in gold], groups),
        "exact_match_gold_paragraph": summary([float(j.exact) for j in gold], groups),
        "f1_articles_not_used_in_design": summary(
            [j.f1 for j in gold if j.example.group in NOT_USED_IN_DESIGN],
            [g for g in groups if g in NOT_USED_IN_DESIGN],
        ),
        "f1_top5_bm25": summary([j.f1 for j in top5], [j.example.group for j in top5]),
        **{
            f"f1_baseline_{name}": summary(values, groups)
            for name, values in baselines([j.example for j in gold]).items()
        },
        "confidence": confidence_report(judged, confidences, settings, RIGHT_F1),
    }
    if arguments.write:
        ranker = fit_without(listed, set())
        trees = fit_confidence(judged, RIGHT_F1, SEED)
        fitted = ReaderWeights(rarity, ranker, trees)
        about = {
            "fitted_on": "squad2 (16 articles of the SQuAD 2.0 dev set); answers of nq_open; "
            "rarity of stems from nq_open and hotpotqa_100",
            "measured": "cross-fitted by article: 4 outer folds, 3 inner folds for confidence",
            "right": f"token F1 >= {RIGHT_F1}",
            "seed": SEED,
            "figures": figures,
        }
        path = Path(weights_module.__file__).with_name(weights_module.FILE)
        data = serialise_weights(fitted, about)
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        path.write_text(text + "\n", encoding="utf-8")
        weights_module.load_weights.cache_clear()
    print(json.dumps(figures, indent=1))
    print("CPU milliseconds per call", time_calls(settings["top5"]), platform.processor())


if __name__ == "__main__":
    main()
