"""Hugging Face datasets, from the hub or from a local folder (extra `huggingface`).

- `hf:org/name`, `hf:org/name/config`, `hf:name`: a dataset on the hub, `#split` behind it.
- `hf:./folder` (also `../`, `/`, `~/`): a folder written by `save_to_disk`, or one of Parquet
  files.

No code of a dataset is run: dataset scripts are not supported by `datasets` since 4.0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Protocol, TypeAlias

from syftr_like.dataset.excerpt import excerpt
from syftr_like.dataset.extras import import_extra
from syftr_like.dataset.mistakes import Mistakes
from syftr_like.dataset.parquet import typed_row
from syftr_like.dataset.row import Row
from syftr_like.dataset.specification import (
    HUGGING_FACE_PREFIX,
    Specification,
    nearest_path,
)
from syftr_like.errors import InputError, Location, nearest

_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+){0,2}")
_LOCAL = ("./", "../", "/", "~")
_BATCH = 1000


class _Table(Protocol):
    """What is used of `datasets.Dataset` and `datasets.IterableDataset`."""

    def iter(self, batch_size: int) -> Iterator[Mapping[str, Sequence[object]]]: ...


_Splits: TypeAlias = Mapping[str, Callable[[], _Table]]
"""How to open each split."""


def open_hugging_face(
    specification: Specification, mistakes: Mistakes
) -> tuple[Iterator[Row], tuple[str, ...]]:
    """Open one split and return its rows, numbered from 1, and notes.

    Args:
        specification: What the user wrote, and the folder that local paths are relative to.
        mistakes: Where bad rows are noted.

    Raises:
        InputError: `datasets` is missing; no such dataset, config or split; or several splits
            and none chosen with `#split`.
    """
    location = Location(specification.spec)
    datasets = import_extra(
        "datasets",
        extra="huggingface",
        needed_for="Hugging Face datasets",
        location=location,
    )
    written = specification.spec.removeprefix(HUGGING_FACE_PREFIX)
    name, _, split = written.partition("#")
    if name.startswith(_LOCAL) or name in (".", ".."):
        splits = _local(datasets, name, specification.path, location)
    else:
        splits = _hub(datasets, name, specification.path, location)
    split = _split(split, list(splits), name, location)
    try:
        table = splits[split]()
    except Exception as error:  # Network, hub and file errors share no base class.
        raise _unreadable(error, location) from error
    return _rows(table, location, mistakes), (f"split '{split}'",)


def _split(split: str, names: Sequence[str], name: str, location: Location) -> str:
    if split in names:
        return split
    if not split and len(names) == 1:
        return names[0]
    if split:
        raise InputError(
            "no such split",
            location=location,
            found=f"#{split}",
            expected=f"one of: {', '.join(names)}",
            nearest=nearest(split, names),
        )
    raise InputError(
        "the dataset has several splits",
        location=location,
        found=", ".join(names),
        expected=f"the one to use, such as {HUGGING_FACE_PREFIX}{name}#{names[0]}",
    )


def _local(datasets: ModuleType, name: str, base: Path, location: Location) -> _Splits:
    path = base / Path(name).expanduser()
    expected = "a folder written by save_to_disk, or one of Parquet files"
    if not path.is_dir():
        near = nearest_path(name, base)
        raise InputError(
            "no such folder",
            location=location,
            expected=expected,
            nearest=None if near is None else f"{HUGGING_FACE_PREFIX}./{near}",
        )
    saved = (path / "state.json").is_file() or (path / "dataset_dict.json").is_file()
    if not saved and not any(path.glob("**/*.parquet")):
        raise InputError(
            "the folder holds no Hugging Face dataset", location=location, expected=expected
        )
    try:
        if saved:
            loaded = datasets.load_from_disk(str(path))
            if not isinstance(loaded, datasets.DatasetDict):
                loaded = {str(loaded.split or "train"): loaded}
        else:
            # Streaming reads the files in place: otherwise they are copied to the user's cache.
            loaded = datasets.load_dataset("parquet", data_dir=str(path), streaming=True)
    except Exception as error:  # Broken files make `datasets` raise nearly anything.
        raise _unreadable(error, location) from error
    return {split: partial(loaded.__getitem__, split) for split in loaded}


def _hub(datasets: ModuleType, name: str, base: Path, location: Location) -> _Splits:
    if not _HUB_NAME.fullmatch(name):
        raise InputError(
            "not the name of a Hugging Face dataset",
            location=location,
            found=f"'{excerpt(name)}'",
            expected="hf:org/name#split, hf:org/name/config#split or hf:./folder#split",
        )
    parts = name.split("/")
    repository = "/".join(parts[:2])
    config = parts[2] if len(parts) == 3 else None
    try:
        names = datasets.get_dataset_split_names(repository, config)
    except Exception as error:  # Network and hub errors share no base class.
        raise _unreadable(error, location, base / name, name) from error
    return {
        split: partial(datasets.load_dataset, repository, config, split=split) for split in names
    }


def _unreadable(
    error: Exception, location: Location, folder: Path | None = None, name: str = ""
) -> InputError:
    meant = folder is not None and folder.is_dir()
    return InputError(
        "the Hugging Face dataset cannot be read",
        location=location,
        found=excerpt(f"{type(error).__name__}: {error}", 300),
        expected="a dataset that can be reached, or was downloaded before",
        nearest=f"{HUGGING_FACE_PREFIX}./{name}" if meant else None,
    )


def _rows(table: _Table, location: Location, mistakes: Mistakes) -> Iterator[Row]:
    number = 0
    try:
        for batch in table.iter(batch_size=_BATCH):
            for values in zip(*batch.values(), strict=True):
                number += 1
                cells = dict(zip(batch, values, strict=True))
                row = typed_row(location, number, cells, mistakes)
                if row is not None:
                    yield row
    except Exception as error:  # Decoding of broken files raises nearly anything.
        raise _unreadable(error, location) from error
