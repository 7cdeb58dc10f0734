"""A search for the judge that agrees best with labels is a study like any other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from syftr_like import Study
from syftr_like.components.judges.judged_text import lay_out
from syftr_like.errors import InputError, UnavailableError
from syftr_like.planning.plan import make_plan
from syftr_like.study.checking import models_to_check
from syftr_like.study.loading import load_study
from syftr_like.testing.model_server import Fault, ModelServer

from .tiny_study import FACTS, document_rows

KEY = "OPENAI_API_KEY"
SPACE = """\
models:
  small: {{llm: "openai:practice-small", base_url: "{url}", price: {price}}}
  large: {{llm: "openai:practice-large", base_url: "{url}", price: {price}}}
graph:
  answer:
    from: question
    choose:
      - verdict:
          judge:
            choose:
              - llm_judge:
                  llm: {{choose: [small, large]}}
                  style: {{choose: [reasoned, brief, marks]}}
              - judge_panel: {{llm: small, second_llm: small, third_llm: large}}
              - faithfulness: {{llm: large}}
output: answer
"""
STUDY = """\
study: judges
dataset:
  documents: documents.jsonl
  questions: judged.jsonl
  split: {tune: 0.5, holdout: 0.5, seed: 1}
space: space.yaml
objectives:
  maximize: [exact_match]
  minimize: [usd_per_1k_questions]
search: {method: random, trials: 8, seed: 0}
workers: {count: 0, questions_in_flight: 4}
tracking: {mlflow: null}
"""
PRICE = "{input_per_million: 100.0, output_per_million: 100.0}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    pytest.importorskip("langchain_openai")
    monkeypatch.setenv(KEY, "practice")
    with ModelServer(speed=0) as running:
        yield running


def rows() -> list[dict[str, object]]:
    """Each question with its own answer, with that of the next one, and declined."""
    found: list[dict[str, object]] = []
    others = [*FACTS[1:], FACTS[0]]
    for (_, passage, question, right), (*_, wrong) in zip(FACTS, others, strict=True):
        for given, label in ((right, "correct"), (wrong, "incorrect"), ("", "incorrect")):
            text = lay_out(question, [right], given, [passage])
            found.append({"id": f"j{len(found)}", "question": text, "answers": [label]})
    return found


def written(
    folder: Path, url: str, study: str = STUDY, judged: list[dict[str, object]] | None = None
) -> Path:
    for name, table in (("documents", document_rows()), ("judged", judged or rows())):
        lines = "".join(json.dumps(row) + "\n" for row in table)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    (folder / "space.yaml").write_text(SPACE.format(url=url, price=PRICE), encoding="utf-8")
    (folder / "study.yaml").write_text(study, encoding="utf-8")
    return folder / "study.yaml"


def test_the_judge_that_agrees_best_is_found(server: ModelServer, tmp_path: Path) -> None:
    done = Study.from_yaml(written(tmp_path, server.url)).optimize(runs=tmp_path / "runs")
    trials = done.result.trials
    assert len(trials) == 8  # those of the space are no more than nine
    assert sum(trial.failures for trial in trials) == 0
    judges = {trial.params["answer.verdict.judge"] for trial in trials}
    assert judges == {"llm_judge", "judge_panel", "faithfulness"}
    (best,) = [t for t in trials if t.id == done.result.recommended["best"]]
    agreement = best.tune["exact_match"].value
    assert agreement is not None
    assert agreement > 0.9
    assert "answer.verdict.judge" in best.params


def test_its_models_are_paid_recorded_and_written(server: ModelServer, tmp_path: Path) -> None:
    done = Study.from_yaml(written(tmp_path, server.url)).optimize(runs=tmp_path / "runs")
    assert done.result.spent.usd > 0
    calls = [call for n in range(8) for call in done._run.ledger.model_calls(n)]
    assert {call["node"] for call in calls} == {"answer"}
    assert {call["model"] for call in calls} == {"openai:practice-small", "openai:practice-large"}
    assert all(trial.tune["usd_per_1k_questions"].value > 0 for trial in done.result.trials)
    (flow, *_) = (tmp_path / "runs/judges/flows").glob("*.yaml")
    assert "llm_judge:" in flow.read_text(encoding="utf-8")


def test_it_keeps_to_a_budget(server: ModelServer, tmp_path: Path) -> None:
    path = written(tmp_path, server.url)
    done = Study.from_yaml(path, settings={"budget.usd": 0.5}).optimize(runs=tmp_path / "runs")
    assert 0 < done.result.spent.usd <= 0.5


def test_a_question_that_is_no_judged_answer_is_a_recorded_failure(
    server: ModelServer, tmp_path: Path
) -> None:
    judged = rows()
    judged[0]["question"] = "When does the harbour office open?"
    judged[1]["question"] = "When does it close?"
    study = STUDY.replace("tune: 0.5, holdout: 0.5", "tune: 0.9, holdout: 0.1")
    path = written(tmp_path, server.url, study, judged)
    done = Study.from_yaml(path, settings={"search.trials": 1}).optimize(runs=tmp_path / "runs")
    (trial,) = done.result.trials
    assert trial.failures >= 1
    assert "expected: `Question:`" in (trial.first_error or "")


def test_a_judge_that_cannot_be_read_is_a_recorded_failure(
    tmp_path: Path, server: ModelServer
) -> None:
    with ModelServer(speed=0, faults=[Fault(kind="empty", every=1)]) as broken:
        path = written(tmp_path, broken.url)
        done = Study.from_yaml(path, settings={"search.trials": 2}).optimize(runs=tmp_path / "runs")
    assert all(trial.failures for trial in done.result.trials)
    assert "in node 'answer' (verdict)" in (done.result.trials[0].first_error or "")


def test_a_missing_key_is_told_before_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY, raising=False)
    path = written(tmp_path, "http://127.0.0.1:9/v1")
    with pytest.raises(UnavailableError, match=KEY) as caught:
        Study.from_yaml(path).optimize(runs=tmp_path / "runs")
    assert f"{tmp_path}/space.yaml:2:3" in str(caught.value)
    assert not (tmp_path / "runs").exists()


def test_its_models_are_checked_and_planned(server: ModelServer, tmp_path: Path) -> None:
    loaded = load_study(written(tmp_path, server.url))
    assert [config.option for config in models_to_check(loaded)] == ["small", "large"]
    plan = make_plan(loaded, runs=tmp_path / "runs")
    assert server.count() == 0
    assert plan.totals.calls.low > 0
    assert plan.totals.usd.low > 0


@pytest.mark.parametrize(
    ("judge", "told"),
    [
        ("llm_judg", "did you mean 'llm_judge'"),
        ("bm25", "cannot fill"),
        ("{llm_judge: {llm: smal}}", "did you mean 'small'"),
        ("{llm_judge: {llm: small, style: terse}}", "style"),
        ("{judge_panel: {llm: small}}", "second_llm"),
    ],
)
def test_mistakes(server: ModelServer, tmp_path: Path, judge: str, told: str) -> None:
    path = written(tmp_path, server.url)
    space = SPACE.format(url=server.url, price=PRICE)
    head, _ = space.split("          judge:")
    (tmp_path / "space.yaml").write_text(
        f"{head}          judge: {judge}\noutput: answer\n", encoding="utf-8"
    )
    with pytest.raises(InputError) as caught:
        load_study(path)
    assert told in str(caught.value)
    assert f"{tmp_path}/space.yaml:" in str(caught.value)
