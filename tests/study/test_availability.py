"""Keys and packages are looked at before a study begins."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from syftr_like import Study
from syftr_like.contracts import Answer, Outcome
from syftr_like.errors import UnavailableError
from syftr_like.evaluation import judged_outcome
from syftr_like.study.availability import check_available
from syftr_like.study.checking import models_to_check
from syftr_like.study.loading import load_study

from .tiny_study import SPACE, STUDY, write_tiny_study

KEY = "OPENAI_API_KEY"
MODELS = """\
models:
  small: {llm: "openai:gpt-4o-mini"}
"""
WITH_MODEL = MODELS + SPACE.replace("      - abstain\n", "      - llm_answer: {llm: small}\n")
EMBEDDED = SPACE.replace(
    "      - bm25:\n",
    '      - dense: {embedder: {embedding_model: {model: "openai:text-embedding-3-small"}}}\n'
    "      - bm25:\n",
)


@pytest.fixture
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY, raising=False)


def everything(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


@pytest.mark.usefixtures("no_key")
class TestWithoutAKey:
    def test_the_study_does_not_begin(self, tmp_path: Path) -> None:
        path = write_tiny_study(tmp_path, space=WITH_MODEL)
        before = everything(tmp_path)
        with pytest.raises(UnavailableError) as caught:
            Study.from_yaml(path).optimize(runs=tmp_path / "runs")
        told = str(caught.value)
        assert f"{tmp_path}/space.yaml:2:3" in told
        assert "openai:gpt-4o-mini" in told
        assert f"a key in the environment variable {KEY}" in told
        assert everything(tmp_path) == before

    def test_an_embedder_is_looked_at_as_well(self, tmp_path: Path) -> None:
        path = write_tiny_study(tmp_path, space=EMBEDDED)
        with pytest.raises(UnavailableError, match="text-embedding-3-small"):
            check_available(load_study(path))

    def test_a_finished_study_can_still_be_shown(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server_of_nobody = 'base_url: "http://127.0.0.1:9", price: free, attempts: 1'
        space = WITH_MODEL.replace('mini"}', f'mini", {server_of_nobody}}}')
        path = write_tiny_study(
            tmp_path, study=STUDY.replace("trials: 4", "trials: 2"), space=space
        )
        monkeypatch.setenv(KEY, "sk-nobody-1234")
        done = Study.from_yaml(path).optimize(runs=tmp_path / "runs")
        monkeypatch.delenv(KEY)
        again = Study.from_yaml(path).optimize(runs=tmp_path / "runs")
        assert len(again.trials) == len(done.trials) == 2
        with pytest.raises(UnavailableError):
            Study.from_yaml(path, settings={"search.trials": 3}).optimize(runs=tmp_path / "runs")


def test_a_key_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "sk-nobody-1234")
    check_available(load_study(write_tiny_study(tmp_path, space=WITH_MODEL)))


def test_a_package_that_is_missing_is_named(tmp_path: Path) -> None:
    space = WITH_MODEL.replace('openai:gpt-4o-mini"', 'mistralai:small", price: free')
    with pytest.raises(UnavailableError, match="langchain-mistralai"):
        check_available(load_study(write_tiny_study(tmp_path, space=space)))


def test_a_study_without_models_needs_nothing(tiny_study: Path) -> None:
    check_available(load_study(tiny_study))


def with_judge(llm: str) -> str:
    return STUDY + f"metrics: [answer_match, {{as: correct, llm_judge: {{llm: {llm}}}}}]\n"


@pytest.mark.usefixtures("no_key")
class TestAJudgeWithoutAKey:
    def test_the_study_does_not_begin(self, tmp_path: Path) -> None:
        path = write_tiny_study(tmp_path, study=with_judge("small"), space=MODELS + SPACE)
        with pytest.raises(UnavailableError, match=KEY) as caught:
            Study.from_yaml(path).optimize(runs=tmp_path / "runs")
        assert f"{tmp_path}/space.yaml:2:3" in str(caught.value)
        assert not (tmp_path / "runs").exists()

    def test_a_model_written_in_the_study_is_placed_there(self, tmp_path: Path) -> None:
        judge = '{chat_model: {model: "openai:gpt-4o-mini"}}'
        path = write_tiny_study(tmp_path, study=with_judge(judge))
        with pytest.raises(UnavailableError, match=KEY) as caught:
            check_available(load_study(path))
        assert f"{tmp_path}/study.yaml" in str(caught.value)

    def test_its_model_is_called_by_check(self, tmp_path: Path) -> None:
        path = write_tiny_study(tmp_path, study=with_judge("small"), space=MODELS + SPACE)
        assert [config.option for config in models_to_check(load_study(path))] == ["small"]

    def test_a_key_missing_where_a_trial_runs_fails_no_evaluation(self, tmp_path: Path) -> None:
        path = write_tiny_study(tmp_path, study=with_judge("small"), space=MODELS + SPACE)
        loaded = load_study(path)
        question = loaded.dataset.questions[0]
        outcome = Outcome(question.id, Answer("seven"), (), {}, (), 0.1, 0.1, 0.0)
        with pytest.raises(UnavailableError, match=KEY):
            asyncio.run(judged_outcome(question, outcome, loaded.evaluators, 10.0))
