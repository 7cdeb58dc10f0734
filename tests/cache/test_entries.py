"""What is kept comes back, damaged or not, wherever it is kept."""

from __future__ import annotations

import logging
import pickle
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.cache import Cache, CorruptEntryError, Entry, open_cache
from syftr_like.cache.entry import decode, encode
from syftr_like.cache.folder import FolderCache
from syftr_like.cache.remote import RemoteCache
from syftr_like.errors import InputError

from .conftest import PLACES, key

ENTRY = Entry({"usd": 0.1, "calls": [], "model": "ü"}, {"vectors.npz": b"\0\1" * 300, "empty": b""})

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
entries = st.builds(
    Entry,
    st.dictionaries(st.text(), json_values, max_size=3),
    st.dictionaries(st.text("abc/._", min_size=1, max_size=9), st.binary(max_size=60), max_size=3),
)


class TestKeeping:
    def test_an_entry_comes_back_as_it_was(self, cache: Cache) -> None:
        assert cache.get("index", key("a1")) is None
        cache.put("index", key("a1"), ENTRY)
        assert cache.get("index", key("a1")) == ENTRY
        assert cache.get("results", key("a1")) is None, "another namespace"
        assert cache.get("index", key("a2")) is None, "another key"

    def test_the_first_of_two_stands(self, cache: Cache) -> None:
        cache.put("index", key("a1"), Entry({"n": 1}))
        cache.put("index", key("a1"), Entry({"n": 2}))
        assert cache.get("index", key("a1")) == Entry({"n": 1})
        cache.remove("index", key("a1"))
        cache.put("index", key("a1"), Entry({"n": 3}))
        assert cache.get("index", key("a1")) == Entry({"n": 3})

    @pytest.mark.parametrize("place", ["folder", "memory"])
    def test_of_many_at_the_same_time_one_stands(self, place: str, tmp_path: Path) -> None:
        """Without claims, and in every reader's eyes from its own put on."""
        cache = PLACES[place](tmp_path / "cache")
        together = threading.Barrier(8)
        seen: list[tuple[int, object]] = []

        def write(mine: int) -> None:
            for turn in range(40):
                together.wait()
                cache.put("index", f"{turn:032x}", Entry({"by": mine}))
                found = cache.get("index", f"{turn:032x}")
                seen.append((turn, found and found.meta["by"]))

        writers = [threading.Thread(target=write, args=(n,)) for n in range(8)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert len(seen) == 8 * 40
        assert len(set(seen)) == 40
        assert not list((tmp_path / "cache").rglob(".unfinished*"))

    def test_the_first_stands_where_files_cannot_be_linked(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise PermissionError("links are not supported here")

        monkeypatch.setattr("os.link", refuse)
        cache = FolderCache(tmp_path)
        for n in (1, 2):
            cache.put("index", key("a1"), Entry({"n": n}))
        assert cache.get("index", key("a1")) == Entry({"n": 1})

    def test_keys_are_listed_by_their_start(self, cache: Cache) -> None:
        for digits in ("a1", "a2", "b1"):
            cache.put("index", key(digits), Entry({}))
        assert cache.keys("index") == [key("a1"), key("a2"), key("b1")]
        assert cache.keys("index", "a") == [key("a1"), key("a2")]
        assert cache.keys("index", key("a1")[:20]) == [key("a1")]
        assert cache.keys("index", "c") == cache.keys("results") == []

    def test_what_was_removed_is_gone(self, cache: Cache) -> None:
        cache.put("index", key("a1"), ENTRY)
        for _ in range(2):
            cache.remove("index", key("a1"))
        assert cache.get("index", key("a1")) is None

    def test_a_cache_travels_to_another_process(self, cache: Cache) -> None:
        cache.put("index", key("a1"), ENTRY)
        assert pickle.loads(pickle.dumps(cache)).get("index", key("a1")) == ENTRY  # noqa: S301

    @pytest.mark.parametrize(
        ("namespace", "name"),
        [
            ("index", "../../etc/passwd"), ("index", "0123"), ("index", key("A1")),
            ("index", key("a1") + "/x"), ("index", key("a1") + "\n"), ("..", key("a1")),
            ("a/b", key("a1")), ("", key("a1")),
        ],
    )  # fmt: skip
    def test_nothing_but_fingerprints_is_a_key(
        self, cache: Cache, namespace: str, name: str
    ) -> None:
        with pytest.raises(ValueError, match="of the cache"):
            cache.put(namespace, name, ENTRY)
        with pytest.raises(ValueError, match="of the cache"):
            cache.get(namespace, name)
        with pytest.raises(ValueError, match="of the cache"), cache.claim(namespace, name):
            pass

    def test_readers_see_whole_entries_while_others_write(self, cache: Cache) -> None:
        large = [Entry({"n": n}, {"file": bytes([n]) * 300_000}) for n in range(2)]
        cache.put("index", key("a1"), large[0])
        ended = threading.Event()

        def write() -> None:
            for turn in range(40):
                cache.remove("index", key("a1"))
                cache.put("index", key("a1"), large[turn % 2])
            ended.set()

        writer = threading.Thread(target=write)
        writer.start()
        while not ended.is_set():
            assert cache.get("index", key("a1")) in (None, *large)
        writer.join()


class TestDamage:
    @pytest.mark.parametrize("damage", ["cut", "flip", "empty", "foreign"])
    def test_a_damaged_entry_is_none_and_can_be_built_again(
        self, tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        cache = FolderCache(tmp_path)
        cache.put("index", key("a1"), ENTRY)
        cache.put("index", key("b1"), ENTRY)
        path = tmp_path / "index" / "a1" / (key("a1") + ".zip")
        stored = bytearray(path.read_bytes())
        stored[stored.index(b"\0\1\0\1") + 50] ^= 8
        path.write_bytes(
            {
                "cut": path.read_bytes()[:-100],
                "flip": bytes(stored),
                "empty": b"",
                "foreign": encode("index", key("b1"), ENTRY),
            }[damage]
        )
        with caplog.at_level(logging.WARNING, logger="syftr_like"):
            assert cache.get("index", key("a1")) is None
        assert "damaged entry" in caplog.text
        assert not path.exists()
        cache.put("index", key("a1"), ENTRY)
        assert cache.get("index", key("a1")) == ENTRY

    @pytest.mark.parametrize("found_by", ["get", "put", "evict"])
    @pytest.mark.parametrize("place", ["folder", "files"])
    def test_a_folder_in_the_place_of_an_entry_goes_with_all_that_is_in_it(
        self, tmp_path: Path, place: str, found_by: str
    ) -> None:
        cache = PLACES[place](tmp_path / "cache")
        cache.put("index", key("b1"), ENTRY)
        in_the_way = tmp_path / "cache" / "index" / "a1" / (key("a1") + ".zip")
        (in_the_way / "inner").mkdir(parents=True)
        (in_the_way / "inner" / "file").write_bytes(b"x" * 5000)
        if found_by == "get":
            assert cache.get("index", key("a1")) is None
            assert not in_the_way.exists()
        elif found_by == "evict" and place == "folder":  # an object store lists files only
            assert cache.evict(1) == 0
            assert not in_the_way.exists()
        cache.put("index", key("a1"), ENTRY)
        assert cache.get("index", key("a1")) == ENTRY

    def test_a_link_in_the_place_of_an_entry_goes_and_what_it_leads_to_stays(
        self, tmp_path: Path
    ) -> None:
        cache = FolderCache(tmp_path / "cache")
        kept = tmp_path / "elsewhere" / "file"
        kept.parent.mkdir()
        kept.write_bytes(b"dear")
        link = tmp_path / "cache" / "index" / "a1" / (key("a1") + ".zip")
        link.parent.mkdir(parents=True)
        link.symlink_to(kept.parent)
        assert cache.get("index", key("a1")) is None
        assert not link.is_symlink()
        assert kept.read_bytes() == b"dear"

    @given(entries, st.data())
    def test_no_flipped_bit_gives_another_content(self, entry: Entry, data: st.DataObject) -> None:
        stored = encode("index", key("a1"), entry)
        assert decode("index", key("a1"), stored) == entry
        place = data.draw(st.integers(0, len(stored) * 8 - 1))
        flipped = bytearray(stored)
        flipped[place // 8] ^= 1 << place % 8
        try:
            found = decode("index", key("a1"), bytes(flipped))
        except CorruptEntryError:
            return
        assert found == entry

    @given(entries, st.data())
    def test_no_entry_that_was_cut_short_is_read(self, entry: Entry, data: st.DataObject) -> None:
        stored = encode("index", key("a1"), entry)
        length = data.draw(st.integers(0, len(stored) - 1))
        with pytest.raises(CorruptEntryError):
            decode("index", key("a1"), stored[:length])


class TestPlaces:
    def test_a_folder_is_made(self, tmp_path: Path) -> None:
        cache = open_cache(str(tmp_path / "new" / "cache"))
        assert isinstance(cache, FolderCache)
        assert (tmp_path / "new" / "cache").is_dir()
        assert cache.size() == 0

    def test_a_file_url_is_a_folder(self, tmp_path: Path) -> None:
        cache = open_cache(f"file://{tmp_path}/cache")
        assert isinstance(cache, FolderCache)
        assert cache.folder == tmp_path / "cache"

    def test_another_url_is_a_filesystem(self) -> None:
        assert isinstance(open_cache("memory://place"), RemoteCache)

    @pytest.mark.parametrize("place", ["gopher://somewhere/cache", "{file}/cache"])
    def test_a_place_that_cannot_be_used_is_a_mistake(self, place: str, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        with pytest.raises(InputError, match="cannot be used"):
            open_cache(place.format(file=tmp_path / "file"))

    def test_a_limit_is_above_zero(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="limit"):
            open_cache(str(tmp_path), max_bytes=0)

    def test_a_place_that_fails_later_is_logged_and_no_error(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        cache = FolderCache(tmp_path / "cache")
        (tmp_path / "cache").write_text("in the way")
        cache.put("index", key("a1"), ENTRY)
        with cache.claim("index", key("a1")):
            assert cache.get("index", key("a1")) is None
        assert "could not be written" in caplog.text
        assert "could not be claimed" in caplog.text


class TestLimit:
    def put(self, cache: Cache, digits: str, size: int = 1000) -> None:
        cache.put("index", key(digits), Entry({}, {"file": bytes(size)}))

    def test_the_entries_together_stay_below_it(self, make_cache: Callable[..., Cache]) -> None:
        cache = make_cache(max_bytes=20_000)
        for n in range(60):
            self.put(cache, f"{n:02x}")
            assert cache.size() <= 20_000 * (1 + 1 / 16)
        assert key("3b") in cache.keys("index"), "the last one"
        assert key("00") not in cache.keys("index"), "the first one"

    def test_what_is_used_stays(self, tmp_path: Path) -> None:
        cache = FolderCache(tmp_path, max_bytes=20_000)
        for n in range(60):
            self.put(cache, f"{n:02x}")
            assert cache.get("index", key("00")) is not None

    def test_what_others_write_counts(self, make_cache: Callable[..., Cache]) -> None:
        one, other = (make_cache(max_bytes=40_000) for _ in range(2))
        if isinstance(one, RemoteCache):
            other = pickle.loads(pickle.dumps(one))  # noqa: S301
        for n in range(120):
            self.put((one, other)[n % 2], f"{n:02x}")
            assert one.size() <= 40_000 * (1 + 2 / 16)

    def test_an_entry_above_it_is_not_kept(
        self, make_cache: Callable[..., Cache], caplog: pytest.LogCaptureFixture
    ) -> None:
        cache = make_cache(max_bytes=5_000)
        self.put(cache, "a1")
        self.put(cache, "a2", 6_000)
        assert cache.keys("index") == [key("a1")]
        assert "not kept in the cache" in caplog.text

    def test_an_entry_of_nearly_all_of_it_is_kept(self, make_cache: Callable[..., Cache]) -> None:
        cache = make_cache(max_bytes=10_000)
        self.put(cache, "a1", 5_000)
        self.put(cache, "a2", 9_300)
        assert cache.keys("index") == [key("a2")]

    def test_the_oldest_go_on_demand(self, make_cache: Callable[..., Cache]) -> None:
        cache = make_cache()
        for digits in ("a1", "a2", "a3"):
            self.put(cache, digits)
        left = cache.evict(cache.size() - 1)
        assert left == cache.size()
        assert len(cache.keys("index")) == 2

    def test_files_that_a_killed_writer_left_are_no_entries_and_go_after_a_day(
        self, tmp_path: Path
    ) -> None:
        import os

        cache = FolderCache(tmp_path)
        self.put(cache, "a1")
        for age, name in ((10, "young"), (90_000, "old")):
            left = tmp_path / "index" / "a1" / f".unfinished-{name}"
            left.write_bytes(b"half")
            os.utime(left, (left.stat().st_atime, left.stat().st_mtime - age))
        assert cache.keys("index") == [key("a1")]
        assert cache.size() < 2000
        assert [p.name for p in (tmp_path / "index" / "a1").glob(".unf*")] == [".unfinished-young"]

    @pytest.mark.parametrize("place", ["folder", "files"])
    def test_what_is_not_the_caches_is_left_alone(self, tmp_path: Path, place: str) -> None:
        """The place may be a folder of a project, in which others keep files of any age."""
        import os

        others = [
            tmp_path / "src" / "package" / "module.py",
            tmp_path / "data" / "2024" / "corpus.zip",
            tmp_path / "index" / "a1" / "notes.txt",
            tmp_path / "index" / "b1" / (key("a1") + ".zip"),
        ]
        for path in others:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"dear" * 1000)
            os.utime(path, (1e9, 1e9))
        cache = PLACES[place](tmp_path, max_bytes=4_000)
        for digits in ("a1", "a2", "a3", "a4"):
            self.put(cache, digits)
        assert cache.evict(0) == 0
        assert cache.keys("index") == []
        assert [path.read_bytes() for path in others] == [b"dear" * 1000] * 4
