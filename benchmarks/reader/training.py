"""Fitting the ranker: listwise cross-entropy by Adam, in numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from examples import Example, normalise
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from syftr_like.components.reading.features import BLOCKS, Features
from syftr_like.components.reading.ranker import BlockWeights, Ranker, table_offsets
from syftr_like.components.reading.reader import Reading

SHARPNESS = 12
LEAST_F1 = 0.3
AVERAGED = 3  # last epochs whose weights are averaged
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Listed:
    """The candidates of one question and the probability mass that each should get."""

    features: Features
    target: Array  # (n,), sums to 1
    worth: Array  # (n,) token F1
    weight: float
    group: str


def _one_hot(codes: NDArray[np.intp], offsets: NDArray[np.intp], width: int) -> csr_matrix:
    rows, columns = codes.shape
    return csr_matrix(
        (
            np.ones(rows * columns, dtype=np.float32),
            (codes + offsets).ravel(),
            np.arange(0, rows * columns + 1, columns),
        ),
        shape=(rows, width),
    )


def fit_ranker(
    listed: list[Listed],
    *,
    seed: int,
    hidden: int = 24,
    epochs: int = 8,
    batch: int = 24,
    rate: float = 3e-3,
    decay: float = 1e-4,
    dropout: float = 0.2,
    negatives: int = 160,
) -> Ranker:
    """Minimise the cross-entropy between target and softmax of scores within each question.

    Each epoch draws `negatives` of a question's wrong candidates anew.
    """
    rng = np.random.default_rng(seed)
    moments = {
        name: np.concatenate(
            [x.features.dense[name] for x in listed[:: max(len(listed) // 800, 1)]]
        )
        for name in BLOCKS
    }
    fixed = {n: (m.mean(axis=0), 1.0 / np.maximum(m.std(axis=0), 0.05)) for n, m in moments.items()}
    p: dict[str, Array] = {"bias": np.zeros(hidden), "output": rng.normal(0, 0.1, hidden)}
    for name, shape in BLOCKS.items():
        width = sum(shape.tables[: shape.embedded])
        p[name + ".dense_hidden"] = rng.normal(0, 0.12, (shape.dense, hidden))
        p[name + ".dense_output"] = np.zeros(shape.dense)
        p[name + ".code_hidden"] = rng.normal(0, 0.08, (width, hidden))
        p[name + ".code_output"] = np.zeros(sum(shape.tables))
    p = {key: value.astype(np.float32) for key, value in p.items()}  # halves the time
    first = {k: np.zeros_like(v) for k, v in p.items()}
    second = {k: np.zeros_like(v) for k, v in p.items()}
    average = {k: np.zeros_like(v) for k, v in p.items()}
    averaged = 0
    step, steps = 0, epochs * (len(listed) // batch)
    for epoch in range(epochs):
        order = rng.permutation(len(listed))
        for at in range(0, len(order) - batch + 1, batch):
            step += 1
            chosen = [listed[i] for i in order[at : at + batch]]
            gradient = _gradient(p, fixed, chosen, rng, dropout, negatives)
            now = rate * min(1.0, step / 50) * (1 - step / (steps + 1))
            for key, g in gradient.items():
                first[key] += 0.1 * (g - first[key])
                second[key] += 0.01 * (g * g - second[key])
                move = first[key] / (1 - 0.9**step)
                move /= np.sqrt(second[key] / (1 - 0.99**step)) + 1e-7
                p[key] -= now * move + now * decay * 100 * p[key]
            if epoch >= epochs - AVERAGED:
                averaged += 1
                for key, value in p.items():
                    average[key] += value
    p = {key: value / np.float32(averaged) for key, value in average.items()}
    return Ranker(
        {
            name: BlockWeights(
                fixed[name][0].astype(np.float32),
                fixed[name][1].astype(np.float32),
                p[name + ".dense_hidden"],
                p[name + ".dense_output"],
                p[name + ".code_hidden"],
                p[name + ".code_output"],
            )
            for name in BLOCKS
        },
        p["bias"],
        p["output"],
    )


def _gradient(
    p: dict[str, Array],
    fixed: dict[str, tuple[Array, Array]],
    chosen: list[Listed],
    rng: np.random.Generator,
    dropout: float,
    negatives: int,
) -> dict[str, Array]:
    kept = []
    for item in chosen:
        good = np.flatnonzero(item.worth > 0.25)
        bad = np.flatnonzero(item.worth <= 0.25)
        if len(bad) > negatives:
            bad = rng.choice(bad, negatives, replace=False)
        kept.append(np.concatenate((good, bad)))
    owner = np.repeat(np.arange(len(chosen)), [len(k) for k in kept])
    n = len(owner)
    hidden = np.tile(p["bias"], (n, 1))
    linear = np.zeros(n, dtype=np.float32)
    parts = {}
    for name, shape in BLOCKS.items():
        base = np.cumsum([0] + [len(x.features.dense[name]) for x in chosen[:-1]])
        rows, until = (
            np.concatenate(
                [x.features.rows[key][k] + b for x, k, b in zip(chosen, kept, base, strict=True)]
            )
            for key in (("start", "end") if name == "inside" else (name, name))
        )
        pointers = np.arange(n + 1)
        if name == "inside":
            pointers = np.concatenate(([0], np.cumsum(until - rows)))
            rows = np.repeat(rows + 1 - pointers[:-1], until - rows) + np.arange(pointers[-1])
        used, rows = np.unique(rows, return_inverse=True)
        mean, scale = fixed[name]
        raw = np.concatenate([x.features.dense[name] for x in chosen])[used]
        dense = ((raw - mean) * scale).astype(np.float32)
        codes = np.concatenate([x.features.codes[name] for x in chosen])[used]
        offsets = table_offsets(shape.tables)
        wide = _one_hot(codes, offsets, sum(shape.tables))
        e = shape.embedded
        deep = _one_hot(codes[:, :e], offsets[:e], sum(shape.tables[:e]))
        spread = csr_matrix(
            (np.ones(len(rows), dtype=np.float32), rows, pointers), shape=(n, len(used))
        )
        part = dense @ p[name + ".dense_hidden"] + deep @ p[name + ".code_hidden"]
        flat = dense @ p[name + ".dense_output"] + wide @ p[name + ".code_output"]
        hidden += spread @ part
        linear += spread @ flat
        parts[name] = (dense, deep, wide, spread)
    mask = (hidden > 0) * (rng.random((len(chosen), hidden.shape[1])) >= dropout)[owner]
    mask = (mask / (1 - dropout)).astype(np.float32)
    active = hidden * mask
    scores = active @ p["output"] + linear
    starts = np.searchsorted(owner, np.arange(len(chosen)))
    top = np.maximum.reduceat(scores, starts)[owner]
    weights = np.exp(scores - top)
    probability = weights / np.add.reduceat(weights, starts)[owner]
    target = np.concatenate([x.target[k] for x, k in zip(chosen, kept, strict=True)])
    importance = np.array([x.weight for x in chosen])[owner] / len(chosen)
    d_score = ((probability - target) * importance).astype(np.float32)
    d_hidden = (d_score[:, None] * p["output"]) * mask
    gradient = {"output": active.T @ d_score, "bias": d_hidden.sum(axis=0)}
    for name, (dense, deep, wide, spread) in parts.items():
        back = spread.T @ d_hidden
        back_flat = spread.T @ d_score
        gradient[name + ".dense_hidden"] = dense.T @ back
        gradient[name + ".code_hidden"] = deep.T @ back
        gradient[name + ".dense_output"] = dense.T @ back_flat
        gradient[name + ".code_output"] = wide.T @ back_flat
    return gradient


def list_candidates(example: Example, reading: Reading, weight: float) -> list[Listed]:
    """The example's candidates with their targets; nothing if none comes near the answer.

    The target is the token F1 to the power of SHARPNESS, a tenth of it where the span does not
    overlap the evidence: the same words elsewhere are seldom the answer's.
    """
    evidence, candidates = reading.evidence, reading.candidates
    words = [
        tuple(normalise(_surface(reading, t))) if evidence.token[t] >= 0 else ()
        for t in range(len(evidence.token))
    ]
    first, last = candidates.first, candidates.last
    counts = np.concatenate(([0], np.cumsum([len(w) for w in words])))
    size = counts[last + 1] - counts[first]
    worth = np.zeros(len(first))
    for answer in set(example.answers):
        reference = normalise(answer)
        known = set(reference)
        hits = np.concatenate(([0], np.cumsum([sum(x in known for x in w) for w in words])))
        shared = np.minimum(hits[last + 1] - hits[first], len(reference))
        worth = np.maximum(worth, 2 * shared / np.maximum(size + len(reference), 1))
    in_gold = evidence.passage[first] == example.gold
    tokens = reading.passages[example.gold]
    starts = tokens.starts[np.where(in_gold, evidence.token[first], 0)]
    ends = tokens.ends[np.where(in_gold, evidence.token[last], 0)]
    placed = np.zeros(len(first), dtype=bool)
    for begin, end in example.spans:
        placed |= in_gold & (starts < end) & (ends > begin)
    target = np.where(worth >= LEAST_F1, worth**SHARPNESS, 0.0) * np.where(placed, 1.0, 0.1)
    if target.sum() < 1e-6:
        return []
    return [Listed(reading.features, target / target.sum(), worth, weight, example.group)]


def _surface(reading: Reading, t: int) -> str:
    tokens = reading.passages[int(reading.evidence.passage[t])]
    k = int(reading.evidence.token[t])
    return tokens.text[int(tokens.starts[k]) : int(tokens.ends[k])]
