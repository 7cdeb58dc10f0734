import json
from importlib import resources

import numpy as np
import pytest

from syftr_like.components import reading
from syftr_like.components.reading.weights import (
    WeightsJson,
    load_weights,
    parse_weights,
    serialise_weights,
)


@pytest.fixture
def stored() -> WeightsJson:
    text = resources.files(reading).joinpath("reader_weights.json").read_text(encoding="utf-8")
    data: WeightsJson = json.loads(text)
    return data


def test_the_file_says_what_it_was_fitted_on(stored: WeightsJson) -> None:
    assert "squad2" in str(stored["about"]["fitted_on"])
    assert stored["about"]["right"] == "token F1 >= 0.5"


def test_weights_survive_writing(stored: WeightsJson) -> None:
    weights = parse_weights(stored)
    again = serialise_weights(weights, stored["about"])
    assert json.loads(json.dumps(again)) == stored
    assert all(np.isfinite(block.code_output).all() for block in weights.ranker.blocks.values())


def test_weights_of_other_features_are_refused(stored: WeightsJson) -> None:
    stored["ranker"]["blocks"]["start"]["mean"].pop()
    with pytest.raises(ValueError, match="start"):
        parse_weights(stored)


def test_confidence_of_other_features_is_refused(stored: WeightsJson) -> None:
    stored["confidence"]["features"].reverse()
    with pytest.raises(ValueError, match="confidence"):
        parse_weights(stored)


def test_loaded_once() -> None:
    assert load_weights() is load_weights()
