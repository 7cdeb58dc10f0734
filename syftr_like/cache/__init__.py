"""The content-addressed cache: results that are kept between flows, workers and studies."""

from .cache import Cache
from .call_store import CachedCalls
from .entry import CorruptEntryError, Entry
from .opening import open_cache

__all__ = ["Cache", "CachedCalls", "CorruptEntryError", "Entry", "open_cache"]
