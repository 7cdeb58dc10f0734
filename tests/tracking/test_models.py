"""A member of the front as a model: loaded where nothing else of the study is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from mlflow import MlflowClient, pyfunc
from mlflow.entities import LoggedModel

from syftr_like.flow.runnable import FlowRunnable
from syftr_like.space import load_space

from .conftest import Tracked, made_source

QUESTIONS = ["Who services the bilge pump?", "What is the captain's shoe size?"]
LOAD = """
import json, sys
import pandas as pd
from mlflow import pyfunc
model = pyfunc.load_model(sys.argv[1])
print(model.predict(pd.DataFrame({"question": json.loads(sys.argv[2])})).to_json(orient="records"))
"""


@pytest.fixture(scope="module")
def logged(tracked: Tracked) -> LoggedModel:
    client = MlflowClient(tracking_uri=tracked.address)
    for id in tracked.result.front:
        if tracked.result.trial(id).params["answer"] == "extractive_reader":
            (output,) = tracked.run_of(id).outputs.model_outputs
            return client.get_logged_model(output.model_id)
    pytest.fail("no reader is on the front")


def test_it_answers_as_the_flow_does_in_a_process_of_its_own(
    logged: LoggedModel, tracked: Tracked, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error::FutureWarning", "-c", LOAD, logged.artifact_location,
         json.dumps(QUESTIONS)],
        cwd=tmp_path, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout.splitlines()[-1])

    flow = load_space(tracked.folder / "flows" / f"{logged.name}.yaml").decode({})
    runnable = FlowRunnable(flow, made_source(tmp_path / "study").documents)
    for question, row in zip(QUESTIONS, rows, strict=True):
        reply = runnable.invoke(question)
        assert (row["answer"], row["abstained"]) == (reply.answer, reply.abstained)
        assert row["confidence"] == pytest.approx(reply.confidence)
        assert row["passages"] == [
            {"document": p.chunk.document, "start": p.chunk.start, "end": p.chunk.end}
            for p in reply.passages
        ]
        assert row["usd"] > 0
        assert row["latency_s"] > 0
        assert row["error"] is None


def test_a_server_takes_what_the_signature_says(logged: LoggedModel) -> None:
    from fastapi.testclient import TestClient
    from mlflow.pyfunc.scoring_server import init

    client = TestClient(init(pyfunc.load_model(logged.artifact_location)))
    bodies = [
        {"inputs": QUESTIONS},
        {"dataframe_split": {"columns": ["question"], "data": [[q] for q in QUESTIONS]}},
        {"dataframe_records": [{"question": q} for q in QUESTIONS]},
    ]
    for body in bodies:
        reply = client.post("/invocations", json=body)
        assert reply.status_code == 200, reply.text
        first, second = reply.json()["predictions"]
        assert "Ada Berg" in first["answer"]
        assert set(first) == {
            "answer", "abstained", "confidence", "passages", "usd", "latency_s", "error"
        }  # fmt: skip
        assert second["answer"] != first["answer"]


def test_the_input_example_can_be_sent(logged: LoggedModel) -> None:
    model = pyfunc.load_model(logged.artifact_location)
    example = model.input_example
    assert isinstance(example, pd.DataFrame)
    assert len(model.predict(example)) == 1


def test_its_page_tells_its_parameters_values_and_size(
    logged: LoggedModel, tracked: Tracked
) -> None:
    trial = tracked.result.trial(logged.name)

    assert logged.params == {path: str(value) for path, value in trial.params.items()}
    assert logged.status == "READY"
    values = {(m.key, m.dataset_name): m.value for m in logged.metrics}
    assert values["answer_match", "tiny tune"] == trial.tune["answer_match"].value
    assert values["holdout_answer_match", "tiny holdout"] == trial.holdout["answer_match"].value
    folder = Path(logged.artifact_location.removeprefix("file://"))
    size = (folder / "artifacts" / "documents.parquet").stat().st_size
    assert int(logged.tags["documents_bytes"]) == size


def test_it_names_no_path_of_the_machine_that_made_it(logged: LoggedModel) -> None:
    folder = Path(logged.artifact_location.removeprefix("file://"))
    described = (folder / "MLmodel").read_text(encoding="utf-8")

    assert "/tmp" not in described
    assert str(Path.home()) not in described
