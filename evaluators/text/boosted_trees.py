"""Boosted regression trees read from JSON and evaluated in plain Python."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

__all__ = ["BoostedTrees"]

# An inner node is (feature, threshold, position of the node for "at most", position of the other);
# a leaf is (-1, value, 0, 0). Node 0 is the root.
Node = tuple[int, float, int, int]


@dataclass(frozen=True, slots=True)
class BoostedTrees:
    """A binary classifier: the logistic function of a sum of regression trees.

    ``threshold`` is the probability from which on the decision is positive.
    """

    features: tuple[str, ...]
    intercept: float
    trees: tuple[tuple[Node, ...], ...]
    threshold: float

    def probability(self, values: Mapping[str, float]) -> float:
        """The probability in [0, 1] of the positive class; raises KeyError for a lacking value."""
        row = [values[name] for name in self.features]
        score = self.intercept
        for tree in self.trees:
            feature, split, low, high = tree[0]
            while feature >= 0:
                feature, split, low, high = tree[low if row[feature] <= split else high]
            score += split
        return 1.0 / (1.0 + math.exp(-max(-500.0, min(500.0, score))))

    @classmethod
    def from_json(cls, text: str) -> BoostedTrees:
        """Read the keys ``features``, ``intercept``, ``threshold`` and ``trees`` of a document.

        Each tree is a list of nodes: ``[feature, threshold, low, high]`` or ``[value]``. Raises
        ValueError where a node points backwards (it could loop) or outside of its tree, or names
        a feature that does not exist.
        """
        document = json.loads(text)
        names = tuple(cast("list[str]", document["features"]))
        trees = tuple(
            tuple(_read_node(node, place, len(tree), len(names)) for place, node in enumerate(tree))
            for tree in cast("list[list[list[float]]]", document["trees"])
        )
        return cls(
            features=names,
            intercept=float(document["intercept"]),
            trees=trees,
            threshold=float(document["threshold"]),
        )


def _read_node(node: list[float], place: int, nodes: int, features: int) -> Node:
    if len(node) == 1:
        return -1, float(node[0]), 0, 0
    feature, split, low, high = node
    inside = place < low < nodes and place < high < nodes and 0 <= feature < features
    if not inside:
        raise ValueError(f"tree node {place} of {nodes} is malformed: {node}")
    return int(feature), float(split), int(low), int(high)
