"""Routing by a language model that reads the question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from syftr_like.contracts import (
    Answer,
    AskedAnswer,
    Indexes,
    Query,
    Router,
    fingerprint,
    parameter,
)

from ..asking import AskingParameters, ask, connect, task
from ..dry_reply import DryReplies
from ..reply_forms import UnreadableReplyError
from .choice_replies import chosen_name
from .named import BranchReference, branch_named, check_known


class LlmRouter(Router):
    """Has a language model pick the branch that should answer, from what each is good for.

    For branches that differ in what they know or can do, which can be said in a sentence and needs
    no labels; how hard a question is, a model judges badly beforehand (a cascade or a learned
    router does better there). One call of a small model and a short reply before each question. A
    reply that chooses no branch is asked for again, up to `tries` replies; then the default branch
    answers. A model that does not reply at all is a failure. With one branch no model is asked.
    """

    name = "llm_router"

    class Parameters(AskingParameters):
        """Which model, and what it is told of the branches."""

        descriptions: dict[str, str] = parameter(
            {}, "What a branch is good for, by its name; a branch that is left out, its name says."
        )
        default: BranchReference = parameter(
            1, "The branch where no reply could be read: its name, or its place from 1."
        )

    parameters: Parameters

    @classmethod
    def check_branches(cls, possible: Mapping[str, Sequence[Any]], branches: Sequence[str]) -> None:
        """Check that descriptions and default name branches."""
        for descriptions in possible["descriptions"]:
            check_known(descriptions, branches)
        for default in possible["default"]:
            branch_named(default, branches)

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> object:
        """Make the model's client, so that the first question does not wait for it."""
        connect(self.parameters.llm)
        return None

    async def route(
        self, question: Query, branches: Mapping[str, AskedAnswer], prepared: Any
    ) -> Answer:
        """Return the answer of the branch that the model picks.

        Raises:
            ComponentError: A description or the default names no branch, the model did not reply,
                or the branch failed.
        """
        p = self.parameters
        names = list(branches)
        check_known(p.descriptions, names)
        default = branch_named(p.default, names)
        if len(names) == 1:
            return await branches[default].ask()
        listed = "\n".join(
            f"{number}. {name}: {p.descriptions[name]}"
            if name in p.descriptions
            else f"{number}. {name}"
            for number, name in enumerate(names, start=1)
        )
        messages = task("router_choice", branches=listed, question=question.text)
        try:
            name = await ask(
                p.llm,
                messages,
                partial(chosen_name, names=names),
                tries=p.tries,
                # A plan takes it always to be the first, or each equally often, or the last.
                example=DryReplies(
                    "1",
                    str(int(fingerprint(question.text), 16) % len(names) + 1),
                    str(len(names)),
                ),
            )
        except UnreadableReplyError:
            name = default
        return await branches[name].ask()
