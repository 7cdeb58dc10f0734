"""`optimize` as it is installed: what each command does, prints and returns."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from syftr_like import catalogue
from syftr_like.contracts.registry import component_names, evaluator_names

from ..study.tiny_study import SPACE, STUDY
from .conftest import OPTIMIZE, Optimize

HEAVY = ("ray", "mlflow", "optuna", "pandas", "numpy", "sklearn", "pydantic", "sqlalchemy", "rich")


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [OPTIMIZE, *words], cwd=folder, capture_output=True, text=True, timeout=240, check=False
    )


# --- as a process


def test_help_names_every_command_and_the_exit_codes(tmp_path: Path) -> None:
    done = command(tmp_path, "--help")

    assert (done.returncode, done.stderr) == (0, "")
    for name in ("run", "lint", "schema", "components", "status"):
        assert f"\n  {name} " in done.stdout
    assert "0 done, 2 bad input with nothing written, 1 the study failed, 130" in " ".join(
        done.stdout.split()
    )


def test_help_and_mistyped_words_import_nothing_heavy(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from syftr_like.cli.main import run_command\n"
        "for words in (['--help'], ['run', '--help'], ['--version'], ['statsu'], ['--trails']):\n"
        "    run_command(words)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"


def test_the_shipped_study_runs_from_an_empty_folder(tmp_path: Path) -> None:
    small = ("--set", "dataset.limit=12", "--set", "tracking.mlflow=null")
    done = command(tmp_path, "quickstart", "--trials", "2", "--workers", "0", *small)

    assert (done.returncode, done.stderr) == (0, "")
    assert "front of quickstart" in done.stdout
    assert sorted(p.name for p in tmp_path.iterdir()) == ["runs"]
    assert sorted(p.name for p in (tmp_path / "runs/quickstart").iterdir() if p.is_file()) == [
        ".lock", "front.json", "ledger.db", "log.txt", "report.html", "study.lock.yaml",
        "trials.csv",
    ]  # fmt: skip


def test_a_mistake_ends_the_process_with_2(tiny: Path) -> None:
    done = command(tiny, "study.yaml", "--trials", "x")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: --trials: this value is not valid\n")


# --- run


def test_run_may_be_left_out_and_options_may_stand_first(tiny: Path, optimize: Optimize) -> None:
    runs = [
        optimize("study.yaml", "--set", "study=first", "--trials", "1"),
        optimize("run", "study.yaml", "--set", "study=second", "--trials", "1"),
        optimize("--trials", "1", "--set", "study=third", "study.yaml"),
    ]

    assert [(outcome.code, outcome.err) for outcome in runs] == [(0, "")] * 3
    fronts = [
        json.loads((tiny / "runs" / name / "front.json").read_text(encoding="utf-8"))
        for name in ("first", "second", "third")
    ]
    assert [front["spent"]["trials"] for front in fronts] == [1, 1, 1]
    assert len({json.dumps([m["params"] for m in front["front"]]) for front in fronts}) == 1


def test_options_replace_what_the_file_says(tiny: Path, optimize: Optimize) -> None:
    options = {
        "--trials": ("2", ("search", "trials"), 2),
        "--seed": ("5", ("search", "seed"), 5),
        "--max-usd": ("0.5", ("budget", "usd"), 0.5),
        "--max-minutes": ("3", ("budget", "minutes"), 3.0),
        "--workers": ("0", ("workers", "count"), 0),
        "--ray-address": ("127.0.0.1:6379", ("workers", "ray_address"), "127.0.0.1:6379"),
    }
    words = [word for option, (value, _, _) in options.items() for word in (option, value)]

    assert optimize("study.yaml", *words, "--set", "constraints=[]").code == 0

    lock = yaml.safe_load((tiny / "runs/tiny/study.lock.yaml").read_text(encoding="utf-8"))
    for _, (section, key), value in options.values():
        assert lock["study"][section][key] == value
    assert lock["study"]["constraints"] == []


def test_fresh_keeps_the_earlier_run_under_another_name(tiny: Path, optimize: Optimize) -> None:
    for _ in range(3):
        outcome = optimize("study.yaml", "--trials", "1", "--fresh")
        assert outcome.code == 0

    assert "the earlier run is kept as runs/tiny.2\n" in outcome.out
    assert sorted(p.name for p in (tiny / "runs").glob("[!.]*")) == ["tiny", "tiny.1", "tiny.2"]


def test_a_run_says_in_plain_lines_what_it_does(tiny: Path, optimize: Optimize) -> None:
    outcome = optimize("study.yaml", "--trials", "3")

    lines = outcome.out.splitlines()
    assert lines[0].startswith("tiny: 12 documents, 8 tune and 8 holdout questions, infinitely")
    assert lines[1].startswith("searching: workers start and index the documents first")
    assert [line.split("  ")[0] for line in lines[2:5]] == ["t000", "t001", "t002"]
    assert lines[5] == "evaluating the front on the holdout split"
    assert "\x1b" not in outcome.out
    for named in ("front of tiny, tune / holdout", "best: t00", "report: runs/tiny/report.html"):
        assert named in outcome.out


# --- lint


def test_lint_says_what_the_study_would_do_and_writes_nothing(
    tiny: Path, optimize: Optimize
) -> None:
    before = sorted(tiny.iterdir())

    outcome = optimize("lint", "study.yaml", "--set", "search.trials=7")

    assert (outcome.code, outcome.err) == (0, "")
    for told in (
        "12 documents, 16 questions (4 unanswerable): 8 tune, 8 holdout",
        "17 without counting 1 real-valued parameter",
        "maximize answer_match, minimize usd_per_1k_questions, minimize latency_p95_s",
        "context_tokens <= 5000, failure_rate <= 0.1",
        "7 trials, random",
        "no mistakes found",
    ):
        assert told in outcome.out
    assert sorted(tiny.iterdir()) == before


# --- schema


def schema(optimize: Optimize, what: str) -> Draft202012Validator:
    outcome = optimize("schema", what)
    assert (outcome.code, outcome.err) == (0, "")
    printed = json.loads(outcome.out)
    Draft202012Validator.check_schema(printed)
    return Draft202012Validator(printed)


def test_the_printed_schemas_accept_what_is_shipped(optimize: Optimize) -> None:
    root = Path(__file__).parents[2]
    for what, folder in (("study", "studies"), ("space", "search_spaces")):
        validator = schema(optimize, what)
        files = list((root / folder).glob("*.yaml"))
        assert files
        for file in files:
            assert list(validator.iter_errors(read(file.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    ("what", "old", "new"),
    [
        ("study", "trials: 4", "trails: 4"),
        ("study", "trials: 4", "trials: 0"),
        ("study", "trials: 4", "trials: four"),
        ("study", "study: tiny", "study: my study"),
        ("study", "space: space.yaml\n", ""),
        ("study", "method: random", "method: randm"),
        ("study", "tune: 0.5", "tune: 1.5"),
        ("space", "output: answer", ""),
        ("space", "choose:\n      - bm25", "chose:\n      - bm25"),
        ("space", "k: {int: [1, 4]}", "k: {int: [1]}"),
    ],
)
def test_the_printed_schemas_refuse_what_is_broken(
    what: str, old: str, new: str, optimize: Optimize
) -> None:
    valid = STUDY if what == "study" else SPACE
    assert old in valid
    validator = schema(optimize, what)

    assert list(validator.iter_errors(read(valid))) == []
    assert list(validator.iter_errors(read(valid.replace(old, new))))


def read(text: str) -> Any:
    return yaml.safe_load(text)


# --- components


def test_components_lists_everything_that_is_installed(optimize: Optimize) -> None:
    outcome = optimize("components")

    assert outcome.code == 0
    words = outcome.out.split()
    for name in (*component_names(), *evaluator_names()):
        assert name in words


def test_a_kind_of_which_nothing_is_installed_is_not_suggested(
    optimize: Optimize, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [entry for entry in catalogue.components_catalogue() if entry.kind != "embedder"]
    monkeypatch.setattr(catalogue, "components_catalogue", lambda: others)

    told = optimize("components", "--kind", "embeder")
    assert told.code == 2
    assert "did you mean 'embedder'" not in told.err
    expected = told.err.split("expected: one of ")[1].splitlines()[0]
    assert set(expected.split(", ")) == {entry.kind for entry in others}

    none = optimize("components", "--kind", "embedder")
    assert (none.code, none.out) == (0, "no component of the kind 'embedder' is installed\n")


def test_components_of_one_kind(optimize: Optimize) -> None:
    listed = json.loads(optimize("components", "--json", "--kind", "retriever").out)

    assert {entry["kind"] for entry in listed["components"]} == {"retriever"}
    assert "bm25" in {entry["name"] for entry in listed["components"]}
    assert listed["metrics"] == []

    as_text = optimize("components", "--kind", "retriever").out
    assert "bm25" in as_text
    assert "answer_match" not in as_text


def test_every_component_and_parameter_is_described(optimize: Optimize) -> None:
    listed = json.loads(optimize("components", "--json").out)

    assert {entry["name"] for entry in listed["components"]} == set(component_names())
    assert {entry["name"] for entry in listed["metrics"]} == set(evaluator_names())
    for entry in (*listed["components"], *listed["metrics"]):
        assert is_sentence(entry["summary"]), entry["name"]
    for component in listed["components"]:
        for parameter in component["parameters"]:
            name = f"{component['name']}.{parameter['name']}"
            assert is_sentence(parameter["description"]), f"{name} has no description"
            assert parameter["type"], f"{name} has no type"


def is_sentence(text: str) -> bool:
    return len(text) > 10 and text.endswith(".") and text[0].isupper()


# --- status


def test_status_of_a_run_that_has_ended(tiny: Path, optimize: Optimize) -> None:
    assert optimize("study.yaml", "--trials", "3").code == 0

    by_name = json.loads(optimize("status", "tiny", "--json").out)
    by_file = json.loads(optimize("status", "study.yaml", "--json").out)

    assert by_name == by_file
    assert by_name["trials"] == {
        "wanted": 3, "complete": 3, "stopped": 0, "paused": 0, "running": 0, "interrupted": 0,
        "failed": 0, "outside": 0,
    }  # fmt: skip
    assert by_name["ended"] == "all 3 trials are done"
    assert by_name["usd"] == 0
    assert by_name["evaluations"] >= 3 * 8
    assert "trials       3 of 3: 3 complete" in optimize("status", "tiny").out


def test_status_suggests_the_run_that_was_meant(tiny: Path, optimize: Optimize) -> None:
    assert optimize("study.yaml", "--trials", "1").code == 0

    outcome = optimize("status", "tinny")

    assert outcome.code == 2
    assert "expected: one of: tiny" in outcome.err
    assert "did you mean 'tiny'?" in outcome.err
