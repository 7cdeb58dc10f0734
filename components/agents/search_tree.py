"""A tree of steps that is searched by upper confidence bounds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from syftr_like.contracts import Answer

from .findings import Finding


@dataclass(eq=False)
class TreeNode:
    """A state: all steps from the root to here.

    Attributes:
        parent: The state before the last step; None of the root.
        finding: What the last step looked up.
        answer: The answer that the last step is, if it is one.
        closed: Whether there is nothing to do below it: it is an end, or all below it is closed.
        visits: How many values were passed through it.
        total: Their sum.
        children: The states after one more step, in the order in which they were proposed.
    """

    parent: TreeNode | None = None
    finding: Finding | None = None
    answer: Answer | None = None
    closed: bool = False
    visits: int = 0
    total: float = 0.0
    children: list[TreeNode] = field(default_factory=list)

    @property
    def path(self) -> list[TreeNode]:
        """The states from the first step to here."""
        return [] if self.parent is None else [*self.parent.path, self]

    @property
    def findings(self) -> list[Finding]:
        """What was looked up on the way."""
        return [node.finding for node in self.path if node.finding is not None]

    @property
    def depth(self) -> int:
        """Steps on the way."""
        return len(self.path)

    @property
    def mean(self) -> float:
        """Mean of the values that were passed through it; it has one at least."""
        return self.total / self.visits

    def add(self, children: Sequence[TreeNode], values: Sequence[float]) -> None:
        """Put children below it, and pass their values up (backpropagation)."""
        self.children += children
        for child, value in zip(children, values, strict=True):
            for node in (self.root, *child.path):
                node.visits += 1
                node.total += value

    @property
    def root(self) -> TreeNode:
        """The state before the first step."""
        return self if self.parent is None else self.parent.root

    def close(self) -> None:
        """Say that there is nothing to do below it, and above it where this was the last."""
        self.closed = True
        above = self.parent
        if above is not None and all(child.closed for child in above.children):
            above.close()

    def select(self, exploration: float) -> TreeNode:
        """Return the open leaf that is reached by always taking the child of the highest bound.

        The bound is that of UCT (Kocsis and Szepesvari 2006): the mean value, and the more the
        seldomer the child was visited. Of equal children the earlier one is taken, so that nothing
        is drawn by lot.

        Args:
            exploration: Weight of the second part.
        """
        node = self
        while node.children:
            log_visits = math.log(node.visits)
            node = max(
                (child for child in node.children if not child.closed),
                key=lambda child: child.mean + exploration * math.sqrt(log_visits / child.visits),
            )
        return node
