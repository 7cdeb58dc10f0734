"""A small study with the models of a real provider, paid for: where its key is in the environment.

It costs less than a cent, and never more than the five cents of its budget. Nobody has to have a
key, so that this is skipped without one even where `SYFTR_LIKE_REQUIRE_ALL=1` (tests/conftest.py).

- `OPENAI_API_KEY`: gpt-4o-mini and text-embedding-3-small, or the models that
  `SYFTR_LIKE_SMOKE_OPENAI_LLM` and `SYFTR_LIKE_SMOKE_OPENAI_EMBEDDER` name.
- `ANTHROPIC_API_KEY`, `GOOGLE_API_KEY`, `MISTRAL_API_KEY`: a small model, or the one that
  `SYFTR_LIKE_SMOKE_<PROVIDER>_LLM` names; with the provider's LangChain package.
- `SYFTR_LIKE_SMOKE_BASE_URL`: another server that speaks OpenAI's protocol, such as the practice
  model server; what it charges is not known, so that a price is made up.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from syftr_like import Study
from syftr_like.cli.main import run_command

from ..study.tiny_study import write_tiny_study

ENVIRONMENT = dict(os.environ)
"""As it is before any test: others put keys of their own into it while they run."""

BUDGET_USD = 0.05
NO_KEY = "no key of a provider: "
"""How reasons begin for which this file alone may be skipped where nothing else may be."""

NOT_REAL = "practice"
"""What stands for a key where the practice model server is meant."""

STUDY = f"""\
study: smoke
dataset:
  documents: documents.jsonl
  questions: questions.jsonl
  limit: 6
  split: {{tune: 0.5, holdout: 0.5, seed: 1}}
space: space.yaml
objectives:
  maximize: [answer_match]
  minimize: [usd_per_1k_questions]
search: {{method: grid, trials: 2, early_stopping: {{method: none}}}}
budget: {{usd: {BUDGET_USD}}}
workers: {{count: 0, questions_in_flight: 2}}
tracking: {{mlflow: null}}
"""

SPACE = """\
models:
  model: {{llm: "{provider}:{llm}", temperature: null, max_output_tokens: 300{llm_options}}}
{embedder}graph:
  chunks: {{from: documents, choose: [whole_document]}}
  passages:
    from: [question, chunks]
    choose:
      - dense: {{embedder: {vectors}, k: 2}}
      - bm25: {{k: 2}}
  answer: {{from: [question, passages], choose: [llm_answer: {{llm: model}}]}}
output: answer
"""


@dataclass(frozen=True)
class Provider:
    """A provider of models.

    Attributes:
        name: What LangChain calls it.
        key: The environment variable of its key.
        package: The package that its models need.
        llm: A small language model.
        embedder: A small embedding model; None where that is a local one.
    """

    name: str
    key: str
    package: str
    llm: str
    embedder: str | None = None

    def space(self, environment: dict[str, str]) -> str:
        """Return a search space with its models."""
        named = f"SYFTR_LIKE_SMOKE_{self.name.partition('_')[0].upper()}"
        llm = environment.get(f"{named}_LLM", self.llm)
        embedder = environment.get(f"{named}_EMBEDDER", self.embedder or "")
        address = environment.get("SYFTR_LIKE_SMOKE_BASE_URL") if self.name == "openai" else None
        elsewhere = f', base_url: "{address}", price: ' if address else ""
        made_up = "{input_per_million: 0.15, output_per_million: 0.6}" if address else ""
        vectors = f'  vectors: {{embedder: "{self.name}:{embedder}"{elsewhere}'
        vectors += "{input_per_million: 0.02}}\n" if address else "}\n"
        return SPACE.format(
            provider=self.name,
            llm=llm,
            llm_options=f"{elsewhere}{made_up}",
            embedder=vectors if embedder else "",
            vectors="vectors" if embedder else "lsa",
        )


PROVIDERS = [
    Provider(
        "openai", "OPENAI_API_KEY", "langchain_openai", "gpt-4o-mini", "text-embedding-3-small"
    ),
    Provider("anthropic", "ANTHROPIC_API_KEY", "langchain_anthropic", "claude-haiku-4-5"),
    Provider("google_genai", "GOOGLE_API_KEY", "langchain_google_genai", "gemini-2.5-flash-lite"),
    Provider("mistralai", "MISTRAL_API_KEY", "langchain_mistralai", "mistral-small-latest"),
]

Write = Callable[[Provider], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Returns a way to write the study of a provider whose key there is."""

    def write(provider: Provider) -> Path:
        key = ENVIRONMENT.get(provider.key, "")
        elsewhere = provider.name == "openai" and "SYFTR_LIKE_SMOKE_BASE_URL" in ENVIRONMENT
        if not key or (key == NOT_REAL and not elsewhere):
            pytest.skip(f"{NO_KEY}set {provider.key} to run a study with {provider.name}")
        if find_spec(provider.package) is None:
            pytest.skip(f"{provider.package} is not installed, though {provider.key} is set")
        monkeypatch.setenv(provider.key, key)
        return write_tiny_study(tmp_path, study=STUDY, space=provider.space(ENVIRONMENT))

    return write


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_a_study_with_a_real_provider(
    provider: Provider, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(provider)

    assert run_command(["check", str(path)]) == 0
    assert "every model answers" in capsys.readouterr().out

    run = Study.from_yaml(path).optimize(runs=path.parent / "runs")

    result = run.result
    assert [(trial.evaluations, trial.failures) for trial in result.trials] == [(3, 0), (3, 0)]
    assert 0 < result.spent.usd <= BUDGET_USD
    assert all(trial.tune["usd_per_1k_questions"].value > 0 for trial in result.trials)
    tokens = run.evaluations.groupby("trial")[["input_tokens", "output_tokens"]].sum()
    assert len(tokens) == 2
    assert (tokens > 0).all(axis=None)
