"""A cross-encoder made on the spot: a tiny one that has learned nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from syftr_like.components.rerankers.cross_encoder import CrossEncoder
from syftr_like.contracts import Chunk, Passage, Query
from syftr_like.errors import ComponentError, UnavailableError

from ...tiny_models import tiny_cross_encoder

WORDS = ["otters", "eat", "urchins", "falcons", "dive", "what", "do"]
TEXTS = ["otters eat urchins", "falcons dive", "", "otters eat urchins"]
PASSAGES = tuple(Passage(Chunk("d", i, i + 1, text), 0.0) for i, text in enumerate(TEXTS))
QUESTION = Query("what do otters eat")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders `1` and `2` with models of as many scores."""
    root = tmp_path_factory.mktemp("models")
    for labels in (1, 2):
        tiny_cross_encoder(root / str(labels), WORDS, labels)
    return root


def made(folder: Path, **values) -> CrossEncoder:
    return CrossEncoder(CrossEncoder.Parameters(model=str(folder), **values))


def test_the_best_come_first_with_the_models_scores(models: Path) -> None:
    component = made(models / "1", top=4)
    model = component.prepare({}, None)
    found = component.run({"question": QUESTION, "passages": PASSAGES}, model)
    scores = [passage.score for passage in found]
    assert scores == sorted(scores, reverse=True)
    expected = model.predict([(QUESTION.text, passage.text) for passage in found])
    assert scores == pytest.approx([float(score) for score in expected], abs=1e-5)
    assert len({passage.score for passage in found}) == 3  # equal texts, equal scores
    order = [passage.chunk.start for passage in found]
    assert order.index(0) < order.index(3)


def test_the_top_is_kept_whatever_the_batch(models: Path) -> None:
    found = [list(made(models / "1", top=2, batch=n).rerank(QUESTION, PASSAGES)) for n in (1, 4)]
    assert len(found[0]) == 2
    assert found[0] == found[1]


def test_no_passages(models: Path) -> None:
    component = made(models / "1")
    assert component.run({"question": QUESTION, "passages": ()}, component.prepare({}, None)) == ()


def test_a_model_of_two_scores_is_refused(models: Path) -> None:
    with pytest.raises(ComponentError, match="gives 2 scores and not one"):
        made(models / "2").prepare({}, None)


def test_a_model_that_is_not_there_is_unavailable(models: Path, monkeypatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(UnavailableError, match="cannot be loaded"):
        made(models / "3").prepare({}, None)


def test_without_the_package_the_extra_is_named(monkeypatch) -> None:
    monkeypatch.setattr("syftr_like.components.optional.find_spec", lambda name: None)
    with pytest.raises(UnavailableError, match=r"pip install 'syftr-like\[local\]'"):
        made(Path("anywhere"))
