"""A cache in a local folder, shared by the processes of a machine."""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from .cache import CHECK, CHECK_KEY, Cache, StoredFile
from .entry import SUFFIX, CorruptEntryError, is_entry
from .lock_file import LockFile

_UNFINISHED = ".unfinished-"
_ABANDONED_S = 24 * 3600.0  # a file begun so long ago was left by a process that was killed


class FolderCache(Cache):
    """Entries as files `<folder>/<namespace>/<first two digits>/<key>.zip`.

    A file is written under another name and gets its own when it is whole. Claims are locks of
    the kernel on files in `locks/` (see `LockFile`). Reading an entry marks it as used by its
    time of change. What else is in the folder is left alone: it may be anybody's.

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
        return str(self.folder / namespace / key[:2] / (key + SUFFIX))

    def _read(self, namespace: str, key: str) -> bytes | None:
        path = Path(self._path(namespace, key))
        try:
            stored = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError:
            if path.is_dir():
                raise CorruptEntryError("it is a folder") from None
            raise
        with suppress(OSError):  # removed meanwhile, or a folder that we may only read
            os.utime(path)
        return stored

    def _create(self, namespace: str, key: str, stored: bytes) -> bool:
        path = Path(self._path(namespace, key))
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.parent / (_UNFINISHED + uuid.uuid4().hex)
        try:
            unfinished.write_bytes(stored)
            return _named(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)

    def _delete(self, path: str) -> None:
        entry = Path(path)
        try:
            entry.unlink(missing_ok=True)
        except OSError:
            if not entry.is_dir():
                raise
            shutil.rmtree(entry)  # it stands where an entry should, and keeps it from being kept

    def _keys(self, namespace: str, prefix: str) -> Sequence[str]:
        parent = self.folder / namespace
        parts = [parent / prefix[:2]] if len(prefix) >= 2 else list(_listed(parent))
        return [
            path.name.removesuffix(SUFFIX)
            for part in parts
            for path in _listed(part)
            if is_entry(namespace, part.name, path.name)
        ]

    def _files(self) -> list[StoredFile]:
        found = []
        for namespace in _listed(self.folder):
            for part in _listed(namespace):
                for path in _listed(part):
                    with suppress(FileNotFoundError):
                        state = path.stat()
                        if is_entry(namespace.name, part.name, path.name):
                            found.append(StoredFile(str(path), state.st_size, state.st_mtime))
                        elif path.name.startswith(_UNFINISHED) and _abandoned(state):
                            path.unlink()
        return found

    def check(self) -> None:
        """See `Cache.check`; removes the locks of processes that were killed, too."""
        super().check()
        for path in _listed(self.folder / "locks"):
            with suppress(OSError):
                lock = LockFile(path)
                if _abandoned(path.stat()) and lock.acquire(wait=False):
                    lock.release()

    def checked_in(self) -> tuple[Path, Path]:
        """Return the folders that `check` makes, the inner one first."""
        inner = Path(self._path(CHECK, CHECK_KEY)).parent
        return inner, inner.parent

    def _acquire(self, namespace: str, key: str) -> Callable[[], None]:
        path = self.folder / "locks" / f"{namespace}-{key}.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = LockFile(path)
        lock.acquire()
        return lock.release


def _abandoned(state: os.stat_result) -> bool:
    return time.time() - state.st_mtime > _ABANDONED_S


def _named(unfinished: Path, path: Path) -> bool:
    """Give a file its name, and return True; False when there is one of that name."""
    try:
        os.link(unfinished, path)
    except FileExistsError:
        return False
    except OSError:  # a filesystem without links: of two at the same time the last one stands
        if os.path.lexists(path):
            return False
        unfinished.replace(path)
    return True


def _listed(folder: Path) -> Iterator[Path]:
    """Yield what is in a folder; nothing when it is none, or gone."""
    try:
        with os.scandir(folder) as items:
            names = [item.name for item in items]
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in names:
        yield folder / name
