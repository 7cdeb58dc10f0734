"""Caches in every kind of place, and processes of their own."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from syftr_like.cache import Cache
from syftr_like.cache.folder import FolderCache
from syftr_like.cache.remote import RemoteCache

PLACES = {
    "folder": lambda path, **limits: FolderCache(path, **limits),
    "memory": lambda path, **limits: RemoteCache(f"memory://{uuid.uuid4().hex}", **limits),
    "files": lambda path, **limits: RemoteCache(f"file://{path}", **limits),
}


@pytest.fixture(params=list(PLACES))
def make_cache(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Cache]:
    """Make a cache: `make_cache(max_bytes=...)`."""
    place: Callable[..., Cache] = PLACES[request.param]
    return lambda **limits: place(tmp_path / "cache", **limits)


@pytest.fixture
def cache(make_cache: Callable[..., Cache]) -> Cache:
    return make_cache()


@pytest.fixture(params=["folder", "files"])
def shared_cache(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An expression that makes a cache which other processes see too."""
    folder = tmp_path / "cache"
    if request.param == "folder":
        return f"FolderCache(Path({str(folder)!r}))"
    return f"RemoteCache('file://{folder}', term_s=1.0)"


def python(script: str, **options: Any) -> subprocess.Popen[str]:
    """Start a process of its own that has the caches at hand."""
    header = (
        "import os, sys, time\nfrom pathlib import Path\n"
        "from syftr_like.cache import Entry\n"
        "from syftr_like.cache.folder import FolderCache\n"
        "from syftr_like.cache.remote import RemoteCache\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", header + script], stdout=subprocess.PIPE, text=True, **options
    )


def key(digits: str) -> str:
    return digits * (32 // len(digits))
