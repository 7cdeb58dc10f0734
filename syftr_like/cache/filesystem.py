"""The few operations that the cache asks of an fsspec filesystem."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Any

EXCLUSIVE_PUT = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "memory"})
"""Protocols of which `pipe_file(mode="create")` is exclusive, and a put is whole or nothing."""

EXCLUSIVE_OPEN = frozenset({"file", "local", "sftp", "ssh"})
"""Protocols of which `open(mode="xb")` is exclusive."""

# Only asynchronous filesystems may be used by two threads at a time.
_one_at_a_time = threading.RLock()


class Filesystem:
    """An fsspec filesystem, opened at its first use.

    Args:
        url: Address of a folder, such as `s3://bucket/folder`. Credentials come from where the
            filesystem's package looks for them, never from the address.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._opened: tuple[Any, str] | None = None

    @property
    def protocol(self) -> str:
        """The name of the protocol, such as `s3`."""
        return self._url.partition("://")[0]

    @property
    def root(self) -> str:
        """The folder, as the filesystem calls it."""
        return self._open()[1]

    def read(self, path: str) -> bytes | None:
        """Return a file's content, None when there is no file."""
        with self._use() as fs:
            try:
                content: bytes = fs.cat_file(path)
            except FileNotFoundError:
                return None
            return content

    def write(self, path: str, content: bytes) -> None:
        """Put a file in place, whole or not at all: object stores do, others rename."""
        with self._use() as fs:
            if self.protocol in EXCLUSIVE_PUT:
                fs.pipe_file(path, content)
                return
            fs.makedirs(path.rpartition("/")[0], exist_ok=True)
            unfinished = f"{path}.{uuid.uuid4().hex}.unfinished"
            fs.pipe_file(unfinished, content)
            try:
                fs.mv(unfinished, path)
            except Exception:
                # Some do not rename onto a file that is there.
                self._remove(fs, path)
                fs.mv(unfinished, path)

    def write_new(self, path: str, content: bytes) -> bool:
        """Put a file in place, whole or not at all, and return True; False when there is one.

        Where the filesystem cannot put exclusively, of two at the same time the last one stands.
        """
        with self._use() as fs:
            if self.protocol in EXCLUSIVE_PUT:
                return self.create(path, content)
            fs.invalidate_cache()
            if fs.exists(path):
                return False
        self.write(path, content)
        return True

    def create(self, path: str, content: bytes) -> bool:
        """Create a file and return True; False when it is there already."""
        with self._use() as fs:
            try:
                if self.protocol in EXCLUSIVE_OPEN:
                    fs.makedirs(path.rpartition("/")[0], exist_ok=True)
                    with fs.open(path, "xb") as file:
                        file.write(content)
                else:
                    fs.pipe_file(path, content, mode="create")
            except FileExistsError:
                return False
            return True

    def delete(self, path: str) -> None:
        """Remove a file, if it is there."""
        with self._use() as fs:
            self._remove(fs, path)

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder; none when there is no folder."""
        with self._use() as fs:
            fs.invalidate_cache()
            try:
                paths = fs.ls(folder, detail=False)
            except FileNotFoundError:
                return []
            return [str(path).rstrip("/").rpartition("/")[2] for path in paths]

    def sizes(self) -> list[tuple[str, int, float]]:
        """Return path, bytes and time of writing of every file below the root."""
        with self._use() as fs:
            fs.invalidate_cache()
            found = fs.find(self.root, detail=True)
            return [(path, int(info["size"]), _written_at(info)) for path, info in found.items()]

    def _open(self) -> tuple[Any, str]:
        if self._opened is None:
            # Imported here: most studies keep their cache in a folder.
            from fsspec.core import url_to_fs

            fs, path = url_to_fs(self._url)
            self._opened = fs, str(path).rstrip("/")
        return self._opened

    @contextmanager
    def _use(self) -> Iterator[Any]:
        fs, _ = self._open()
        with nullcontext() if getattr(fs, "async_impl", False) else _one_at_a_time:
            yield fs

    @staticmethod
    def _remove(fs: Any, path: str) -> None:
        try:
            fs.rm_file(path)
        except FileNotFoundError:
            return
        except NotImplementedError:
            if fs.exists(path):
                fs.rm(path)
        except OSError:
            if not fs.isdir(path):
                raise
            fs.rm(path, recursive=True)  # it stands where a file should


def _written_at(info: dict[str, Any]) -> float:
    """Return when a file was written, in seconds; filesystems name it in many ways."""
    for name in ("mtime", "LastModified", "last_modified", "updated", "modified", "created"):
        value = info.get(name)
        if isinstance(value, int | float):
            return float(value)
        if isinstance(value, datetime):
            return value.timestamp()
        if isinstance(value, str):
            return datetime.fromisoformat(value).timestamp()
    return 0.0
