"""`uses:` in a space: where a module is looked for, and what one that nothing wraps is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from syftr_like.errors import InputError
from syftr_like.space import load_space

from ...cli.conftest import OPTIMIZE
from ...study.tiny_study import write_tiny_study

SPACE = """\
graph:
  chunks: {from: documents, choose: [whole_document]}
  passages: {from: [question, chunks], choose: [{as: mine, uses: "USES"}]}
  answer: {from: [question, passages], choose: [extractive_reader, abstain]}
output: answer
"""
MODULE = """\
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever


class Own(BaseRetriever):
    documents: list[Document]

    def _get_relevant_documents(self, query, *, run_manager):
        return self.documents[:3]


class Plain:
    pass


def unsaid():
    return Own(documents=[])


def other() -> Plain:
    return Plain()


def own(documents: list[Document]) -> Own:
    return Own(documents=documents)
"""


def space(folder: Path, uses: str, module: str) -> Path:
    (folder / f"{module}.py").write_text(MODULE, encoding="utf-8")
    path = folder / "space.yaml"
    path.write_text(SPACE.replace("USES", f"{module}:{uses}"), encoding="utf-8")
    return path


@pytest.fixture
def importable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.syspath_prepend(str(tmp_path))
    return "words_importable"


@pytest.mark.parametrize(
    ("uses", "found"),
    [
        ("Plain", "the class Plain, which is derived from object"),
        ("unsaid", "unsaid, which does not say what it returns"),
        ("other", "other, which returns Plain"),
    ],
)
def test_what_nothing_wraps_is_told_the_classes_that_can_be(
    uses: str, found: str, tmp_path: Path, importable: str
) -> None:
    with pytest.raises(InputError, match="no installed component can wrap this") as caught:
        load_space(space(tmp_path, uses, importable), allow_imports=[importable])

    assert caught.value.found == found
    expected = str(caught.value.expected)
    for base in ("BaseDocumentCompressor", "BaseRetriever", "Runnable", "TextSplitter"):
        assert base in expected
    assert "Embeddings" not in expected  # it cannot fill a node
    assert "a function whose return annotation is one" in expected


def test_a_wrapper_chosen_by_name_says_what_it_wraps(tmp_path: Path, importable: str) -> None:
    path = space(tmp_path, "Plain", importable)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("{as: mine, uses", "{as: mine, langchain_retriever: {uses")
                        .replace('Plain"}', 'Plain"}}'))  # fmt: skip

    with pytest.raises(InputError, match="'langchain_retriever' cannot wrap this") as caught:
        load_space(path, allow_imports=[importable])

    assert str(caught.value.expected).startswith("a class derived from BaseRetriever, or")


def test_a_module_beside_the_space_says_how_it_is_found(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="stands beside this file") as caught:
        load_space(space(tmp_path, "Own", "words_beside"), allow_imports=["words_beside"])

    assert caught.value.location is not None
    assert caught.value.location.line == 3
    assert f"`PYTHONPATH={tmp_path} optimize ...`" in str(caught.value.expected)


def test_a_module_beside_it_that_lacks_another_is_another_mistake(
    tmp_path: Path, importable: str
) -> None:
    path = space(tmp_path, "Own", importable)
    (tmp_path / f"{importable}.py").write_text("import words_nowhere\n", encoding="utf-8")
    sys.modules.pop(importable, None)

    with pytest.raises(InputError, match="cannot be imported") as caught:
        load_space(path, allow_imports=[importable])

    assert caught.value.found == "No module named 'words_nowhere'"


def test_as_it_is_told_it_is_found_also_in_workers_and_flow_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tiny_study(tmp_path)
    path = space(tmp_path, "own", "words_beside")
    path.write_text(path.read_text(encoding="utf-8").replace(", abstain", ""), encoding="utf-8")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    words = ["../study.yaml", "--allow-import", "words_beside", "--trials", "2", "--workers"]

    def run(workers: int, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [OPTIMIZE, *words, str(workers)], cwd=elsewhere, capture_output=True, text=True,
            env={**os.environ, **environment}, timeout=240, check=False,
        )  # fmt: skip

    refused = run(0)
    assert refused.returncode == 2
    assert f"PYTHONPATH={tmp_path} optimize" in refused.stderr
    done = run(1, PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    front = json.loads((elsewhere / "runs/tiny/front.json").read_text(encoding="utf-8"))["front"]
    assert [member["failures"] for member in front] == [0] * len(front)
    flows = sorted((elsewhere / "runs/tiny/flows").glob("*.yaml"))
    monkeypatch.syspath_prepend(str(tmp_path))
    assert flows
    for flow in flows:
        assert "words_beside:own" in flow.read_text(encoding="utf-8")
        assert load_space(flow, allow_imports=["words_beside"]).cardinality().count == 1
