"""The notebooks run from an empty folder; what is stored in them is whole and holds no secret."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
NAMES = ("01_quickstart", "02_explore_a_study")
PLOTLY = "application/vnd.plotly.v1+json"
LARGEST = 500_000
WITHOUT_OUTPUT = re.compile(r"^\w+ = Study\.from_yaml\(")
"""Cells whose last line is a definition show nothing."""

PATH = re.compile(r"""(?<![\w.:/<+-])(?:/(?!/)[\w.-]+){2,}|[A-Z]:\\\\|file://""")
SECRET = re.compile(r"(?i)api[_-]?key|password|secret|bearer |\bsk-[a-z0-9]{8}")


def texts(notebook: Any) -> str:
    """All text that the outputs show; pictures and closing tags left out."""
    found = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            found.append(str(output.get("text", "")))
            for kind, data in output.get("data", {}).items():
                if kind.startswith("text/"):
                    found.append(re.sub(r"base64,[\w+/=]+|</\w+>", "", str(data)))
    return "\n".join(found)


def output_of(notebook: Any, pattern: str) -> dict[str, Any]:
    """The last output's data of the cell whose source matches."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    cells = [cell for cell in code if re.match(pattern, cell.source)]
    assert len(cells) == 1, pattern
    output = cells[0].outputs[-1]
    return dict(output.get("data", {"text/plain": output.get("text")}))


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Both, run in turn by a real kernel in one empty folder; an error in a cell raises."""
    folder = tmp_path_factory.mktemp("notebooks")
    found = {}
    for name in NAMES:
        shutil.copy(FOLDER / f"{name}.ipynb", folder)
        notebook = nbformat.read(folder / f"{name}.ipynb", as_version=4)  # type: ignore[no-untyped-call]
        resources = {"metadata": {"path": str(folder)}}
        NotebookClient(notebook, timeout=240, kernel_name="python3", resources=resources).execute()
        found[name] = notebook
    return found


@pytest.fixture(scope="module")
def stored() -> dict[str, Any]:
    return {n: nbformat.read(FOLDER / f"{n}.ipynb", as_version=4) for n in NAMES}  # type: ignore[no-untyped-call]


def test_the_quickstart_runs_and_shows_its_result(executed: dict[str, Any]) -> None:
    notebook = executed["01_quickstart"]

    progress = output_of(notebook, r"run = study\.optimize")["text/html"]
    assert "24 of 24 trials ended" in progress
    result = output_of(notebook, "run$")["text/html"]
    assert "24 trials" in result
    assert "holdout" in result
    assert '<img alt="The front' in result
    assert "report.html" in texts(notebook)
    assert "confidence 0." in texts(notebook)


def test_exploring_shows_every_view(executed: dict[str, Any]) -> None:
    notebook = executed["02_explore_a_study"]

    assert "on the same" in output_of(notebook, "complete = ")["text/html"]
    assert "extractive_reader" in output_of(notebook, r"run\.costs")["text/html"]
    assert "tune questions asked instead of 3,000" in texts(notebook)


@pytest.mark.parametrize("which", ["executed", "stored"])
@pytest.mark.parametrize("name", NAMES)
def test_every_code_cell_has_its_output(
    which: str, name: str, request: pytest.FixtureRequest
) -> None:
    notebook = request.getfixturevalue(which)[name]

    for number, cell in enumerate(c for c in notebook.cells if c.cell_type == "code"):
        assert cell.execution_count == number + 1
        if not WITHOUT_OUTPUT.match(cell.source):
            assert cell.outputs, cell.source
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr", output.text


@pytest.mark.parametrize("which", ["executed", "stored"])
@pytest.mark.parametrize("name", NAMES)
def test_plots_are_seen_with_and_without_scripts(
    which: str, name: str, request: pytest.FixtureRequest
) -> None:
    notebook = request.getfixturevalue(which)[name]
    plots = [
        output.data
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if PLOTLY in output.get("data", {})
    ]

    assert len(plots) == NAMES.index(name) + 1
    for data in plots:
        assert data["image/png"].startswith("iVBOR")
        assert "text/html" not in data, "Plotly's own HTML loads its library from the network"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_stored_is_small_and_tells_nothing_of_the_machine(
    name: str, stored: dict[str, Any]
) -> None:
    shown = texts(stored[name])

    assert (FOLDER / f"{name}.ipynb").stat().st_size < LARGEST
    assert not PATH.findall(shown)
    assert not SECRET.findall(shown)
    assert "<script" not in shown
    for cell in stored[name].cells:
        assert "execution" not in cell.metadata, "the times of a run are of no use to a reader"


def test_the_search_for_paths_finds_some() -> None:
    assert PATH.findall("in /home/ada/runs/x.yaml")
    assert PATH.findall("PosixPath('/tmp/x/y')")
    assert not PATH.findall("runs/quickstart/report.html and sqlite:///mlflow.db and 3 / 120")
