"""`models:` in a study: other models in the place of the space's."""

from __future__ import annotations

from pathlib import Path

import pytest

from syftr_like.errors import InputError
from syftr_like.study.loading import load_study

from .tiny_study import SPACE, STUDY, write_tiny_study

MODELS = 'models:\n  small: {llm: "openai:gpt-4o-mini"}\n  large: {llm: "openai:gpt-4o"}\n'
ASKING = MODELS + SPACE.replace(
    "      - abstain\n", "      - llm_answer: {llm: {choose: [small, large]}}\n"
)
OTHERS = STUDY + (
    'models:\n  large: {llm: "openai:mine", base_url: "http://127.0.0.1:1/v1", price: free}\n'
)


def models(path: Path) -> dict[str, object]:
    return {name: c.parameters["model"] for name, c in load_study(path).space.models.items()}


def test_a_study_puts_others_in_their_place(tmp_path: Path) -> None:
    path = write_tiny_study(tmp_path, study=OTHERS, space=ASKING)
    assert models(path) == {"small": "openai:gpt-4o-mini", "large": "openai:mine"}


def test_in_an_included_file_as_well(tmp_path: Path) -> None:
    write_tiny_study(tmp_path, study=OTHERS, space=ASKING)
    (tmp_path / "inner.yaml").write_text(ASKING, encoding="utf-8")
    (tmp_path / "space.yaml").write_text(
        "graph:\n  answer:\n    from: [question, documents]\n"
        "    choose: [{as: inner, flow: inner.yaml}]\noutput: answer\n",
        encoding="utf-8",
    )
    assert models(tmp_path / "study.yaml")["answer.inner.large"] == "openai:mine"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("large:", "larg:", "did you mean 'large'"),
        ("price: free", "price: fre", "'price' of 'chat_model'"),
        ("llm:", "lm:", "names two components"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    path = write_tiny_study(tmp_path, study=OTHERS.replace(old, new), space=ASKING)
    with pytest.raises(InputError) as caught:
        load_study(path)
    assert f"{path}:15" in str(caught.value)
    assert told in str(caught.value)
