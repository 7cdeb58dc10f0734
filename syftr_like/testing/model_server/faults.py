"""Faults on a schedule: what goes wrong with real providers, when a test wants it to."""

from __future__ import annotations

import fnmatch
import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from syftr_like.errors import InputError, Location

Kind = Literal[
    "rate_limit",
    "server_error",
    "hang",
    "truncated",
    "not_json",
    "no_choices",
    "bad_arguments",
    "empty",
]


class Fault(BaseModel):
    """One thing that goes wrong, and when.

    Exactly one of `every`, `requests` and `probability` says when. They count the requests for the
    models that `model` matches, from 1, in the order in which they come.

    Attributes:
        kind: `rate_limit`: 429 with `Retry-After`. `server_error`: 500. `hang`: no reply for
            `seconds`, then the connection is closed. `truncated`: the connection is closed in the
            middle of the reply, or of the stream. `not_json`: 200 with a page of HTML.
            `no_choices`: an empty list of choices, or no `data`. `bad_arguments`: arguments of a
            tool call that are no JSON; nothing happens to a reply without tool calls. `empty`:
            a reply with empty content and no tool call, or an empty list of embeddings.
        model: Name of the model, `*` and `?` as in file names.
        every: The k-th request, the 2k-th and so on.
        requests: These requests.
        probability: Each request with this probability, drawn from the server's seed.
        retry_after: Seconds told by a 429.
        seconds: How long a hang lasts.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    model: str = "*"
    every: int | None = Field(default=None, ge=1)
    requests: tuple[int, ...] | None = None
    probability: float | None = Field(default=None, ge=0, le=1)
    retry_after: float = Field(default=1.0, ge=0)
    seconds: float = Field(default=600.0, ge=0)

    @model_validator(mode="after")
    def _one_schedule(self) -> Self:
        given = [self.every, self.requests, self.probability]
        if sum(value is not None for value in given) != 1:
            raise ValueError("give exactly one of every, requests and probability")
        return self

    def strikes(self, ordinal: int, draw: float) -> bool:
        """Whether it happens to the request with this ordinal, given a draw from [0, 1)."""
        if self.every is not None:
            return ordinal % self.every == 0
        if self.requests is not None:
            return ordinal in self.requests
        return draw < (self.probability or 0.0)


class FaultSchedule:
    """Says for each request which fault strikes it; the first that does.

    Args:
        faults: In the order in which they are asked.
        seed: Of the draws.
    """

    def __init__(self, faults: Sequence[Fault] = (), seed: int = 0) -> None:
        self._faults = tuple(faults)
        self._seed = seed
        self._counts = [0] * len(self._faults)
        self._lock = threading.Lock()

    def next(self, model: str) -> Fault | None:
        """Count a request for a model, and return its fault."""
        struck: Fault | None = None
        with self._lock:
            for index, fault in enumerate(self._faults):
                if not fnmatch.fnmatchcase(model, fault.model):
                    continue
                self._counts[index] += 1
                draw = _draw(self._seed, index, self._counts[index])
                if struck is None and fault.strikes(self._counts[index], draw):
                    struck = fault
        return struck


def load_faults(path: Path) -> list[Fault]:
    """Return the faults of a YAML file: a list under the key `faults`.

    Raises:
        InputError: The file cannot be read, or a fault is not as it should be.
    """
    location = Location(str(path))
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"the faults cannot be read: {error}", location=location) from error
    if not isinstance(content, dict) or set(content) != {"faults"}:
        raise InputError(
            "this is no file of faults",
            location=location,
            found=", ".join(map(str, content)) if isinstance(content, dict) else repr(content),
            expected="faults: [{kind: rate_limit, every: 5}, ...]",
        )
    try:
        return [Fault.model_validate(entry) for entry in content["faults"] or ()]
    except (ValidationError, TypeError) as error:
        raise InputError(f"a fault is not as it should be: {error}", location=location) from error


def _draw(seed: int, fault: int, ordinal: int) -> float:
    digest = hashlib.blake2b(f"{seed}/{fault}/{ordinal}".encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big") / 2**56
