"""A cascade over the confidence that the answers bring with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from syftr_like.contracts import Answer, AskedAnswer, Query, Router, parameter
from syftr_like.errors import ComponentError

from .agreement import best_overlap
from .escalation import ThresholdParameters, check_thresholds, escalate, thresholds_of


class Cascade(Router):
    """Asks its branches in order, cheap ones first, until an answer is sure enough.

    Saves most where a cheap branch answers many questions well and knows which. `confidence` is
    where that comes from:

    - `answer`: the answer's own, such as a reader's score or the share of a self-consistency
      branch's samples; a branch that answers without one is a failure. An abstention counts as no
      confidence, whatever it says.
    - `agreement`: an answer stands where one before it says nearly the same (F1 of their words), so
      that the first two branches are always asked, side by side, and it takes at least three. The
      pair should make different mistakes. Two abstentions are no agreement. (Answer consistency:
      Yue et al. 2024. Within one model: let a branch be a self-consistency, and use `answer`.)

    The last branch's answer stands whatever it is. A branch that fails is passed over, but for the
    last. Needs no labels and no call of its own; where the confidences of branches mean different
    things, `calibrated_cascade` learns what they mean, and `judged_cascade` asks a model. Cascades
    of language models: FrugalGPT (Chen et al. 2023).
    """

    name = "cascade"

    class Parameters(ThresholdParameters):
        """Where confidence comes from, and how much is enough."""

        confidence: Literal["answer", "agreement"] = parameter(
            "answer", "The answer's own confidence, or agreement with an answer before it."
        )

    parameters: Parameters

    @classmethod
    def check_branches(cls, possible: Mapping[str, Sequence[Any]], branches: Sequence[str]) -> None:
        """Check that there are branches enough for thresholds and agreement."""
        for confidence in possible["confidence"]:
            if confidence == "agreement":
                _check_pair(len(branches))
            skipped = 1 if possible["confidence"] == ("agreement",) else 0
            check_thresholds(possible, len(branches), skipped)

    async def route(
        self, question: Query, branches: Mapping[str, AskedAnswer], prepared: Any
    ) -> Answer:
        """Return the first answer that is sure enough.

        Raises:
            ComponentError: The last branch failed, a branch answered without confidence, or there
                are too few branches for what the parameters say.
        """
        if self.parameters.confidence == "answer":
            thresholds = thresholds_of(self.parameters, len(branches))
            return (await escalate(branches, thresholds, _own)).answer
        _check_pair(len(branches))
        thresholds = thresholds_of(self.parameters, len(branches), skipped=1)
        return (await escalate(branches, thresholds, _agreed, together=2)).answer


def _check_pair(branches: int) -> None:
    if branches < 3:
        raise ComponentError(
            f"agreement needs at least 3 branches, the first two of which are compared: there"
            f" are {branches}"
        )


async def _own(answers: Sequence[Answer | None]) -> float | None:
    answer = answers[-1]
    assert answer is not None
    if answer.abstained:
        return None
    if answer.confidence is None:
        raise ComponentError(
            f"the answer of branch {len(answers)} has no confidence: let `confidence` be"
            " `agreement`, or use judged_cascade or calibrated_cascade"
        )
    return answer.confidence


async def _agreed(answers: Sequence[Answer | None]) -> float | None:
    answer = answers[-1]
    assert answer is not None
    return best_overlap(answer, answers[:-1])
