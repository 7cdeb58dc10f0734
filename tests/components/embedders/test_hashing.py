from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from syftr_like.components.embedders.hashing import Hashing


def fit(texts=(), **values):
    return Hashing(Hashing.Parameters(**values)).fit(texts)


def cosine(first: str, second: str, **values) -> float:
    fitted = fit(**values)
    return float(fitted.embed_query(first) @ fitted.embed_query(second))


def test_vectors_do_not_depend_on_the_documents() -> None:
    assert np.array_equal(
        fit(["amber"]).embed_query("resin"), fit(["ships", "rocks"]).embed_query("resin")
    )


def test_letters_find_a_misspelt_and_a_compound_word() -> None:
    assert cosine("evaporation", "evapration", letters=0.0) == pytest.approx(0, abs=0.01)
    assert cosine("evaporation", "evapration", letters=1.0) > 0.5
    assert cosine("lighthouse keeper", "lighthousekeeper", letters=1.0) > 0.5
    assert cosine("lighthouse", "xylophone", letters=1.0) < 0.2


def test_the_cosine_is_shared_between_words_and_letters() -> None:
    both = cosine("amber resin", "resins of pines", letters=0.3, dimensions=65_536)
    words = cosine("amber resin", "resins of pines", letters=0.0, dimensions=65_536)
    letters = cosine("amber resin", "resins of pines", letters=1.0, dimensions=65_536)
    assert both == pytest.approx(0.7 * words + 0.3 * letters, abs=0.01)
    assert words == pytest.approx(0.5, abs=0.01)


def test_a_run_knows_where_a_word_begins_and_ends() -> None:
    inner = cosine("bam", "abamc", letters=1.0, longest=3, stemming=False)
    start = cosine("bam", "bamca", letters=1.0, longest=3, stemming=False)
    assert 0 < inner < start


def test_more_dimensions_hold_unlike_words_apart() -> None:
    words = [f"word{n}" for n in range(200)]

    def spread(dimensions: int) -> float:
        vectors = fit(letters=0.0, stemming=False, dimensions=dimensions).embed_documents(words)
        return float(np.abs(vectors @ vectors.T - np.eye(len(words))).mean())

    assert spread(8192) < spread(64)


def test_many_texts_are_embedded_as_each_is() -> None:
    texts = [f"chunk {n} of {n % 13} and salt" for n in range(1100)]
    vectors = fit(dimensions=64).embed_documents(texts)
    for place in (0, 511, 512, 1099):
        assert fit(dimensions=64).embed_query(texts[place]) == pytest.approx(vectors[place])


@pytest.mark.parametrize(
    "values", [{"dimensions": 4}, {"letters": 1.5}, {"letters": -0.1}, {"longest": 2}]
)
def test_bounds(values) -> None:
    with pytest.raises(ValidationError):
        Hashing.Parameters(**values)
