"""What all tests share: a third party's package, PostgreSQL, and what becomes of skipped tests.

A test that lacks something (PostgreSQL, a browser, an optional package) skips and says what. With
`SYFTR_LIKE_REQUIRE_ALL=1` it fails instead, so that a full run is known to be full. The real data
of `SYFTR_LIKE_DATA` is excepted: it does not come with the project. Reasons for skipping that are
about it name that variable. A key of a paid provider is excepted too, for nobody has to have one:
in one file, for one reason.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from syftr_like.contracts import registry
from syftr_like.testing.model_server import ModelServer

DATA_VARIABLE = "SYFTR_LIKE_DATA"
REQUIRE_ALL = "SYFTR_LIKE_REQUIRE_ALL"
NEEDS_A_KEY = ("execution/test_real_provider.py", "Skipped: no key of a provider: ")
"""The file that is skipped without a provider's key, and how its reason for that begins."""

WHOLE_STUDIES = ("cli", "execution", "notebooks", "study", "tracking")
"""Folders of tests that run whole studies, on Ray or in processes of their own."""

THIRD_PARTY = Path(__file__).parent / "third_party"


def must_not_skip(report: pytest.TestReport | pytest.CollectReport) -> bool:
    if os.environ.get(REQUIRE_ALL) != "1" or not report.skipped or hasattr(report, "wasxfail"):
        return False
    return DATA_VARIABLE not in str(report.longrepr) and not lacks_a_key(report)


def lacks_a_key(report: pytest.TestReport | pytest.CollectReport) -> bool:
    file, reason = NEEDS_A_KEY
    here = report.nodeid.partition("::")[0] in (file, f"tests/{file}")
    return here and str(reason_of(report)).startswith(reason)


def reason_of(report: pytest.TestReport | pytest.CollectReport) -> object:
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr


def fail(report: pytest.TestReport | pytest.CollectReport) -> None:
    reason = reason_of(report)
    report.outcome = "failed"
    report.longrepr = f"{REQUIRE_ALL}=1, and this was not run: {reason}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say which tests stay in one process where pytest-xdist shares them out (`--dist loadgroup`).

    Whole studies stand in one: their clusters of Ray would fight for the cores. Else each file.
    """
    for item in items:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        group = "studies" if folder in WHOLE_STUDIES else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if must_not_skip(report):
        fail(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if must_not_skip(report):
        fail(report)
    return report


@pytest.fixture(scope="session")
def third_party_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the package `tide_tools` is installed, as pip would leave it."""
    site = tmp_path_factory.mktemp("site")
    described = tomllib.loads((THIRD_PARTY / "pyproject.toml").read_text(encoding="utf-8"))
    project = described["project"]
    for package in described["tool"]["setuptools"]["packages"]:
        shutil.copytree(THIRD_PARTY / package, site / package)
    info = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n",
        encoding="utf-8",
    )
    lines: list[str] = []
    for group, points in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {value}" for name, value in points.items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return site


@pytest.fixture(scope="module")
def third_party(third_party_site: Path) -> Iterator[Path]:
    """`tide_tools`, importable here and in processes started from here, for one module's tests."""
    forget: list[Any] = [registry._found, registry.component_class, registry.evaluator]
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(third_party_site))
        patch.setenv("PYTHONPATH", str(third_party_site), prepend=os.pathsep)
        for cached in forget:
            cached.cache_clear()
        yield third_party_site
    for cached in forget:
        cached.cache_clear()
    for name in [n for n in sys.modules if n.split(".")[0] == "tide_tools"]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def running_server() -> Iterator[ModelServer]:
    pytest.importorskip("langchain_openai")
    with ModelServer(speed=0) as running:
        yield running


@pytest.fixture
def practice_server(running_server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> ModelServer:
    """The practice server with an empty log, and the key that models of OpenAI's kind ask for."""
    monkeypatch.setenv("OPENAI_API_KEY", "practice")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    running_server.forget()
    return running_server


def postgresql_programs() -> Path | None:
    on_path = shutil.which("initdb")
    if on_path is not None:
        return Path(on_path).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@pytest.fixture(scope="session")
def postgresql_folder() -> Iterator[Path]:
    """A folder that the account of the PostgreSQL server may enter; socket paths must be short."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql(postgresql_folder: Path) -> Iterator[str]:
    """Address of an empty database on a PostgreSQL server of its own, behind a Unix socket.

    Logging in needs the password `s3cret-pa55word`, which is in the environment.
    """
    programs = postgresql_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    as_user: list[str] = []
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        if shutil.which("runuser") is None:
            pytest.skip("PostgreSQL does not run as root, and there is no runuser")
        as_user = ["runuser", "-u", "postgres", "--"]
        shutil.chown(postgresql_folder, "postgres")
    data = postgresql_folder / "data"
    secret = postgresql_folder / "password"
    secret.write_text("s3cret-pa55word\n", encoding="utf-8")
    secret.chmod(0o644)

    def run(program: str, *arguments: str) -> None:
        command = [*as_user, str(programs / program), "-D", str(data), *arguments]
        subprocess.run(
            command, check=True, cwd=postgresql_folder, stdout=subprocess.DEVNULL, timeout=120
        )

    run(
        "initdb", "-U", "tester", "--auth=scram-sha-256", "--pwfile", str(secret), "-E", "UTF8",
        "--no-sync", "--locale=C",
    )  # fmt: skip
    options = f"-k {postgresql_folder} -c listen_addresses='' -c fsync=off"
    run("pg_ctl", "-w", "-l", str(postgresql_folder / "log"), "-o", options, "start")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGPASSWORD", "s3cret-pa55word")
        try:
            yield f"postgresql+psycopg://tester@/postgres?host={postgresql_folder}"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
