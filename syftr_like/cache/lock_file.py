"""Locks of the kernel on files, which are given back whatever ends the process that holds them."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

_POLL_S = 0.02


class LockFile:
    """An exclusive lock whose file is there only while somebody holds or wants it.

    A cache locks each request by a name of its own, so that files which stay would become as many
    as there ever were requests; a few files shared by all would let requests wait for each other,
    and an index wait for itself that is built from another. So the holder removes the file, and
    whoever waited for it finds that what it locked has no name any more, and begins anew.

    Args:
        path: The file, in a folder that is there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: int | None = None

    def acquire(self, *, wait: bool = True) -> bool:
        """Take the lock, and return True; without `wait`, False when another holds it."""
        while True:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                # Waiting is polling: work whose time is over is ended between two looks.
                while not _locked(file):
                    if not wait:
                        os.close(file)
                        return False
                    time.sleep(_POLL_S)
                if self._names(file):
                    self._held = file
                    return True
            except BaseException:
                os.close(file)
                raise
            os.close(file)

    def release(self) -> None:
        """Remove the file and give the lock back."""
        file, self._held = self._held, None
        if file is None:
            return
        with suppress(OSError):  # Windows keeps a file that is open: it stays, and is used again
            self._path.unlink()
        _unlock(file)
        os.close(file)

    def _names(self, file: int) -> bool:
        """Whether the path still leads to an open file."""
        try:
            return os.path.samestat(os.fstat(file), self._path.stat())
        except FileNotFoundError:
            return False


if sys.platform == "win32":
    import msvcrt

    def _locked(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

    def _unlock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _locked(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)  # a process that was forked from ours has it open too
