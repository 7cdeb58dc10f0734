"""A cache on any fsspec filesystem, shared by machines."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .cache import Cache, StoredFile
from .entry import SUFFIX, CorruptEntryError, is_entry
from .filesystem import Filesystem
from .lease import Lease

TERM_S = 30.0
"""For how long a claim of a process that died blocks the others, in seconds."""


class RemoteCache(Cache):
    """Entries as objects `<url>/<namespace>/<first two digits>/<key>.zip`.

    Object stores keep an object whole or not at all; elsewhere a file is written under another
    name and renamed. Claims are leases in `leases/` (see `lease`). Nothing marks an entry as
    used there, so that with a limit those written first go first.

    Args:
        url: Address of a folder.
        max_bytes: See `Cache`.
        term_s: See `TERM_S`.
    """

    def __init__(self, url: str, max_bytes: int | None = None, term_s: float = TERM_S) -> None:
        super().__init__(max_bytes)
        self.url = url
        self._term_s = term_s
        self._filesystem = Filesystem(url)

    def __reduce__(self) -> tuple[type[RemoteCache], tuple[str, int | None, float]]:
        return RemoteCache, (self.url, self.max_bytes, self._term_s)

    def _path(self, namespace: str, key: str) -> str:
        return f"{self._filesystem.root}/{namespace}/{key[:2]}/{key}{SUFFIX}"

    def _read(self, namespace: str, key: str) -> bytes | None:
        try:
            return self._filesystem.read(self._path(namespace, key))
        except IsADirectoryError:
            raise CorruptEntryError("it is a folder") from None

    def _create(self, namespace: str, key: str, stored: bytes) -> bool:
        return self._filesystem.write_new(self._path(namespace, key), stored)

    def _delete(self, path: str) -> None:
        self._filesystem.delete(path)

    def _keys(self, namespace: str, prefix: str) -> Sequence[str]:
        parent = f"{self._filesystem.root}/{namespace}"
        parts = [prefix[:2]] if len(prefix) >= 2 else self._filesystem.names(parent)
        return [
            name.removesuffix(SUFFIX)
            for part in parts
            for name in self._filesystem.names(f"{parent}/{part}")
            if is_entry(namespace, part, name)
        ]

    def _files(self) -> list[StoredFile]:
        return [
            StoredFile(path, size, written_at)
            for path, size, written_at in self._filesystem.sizes()
            if is_entry(*self._below_root(path))
        ]

    def _below_root(self, path: str) -> tuple[str, str, str]:
        """Return namespace, part and name of a path; no entry's, where it is not so deep."""
        parts = path.removeprefix(self._filesystem.root).strip("/").split("/")
        return (parts[0], parts[1], parts[2]) if len(parts) == 3 else ("", "", "")

    def _acquire(self, namespace: str, key: str) -> Callable[[], None]:
        path = f"{self._filesystem.root}/leases/{namespace}-{key}.json"
        lease = Lease(self._filesystem, path, self._term_s)
        lease.acquire()
        return lease.release
