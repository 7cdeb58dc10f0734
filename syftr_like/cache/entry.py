"""One entry of the cache, and its form as one file.

An entry is a zip file whose members are stored as they are: `entry.json` with the format, the
address and the entry's own facts, then the files. Each member's CRC tells a damaged file. There
is no pickle in it: reading an entry never runs code that came with it.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field

from syftr_like.contracts import Json

FORMAT = 1
"""Raised whenever entries are laid out in another way; others are rebuilt."""

SUFFIX = ".zip"
"""How the names of entries end."""

_HEAD = "entry.json"
_FILES = "files/"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # equal entries are equal bytes, whenever they are written

_NAMESPACE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_KEY = re.compile(r"[0-9a-f]{16,128}")
_PREFIX = re.compile(r"[0-9a-f]{0,128}")
_NAME = re.compile(_KEY.pattern + re.escape(SUFFIX))


class CorruptEntryError(Exception):
    """What was read is no entry of this address: cut short, damaged, or of another format."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the cache keeps under one address.

    Attributes:
        meta: Facts about it, as JSON.
        files: Its content: file name to bytes.
    """

    meta: Mapping[str, Json]
    files: Mapping[str, bytes] = field(default_factory=dict)


def check_address(namespace: str, key: str) -> None:
    """Refuse an address that is not a namespace and a hex fingerprint, as a path could be.

    Raises:
        ValueError: It is not.
    """
    check_prefix(namespace, "")
    if not _KEY.fullmatch(key):
        raise ValueError(f"a key of the cache is a hex fingerprint, not {key!r:.100}")


def check_prefix(namespace: str, prefix: str) -> None:
    """Refuse what is not a namespace and the start of a hex fingerprint.

    Raises:
        ValueError: It is not.
    """
    if not _NAMESPACE.fullmatch(namespace):
        raise ValueError(f"a namespace of the cache is a lower-case word, not {namespace!r:.100}")
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"keys of the cache start with hex digits, not with {prefix!r:.100}")


def is_entry(namespace: str, part: str, name: str) -> bool:
    """Whether a file `<namespace>/<part>/<name>` is an entry; the place may hold others' files."""
    named = _NAMESPACE.fullmatch(namespace) and _NAME.fullmatch(name)
    return bool(named) and name[:2] == part


def encode(namespace: str, key: str, entry: Entry) -> bytes:
    """Return an entry as the bytes of its file."""
    head = {
        "format": FORMAT,
        "namespace": namespace,
        "key": key,
        "files": sorted(entry.files),
        "meta": entry.meta,
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(_HEAD, _EPOCH), json.dumps(head))
        for name in sorted(entry.files):
            archive.writestr(zipfile.ZipInfo(_FILES + name, _EPOCH), entry.files[name])
    return written.getvalue()


def decode(namespace: str, key: str, stored: bytes) -> Entry:
    """Return the entry that a file holds.

    Raises:
        CorruptEntryError: It holds none, or that of another address.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(stored)) as archive:
            head = json.loads(archive.read(_HEAD))
            address = (head["format"], head["namespace"], head["key"])
            files = {name: archive.read(_FILES + name) for name in head["files"]}
            entry = Entry(dict(head["meta"]), files)
    except Exception as error:  # damaged bytes may be taken for nearly anything
        raise CorruptEntryError(f"{type(error).__name__}: {error}") from error
    if address != (FORMAT, namespace, key):
        raise CorruptEntryError(f"it is an entry of {address}")
    return entry
