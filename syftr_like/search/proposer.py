"""The contract of everything that decides which configuration to try next."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, TypeAlias

if TYPE_CHECKING:
    from syftr_like.search.objective import Constraint, Objective
    from syftr_like.space import Space

Value: TypeAlias = "bool | int | float | str | None"
"""What a decision may take."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A configuration with the identity of the flow that it decodes to."""

    params: dict[str, Value]
    key: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A configuration to be tried.

    Attributes:
        number: 0, 1, 2, ... in the order proposed; restored ones are counted.
        params: Path of each active decision to the value decided, in the space's order.
        key: `FlowConfig.key` of the decoded flow; unique among the proposals of one proposer.
    """

    number: int
    params: dict[str, Value]
    key: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """What came of a proposal.

    Attributes:
        losses: One finite number per objective, less is better (`objective.losses`). A trial
            that failed is told with the worst values that the study gives to failures.
        violations: One number per constraint, above 0 where it is broken
            (`Constraint.violation`).
    """

    losses: tuple[float, ...]
    violations: tuple[float, ...] = ()

    @property
    def feasible(self) -> bool:
        """Whether every constraint is kept."""
        return all(violation <= 0 for violation in self.violations)


@dataclass(slots=True)
class Record:
    """An earlier proposal and what is known of it; `feedback` is None while it is pending."""

    params: Mapping[str, Value]
    key: str
    feedback: Feedback | None = None


@dataclass(slots=True)
class History:
    """All proposals in the order made, pending ones included."""

    records: list[Record] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def add(self, params: Mapping[str, Value], key: str) -> int:
        """Append a proposal and return its number."""
        self.records.append(Record(dict(params), key))
        self.keys.add(key)
        return len(self.records) - 1


class Proposer(ABC):
    """Proposes configurations of a space, and learns from what came of them.

    Call `ask` for a proposal and `tell` when its feedback is there; any number may be pending
    at a time, and feedback may arrive in any order. Two promises hold for every proposer:

    - *It never proposes a flow twice.* Flows are told apart by their decoded key, so that two
      configurations that mean the same computation count as one. Forbidden combinations are
      never proposed.
    - *It can be rebuilt at any moment.* The next proposal is a function of the seed and of the
      earlier proposals with their feedback, and of nothing else: neither of the order in which
      feedback arrived nor of any generator's hidden state. A fresh proposer with the same
      arguments, to which the same proposals were restored in order, goes on exactly as the
      old one would have.

    Not safe to be called from several threads at once.

    Args:
        space: What to choose from.
        objectives: What the losses of a feedback stand for, in this order.
        constraints: What the violations of a feedback stand for, in this order.
        seed: Any whole number.
        reason: Why this method was chosen, in words, for logs and reports.
    """

    method: ClassVar[str]
    """Its name in a study's `search.method`."""

    def __init__(
        self,
        space: Space,
        objectives: Sequence[Objective],
        constraints: Sequence[Constraint] = (),
        *,
        seed: int,
        reason: str = "",
    ) -> None:
        if not objectives:
            raise ValueError("a search needs at least one objective")
        self.space = space
        self.objectives = tuple(objectives)
        self.constraints = tuple(constraints)
        self.seed = seed
        self.reason = reason or f"search.method is '{self.method}'"
        self._history = History()

    @property
    def proposed(self) -> int:
        """How many proposals were made so far, restored ones included."""
        return len(self._history.records)

    def ask(self) -> Proposal | None:
        """Return the next proposal, or None when there is nothing left that was not proposed."""
        candidate = self._propose(self.proposed)
        if candidate is None:
            return None
        if candidate.key in self._history.keys:
            raise AssertionError(f"{type(self).__name__} proposed flow {candidate.key} twice")
        number = self._history.add(candidate.params, candidate.key)
        self._on_proposal(number)
        return Proposal(number, candidate.params, candidate.key)

    def tell(self, number: int, feedback: Feedback) -> None:
        """Report what came of a proposal.

        A proposal may be told again, for instance with values that rest on more questions: the
        later feedback replaces the earlier.

        Raises:
            KeyError: There is no such proposal.
            ValueError: The feedback has not one number per objective and constraint, or holds
                a NaN or an infinite loss.
        """
        if not 0 <= number < self.proposed:
            raise KeyError(f"there is no proposal {number}: {self.proposed} were made")
        self._check(feedback)
        self._history.records[number].feedback = feedback
        self._on_feedback(number)

    def restore(self, params: Mapping[str, Value], feedback: Feedback | None) -> int:
        """Replay one proposal of an earlier process and return its number.

        Call it for every earlier proposal in the original order, before the first `ask`.
        Proposals of another method, of another seed or made by hand may be restored too.

        Args:
            params: The configuration.
            feedback: None while it is pending or was abandoned: it will not be proposed again.

        Raises:
            InputError: The space does not hold this configuration.
            ValueError: As `tell`.
        """
        if feedback is not None:
            self._check(feedback)
        key = self.space.decode(params).key
        # The walk gives each value the form that proposals have, and the order.
        canonical = self.space.walk(lambda path, domain: params[path])
        number = self._history.add(canonical, key)
        self._on_proposal(number)
        if feedback is not None:
            self.tell(number, feedback)
        return number

    @property
    def _seen(self) -> AbstractSet[str]:
        return self._history.keys

    @abstractmethod
    def _propose(self, number: int) -> Candidate | None:
        """Return an unseen candidate to become proposal `number`, or None when exhausted.

        Must be a function of the seed, `number` and the history only.
        """

    # Hooks that most proposers have no use for: not abstract on purpose.
    def _on_proposal(self, number: int) -> None:  # noqa: B027
        """Take note of a proposal made or restored."""

    def _on_feedback(self, number: int) -> None:  # noqa: B027
        """Take note of feedback, first or later."""

    def _check(self, feedback: Feedback) -> None:
        if len(feedback.losses) != len(self.objectives):
            raise ValueError(f"{len(feedback.losses)} losses for {len(self.objectives)} objectives")
        if len(feedback.violations) != len(self.constraints):
            raise ValueError(
                f"{len(feedback.violations)} violations for {len(self.constraints)} constraints"
            )
        for objective, loss in zip(self.objectives, feedback.losses, strict=True):
            if not math.isfinite(loss):
                raise ValueError(
                    f"the loss of {objective.metric} is {loss}: a failed trial is told with the "
                    "worst finite value"
                )
        for constraint, violation in zip(self.constraints, feedback.violations, strict=True):
            if math.isnan(violation):
                raise ValueError(f"the violation of '{constraint}' is NaN")
