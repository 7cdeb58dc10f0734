"""Fitting the confidence of an answer, and measuring it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from examples import Example
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

from syftr_like.components.reading.confidence import Trees


@dataclass(frozen=True, slots=True)
class Judged:
    """An answered example; `row` holds the features of its confidence."""

    example: Example
    answer: str
    f1: float
    exact: bool
    row: NDArray[np.float64] | None


def fit_confidence(judged: list[Judged], right_f1: float, seed: int) -> Trees:
    """Boosted trees for the probability that the answer is right."""
    kept = [j for j in judged if j.row is not None]
    x = np.array([j.row for j in kept])
    y = np.array([j.f1 >= right_f1 for j in kept])
    model = HistGradientBoostingClassifier(
        max_iter=120,
        max_depth=3,
        learning_rate=0.06,
        min_samples_leaf=60,
        l2_regularization=5.0,
        max_features=0.5,
        early_stopping=False,
        random_state=seed,
    ).fit(x, y)
    trees = export(model)
    mine = [trees.probability(row) for row in x[:50]]
    assert np.allclose(mine, model.predict_proba(x[:50])[:, 1], atol=1e-6)
    return trees


def export(model: HistGradientBoostingClassifier) -> Trees:
    """The model's trees as arrays of equal width."""
    grown = [stage[0].nodes for stage in model._predictors]
    count, width = len(grown), max(len(nodes) for nodes in grown)
    feature = np.zeros((count, width), dtype=np.intp)
    threshold, value = np.zeros((count, width)), np.zeros((count, width))
    left = np.tile(np.arange(width), (count, 1))
    right = left.copy()
    depth = 0
    for t, nodes in enumerate(grown):
        for k, node in enumerate(nodes):
            depth = max(depth, int(node["depth"]))
            if node["is_leaf"]:
                value[t, k] = node["value"]
            else:
                feature[t, k], threshold[t, k] = node["feature_idx"], node["num_threshold"]
                left[t, k], right[t, k] = node["left"], node["right"]
    base = float(np.ravel(model._baseline_prediction)[0])
    return Trees(feature, threshold, left, right, value, base, depth)


def confidence_report(
    judged: list[Judged],
    confidences: NDArray[np.float64],
    settings: dict[str, list[Example]],
    right_f1: float,
) -> dict[str, object]:
    """Discrimination and calibration in each setting, and over all."""
    setting_of = {id(e): name for name, examples in settings.items() for e in examples}
    names = np.array([setting_of[id(j.example)] for j in judged])
    right = np.array([j.f1 >= right_f1 for j in judged])
    f1 = np.array([j.f1 for j in judged])
    has_answer = np.array([j.example.answerable for j in judged])
    out: dict[str, object] = {"all": {"ece": ece(confidences, right), "auroc_right": auroc(
        right, confidences)}}  # fmt: skip
    for name in settings:
        here = names == name
        row: dict[str, object] = {
            "questions": int(here.sum()),
            "ece": ece(confidences[here], right[here]),
        }
        if right[here].any():
            row["auroc_right"] = auroc(right[here], confidences[here])
        if has_answer[here].any():
            row["auroc_answerable"] = auroc(has_answer[here], confidences[here])
            row["risk_at_coverage"] = risk_coverage(confidences[here], right[here])
            row["squad2_f1_by_threshold"] = by_threshold(
                confidences[here], f1[here], has_answer[here]
            )
        out[name] = row
    return out


def auroc(label: NDArray[np.bool_], score: NDArray[np.float64]) -> float:
    return round(float(roc_auc_score(label, score)), 4)


def ece(confidence: NDArray[np.float64], right: NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error over bins of equal count (Naeini et al. 2015)."""
    order = np.argsort(confidence, kind="stable")
    gaps = [
        abs(confidence[part].mean() - right[part].mean()) * len(part)
        for part in np.array_split(order, bins)
    ]
    return round(float(sum(gaps) / len(confidence)), 4)


def risk_coverage(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> dict[str, float]:
    """Share of wrong answers among the most confident ones."""
    order = np.argsort(-confidence, kind="stable")
    return {
        f"{c:.1f}": round(float(1 - right[order[: int(c * len(order))]].mean()), 4)
        for c in (0.1, 0.2, 0.3, 0.5, 1.0)
    }


def by_threshold(
    confidence: NDArray[np.float64], f1: NDArray[np.float64], has_answer: NDArray[np.bool_]
) -> dict[str, float]:
    """Mean of F1, an abstention scoring 1 where there is no answer and 0 where there is one."""
    return {
        f"{t:.1f}": round(float(np.where(confidence >= t, f1, ~has_answer).mean()), 4)
        for t in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
    }
