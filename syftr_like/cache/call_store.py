"""Replies of models in the cache: a request is paid for once, whoever makes it."""

from __future__ import annotations

from contextlib import AbstractContextManager

from syftr_like.contracts import ModelReply

from .cache import Cache
from .entry import Entry

NAMESPACE = "calls"


class CachedCalls:
    """A `contracts.CallStore` on a cache.

    Args:
        cache: Where replies are kept.
    """

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def get(self, key: str) -> ModelReply | None:
        """Return the reply of an earlier call, None where there is none."""
        entry = self._cache.get(NAMESPACE, key)
        if entry is None:
            return None
        try:
            return ModelReply.from_json(entry.meta)
        except (KeyError, TypeError):
            # Whole, yet of another form: made by another version.
            self._cache.remove(NAMESPACE, key)
            return None

    def put(self, key: str, reply: ModelReply) -> None:
        """Keep a reply, at once: it is paid for."""
        self._cache.put(NAMESPACE, key, Entry(reply.to_json(), {}))

    def claim(self, key: str) -> AbstractContextManager[object]:
        """Return what is held while the call is made."""
        return self._cache.claim(NAMESPACE, key)
