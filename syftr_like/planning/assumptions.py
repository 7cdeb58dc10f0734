"""What a plan takes for granted of models that it did not call, or measured with a probe."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from syftr_like.contracts import DryCourse

from .evaluations import MOST_OUTRUN

if TYPE_CHECKING:
    import numpy as np

SHORTEST_REPLY = 2
"""Tokens of a short reply, such as a number or a name."""

LATENCY_S = (0.3, 5.0)
"""Seconds that a call of a remote model takes: on average between these."""

TOKENS_OFF = 0.15
"""Standard deviation of a tokenizer's count about ours, as a share."""

TIME_OFF = 0.3
"""Standard deviation of the logarithm of how much slower a study is: its flows than in a rehearsal,
and what is done around them than it was when it was measured."""


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
        input_tokens: Tokens of a request, on average.
        share_of_worst: What a call cost, as a share of its declared worst case.
        share_error: Standard error of that.
    """

    calls: int
    reply_tokens: float
    reply_error: float
    input_ratio: float
    seconds: float
    seconds_error: float
    input_tokens: float
    share_of_worst: float
    share_error: float


@dataclass(frozen=True, slots=True)
class UndeclaredBelief:
    """What one draw takes the calls to be that did not say what they would be like.

    Attributes:
        share_of_worst: What they cost, as a share of their declared worst case.
        tokens: Of a request and of a reply; None where nobody knows.
    """

    share_of_worst: float
    tokens: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class ModelBelief:
    """What one draw takes a model to be like.

    Attributes:
        input_ratio: Tokens of a request over our own count.
        reply_tokens: Tokens of a reply.
        seconds: Wall time of a call.
        undeclared: Its calls that say nothing before they are made.
    """

    input_ratio: float
    reply_tokens: float
    seconds: float
    undeclared: UndeclaredBelief


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
        import numpy as np

        found = self.measured.get(model)
        if found is None:
            low, high = LATENCY_S
            return ModelBelief(
                float(rng.lognormal(0, TOKENS_OFF)),
                _log_uniform(min(SHORTEST_REPLY, most_output_tokens), most_output_tokens, rng),
                _log_uniform(low, high, rng),
                UndeclaredBelief(_share_of_worst(rng), None),
            )
        reply = max(0.0, rng.normal(found.reply_tokens, found.reply_error))
        return ModelBelief(
            found.input_ratio,
            min(reply, most_output_tokens),
            max(0.0, rng.normal(found.seconds, found.seconds_error)),
            UndeclaredBelief(
                float(np.clip(rng.normal(found.share_of_worst, found.share_error), 0, 1)),
                (found.input_tokens, found.reply_tokens),
            ),
        )

    def in_words(
        self, declared: frozenset[str], undeclared: frozenset[str], *, racing: bool, loops: bool
    ) -> list[str]:
        """Return what the figures rest on, a sentence each.

        Args:
            declared: Models with calls that say what they would be like.
            undeclared: Models with calls that do not.
            racing: Whether racing stops trials.
            loops: Whether replies decide what is asked next.
        """
        models = declared | undeclared
        words = []
        if declared - set(self.measured):
            words.append(
                f"Replies have from {SHORTEST_REPLY} tokens to the declared maximum:"
                f" assumed for {_named(declared - set(self.measured))}. {_PROBE}"
            )
        if undeclared - set(self.measured):
            words.append(
                f"Calls of {_named(undeclared - set(self.measured))} do not say how long they"
                " would be: they cost up to their declared worst case, and their tokens are in no"
                f" figure. {_PROBE}"
            )
        if loops:
            words.append(
                "Agents and cascades ask as little as they can, what is usual (two things are"
                " looked up), or as much as their limits allow: which, no plan knows."
            )
        if undeclared:
            words.append(
                f"What replies of {_named(undeclared)} lead to, further calls for example, is not"
                " in the figures."
            )
        if models - set(self.measured):
            words.append(
                f"A call takes {LATENCY_S[0]:g} to {LATENCY_S[1]:g} s: assumed for"
                f" {_named(models - set(self.measured))}. {_PROBE}"
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
                "Racing ends trials that others surely beat: none, or at each judgement up to"
                f" {MOST_OUTRUN:.0%} of those that would go on. How many depends on the flows."
            )
        words.append("Minutes are for this machine with nothing else running.")
        return words


_PROBE = "--probe N measures it."


def draw_course(rng: np.random.Generator) -> dict[DryCourse, float]:
    """Draw between which courses loops go, as shares that add up to 1.

    The usual course is in the middle. One draw in twelve takes the fewest calls that there can be,
    and one in twelve the most: more than are left out at either end of an interval, so that it
    reaches from the one to the other.
    """
    place = float(rng.uniform(-1.2, 1.2))
    most, fewest = min(1.0, max(0.0, place)), min(1.0, max(0.0, -place))
    return {
        DryCourse.FEWEST: fewest,
        DryCourse.USUAL: 1 - most - fewest,
        DryCourse.MOST: most,
    }


def _named(models: frozenset[str]) -> str:
    return ", ".join(sorted(models))


def _share_of_worst(rng: np.random.Generator) -> float:
    """Draw what calls of unknown length cost, as a share of their declared worst case.

    A worst case holds every attempt and the longest replies: mostly calls cost a small part of it,
    so that low shares are likelier. But it may be what each call costs, as for a price per call:
    one draw in eleven, more than are left out above an interval, is the worst case itself.
    """
    return float(min(1.0, rng.uniform(0, 1.1)) ** 2)


def _log_uniform(low: float, high: float, rng: np.random.Generator) -> float:
    if low >= high:
        return float(high)
    return math.exp(rng.uniform(math.log(low), math.log(high)))
