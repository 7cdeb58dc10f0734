"""Hugging Face datasets from local folders; the hub is replaced, as there is no network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from syftr_like.contracts import Document, Evidence
from syftr_like.dataset import load_dataset, load_documents

datasets = pytest.importorskip("datasets")
Write = Callable[..., Path]

DOCUMENT_ROWS = [{"id": 1, "title": "One", "text": "first"}, {"id": 2, "title": "", "text": "2nd"}]
QUESTION_ROWS = [
    {
        "id": "q1",
        "question": "one?",
        "answers": {"text": ["first"], "answer_start": [0]},
        "evidence": [{"document": "1", "start": 0, "end": 5}],
    },
    {"id": "q2", "question": "two?", "answers": {"text": [], "answer_start": []}, "evidence": []},
]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A folder with datasets in every local form."""
    documents = datasets.Dataset.from_list(DOCUMENT_ROWS)
    questions = datasets.Dataset.from_list(QUESTION_ROWS)
    documents.save_to_disk(str(tmp_path / "documents"))
    both = datasets.DatasetDict({"train": questions, "validation": questions.select([0])})
    both.save_to_disk(str(tmp_path / "questions"))
    (tmp_path / "parquet/data").mkdir(parents=True)
    (tmp_path / "parquet/README.md").write_text("# A dataset card\n")
    documents.to_parquet(str(tmp_path / "parquet/data/train-00000-of-00001.parquet"))
    documents.select([1]).to_parquet(str(tmp_path / "parquet/data/test-00000-of-00001.parquet"))
    (tmp_path / "single").mkdir()
    (tmp_path / "single/README.md").write_text("# A dataset card\n")
    documents.to_parquet(str(tmp_path / "single/part.parquet"))
    return tmp_path


DOCUMENTS = [Document("1", "One", "first"), Document("2", "", "2nd")]


@pytest.mark.parametrize(
    ("spec", "count"),
    [
        ("hf:./documents", 2),
        ("hf:./documents#train", 2),
        ("hf:./parquet#train", 2),
        ("hf:./single", 2),
    ],
)
def test_documents_from_local_folders(spec: str, count: int, saved: Path) -> None:
    assert list(load_documents(spec, saved)) == DOCUMENTS[:count]


def test_a_split_is_picked_by_name_and_reported(saved: Path) -> None:
    assert list(load_documents("hf:./parquet#test", saved)) == [DOCUMENTS[1]]
    dataset = load_dataset("hf:./documents", "hf:./questions#train", saved)
    assert [q.answers for q in dataset.questions] == [("first",), ()]
    assert dataset.questions[0].evidence == (Evidence("1", 0, 5),)
    assert [q.answerable for q in dataset.questions] == [True, False]
    assert "questions: split 'train'" in dataset.facts()
    assert "questions: answers read from 'answers.text' (2 rows)" in dataset.facts()


@pytest.mark.parametrize(
    ("spec", "place", "fragment"),
    [
        (
            "hf:./parquet",
            "hf:./parquet: the dataset has several splits",
            "expected: the one to use, such as hf:./parquet#",
        ),
        (
            "hf:./parquet#tran",
            "hf:./parquet#tran: no such split",
            "did you mean 'train'?",
        ),
        ("hf:./parqet", "hf:./parqet: no such folder", "did you mean 'hf:./parquet'?"),
        ("hf:./empty", "hf:./empty: the folder holds no Hugging Face dataset", "save_to_disk"),
        ("hf:a/b/c/d", "hf:a/b/c/d: not the name of a Hugging Face dataset", "hf:org/name#split"),
        ("hf:", "hf:: not the name of a Hugging Face dataset", "hf:org/name#split"),
        ("documents", "documents: the folder was saved by Hugging Face", "hf:./documents"),
        ("hf:./broken", "hf:./broken: the Hugging Face dataset cannot be read", "found:"),
    ],
)
def test_mistakes_are_named(
    spec: str, place: str, fragment: str, saved: Path, complaint: Callable[..., str]
) -> None:
    said = complaint({"empty/x.txt": "x", "broken/train.parquet": "x"}, spec)
    assert said.startswith(place)
    assert fragment in said


def test_bad_rows_are_named_by_number(saved: Path, complaint: Callable[..., str]) -> None:
    rows = [{"id": str(i), "text": "" if i % 3 == 1 else "x"} for i in range(8)]
    datasets.Dataset.from_list(rows).save_to_disk(str(saved / "bad"))
    said = complaint({}, "hf:./bad")
    assert said.startswith("hf:./bad: row 2: 'text' is empty (and 2 more bad rows, at rows 5, 8)")


@pytest.mark.parametrize(
    ("spec", "name", "config"),
    [
        ("hf:squad#train", "squad", None),
        ("hf:org/name#train", "org/name", None),
        ("hf:org/name/config#train", "org/name", "config"),
    ],
)
def test_names_on_the_hub(
    spec: str, name: str, config: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def split_names(path: str, config_name: str | None) -> list[str]:
        assert (path, config_name) == (name, config)
        return ["train", "test"]

    def load(path: str, config_name: str | None, *, split: str) -> object:
        assert (path, config_name, split) == (name, config, "train")
        return datasets.Dataset.from_list(DOCUMENT_ROWS)

    monkeypatch.setattr(datasets, "get_dataset_split_names", split_names)
    monkeypatch.setattr(datasets, "load_dataset", load)
    assert list(load_documents(spec, tmp_path)) == DOCUMENTS


def test_a_hub_that_cannot_be_reached_is_a_message_and_a_folder_of_that_name_is_offered(
    saved: Path, complaint: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(path: str, config_name: str | None) -> list[str]:
        raise ConnectionError("no route to the hub")

    monkeypatch.setattr(datasets, "get_dataset_split_names", unreachable)
    said = complaint({}, "hf:documents")
    assert said.startswith("hf:documents: the Hugging Face dataset cannot be read")
    assert "ConnectionError: no route to the hub" in said
    assert "did you mean 'hf:./documents'?" in said
