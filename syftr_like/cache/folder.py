"""A cache in a local folder, shared by the processes of a machine."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from filelock import FileLock

from .cache import Cache, StoredFile

_SUFFIX = ".zip"
_ABANDONED_S = 24 * 3600.0  # a file begun so long ago was left by a process that was killed
_POLL_S = 0.02


class FolderCache(Cache):
    """Entries as files `<folder>/<namespace>/<first two digits>/<key>.zip`.

    A file is written under another name and renamed. Claims are locks of the kernel on files in
    `locks/`, which are given back whatever ends the process that holds them; those files stay
    and hold nothing. Reading an entry marks it as used by its time of change.

    Args:
        folder: Made when it is not there.
        max_bytes: See `Cache`.
    """

    def __init__(self, folder: Path, max_bytes: int | None = None) -> None:
        super().__init__(max_bytes)
        self.folder = folder.absolute()

    def __reduce__(self) -> tuple[type[FolderCache], tuple[Path, int | None]]:
        return FolderCache, (self.folder, self.max_bytes)

    def _path(self, namespace: str, key: str) -> str:
        return str(self.folder / namespace / key[:2] / (key + _SUFFIX))

    def _read(self, namespace: str, key: str) -> bytes | None:
        path = Path(self._path(namespace, key))
        try:
            stored = path.read_bytes()
        except FileNotFoundError:
            return None
        with suppress(OSError):  # removed meanwhile, or a folder that we may only read
            os.utime(path)
        return stored

    def _write(self, namespace: str, key: str, stored: bytes) -> str:
        path = Path(self._path(namespace, key))
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.parent / f".unfinished-{uuid.uuid4().hex}"
        try:
            unfinished.write_bytes(stored)
            unfinished.replace(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        return str(path)

    def _delete(self, path: str) -> None:
        Path(path).unlink(missing_ok=True)

    def _keys(self, namespace: str, prefix: str) -> Sequence[str]:
        parent = self.folder / namespace
        parts = [parent / prefix[:2]] if len(prefix) >= 2 else list(_listed(parent))
        return [
            path.name.removesuffix(_SUFFIX)
            for part in parts
            for path in _listed(part)
            if path.name.endswith(_SUFFIX)
        ]

    def _files(self) -> list[StoredFile]:
        found = []
        for namespace in _listed(self.folder):
            for part in _listed(namespace):
                for path in _listed(part):
                    with suppress(FileNotFoundError):
                        state = path.stat()
                        if path.name.endswith(_SUFFIX):
                            found.append(StoredFile(str(path), state.st_size, state.st_mtime))
                        elif time.time() - state.st_mtime > _ABANDONED_S:
                            path.unlink()
        return found

    def _acquire(self, namespace: str, key: str) -> Callable[[], None]:
        path = self.folder / "locks" / f"{namespace}-{key}.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, poll_interval=_POLL_S)
        lock.acquire()
        return lock.release


def _listed(folder: Path) -> Iterator[Path]:
    """Yield what is in a folder; nothing when it is none, or gone."""
    try:
        with os.scandir(folder) as items:
            names = [item.name for item in items]
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in names:
        yield folder / name
