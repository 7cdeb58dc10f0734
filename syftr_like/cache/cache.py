"""What every cache does, wherever it keeps its files."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from .entry import CorruptEntryError, Entry, check_address, check_prefix, decode, encode

log = logging.getLogger("syftr_like")

KEPT_SHARE = 0.9
"""How full the cache is left when it was over its limit, so that not every put evicts."""

UNSEEN_SHARE = 16
"""The files are counted anew when this part of the limit was written: others write too."""

CHECK, CHECK_KEY = "check", "0" * 32
"""The address of the entry that shows that a place can be written and read."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the cache: where it is, its bytes, and when it was last used (any clock)."""

    path: str
    size: int
    used_at: float


class Cache(ABC):
    """Entries by namespace and key; safe among threads, processes and machines.

    A key is a hex fingerprint of everything that determines the content. What was measured (how
    long it took, what a model replied) still differs from one making to the next, so that the
    first entry of a key stands and every reader gets the same. A cache can be pickled in memory
    and sent to other processes, which open it at their first use.

    A place that fails (a full disk, a lost network) is logged and costs the reuse, not the
    study: `get` finds nothing, `put` keeps nothing, `claim` lets everybody build.

    Args:
        max_bytes: Limit of all entries together; None for none. Entries unused for longest go
            first. Each process may overshoot by a sixteenth of it between two counts.
    """

    def __init__(self, max_bytes: int | None) -> None:
        self.max_bytes = max_bytes
        # Bytes in use as this process knows them (None: never counted), and written since.
        self._counted: int | None = None
        self._written = 0

    def get(self, namespace: str, key: str) -> Entry | None:
        """Return an entry, None when there is none; a damaged one is removed, and is none.

        Raises:
            ValueError: The namespace or key cannot be one.
        """
        check_address(namespace, key)
        try:
            stored = self._read(namespace, key)
            return None if stored is None else decode(namespace, key, stored)
        except CorruptEntryError as error:
            log.warning("a damaged entry of the cache is removed: %s/%s: %s", namespace, key, error)
            self.remove(namespace, key)
        except Exception as error:
            log.warning("the cache could not be read: %s: %s", type(error).__name__, error)
        return None

    def put(self, namespace: str, key: str, entry: Entry) -> None:
        """Keep an entry: readers see all of it or nothing.

        One above the limit is not kept, nor one where there is an entry that is not damaged.

        Raises:
            ValueError: The namespace or key cannot be one.
        """
        check_address(namespace, key)
        stored = encode(namespace, key, entry)
        if self.max_bytes is not None and len(stored) > self.max_bytes:
            log.warning(
                "not kept in the cache: %s/%s has %d bytes, the limit of all is %d",
                namespace, key, len(stored), self.max_bytes,
            )  # fmt: skip
            return
        try:
            if not self._create(namespace, key, stored):
                if self.get(namespace, key) is not None:
                    return
                self._create(namespace, key, stored)  # the other was damaged, and is removed
            self._make_room(len(stored), self._path(namespace, key))
        except Exception as error:
            log.warning("the cache could not be written: %s: %s", type(error).__name__, error)

    def remove(self, namespace: str, key: str) -> None:
        """Remove an entry, if it is there."""
        check_address(namespace, key)
        try:
            self._delete(self._path(namespace, key))
        except Exception as error:
            log.warning("the cache could not be changed: %s: %s", type(error).__name__, error)

    def keys(self, namespace: str, prefix: str = "") -> list[str]:
        """Return the keys that start with `prefix`, sorted.

        Raises:
            ValueError: The namespace or prefix cannot be one.
        """
        check_prefix(namespace, prefix)
        try:
            return sorted(key for key in self._keys(namespace, prefix) if key.startswith(prefix))
        except Exception as error:
            log.warning("the cache could not be listed: %s: %s", type(error).__name__, error)
            return []

    @contextmanager
    def claim(self, namespace: str, key: str) -> Iterator[None]:
        """Be the only one who builds a key: others who claim it wait until this one is done.

        Look again for the entry once the claim is had: another may have built it meanwhile.

        Raises:
            ValueError: The namespace or key cannot be one.
        """
        check_address(namespace, key)
        try:
            release = self._acquire(namespace, key)
        except Exception as error:
            log.warning("the cache could not be claimed: %s: %s", type(error).__name__, error)
            yield
            return
        try:
            yield
        finally:
            release()

    def size(self) -> int:
        """Return the bytes of all entries."""
        return sum(file.size for file in self._files())

    def evict(self, max_bytes: int) -> int:
        """Remove the entries unused for longest until the rest has at most `max_bytes`.

        Returns:
            Bytes of the entries that are left.
        """
        return self._evict(max_bytes, 1.0, just_written="")

    def check(self) -> None:
        """Write, read and remove a small entry.

        Raises:
            Exception: Whatever the place raised.
        """
        stored = encode(CHECK, CHECK_KEY, Entry({}))
        path = self._path(CHECK, CHECK_KEY)
        self._delete(path)  # a process that was killed may have left it
        self._create(CHECK, CHECK_KEY, stored)
        found = self._read(CHECK, CHECK_KEY)
        # Another process may check at the same time, and have removed it already.
        if found is not None and found != stored:
            raise OSError("what was written could not be read")
        self._delete(path)

    def _make_room(self, written: int, just_written: str) -> None:
        """Keep the limit; the files are listed only now and then."""
        if self.max_bytes is None:
            return
        self._written += written
        unseen = self._written > self.max_bytes // UNSEEN_SHARE
        if self._counted is None or unseen or self._counted + self._written > self.max_bytes:
            self._counted = self._evict(self.max_bytes, KEPT_SHARE, just_written)
            self._written = 0

    def _evict(self, max_bytes: int, kept_share: float, just_written: str) -> int:
        files = self._files()
        total = sum(file.size for file in files)
        if total <= max_bytes:
            return total
        for file in sorted(files, key=lambda file: (file.used_at, file.path)):
            if total <= max_bytes * kept_share:
                break
            if file.path != just_written:
                self._delete(file.path)
                total -= file.size
        return total

    @abstractmethod
    def _path(self, namespace: str, key: str) -> str:
        """Return where an entry is."""

    @abstractmethod
    def _read(self, namespace: str, key: str) -> bytes | None:
        """Return an entry's file and mark it as used; None when there is none.

        Raises:
            CorruptEntryError: Something else stands there.
        """

    @abstractmethod
    def _create(self, namespace: str, key: str, stored: bytes) -> bool:
        """Put a file in place, whole or not at all; False when something is there already."""

    @abstractmethod
    def _delete(self, path: str) -> None:
        """Remove a file, or what stands in its place, if it is there."""

    @abstractmethod
    def _keys(self, namespace: str, prefix: str) -> Sequence[str]:
        """Return keys, among them all that start with the prefix."""

    @abstractmethod
    def _files(self) -> list[StoredFile]:
        """Return the files of all entries."""

    @abstractmethod
    def _acquire(self, namespace: str, key: str) -> Callable[[], None]:
        """Wait for the claim, and return what gives it back; that must not raise."""
