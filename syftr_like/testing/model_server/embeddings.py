"""Vectors of texts: hashed words and runs of characters.

The hashing trick (Weinberger et al. 2009) on words, pairs of words and character n-grams, each
with a sign from its hash, weights damped by the logarithm, length 1. Texts that share words lie
near each other; the larger model also knows some synonyms and collides less.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import math
from collections import Counter
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from .models import EmbeddingModel
from .reading.words import STOPWORDS, folded, stem, words

Vector: TypeAlias = npt.NDArray[np.float32]

_WORD_WEIGHT, _PAIR_WEIGHT, _NGRAM_WEIGHT = 1.0, 0.5, 0.25


def embed(
    text: str, model: EmbeddingModel, dimensions: int | None = None
) -> npt.NDArray[np.float32]:
    """Return the vector of a text, of length 1.

    Args:
        text: Anything; a text without words has the vector of its characters.
        model: Which features count, and the length of the vector.
        dimensions: The first so many of the vector alone, brought to length 1 again.
    """
    vector = np.zeros(model.dimensions, dtype=np.float64)
    for feature, weight in _features(text, model).items():
        place, sign = _place(feature)
        vector[place % model.dimensions] += sign * weight
    vector = vector[:dimensions]
    length = float(np.linalg.norm(vector))
    if length == 0:  # features may cancel out, or lie beyond `dimensions`
        vector[0] = length = 1.0
    return (vector / length).astype(np.float32)


def as_base64(vector: Vector) -> str:
    """Return a vector as OpenAI's client asks for it: little-endian 32-bit floats in base64."""
    return base64.b64encode(vector.astype("<f4").tobytes()).decode("ascii")


def _features(text: str, model: EmbeddingModel) -> dict[str, float]:
    as_known = folded if model.folds_synonyms else stem
    found = [as_known(word) for word in words(text) if word not in STOPWORDS] or words(text)
    counts: Counter[str] = Counter(f"w {word}" for word in found)
    grams: Counter[str] = Counter()
    for word in found:
        marked = f"<{word}>"
        for size in model.ngrams:
            grams.update(f"g {marked[i : i + size]}" for i in range(len(marked) - size + 1))
    pairs = Counter(f"p {a} {b}" for a, b in itertools.pairwise(found))
    if not found:
        grams.update(f"c {character}" for character in text)
    weighted = ((counts, _WORD_WEIGHT), (grams, _NGRAM_WEIGHT), (pairs, _PAIR_WEIGHT))
    return {
        feature: weight * (1 + math.log(times))
        for counter, weight in weighted
        for feature, times in counter.items()
    }


@lru_cache(maxsize=262_144)
def _place(feature: str) -> tuple[int, int]:
    digest = hashlib.blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    number = int.from_bytes(digest, "big")
    return number >> 1, 1 if number & 1 else -1
