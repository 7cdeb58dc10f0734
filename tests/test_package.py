"""The package as it is installed: every file is in the wheel, and nothing generic beside it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
OLDEST_SETUPTOOLS = 77

CHECK_INSTALLED = """
import sys
sys.path.insert(0, {site!r})
import syftr_like, syftr_like.components, syftr_like.evaluators, syftr_like.studies
for module in (syftr_like, syftr_like.components, syftr_like.evaluators, syftr_like.studies):
    assert module.__file__.startswith({site!r}), module.__file__
from syftr_like.cli.main import run_command
sys.exit(run_command(["lint", "quickstart"]))
"""


@pytest.fixture(scope="module")
def project() -> Any:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def sources(project: Any) -> dict[str, Path]:
    """Every file that belongs to a package: its path in the wheel to the file."""
    folders: dict[str, str] = project["tool"]["setuptools"]["package-dir"]
    return {
        str(PurePosixPath(*package.split("."), *file.relative_to(ROOT / folder).parts)): file
        for package, folder in folders.items()
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


@pytest.fixture(scope="module")
def wheel(project: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if int(version("setuptools").split(".")[0]) < OLDEST_SETUPTOOLS:
        pytest.skip(f"building a wheel needs setuptools {OLDEST_SETUPTOOLS} or later")
    # Built from a copy: setuptools leaves folders where it builds, and takes what it finds there.
    copy = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    for folder in set(project["tool"]["setuptools"]["package-dir"].values()):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, copy / folder, ignore=ignored)
    words = ["wheel", "--no-deps", "--no-build-isolation", "--quiet", "--wheel-dir", "dist", "."]
    subprocess.run([sys.executable, "-m", "pip", *words], cwd=copy, check=True, timeout=240)
    (built,) = (copy / "dist").iterdir()
    return built


def test_every_folder_with_python_is_a_listed_package(project: Any, sources: Any) -> None:
    found = {
        ".".join(PurePosixPath(name).parent.parts)
        for name in sources
        if name.endswith("/__init__.py")
    }

    assert sorted(found) == sorted(project["tool"]["setuptools"]["packages"])


def test_every_python_file_is_in_a_package(sources: dict[str, Path]) -> None:
    for name, file in sources.items():
        if file.suffix == ".py":
            assert (file.parent / "__init__.py").exists(), f"{name} is in no package"


def test_the_wheel_holds_every_file(wheel: Path, sources: dict[str, Path]) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}

    assert packed == set(sources)
    for needed in (
        "syftr_like/py.typed",
        "syftr_like/components/reading/reader_weights.json",
        "syftr_like/components/prompts/templates/default.md",
        "syftr_like/evaluators/text/answer_match.json",
        "syftr_like/report/templates/report.html.j2",
        "syftr_like/search_spaces/rag_local.yaml",
        "syftr_like/studies/quickstart.yaml",
        "syftr_like/studies/handbook/questions.jsonl",
    ):
        assert needed in packed


def test_the_wheel_puts_one_name_into_an_environment(wheel: Path, project: Any) -> None:
    with zipfile.ZipFile(wheel) as archive:
        top = {name.split("/")[0] for name in archive.namelist()}
        (entry_points,) = (n for n in archive.namelist() if n.endswith("/entry_points.txt"))
        points = archive.read(entry_points).decode()

    assert top == {"syftr_like", f"syftr_like-{project['project']['version']}.dist-info"}
    assert "optimize = syftr_like.cli.main:main" in points
    assert "answer_match = syftr_like.evaluators.answer_match:AnswerMatch" in points


def test_the_wheel_works_where_it_is_installed(wheel: Path, tmp_path: Path) -> None:
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)

    done = subprocess.run(
        [sys.executable, "-c", CHECK_INSTALLED.format(site=str(site))],
        cwd=elsewhere, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("no mistakes found\n")


def test_every_entry_point_leads_to_its_class(project: Any) -> None:
    from syftr_like.contracts.registry import component_class, evaluator

    points = project["project"]["entry-points"]
    for name, place in points["syftr_like.components"].items():
        cls = component_class(name)
        assert f"{cls.__module__}:{cls.__name__}" == place
    for name, place in points["syftr_like.evaluators"].items():
        cls = type(evaluator(name))
        assert f"{cls.__module__}:{cls.__name__}" == place
