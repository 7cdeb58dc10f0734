"""What was asked and replied: in memory, and as lines of JSON.

Headers are not kept, so that no key is.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came of it.

    Attributes:
        number: From 1, in the order in which replies were finished.
        at: When the request came, seconds since 1970.
        seconds: From the request to the end of the reply.
        path: `/v1/chat/completions` or `/v1/embeddings`.
        model: The model's name; empty where the body could not be read.
        request: The body as it was sent.
        status: HTTP status; 0 where there was no reply.
        task: What the stand-in took the prompt to ask for.
        replies: Text of each choice.
        tool_calls: Name and arguments of each call in the first choice.
        prompt_tokens: Tokens of the prompt that were charged.
        completion_tokens: Tokens of the reply that were charged.
        fault: The fault that was put in, if any.
        error: The error's message, if any.
    """

    number: int
    at: float
    seconds: float
    path: str
    model: str
    request: dict[str, Any]
    status: int
    task: str = ""
    replies: tuple[str, ...] = ()
    tool_calls: tuple[tuple[str, str], ...] = ()
    prompt_tokens: int = 0
    completion_tokens: int = 0
    fault: str | None = None
    error: str | None = None

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages of a chat request."""
        found = self.request.get("messages", [])
        return found if isinstance(found, list) else []


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens that were charged."""

    prompt: int = 0
    completion: int = 0

    @property
    def total(self) -> int:
        """Both together."""
        return self.prompt + self.completion


@dataclass
class Log:
    """All exchanges so far, safe to use from several threads.

    Args:
        path: A file to which each exchange is added as a line of JSON.
    """

    path: Path | None = None
    _exchanges: list[Exchange] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, **values: Any) -> Exchange:
        """Keep an exchange; its number is given here."""
        with self._lock:
            exchange = Exchange(number=len(self._exchanges) + 1, **values)
            self._exchanges.append(exchange)
            if self.path is not None:
                with self.path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(exchange)) + "\n")
        return exchange

    def exchanges(self, model: str | None = None) -> Sequence[Exchange]:
        """Return the exchanges, of one model or of all."""
        with self._lock:
            found = tuple(self._exchanges)
        return [e for e in found if model is None or e.model == model]

    def clear(self) -> None:
        """Forget all exchanges; the file keeps them."""
        with self._lock:
            self._exchanges.clear()

    def tokens(self, model: str | None = None) -> Tokens:
        """Return the tokens charged, for one model or for all."""
        found = self.exchanges(model)
        return Tokens(
            sum(e.prompt_tokens for e in found),
            sum(e.completion_tokens for e in found),
        )

    def counts(self) -> dict[str, dict[str, int]]:
        """Return by model: requests, errors, faults, and tokens of prompts and replies."""
        by_model: dict[str, Counter[str]] = {}
        for exchange in self.exchanges():
            counter = by_model.setdefault(exchange.model, Counter())
            counter["requests"] += 1
            counter["errors"] += exchange.status != 200
            counter["faults"] += exchange.fault is not None
            counter["prompt_tokens"] += exchange.prompt_tokens
            counter["completion_tokens"] += exchange.completion_tokens
        return {model: dict(counter) for model, counter in sorted(by_model.items())}
