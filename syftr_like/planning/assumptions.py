"""What a plan takes for granted of models that it did not call, or measured with a probe."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .evaluations import MOST_OUTRUN

if TYPE_CHECKING:
    import numpy as np

SHORTEST_REPLY = 10
"""Tokens of a short reply."""

LATENCY_S = (0.3, 5.0)
"""Seconds that a call of a remote model takes: on average between these."""

TOKENS_OFF = 0.15
"""Standard deviation of a tokenizer's count about ours, as a share."""

TIME_OFF = 0.3
"""Standard deviation of the logarithm of how much slower a study is than a rehearsal."""

START_S, TRIAL_S = 6.0, 0.15
"""Seconds to start workers, and to propose, record and track one trial."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What real calls of a model were like.

    Attributes:
        calls: How many.
        reply_tokens: Tokens of a reply, on average.
        reply_error: Standard error of that.
        input_ratio: Tokens of a request over our own count.
        seconds: Wall time of a call, on average.
        seconds_error: Standard error of that.
    """

    calls: int
    reply_tokens: float
    reply_error: float
    input_ratio: float
    seconds: float
    seconds_error: float


@dataclass(frozen=True, slots=True)
class ModelBelief:
    """What one draw takes a model to be like: shares of our count and of the longest reply."""

    input_ratio: float
    reply_tokens: float
    seconds: float


@dataclass(frozen=True)
class Assumptions:
    """What is believed of each model; what a probe measured replaces what is assumed.

    Attributes:
        measured: By model.
    """

    measured: Mapping[str, Measured] = field(default_factory=dict)

    def draw(self, model: str, most_output_tokens: int, rng: np.random.Generator) -> ModelBelief:
        """Draw what a model may be like.

        Args:
            model: Its name.
            most_output_tokens: Its longest reply; 0 for embeddings.
            rng: Source of randomness.
        """
        found = self.measured.get(model)
        if found is None:
            low, high = LATENCY_S
            return ModelBelief(
                float(rng.lognormal(0, TOKENS_OFF)),
                _log_uniform(min(SHORTEST_REPLY, most_output_tokens), most_output_tokens, rng),
                _log_uniform(low, high, rng),
            )
        reply = max(0.0, rng.normal(found.reply_tokens, found.reply_error))
        return ModelBelief(
            found.input_ratio,
            min(reply, most_output_tokens),
            max(0.0, rng.normal(found.seconds, found.seconds_error)),
        )

    def in_words(self, models: frozenset[str], *, racing: bool) -> list[str]:
        """Return what the figures rest on, a sentence each."""
        unknown = sorted(models - set(self.measured))
        words = []
        if unknown:
            words.append(
                f"Replies have {SHORTEST_REPLY} tokens to the declared maximum, and a call takes"
                f" {LATENCY_S[0]:g} to {LATENCY_S[1]:g} s: assumed for {', '.join(unknown)}."
                " --probe N measures it."
            )
        for model, found in sorted(self.measured.items()):
            words.append(
                f"{model}: {found.reply_tokens:.0f} tokens a reply and {found.seconds:.2g} s a"
                f" call, measured on {found.calls} calls."
            )
        if models:
            words.append(
                "Every call is answered at once and paid for: retries and replies that cannot be"
                " read cost more, equal requests of several trials less."
            )
        if racing:
            words.append(
                f"Racing stops none, or up to {MOST_OUTRUN:.0%} of the trials that go on at a"
                " level: how many depends on the flows."
            )
        words.append("Minutes are for this machine with nothing else running.")
        return words


def _log_uniform(low: float, high: float, rng: np.random.Generator) -> float:
    if low >= high:
        return float(high)
    return math.exp(rng.uniform(math.log(low), math.log(high)))
