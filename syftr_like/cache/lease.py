"""Exclusive claims on a filesystem without locks: leases that their holder keeps renewing.

A lease is a small object that names its holder and a beat, which the holder raises every third of
the term. Whoever waits takes a lease for abandoned when its beat has not changed for a whole
term by the waiter's own clock: clocks of machines are never compared, and a dead holder blocks
for one term and no longer.

A lease is created exclusively where the filesystem can: S3 (`If-None-Match`), Google
(`if-generation-match`), Azure (no overwriting), memory, local files and SFTP. Elsewhere, and when
an abandoned lease is taken over, the claimant writes it and reads it again after a moment: who
wrote last has it. Should that moment be too short, two build the same entry, with equal content.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import uuid
from typing import Any

from .filesystem import EXCLUSIVE_OPEN, EXCLUSIVE_PUT, Filesystem

log = logging.getLogger("syftr_like")

SETTLE_S = 0.5
"""How long a claimant waits before it reads again what it wrote."""

POLL_S = 0.2
"""How often a waiting claimant looks."""


class Lease:
    """One claim of one holder.

    Args:
        filesystem: Where the lease is.
        path: The lease.
        term_s: For how long it holds without a beat, in seconds.
    """

    def __init__(self, filesystem: Filesystem, path: str, term_s: float) -> None:
        self._files = filesystem
        self._path = path
        self._term_s = term_s
        self._holder = uuid.uuid4().hex
        self._beat = 0
        self._released = threading.Event()
        self._renewal = threading.Thread(target=self._renew, name="cache-lease", daemon=True)

    def acquire(self) -> None:
        """Wait for the lease, and keep it until `release`."""
        seen: bytes | None = None
        since = time.monotonic()
        while True:
            content = self._files.read(self._path)
            now = time.monotonic()
            if content is None:
                if self._create():
                    break
            elif content != seen:
                seen, since = content, now
            elif now - since > self._term_s and self._write_and_confirm():
                log.warning("an abandoned claim of the cache was taken over: %s", self._path)
                break
            time.sleep(min(POLL_S, self._term_s / 10))
        self._renewal.start()

    def release(self) -> None:
        """Give the lease back. A filesystem that fails costs the others one term."""
        self._released.set()
        self._renewal.join()
        try:
            if self._is_ours():
                self._files.delete(self._path)
        except Exception as error:
            log.warning("a claim of the cache was not given back: %s", error)

    def _content(self) -> bytes:
        return json.dumps({"holder": self._holder, "beat": self._beat}).encode()

    def _create(self) -> bool:
        if self._files.protocol in EXCLUSIVE_PUT | EXCLUSIVE_OPEN:
            return self._files.create(self._path, self._content())
        return self._write_and_confirm()

    def _write_and_confirm(self) -> bool:
        self._files.write(self._path, self._content())
        time.sleep(min(SETTLE_S, self._term_s / 4))
        return self._is_ours()

    def _is_ours(self) -> bool:
        content = self._files.read(self._path)
        if content is None:
            return False
        try:
            found: Any = json.loads(content)
        except ValueError:  # half written, by somebody else
            return False
        return isinstance(found, dict) and found.get("holder") == self._holder

    def _renew(self) -> None:
        while not self._released.wait(self._term_s / 3):
            try:
                if not self._is_ours():
                    log.warning("a claim of the cache was lost: %s", self._path)
                    return
                self._beat += 1
                self._files.write(self._path, self._content())
            except Exception as error:  # the next beat may come through
                log.warning("a claim of the cache could not be renewed: %s", error)
