"""Vectors of texts, over the wire."""

from __future__ import annotations

import base64

import numpy as np
import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai import OpenAI

from syftr_like.testing.model_server import EMBEDDING_MODELS
from syftr_like.testing.model_server.embeddings import embed

MODELS = sorted(EMBEDDING_MODELS)


def vectors(client: OpenAI, model: str, texts: list[str]) -> np.ndarray:
    reply = client.embeddings.create(model=model, input=texts)
    return np.array([item.embedding for item in reply.data])


@pytest.mark.parametrize("model", MODELS)
def test_texts_that_share_words_lie_near_each_other(client: OpenAI, model: str) -> None:
    texts = ["The tide gauge was repaired", "repairing a tide gauge", "bread and butter at noon"]
    a, b, c = vectors(client, model, texts)
    assert a @ b > a @ c + 0.3


def test_the_larger_model_knows_words_that_mean_the_same(client: OpenAI) -> None:
    texts = ["The physician repaired the automobile", "A doctor fixed a car"]
    small, large = (a @ b for a, b in (vectors(client, model, texts) for model in reversed(MODELS)))
    assert large > 0.5 > small


@pytest.mark.parametrize("model", MODELS)
def test_floats_and_base64_are_the_same_numbers(client: OpenAI, model: str) -> None:
    asked = {"model": model, "input": ["one", "two"]}
    plain = client.embeddings.create(**asked, encoding_format="float")
    coded = client.embeddings.create(**asked, encoding_format="base64")
    for a, b in zip(plain.data, coded.data, strict=True):
        decoded = np.frombuffer(base64.b64decode(b.embedding), dtype="<f4")
        assert np.allclose(a.embedding, decoded)
        assert a.index == b.index
        assert len(a.embedding) == EMBEDDING_MODELS[model].dimensions


def test_fewer_dimensions_are_the_first_ones_at_length_1(client: OpenAI) -> None:
    whole = client.embeddings.create(model=MODELS[0], input="the tide turns at noon")
    part = client.embeddings.create(model=MODELS[0], input="the tide turns at noon", dimensions=64)
    first = np.array(whole.data[0].embedding)[:64]
    assert np.allclose(part.data[0].embedding, first / np.linalg.norm(first), atol=1e-6)


def test_tokens_are_charged_for_the_whole_batch(client: OpenAI) -> None:
    reply = client.embeddings.create(model=MODELS[0], input=["one two", "three"])
    assert reply.usage.prompt_tokens == reply.usage.total_tokens == 3


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"input": []}, "invalid_value"),
        ({"input": ["a", ""]}, "invalid_value"),
        ({"input": [[1, 2, 3]]}, "invalid_value"),
        ({"input": "a", "dimensions": 100_000}, "invalid_value"),
        ({"input": "a", "dimensions": 0}, "invalid_type"),
        ({"input": "word " * 9000}, "context_length_exceeded"),
    ],
)
def test_what_cannot_be_embedded_is_refused(
    client: OpenAI, change: dict[str, object], code: str
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.embeddings.create(model=MODELS[0], **change)
    assert caught.value.code == code


@settings(max_examples=60)
@given(text=st.text(min_size=1, max_size=80), model=st.sampled_from(MODELS))
def test_every_text_has_a_vector_of_length_1_and_always_the_same(text: str, model: str) -> None:
    vector = embed(text, EMBEDDING_MODELS[model])
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)
    assert np.array_equal(vector, embed(text, EMBEDDING_MODELS[model]))
