"""One builds and the others wait, whatever ends the one who builds."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from syftr_like.cache import Cache
from syftr_like.cache.filesystem import Filesystem
from syftr_like.cache.folder import FolderCache
from syftr_like.cache.remote import RemoteCache

from .conftest import key, python

BUILD_ONCE = """
cache, log = {cache}, Path({log!r})
with cache.claim("index", "ab" * 16):
    if cache.get("index", "ab" * 16) is None:
        time.sleep(0.3)
        with log.open("a") as file:
            file.write("built\\n")
        cache.put("index", "ab" * 16, Entry({{"by": os.getpid()}}))
print(cache.get("index", "ab" * 16).meta["by"])
"""

HOLD = """
with {cache}.claim("index", "ab" * 16):
    print("held", flush=True)
    time.sleep({seconds})
    print(time.monotonic())
"""


def inside_at_most(claim: Callable[[], object], threads: int = 6) -> int:
    """Claim in several threads at a time; return how many were inside at most."""
    inside, most = [], []

    def work() -> None:
        with claim():  # type: ignore[attr-defined]
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.02)
            inside.pop()

    started = [threading.Thread(target=work) for _ in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    assert len(most) == threads
    return max(most)


class TestOneAtATime:
    def test_among_threads(self, cache: Cache) -> None:
        assert inside_at_most(lambda: cache.claim("index", key("a1"))) == 1

    def test_on_a_filesystem_that_cannot_create_exclusively(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever wrote the lease last has it."""
        monkeypatch.setattr("syftr_like.cache.lease.EXCLUSIVE_PUT", frozenset())
        monkeypatch.setattr(Filesystem, "create", None)
        cache = RemoteCache("memory://no-exclusive-creation", term_s=4.0)
        assert inside_at_most(lambda: cache.claim("index", key("a1")), 3) == 1

    def test_keys_do_not_wait_for_each_other(self, cache: Cache) -> None:
        with (
            cache.claim("index", key("a1")),
            cache.claim("index", key("a2")),
            cache.claim("results", key("a1")),
        ):
            pass

    def test_a_claim_is_given_back_by_a_failure(self, cache: Cache) -> None:
        for _ in range(2):
            with pytest.raises(OSError, match="disk full"), cache.claim("index", key("a1")):
                raise OSError("disk full")

    def test_processes_that_race_for_a_key_build_it_once(
        self, shared_cache: str, tmp_path: Path
    ) -> None:
        log = tmp_path / "log"
        script = BUILD_ONCE.format(cache=shared_cache, log=str(log))
        racers = [python(script) for _ in range(3)]
        built_by = {racer.communicate(timeout=60)[0].strip() for racer in racers}
        assert [racer.returncode for racer in racers] == [0, 0, 0]
        assert log.read_text() == "built\n"
        assert len(built_by) == 1


class TestTheEndOfAHolder:
    def test_a_killed_process_does_not_block(self, shared_cache: str, tmp_path: Path) -> None:
        holder = python(HOLD.format(cache=shared_cache, seconds=600))
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        log = tmp_path / "log"
        waiting = python(BUILD_ONCE.format(cache=shared_cache, log=str(log)))
        time.sleep(1.0)
        assert not log.exists(), "it is held"
        os.kill(holder.pid, signal.SIGKILL)
        holder.communicate()
        waiting.communicate(timeout=60)
        assert log.read_text() == "built\n"

    def test_a_slow_build_keeps_its_claim(self, shared_cache: str) -> None:
        """Thrice the term of the lease."""
        holder = python(HOLD.format(cache=shared_cache, seconds=3))
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        waiting = python(HOLD.format(cache=shared_cache, seconds=0))
        left = float(holder.communicate(timeout=60)[0])
        entered = float(waiting.communicate(timeout=60)[0].split()[1])
        assert entered >= left

    def test_a_holder_whose_claim_was_taken_over_leaves_it_to_the_other(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        cache = RemoteCache("memory://taken", term_s=0.6)
        files = Filesystem("memory://taken")
        with cache.claim("index", key("a1")):
            (name,) = files.names(f"{files.root}/leases")
            path = f"{files.root}/leases/{name}"
            files.write(path, b'{"holder": "another", "beat": 0}')
            time.sleep(0.5)
        assert files.read(path) == b'{"holder": "another", "beat": 0}'
        assert "was lost" in caplog.text

    def test_two_that_take_over_an_abandoned_claim_are_not_inside_together(self) -> None:
        files = Filesystem("memory://abandoned")
        path = f"{files.root}/leases/index-{key('a1')}.json"
        files.create(path, b'{"holder": "dead", "beat": 7}')
        cache = RemoteCache("memory://abandoned", term_s=1.0)
        assert inside_at_most(lambda: cache.claim("index", key("a1")), 4) == 1


ADD_ONE = """
counter = Path({counter!r})
cache = {cache}
for turn in range({turns}):
    with cache.claim("index", "ab" * 16):
        counter.write_text(str(int(counter.read_text()) + 1))
"""


class TestFilesOfLocks:
    """However many requests were ever made, their locks leave nothing behind."""

    def test_none_is_left_and_nobody_slips_in_while_they_go(self, tmp_path: Path) -> None:
        """The file of a lock goes while others wait for it, open it and make it anew."""
        counter = tmp_path / "counter"
        counter.write_text("0")
        script = ADD_ONE.format(
            cache=f"FolderCache(Path({str(tmp_path / 'cache')!r}))",
            counter=str(counter), turns=150,
        )  # fmt: skip
        racers = [python(script) for _ in range(3)]
        for racer in racers:
            racer.communicate(timeout=120)
        assert [racer.returncode for racer in racers] == [0, 0, 0]
        assert counter.read_text() == "450"
        assert not list((tmp_path / "cache" / "locks").iterdir())

    def test_a_failure_leaves_none(self, tmp_path: Path) -> None:
        cache = FolderCache(tmp_path)
        with pytest.raises(OSError, match="disk full"), cache.claim("index", key("a1")):
            raise OSError("disk full")
        assert not list((tmp_path / "locks").iterdir())

    def test_that_of_a_killed_process_goes_with_the_next_claim_or_after_a_day(
        self, tmp_path: Path
    ) -> None:
        script = HOLD.format(cache=f"FolderCache(Path({str(tmp_path)!r}))", seconds=600)
        holder = python(script)
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        (left,) = (tmp_path / "locks").iterdir()
        cache = FolderCache(tmp_path)

        os.utime(left, (1e9, 1e9))
        cache.check()
        assert left.exists(), "it is held, however long"
        holder.kill()
        holder.communicate()

        os.utime(left)
        cache.check()
        assert left.exists(), "it is young"
        os.utime(left, (1e9, 1e9))
        cache.check()
        assert not left.exists()

        left.touch()
        with cache.claim("index", "ab" * 16):
            assert left.exists()
        assert not left.exists()
