"""What calls consume, as one draw takes models to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from syftr_like.contracts import DryCourse

from .assumptions import ModelBelief
from .dry_judges import AskedAbout
from .dry_models import DryRecord
from .durations import KEEP_S, PREPARE_S
from .rehearsal import RehearsedFlow
from .watched_store import Build

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TOLD = ("calls", "judge_calls", "unknown_calls", "input_tokens", "output_tokens", "usd")
QUANTITIES = (*TOLD, "call_s", "cpu_s")

Beliefs = Mapping[str, ModelBelief]

_KIND = attrgetter("model", "most_output_tokens", "declared")


@dataclass(frozen=True, slots=True)
class CallGroup:
    """Calls of one model with the same longest reply, added up.

    Attributes:
        model, most_output_tokens, declared: See `DryRecord`.
        share: What they count for.
        judging: Whether a judge makes them.
        calls: How many.
        input_tokens, input_usd, most_usd, worst_usd: See `DryRecord`.
    """

    model: str
    most_output_tokens: int
    declared: bool
    share: float
    judging: bool
    calls: int
    input_tokens: int
    input_usd: float
    most_usd: float
    worst_usd: float

    def consumed(self, belief: ModelBelief) -> list[float]:
        """Return each of `QUANTITIES`."""
        unknown = inputs = outputs = usd = 0.0
        if self.declared:
            most = self.most_output_tokens
            reply = min(belief.reply_tokens, most)
            part = reply / most if most else 0.0
            inputs = self.input_tokens * belief.input_ratio
            outputs = reply * self.calls
            usd = self.input_usd * belief.input_ratio + (self.most_usd - self.input_usd) * part
        else:
            usd = belief.undeclared.share_of_worst * self.worst_usd
            if belief.undeclared.tokens is None:
                unknown = self.calls
            else:
                inputs = belief.undeclared.tokens[0] * self.calls
                outputs = belief.undeclared.tokens[1] * self.calls
        judged = self.calls if self.judging else 0.0
        seconds = belief.seconds * self.calls
        quantities = (self.calls, judged, unknown, inputs, outputs, usd, seconds, 0.0)
        return [self.share * value for value in quantities]


@dataclass(frozen=True, slots=True)
class Amount:
    """What something takes, whatever models are like.

    Attributes:
        groups: Its calls.
        cpu_s: CPU seconds of its own.
    """

    groups: tuple[CallGroup, ...]
    cpu_s: float

    def drawn(self, beliefs: Beliefs) -> Floats:
        """Return each of `QUANTITIES`, as models are believed to be."""
        import numpy as np

        total = np.zeros(len(QUANTITIES))
        for group in self.groups:
            total += group.consumed(beliefs[group.model])
        total[-1] += self.cpu_s
        return total


@dataclass(frozen=True, slots=True)
class FlowAmounts:
    """What a flow takes by one course of its questions.

    Attributes:
        per_tune: Per question of the tune split.
        per_holdout: Per question of the holdout split.
        once: For a trial's first preparation, whose indexes are there.
        again: For preparing it again.
    """

    per_tune: Amount
    per_holdout: Amount
    once: Amount
    again: Amount


def flow_amounts(
    flow: RehearsedFlow, course: DryCourse, judged: Mapping[str, AskedAbout], *, replays: bool
) -> FlowAmounts:
    """Return what a flow takes.

    Args:
        flow: The flow.
        course: The course of its questions.
        judged: By metric, about which questions a judge asks.
        replays: Whether equal requests are made once: those about questions that were learned from
            are answered already, and preparing again takes none.
    """
    calls = flow.courses[course]
    learned = calls.learned if replays else frozenset()
    each = 1 / flow.questions
    tune = grouped((c for c in calls.answering if c.request not in learned), each)
    holdout = grouped(calls.answering, each)
    if course is DryCourse.MOST and calls.learned_from:
        # Which branch will be learned to be asked, no plan knows: no more than all were tried.
        tried = 1 / calls.learned_from
        if len(calls.trying) * tried > len(calls.answering) * each:
            holdout = grouped(calls.trying, tried)
    for metric, about in judged.items():
        judge = calls.judging[metric]
        if judge.answers:
            per_answer = 1 / judge.answers
            tune += grouped(judge.calls, per_answer * about.tune, judging=True)
            holdout += grouped(judge.calls, per_answer * about.holdout, judging=True)
    prepare_s = PREPARE_S + flow.prepare_s
    return FlowAmounts(
        Amount(tune, flow.cpu_s),
        Amount(holdout, flow.cpu_s),
        Amount(grouped(calls.preparing), prepare_s),
        Amount(() if replays else grouped(calls.preparing), prepare_s),
    )


def build_amount(build: Build, share: float) -> Amount:
    """Return what one build of all documents takes, of which a share was built."""
    # The dry calls themselves take no time worth mentioning.
    return Amount(grouped(build.calls, 1 / share), KEEP_S + build.seconds / share)


def grouped(
    calls: Iterable[DryRecord], share: float = 1.0, *, judging: bool = False
) -> tuple[CallGroup, ...]:
    """Return calls as few groups, each counted with a share."""
    return tuple(
        _group(list(same), share, judging) for _, same in groupby(sorted(calls, key=_KIND), _KIND)
    )


def _group(calls: Sequence[DryRecord], share: float, judging: bool) -> CallGroup:
    return CallGroup(
        calls[0].model,
        calls[0].most_output_tokens,
        calls[0].declared,
        share,
        judging,
        len(calls),
        sum(call.input_tokens for call in calls),
        sum(call.input_usd for call in calls),
        sum(call.most_usd for call in calls),
        sum(call.worst_usd for call in calls),
    )
