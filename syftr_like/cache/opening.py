"""From a place to a cache."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from syftr_like.errors import InputError

from .cache import Cache
from .folder import FolderCache
from .remote import RemoteCache

LOCAL_SCHEMES = ("file://", "local://")
"""How URLs of folders of this machine begin."""


def open_cache(place: str, max_bytes: int | None = None) -> Cache:
    """Return the cache at a place, and see that it can be written and read.

    Args:
        place: A folder, or an fsspec URL such as `s3://bucket/folder`.
        max_bytes: Limit of all entries together, in bytes; None for none.

    Raises:
        InputError: The place cannot be used.
    """
    cache = _cache_at(place, max_bytes)
    with _mistakes_told(place):
        cache.check()
    return cache


def check_place(place: str, max_bytes: int | None = None) -> None:
    """Check that a place can be used, and leave nothing there.

    Something is written and removed again, with folders that had to be made: nothing less tells
    whether that can be done.

    Args:
        place, max_bytes: See `open_cache`.

    Raises:
        InputError: The place cannot be used.
    """
    cache = _cache_at(place, max_bytes)
    made: list[Path] = []
    if isinstance(cache, FolderCache):
        folder = cache.folder
        needed = (*cache.checked_in(), folder, *folder.parents)
        made = [part for part in needed if not os.path.lexists(part)]
    try:
        with _mistakes_told(place):
            cache.check()
    finally:
        for part in made:  # inner ones first
            with suppress(OSError):  # it was not made, or another process has begun to use it
                part.rmdir()


def _cache_at(place: str, max_bytes: int | None) -> Cache:
    if max_bytes is not None and max_bytes <= 0:
        raise InputError(
            "the cache's limit is no size", found=str(max_bytes), expected="a number of bytes"
        )
    for scheme in LOCAL_SCHEMES:
        place = place.removeprefix(scheme)
    if "://" in place:
        return RemoteCache(place, max_bytes)
    return FolderCache(Path(place), max_bytes)


@contextmanager
def _mistakes_told(place: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise InputError(
            f"the cache at '{place}' cannot be used",
            found=f"{type(error).__name__}: {error}",
            expected=(
                "a folder that can be written, or the URL of one; a URL needs its fsspec package "
                "(s3:// needs s3fs, gs:// needs gcsfs) and its credentials in the environment"
            ),
        ) from error
