"""The fitted numbers of the reader, kept as JSON beside the code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from .confidence import CONFIDENCE_FEATURES, Trees
from .evidence import Rarity
from .features import BLOCKS
from .ranker import Array, BlockWeights, Ranker

__all__ = ["ReaderWeights", "load_weights", "parse_weights", "serialise_weights"]

FILE = "reader_weights.json"


class _RankerJson(TypedDict):
    bias: list[float]
    output: list[float]
    blocks: dict[str, dict[str, list[float] | list[list[float]]]]


class _TreesJson(TypedDict):
    features: list[str]
    feature: list[list[int]]
    threshold: list[list[float]]
    left: list[list[int]]
    right: list[list[int]]
    value: list[list[float]]
    base: float
    depth: int


class WeightsJson(TypedDict):
    """The file's contents; `about` says what it was fitted on and what was measured."""

    about: dict[str, object]
    unknown_rarity: float
    rarity: dict[str, float]
    ranker: _RankerJson
    confidence: _TreesJson


@dataclass(frozen=True, slots=True)
class ReaderWeights:
    """All that the reader has learned."""

    rarity: Rarity
    ranker: Ranker
    confidence: Trees


@lru_cache(maxsize=1)
def load_weights() -> ReaderWeights:
    """The weights that ship with the package, read once."""
    text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    return parse_weights(json.loads(text))


def parse_weights(data: WeightsJson) -> ReaderWeights:
    """Weights from their JSON form.

    Raises ValueError if their shapes do not fit this version of the features.
    """
    blocks = {}
    for name, shape in BLOCKS.items():
        stored = data["ranker"]["blocks"][name]
        arrays = {key: np.array(value, dtype=np.float32) for key, value in stored.items()}
        block = BlockWeights(**arrays)
        if len(block.mean) != shape.dense or len(block.code_output) != sum(shape.tables):
            raise ValueError(f"reader weights: block {name!r} is of another shape; fit them again")
        blocks[name] = block
    trees = data["confidence"]
    if trees["features"] != list(CONFIDENCE_FEATURES):
        raise ValueError("reader weights: other confidence features; fit them again")
    ranker = data["ranker"]
    return ReaderWeights(
        Rarity(data["rarity"], data["unknown_rarity"]),
        Ranker(
            blocks,
            np.array(ranker["bias"], dtype=np.float32),
            np.array(ranker["output"], dtype=np.float32),
        ),
        Trees(
            np.array(trees["feature"], dtype=np.intp),
            np.array(trees["threshold"]),
            np.array(trees["left"], dtype=np.intp),
            np.array(trees["right"], dtype=np.intp),
            np.array(trees["value"]),
            trees["base"],
            trees["depth"],
        ),
    )


def serialise_weights(weights: ReaderWeights, about: dict[str, object]) -> WeightsJson:
    """The JSON form, rounded to what matters."""
    trees = weights.confidence
    return {
        "about": about,
        "unknown_rarity": weights.rarity.unknown,
        "rarity": dict(weights.rarity.common),
        "ranker": {
            "bias": _rounded(weights.ranker.bias).tolist(),
            "output": _rounded(weights.ranker.output).tolist(),
            "blocks": {
                name: {
                    "mean": _rounded(block.mean).tolist(),
                    "scale": _rounded(block.scale).tolist(),
                    "dense_hidden": _rounded(block.dense_hidden).tolist(),
                    "dense_output": _rounded(block.dense_output).tolist(),
                    "code_hidden": _rounded(block.code_hidden).tolist(),
                    "code_output": _rounded(block.code_output).tolist(),
                }
                for name, block in weights.ranker.blocks.items()
            },
        },
        "confidence": {
            "features": list(CONFIDENCE_FEATURES),
            "feature": trees.feature.tolist(),
            "threshold": np.round(trees.threshold, 5).tolist(),
            "left": trees.left.tolist(),
            "right": trees.right.tolist(),
            "value": np.round(trees.value, 5).tolist(),
            "base": trees.base,
            "depth": trees.depth,
        },
    }


def _rounded(values: Array) -> NDArray[np.float64]:
    return values.astype(np.float64).round(3)
