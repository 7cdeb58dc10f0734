"""Components that learn from the labelled questions of the tune split before they serve.

What a component may learn from is how its branches do on questions whose answers are known. Trying
them is paid for: it counts as index-time work of the flow. A question of the tune split that was
learned from is answered by a model that has not seen it; see `catalogue` components for how.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

from .asking_nodes import Router
from .component import Input
from .values import Answer, Examples, Port, Question


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a branch made of a labelled question.

    Attributes:
        answer: Its answer; None where it failed.
        score: What the answer is worth, by the component's metric; that of a failure where it
            failed.
        usd: Flow cost: model calls, and CPU time at the study's rate.
        seconds: Service time.
    """

    answer: Answer | None
    score: float
    usd: float
    seconds: float


Try: TypeAlias = Callable[[Question, str], Awaitable[Attempt]]
"""Has a branch answer a question: given the question and the branch's name."""


class LearningRouter(Router):
    """A router that tries its branches on labelled questions, and learns which to ask.

    Its parameters name the metric that says what an answer is worth (`metric`).
    """

    inputs: ClassVar[Mapping[str, Input]] = {
        "question": Input(Port.QUESTION),
        "examples": Input(Port.EXAMPLES),
        "branches": Input(Port.ANSWER, branches=True),
    }

    @abstractmethod
    async def learn(
        self, examples: Examples, branches: tuple[str, ...], attempt: Try, prepared: Any
    ) -> Any:
        """Return what `route` is given as `prepared`.

        Args:
            examples: The labelled questions, in the order in which a study asks them.
            branches: Their names, in the order of the node's `from`.
            attempt: Tries a branch on a question.
            prepared: What `prepare` returned.
        """
