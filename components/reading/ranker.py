"""The learned scorer of candidates: one hidden layer over five blocks, plus linear terms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .features import BLOCKS, Features

__all__ = ["Array", "BlockWeights", "Ranker"]

Array = NDArray[np.float32]
_ROWS = 128


@dataclass(frozen=True, slots=True)
class BlockWeights:
    """Weights of one block: h hidden units, d dense columns, r rows of all tables together."""

    mean: Array  # (d,)
    scale: Array  # (d,)
    dense_hidden: Array  # (d, h)
    dense_output: Array  # (d,)
    code_hidden: Array  # (rows of the embedded tables, h)
    code_output: Array  # (r,)


@dataclass(frozen=True, slots=True)
class Ranker:
    """A wide-and-deep scorer (Cheng et al. 2016) that reads every block once.

    score = output . relu(bias + sum over blocks of its hidden part) + sum of the linear parts.
    """

    blocks: dict[str, BlockWeights]
    bias: Array  # (h,)
    output: Array  # (h,)

    def score(self, features: Features) -> NDArray[np.float64]:
        """Scores (n,) of the candidates; their softmax is a distribution over them."""
        n = len(features.rows["span"])
        hidden = np.empty((n, len(self.bias)), dtype=np.float32)
        hidden[:] = self.bias
        linear = np.zeros(n, dtype=np.float32)
        for name, shape in BLOCKS.items():
            weights = self.blocks[name]
            dense = ((features.dense[name] - weights.mean) * weights.scale).astype(np.float32)
            codes = features.codes[name] + table_offsets(shape.tables)
            part = _product(dense, weights.dense_hidden)
            for column in range(shape.embedded):
                part += weights.code_hidden.take(codes[:, column], axis=0)
            flat = _product(dense, weights.dense_output) + weights.code_output.take(codes).sum(
                axis=1
            )
            if name == "span":
                hidden += part
                linear += flat
            elif name == "inside":
                first, last = features.rows["start"], features.rows["end"]
                part, flat = np.cumsum(part, axis=0), np.cumsum(flat)
                hidden += part.take(last, axis=0)
                hidden -= part.take(first, axis=0)
                linear += flat[last] - flat[first]
            else:
                rows = features.rows[name]
                hidden += part.take(rows, axis=0)
                linear += flat[rows]
        np.maximum(hidden, 0.0, out=hidden)
        return (_product(hidden, self.output) + linear).astype(np.float64)


def _product(rows: Array, weights: Array) -> Array:
    """`rows @ weights`, a few rows at a time.

    BLAS hands a larger product to several threads, whose start and spinning cost ten times what
    the product does.
    """
    product = np.empty((len(rows), *weights.shape[1:]), dtype=np.float32)
    for at in range(0, len(rows), _ROWS):
        np.matmul(rows[at : at + _ROWS], weights, out=product[at : at + _ROWS])
    return product


@cache
def table_offsets(tables: tuple[int, ...]) -> NDArray[np.intp]:
    """Where each table of a block begins in their concatenation."""
    return np.concatenate(([0], np.cumsum(tables[:-1]))).astype(np.intp)
