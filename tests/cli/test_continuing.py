"""`optimize` on a study that was run before: what goes on, what is refused, what is kept."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from syftr_like import Study
from syftr_like.cli.main import run_command
from syftr_like.errors import InputError

from ..study.tiny_study import STUDY, write_tiny_study
from .conftest import Optimize
from .held_run import held_run

FINITE = "{choose: [0.0, 0.3, 0.6]}"


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        if path.is_file() else "a folder"
        for path in sorted(folder.rglob("*"))
        # What SQLite makes for those that only read.
        if path.name != "ledger.db-shm"
        and not (path.name == "ledger.db-wal" and path.stat().st_size == 0)
    }  # fmt: skip


def change(old: str, new: str, file: str = "study.yaml") -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return apply


@dataclass(frozen=True)
class Refused:
    """A change that keeps a study from being continued, and what is said of it."""

    what: str
    change: Callable[[Path], None]
    found: str
    space: bool = False


REFUSED = [
    Refused("dataset", change("dark green", "light blue", "documents.jsonl"), "dataset: "),
    Refused("dataset", change("Which colour", "What colour", "questions.jsonl"), "dataset: "),
    Refused(
        "division of the questions", change("seed: 1}", "seed: 2}"),
        "dataset.split: 8 tune and 8 holdout questions (",
    ),
    Refused(
        "division of the questions", change("tune: 0.5, holdout: 0.5", "tune: 0.25, holdout: 0.75"),
        "dataset.split: 4 tune and 12 holdout questions (",
    ),
    Refused(
        "objectives", change("minimize: [usd_per_1k_questions, latency_p95_s]", "minimize: []"),
        "objectives: maximize answer_match, and maximize answer_match; minimize"
        " usd_per_1k_questions, latency_p95_s in the earlier run",
    ),
    Refused(
        "metrics", change("tracking:", "metrics: [retrieval_ndcg]\ntracking:"), "retrieval_ndcg v"
    ),
    Refused(
        "question timeout", change("tracking:", "limits: {question_timeout_s: 30}\ntracking:"),
        "limits.question_timeout_s: 30.0, and 60.0 in the earlier run",
    ),
    Refused(
        "price of computing", change("tracking:", "prices: {usd_per_cpu_hour: 0.5}\ntracking:"),
        "prices.usd_per_cpu_hour: 0.5, and 0.04 in the earlier run",
    ),
    Refused("search space", change("int: [1, 4]", "int: [1, 6]", "space.yaml"), "space: ", True),
]  # fmt: skip


def run_in(folder: Path, study: str = STUDY, **files: str) -> Path:
    """Run a study in a folder of its own, which tests copy."""
    write_tiny_study(folder, study=study, **files)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert run_command(["study.yaml"]) == 0
    return folder


@pytest.fixture(scope="module")
def run_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_in(tmp_path_factory.mktemp("ran"))


@pytest.fixture
def ran(run_once: Path, tiny: Path) -> Path:
    """The folder of a study that was run."""
    shutil.copytree(run_once, tiny, dirs_exist_ok=True)
    return tiny


@pytest.mark.parametrize(
    ("case", "extend"),
    [(case, extend) for case in REFUSED for extend in (False, True) if not (extend and case.space)],
    ids=lambda value: f"{value.what}: {value.found[:24]}" if isinstance(value, Refused) else None,
)
def test_what_every_evaluation_rests_on_may_not_change(
    case: Refused, extend: bool, ran: Path, optimize: Optimize
) -> None:
    case.change(ran)
    before = digest(ran)

    outcome = optimize("study.yaml", *(["--extend"] if extend else []))

    assert outcome.code == 2
    first, *rest = outcome.err.splitlines()
    assert first.startswith(
        f"error: study.yaml: the {case.what} of the study 'tiny' is not what it"
    )
    found, expected = (line.strip() for line in rest)
    assert found.startswith("found:")
    assert case.found in found
    assert found.endswith("in the earlier run")
    assert expected.startswith("expected: --fresh, which keeps the earlier run")
    assert ("--extend" in expected) == case.space
    assert digest(ran) == before


def test_all_differences_are_named_at_once(ran: Path, optimize: Optimize) -> None:
    change("int: [1, 4]", "int: [1, 6]", "space.yaml")(ran)
    change("seed: 1}", "seed: 2}")(ran)

    message = " ".join(optimize("study.yaml").err.split())

    assert "the division of the questions of the study" in message
    assert "; nor is the search space" in message
    assert "--extend" not in message


@pytest.mark.parametrize(
    "words",
    [
        ("--max-usd", "5"), ("--max-minutes", "30"), ("--workers", "0"), ("--seed", "8"),
        ("--set", "search.method=tpe"), ("--set", "search.early_stopping.eta=4"),
        ("--set", "tracking.mlflow=sqlite:///mlflow.db"), ("--set", "constraints=[]"),
        ("--set", "limits.trial_minutes=5"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_how_it_is_run_may_change(words: tuple[str, str], ran: Path, optimize: Optimize) -> None:
    outcome = optimize("study.yaml", "--trials", "5", *words)

    assert outcome.code == 0, outcome.err
    trials = json.loads((ran / "runs/tiny/front.json").read_text(encoding="utf-8"))["spent"][
        "trials"
    ]
    assert trials == 5


def test_a_study_that_was_moved_goes_on(
    ran: Path, optimize: Optimize, tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "moved"
    ran.rename(elsewhere)
    monkeypatch.chdir(elsewhere)

    outcome = optimize("study.yaml")

    assert (outcome.code, outcome.err) == (0, "")
    assert "nothing to run" in outcome.out


def test_fewer_trials_than_there_are_is_told_as_it_is(ran: Path, optimize: Optimize) -> None:
    outcome = optimize("study.yaml", "--trials", "2")

    assert "\n4 trials (this time 2 were asked for), " in outcome.out
    status = optimize("status", "tiny").out
    assert "trials       4 (2 were asked for last): 4 complete\n" in status


class TestFresh:
    def test_it_renames_the_earlier_run_and_deletes_nothing(
        self, ran: Path, optimize: Optimize
    ) -> None:
        before = digest(ran / "runs/tiny")
        change("int: [1, 4]", "int: [1, 6]", "space.yaml")(ran)

        outcome = optimize("study.yaml", "--fresh")

        assert outcome.code == 0
        assert "the earlier run is kept as runs/tiny.1\n" in outcome.out
        assert digest(ran / "runs/tiny.1") == before
        assert len(states(ran)) == 4

    def test_the_earlier_run_goes_on_under_its_old_name(
        self, ran: Path, optimize: Optimize
    ) -> None:
        assert optimize("study.yaml", "--fresh", "--trials", "1").code == 0
        assert optimize("study.yaml", "--trials", "2").code == 0
        assert len(states(ran)) == 2
        assert len(states(ran, "tiny.1")) == 4


class TestALedgerThatIsGone:
    @pytest.fixture
    def without(self, ran: Path) -> Path:
        for path in (ran / "runs/tiny").glob("ledger.db*"):
            path.unlink()
        return ran

    def test_is_told_and_nothing_is_written(self, without: Path, optimize: Optimize) -> None:
        before = digest(without)

        outcome = optimize("study.yaml")

        assert outcome.code == 2
        assert outcome.err.startswith("error: the ledger of the earlier run of 'tiny' is gone\n")
        assert "--fresh" in outcome.err
        assert digest(without) == before

    def test_fresh_keeps_what_is_left(self, without: Path, optimize: Optimize) -> None:
        left = digest(without / "runs/tiny")
        assert optimize("study.yaml", "--fresh").code == 0
        assert digest(without / "runs/tiny.1") == left


def test_two_processes_do_not_work_on_one_study(ran: Path, optimize: Optimize) -> None:
    with held_run(ran):
        before = digest(ran)
        for words in ((), ("--fresh",), ("--extend",), ("--trials", "9")):
            outcome = optimize("study.yaml", *words)
            assert outcome.code == 2
            assert outcome.err.startswith("error: another process is running the study 'tiny'\n")
            assert digest(ran) == before
    assert optimize("study.yaml").code == 0, "a process that was killed holds nothing"


def test_a_study_does_not_start_anew_and_go_on_at_once(ran: Path, optimize: Optimize) -> None:
    change("int: [1, 4]", "int: [1, 6]", "space.yaml")(ran)
    before = digest(ran)

    outcome = optimize("study.yaml", "--fresh", "--extend")

    assert (outcome.code, outcome.out) == (2, "")
    assert "expected: one of --fresh and --extend" in outcome.err
    with pytest.raises(InputError, match="one of fresh and extend"):
        Study.from_yaml("study.yaml").optimize(fresh=True, extend=True)
    assert digest(ran) == before


class TestExtend:
    """The run of a space of 9 flows, of which each is tried; then the space changes."""

    SMALL = f"""\
graph:
  chunks: {{from: documents, choose: [whole_document]}}
  passages: {{from: [question, chunks], choose: [{{bm25: {{k: {{int: [1, 3]}}}}}}]}}
  answer:
    from: [question, passages]
    choose: [{{extractive_reader: {{abstain_below: {FINITE}}}}}]
output: answer
"""

    @pytest.fixture(scope="class")
    def grid_once(self, tmp_path_factory: pytest.TempPathFactory) -> Path:
        study = STUDY.replace("method: random, trials: 4", "method: grid, trials: 50")
        return run_in(tmp_path_factory.mktemp("grid"), study, space=self.SMALL)

    @pytest.fixture
    def grid(self, grid_once: Path, tiny: Path) -> Path:
        shutil.copytree(grid_once, tiny, dirs_exist_ok=True)
        assert len(states(tiny)) == 9
        return tiny

    def extend(self, grid: Path, optimize: Optimize, old: str, new: str) -> str:
        change(old, new, "space.yaml")(grid)
        assert optimize("study.yaml").code == 2
        outcome = optimize("study.yaml", "--extend")
        assert (outcome.code, outcome.err) == (0, "")
        return outcome.out

    def test_in_a_larger_space_every_trial_stays(self, grid: Path, optimize: Optimize) -> None:
        before = evaluations(grid)
        self.extend(grid, optimize, "int: [1, 3]", "int: [1, 4]")
        assert list(states(grid).values()) == ["complete"] * 12
        assert before.items() <= evaluations(grid).items()

    def test_in_a_smaller_one_the_others_count_no_more(
        self, grid: Path, optimize: Optimize
    ) -> None:
        before = evaluations(grid)
        self.extend(grid, optimize, "int: [1, 3]", "int: [2, 3]")
        assert sorted(states(grid).values()) == ["complete"] * 6 + ["outside"] * 3
        front = json.loads((grid / "runs/tiny/front.json").read_text(encoding="utf-8"))
        assert front["front"]
        assert all(member["params"]["passages.bm25.k"] > 1 for member in front["front"])
        assert before.items() <= evaluations(grid).items()

    def test_those_that_do_not_count_are_told_apart(self, grid: Path, optimize: Optimize) -> None:
        shown = self.extend(grid, optimize, "int: [1, 3]", "int: [5, 7]")
        assert "going on with an earlier run of 0 trials, and 9 outside the space\n" in shown
        assert "\n9 trials (9 more are outside the space), " in shown

        status = optimize("status", "tiny").out
        assert "trials       9 of 50: 9 complete\n" in status
        assert "outside      9 more, of flows that the space does not hold any more\n" in status
        assert json.loads(optimize("status", "tiny", "--json").out)["trials"]["outside"] == 9

    def test_back_in_the_old_space_they_count_again_and_nothing_is_run(
        self, grid: Path, optimize: Optimize
    ) -> None:
        front = (grid / "runs/tiny/front.json").read_text(encoding="utf-8")
        self.extend(grid, optimize, "int: [1, 3]", "int: [2, 3]")
        before = evaluations(grid)
        self.extend(grid, optimize, "int: [2, 3]", "int: [1, 3]")
        assert list(states(grid).values()) == ["complete"] * 9
        assert evaluations(grid) == before
        now = (grid / "runs/tiny/front.json").read_text(encoding="utf-8")
        assert [m["id"] for m in json.loads(now)["front"]] == [
            m["id"] for m in json.loads(front)["front"]
        ]

    def test_a_parameter_that_was_renamed_is_the_same_flow(
        self, grid: Path, optimize: Optimize
    ) -> None:
        before = evaluations(grid)
        self.extend(grid, optimize, "{bm25: {k:", "{as: words, bm25: {k:")
        assert list(states(grid).values()) == ["complete"] * 9
        assert evaluations(grid) == before
        front = json.loads((grid / "runs/tiny/front.json").read_text(encoding="utf-8"))
        assert all("passages.words.k" in member["params"] for member in front["front"])

    def test_a_space_that_holds_none_of_them_starts_over(
        self, grid: Path, optimize: Optimize
    ) -> None:
        self.extend(grid, optimize, "int: [1, 3]", "int: [5, 6]")
        assert sorted(states(grid).values()) == ["complete"] * 6 + ["outside"] * 9
        lock = yaml.safe_load((grid / "runs/tiny/study.lock.yaml").read_text(encoding="utf-8"))
        assert lock["space"]["cardinality"].startswith("6")


def states(folder: Path, run: str = "tiny") -> dict[int, str]:
    with closing(sqlite3.connect(folder / "runs" / run / "ledger.db")) as connection:
        return dict(connection.execute("SELECT number, state FROM trials ORDER BY number"))


def evaluations(folder: Path) -> dict[Any, Any]:
    with closing(sqlite3.connect(folder / "runs/tiny/ledger.db")) as connection:
        rows = connection.execute("SELECT trial, split, question, finished_at FROM evaluations")
        return {row[:3]: row[3] for row in rows}
