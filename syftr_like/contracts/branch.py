"""Parts of a graph that a component may have run: none of them, one, or one of them many times.

A router picks one of its branches, a cascade goes on to the next, an agent searches with a tool.
Such a component declares `Input(port, branches=True)`. Every entry of that type in the `from` of
its node is a branch, with the entry's name. It is asynchronous, and is given a mapping from names
to `Branch`; what it does not ask is not run, and costs nothing.
"""

from __future__ import annotations

from typing import Protocol

from .values import Answer, Passage

SEPARATOR = "."
"""Between the name of an input and that of a branch, in the inputs of a node's configuration."""


class Branch(Protocol):
    """A node of the flow, with all that feeds it, to be run when it is asked."""

    @property
    def name(self) -> str:
        """Its name for the component."""
        ...

    async def ask(self, text: str | None = None) -> Answer | tuple[Passage, ...]:
        """Return what the branch makes of the question, or of another text in its place.

        What was computed for the same text before, for this question, is not computed again. Ask
        several side by side with `asyncio.gather`: they count as their longest.

        Raises:
            ComponentError: A node of it failed, or the question's time is used up.
            BudgetExhaustedError: A model call was refused; the question is not answered, whatever
                the component makes of it.
        """
        ...


def branch_input(name: str, branch: str) -> str:
    """Return the name under which a node's configuration holds a branch."""
    return f"{name}{SEPARATOR}{branch}"


def split_input(name: str) -> tuple[str, str | None]:
    """Return an input's name and, where it is one of its branches, the branch's name."""
    input_name, separator, branch = name.partition(SEPARATOR)
    return input_name, branch if separator else None


class AskedAnswer(Protocol):
    """A branch that yields answers."""

    @property
    def name(self) -> str:
        """Its name for the component."""
        ...

    async def ask(self, text: str | None = None) -> Answer:
        """Return its answer; see `Branch.ask`."""
        ...


class AskedPassages(Protocol):
    """A branch that yields passages."""

    @property
    def name(self) -> str:
        """Its name for the component."""
        ...

    async def ask(self, text: str | None = None) -> tuple[Passage, ...]:
        """Return its passages; see `Branch.ask`."""
        ...
