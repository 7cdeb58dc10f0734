"""The content-addressed cache: results that are kept between flows, workers and studies."""

from .cache import Cache
from .call_store import CachedCalls
from .entry import CorruptEntryError, Entry
from .opening import LOCAL_SCHEMES, check_place, open_cache

__all__ = [
    "LOCAL_SCHEMES",
    "Cache",
    "CachedCalls",
    "CorruptEntryError",
    "Entry",
    "check_place",
    "open_cache",
]
