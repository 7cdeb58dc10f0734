"""The recorded outcomes as arrays."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from prices import CHARACTERS_PER_TOKEN, PRICES

from syftr_like.contracts import Answer

DATA = Path(os.environ.get("SYFTR_LIKE_DATA", Path(__file__).parents[3] / "shared" / "data"))
Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Table:
    """Questions that all models have answered.

    Attributes:
        models: Names.
        scores: (questions, models), 0 or 1.
        costs: USD, (questions, models).
        answers: (questions, models); without a letter it is an abstention.
        letters: The same as codes; -1 for an abstention.
        features: What is known of a question beforehand, (questions, size): its category, the
            length of its prompt and its number of options. There is no text.
        category: (questions,) codes.
    """

    models: tuple[str, ...]
    scores: Array
    costs: Array
    answers: tuple[tuple[Answer, ...], ...]
    letters: np.ndarray[Any, np.dtype[np.int8]]
    features: Array
    category: np.ndarray[Any, np.dtype[np.int8]]

    def __len__(self) -> int:
        return len(self.scores)

    def part(self, rows: Any) -> Table:
        """Return some of the questions."""
        return Table(
            self.models,
            self.scores[rows],
            self.costs[rows],
            tuple(self.answers[row] for row in np.arange(len(self))[rows]),
            self.letters[rows],
            self.features[rows],
            self.category[rows],
        )

    def of(self, models: Any) -> Table:
        """Return some of the models, by place."""
        places = list(models)
        return Table(
            tuple(self.models[place] for place in places),
            self.scores[:, places],
            self.costs[:, places],
            tuple(tuple(row[place] for place in places) for row in self.answers),
            self.letters[:, places],
            self.features,
            self.category,
        )


def load() -> Table:
    """Return the questions that all models have."""
    folder = DATA / "recorded_outcomes"
    rows = pd.read_csv(folder / "mmlu_pro_models.csv.gz")
    questions = pd.read_csv(folder / "mmlu_pro_questions.csv").set_index("question_id")
    models = tuple(sorted(rows["model"].unique()))
    wide = {
        column: rows.pivot(index="question_id", columns="model", values=column)[list(models)]
        for column in ("correct", "out_chars", "pred")
    }
    complete = wide["correct"].notna().all(axis=1) & wide["out_chars"].notna().all(axis=1)
    correct, chars, pred = (wide[c][complete] for c in ("correct", "out_chars", "pred"))
    about = questions.loc[correct.index]
    letters = pred.map(lambda p: ord(p) - ord("A") if isinstance(p, str) else -1)
    codes = letters.to_numpy().astype(np.int8)
    price = np.array([PRICES[model] for model in models]) / 1e6
    return Table(
        models,
        correct.to_numpy(dtype=float),
        chars.to_numpy(dtype=float) / CHARACTERS_PER_TOKEN * price,
        tuple(tuple(_answer(int(code)) for code in row) for row in codes),
        codes,
        _features(about),
        about["category"].astype("category").cat.codes.to_numpy(),
    )


def _answer(code: int) -> Answer:
    return Answer("", abstained=True) if code < 0 else Answer(chr(ord("A") + code))


def _features(about: pd.DataFrame) -> Array:
    category = pd.get_dummies(about["category"]).to_numpy(dtype=float)
    length = np.log(about["prompt_chars"].to_numpy(dtype=float))
    options = about["n_options"].to_numpy(dtype=float)
    numbers = np.stack([(c - c.mean()) / c.std() for c in (length, options)], axis=1)
    return np.hstack([category, numbers])
