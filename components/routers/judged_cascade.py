"""A cascade over what a language model makes of the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from syftr_like.contracts import Answer, AskedAnswer, Indexes, Query, Router, fingerprint

from ..asking import AskingParameters, ask, connect, task
from ..dry_reply import DryReplies
from ..reply_forms import UnreadableReplyError
from .choice_replies import likelihood
from .escalation import ThresholdParameters, check_thresholds, escalate, thresholds_of


class JudgedCascade(Router):
    """Asks its branches in order until a model holds an answer for likely enough to be right.

    For branches whose answers bring no confidence with them. The judge costs a call with a short
    reply for every answer but the last branch's, so it should be cheap; what it says is kept as
    the answer's confidence. It is not asked about an abstention, which never stands. Where none of
    its replies can be read, the next branch is asked; where it does not reply at all, that is a
    failure. FrugalGPT (Chen et al. 2023), with a model that is asked in place of one that is
    trained; `calibrated_cascade` trains one.
    """

    name = "judged_cascade"

    class Parameters(ThresholdParameters, AskingParameters):
        """Which model judges, and how likely is enough."""

    parameters: Parameters

    @classmethod
    def check_branches(cls, possible: Mapping[str, Sequence[Any]], branches: Sequence[str]) -> None:
        """Check that thresholds are stated for places that there are."""
        check_thresholds(possible, len(branches))

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> object:
        """Make the model's client, so that the first question does not wait for it."""
        connect(self.parameters.llm)
        return None

    async def route(
        self, question: Query, branches: Mapping[str, AskedAnswer], prepared: Any
    ) -> Answer:
        """Return the first answer that the judge holds for likely enough.

        Raises:
            ComponentError: The last branch failed, the judge did not reply, or a threshold is
                stated for a step that there is not.
        """
        p = self.parameters

        # Every first answer stands, or half of them, or none.
        drawn = "100" if int(fingerprint(question.text), 16) % 2 else "0"
        example = DryReplies("100", drawn, "0")

        async def judged(answers: Sequence[Answer | None]) -> float | None:
            answer = answers[-1]
            if answer is None or answer.abstained:
                return None
            messages = task("router_judge", question=question.text, answer=answer.text)
            try:
                return await ask(p.llm, messages, likelihood, tries=p.tries, example=example)
            except UnreadableReplyError:
                return None

        found = await escalate(branches, thresholds_of(p, len(branches)), judged)
        return found.with_confidence
