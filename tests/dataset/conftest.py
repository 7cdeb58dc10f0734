"""What the dataset tests share."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from syftr_like.dataset import load_dataset
from syftr_like.errors import InputError

GOOD_FILES = {
    "d.jsonl": '{"id": "alps", "title": "Alps", "text": "Mont Blanc is 4806 m high."}\n',
    "q.jsonl": '{"id": "q1", "question": "How high is it?", "answers": ["4806 m"]}\n',
}

Content = str | bytes


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Mapping[str, Content]], Path]:
    """Write files, by their names, into a folder, and return the folder."""

    def write_files(files: Mapping[str, Content]) -> Path:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return write_files


@pytest.fixture
def complaint(write: Callable[[Mapping[str, Content]], Path]) -> Callable[..., str]:
    """Load a dataset that is good but for the given files, and return the error's message."""

    def load_and_fail(
        files: Mapping[str, Content], documents: str = "d.jsonl", questions: str = "q.jsonl"
    ) -> str:
        base = write({**GOOD_FILES, **files})
        with pytest.raises(InputError) as caught:
            load_dataset(documents, questions, base)
        message = str(caught.value)
        assert str(base) not in message, "messages name files as the user wrote them"
        return message

    return load_and_fail


@pytest.fixture
def shared_data() -> Path:
    """The folder of real data, which lies beside the project."""
    default = Path(__file__).parents[2].parent / "shared" / "data"
    folder = Path(os.environ.get("SYFTR_LIKE_DATA", default))
    if not folder.is_dir():
        pytest.skip("no real data: set SYFTR_LIKE_DATA to its folder")
    return folder
