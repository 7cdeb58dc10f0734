"""From a place to a cache."""

from __future__ import annotations

from pathlib import Path

from syftr_like.errors import InputError

from .cache import Cache
from .folder import FolderCache
from .remote import RemoteCache

_LOCAL = ("file://", "local://")


def open_cache(place: str, max_bytes: int | None = None) -> Cache:
    """Return the cache at a place, and see that it can be written and read.

    Args:
        place: A folder, or an fsspec URL such as `s3://bucket/folder`.
        max_bytes: Limit of all entries together, in bytes; None for none.

    Raises:
        InputError: The place cannot be used.
    """
    if max_bytes is not None and max_bytes <= 0:
        raise InputError(
            "the cache's limit is no size", found=str(max_bytes), expected="a number of bytes"
        )
    for scheme in _LOCAL:
        place = place.removeprefix(scheme)
    cache: Cache
    cache = RemoteCache(place, max_bytes) if "://" in place else FolderCache(Path(place), max_bytes)
    try:
        cache.check()
    except Exception as error:
        raise InputError(
            f"the cache at '{place}' cannot be used",
            found=f"{type(error).__name__}: {error}",
            expected=(
                "a folder that can be written, or the URL of one; a URL needs its fsspec package "
                "(s3:// needs s3fs, gs:// needs gcsfs) and its credentials in the environment"
            ),
        ) from error
    return cache
