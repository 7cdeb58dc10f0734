"""Where a study's ledger and cache are, wherever it is run from; mistakes in it leave nothing."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from syftr_like import StudyRun
from syftr_like.cli.main import run_command
from syftr_like.errors import InputError
from syftr_like.study.loading import load_study
from syftr_like.study.session import Session

from .tiny_study import STUDY, write_tiny_study

OPTIMIZE = str(Path(sys.executable).with_name("optimize"))
RELATIVE = STUDY + "ledger: sqlite:///kept/led.db\ncache: {place: ../shared}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a study in a folder of its own, and others to work in."""
    for name in ("studies/kept", "here", "there"):
        (tmp_path / name).mkdir(parents=True)
    write_tiny_study(tmp_path / "studies", study=RELATIVE)
    return tmp_path


@pytest.fixture
def optimize(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Optimize:
    """Run a command in a directory; return the exit code and what was said."""

    def run(folder: Path, *words: str) -> tuple[int, str]:
        monkeypatch.chdir(folder)
        capsys.readouterr()
        code = run_command(words)
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return run


Optimize = Callable[..., tuple[int, str]]


def trials(ledger: Path) -> int:
    with closing(sqlite3.connect(ledger)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM trials").fetchone()
    return int(count)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
        if not path.name.endswith(("-shm", "-wal"))  # made by those that only read, too
    }


class TestPlacesOfTheStudyFile:
    def test_are_relative_to_it_and_serve_from_everywhere(
        self, project: Path, optimize: Optimize, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert optimize(project / "here", "../studies/study.yaml")[0] == 0
        assert trials(project / "studies/kept/led.db") == 4
        assert any((project / "shared").rglob("*.zip"))
        assert [path.name for path in (project / "here").iterdir()] == ["runs"]

        code, said = optimize(project / "there", "../studies/study.yaml", "--trials", "5")
        assert code == 0
        assert "going on with an earlier run of 4 trials" in said
        assert trials(project / "studies/kept/led.db") == 5

        monkeypatch.chdir(project)
        assert len(StudyRun.load("here/runs/tiny").trials) == 5
        assert optimize(project / "here", "status", "tiny")[0] == 0

    def test_starting_anew_elsewhere_keeps_the_earlier_ledger(self, project: Path) -> None:
        # In processes of their own: SQLite wants no file renamed that its process has open.
        for folder, words in (("here", []), ("there", ["--fresh", "--trials", "2"])):
            done = subprocess.run(
                [OPTIMIZE, "../studies/study.yaml", *words],
                cwd=project / folder, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
        assert trials(project / "studies/kept/led.db") == 2
        assert trials(project / "studies/kept/led.tiny.1.db") == 4

    @pytest.mark.parametrize(
        ("folder", "ledger", "resolved"),
        [
            ("studies", "sqlite:///led.db", "sqlite:///{folder}/led.db"),
            ("studies", "sqlite:///sqlite", "sqlite:///{folder}/sqlite"),
            ("über uns", "sqlite:///led.db", "sqlite:///{folder}/led.db"),
            ("studies", "sqlite:///../led.db", "sqlite:///{parent}/led.db"),
            ("a?b 50%20", "sqlite+pysqlite:///led.db?timeout=3", None),
        ],
    )
    def test_addresses_of_ledgers(
        self, project: Path, folder: str, ledger: str, resolved: str | None
    ) -> None:
        base = project / folder
        path = write_tiny_study(base, study=STUDY + f'ledger: "{ledger}"\n')
        loaded = load_study(os.path.relpath(path))
        if resolved is not None:
            assert loaded.file.ledger == resolved.format(folder=base, parent=project)
        session = Session(loaded, runs=project / "runs")
        session.run()
        session.ledger.close()
        (file,) = [*project.rglob("led.db"), *project.rglob("sqlite")]
        assert file.parent == (project if "../" in ledger else base)
        assert trials(file) == 4

    @pytest.mark.parametrize(
        ("place", "expected"),
        [
            ("shared", "{studies}/shared"), ("/shared", "/shared"),
            ("file://shared", "file://{studies}/shared"), ("s3://shared/x", "s3://shared/x"),
        ],
    )  # fmt: skip
    def test_places_of_caches(self, project: Path, place: str, expected: str) -> None:
        study = STUDY + f"cache: {{place: '{place}'}}\n"
        loaded = load_study(write_tiny_study(project / "studies", study=study))
        assert loaded.file.cache.place == expected.format(studies=project / "studies")

    def test_servers_and_mlflow_stay_as_they_are(self, project: Path) -> None:
        study = STUDY.replace("{mlflow: null}", "{mlflow: 'sqlite:///mlflow.db'}")
        address = "postgresql+psycopg://me@host/x.db"
        path = write_tiny_study(project / "studies", study=study + f"ledger: {address}\n")
        file = load_study(path).file
        assert (file.ledger, file.tracking.mlflow) == (address, "sqlite:///mlflow.db")


def test_places_that_are_typed_are_relative_to_the_current_directory(
    project: Path, optimize: Optimize
) -> None:
    settings = ("--set", "ledger=sqlite:///typed.db", "--set", "cache.place=typed")
    assert optimize(project / "here", "../studies/study.yaml", *settings)[0] == 0
    assert trials(project / "here/typed.db") == 4
    assert any((project / "here/typed").rglob("*.zip"))
    assert not (project / "studies/kept/led.db").exists()

    section = {"cache": {"place": "whole"}}
    assert load_study("../studies/study.yaml", section).file.cache.place == str(
        project / "here/whole"
    )


class TestMistakesLeaveNothing:
    """Exit code 2: bad input, and nothing written."""

    @pytest.fixture
    def ran(self, project: Path, optimize: Optimize) -> Path:
        assert optimize(project / "here", "../studies/study.yaml")[0] == 0
        return project

    @pytest.mark.parametrize(
        ("settings", "said"),
        [
            ("ledger=sqlite:////nonexistent/led.db", "the folder of the ledger is not there"),
            ("ledger=sqlite:///absent/led.db", "the folder of the ledger is not there"),
            ("ledger=sqlite:///runs", "the ledger is a folder"),
            ("ledger=sqlite:///../studies/study.yaml", "the ledger is a file of another kind"),
            ("cache.place=../studies/study.yaml", "cannot be used"),
            ("cache.place=../studies/study.yaml/deeper", "cannot be used"),
            ("cache.place=/proc/nowhere/cache", "cannot be used"),
        ],
    )
    @pytest.mark.parametrize("anew", [(), ("--fresh",)], ids=["going on", "anew"])
    def test_in_a_place(
        self, settings: str, said: str, anew: tuple[str, ...], ran: Path, optimize: Optimize
    ) -> None:
        before = contents(ran)
        code, told = optimize(ran / "here", "../studies/study.yaml", "--set", settings, *anew)
        assert (code, told.count("error:")) == (2, 1), told
        assert said in told
        assert contents(ran) == before

    def test_in_something_else_while_the_place_is_new(self, ran: Path, optimize: Optimize) -> None:
        before = contents(ran)
        settings = ("--set", "limits.question_timeout_s=7", "--set", "cache.place=other")
        code, told = optimize(ran / "here", "../studies/study.yaml", *settings)
        assert code == 2
        assert "the question timeout of the study" in told
        assert contents(ran) == before

    def test_while_another_process_is_at_it(self, ran: Path, optimize: Optimize) -> None:
        from syftr_like.study.run_folder import RunFolder

        held = RunFolder(ran / "here/runs/tiny")
        held.hold()
        before = contents(ran)
        code, told = optimize(ran / "here", "../studies/study.yaml", "--set", "cache.place=other")
        held.release()
        assert code == 2
        assert "another process is running the study" in told
        assert contents(ran) == before

    def test_the_line_of_the_study_file_is_named(self, project: Path) -> None:
        path = write_tiny_study(
            project / "studies", study=STUDY + "ledger: sqlite:///absent/led.db\n"
        )
        with pytest.raises(InputError, match="not there") as caught:
            load_study(path)
        assert str(caught.value.location) == f"{path}:14:9"
        assert caught.value.found == str(project / "studies/absent/led.db")
