"""A flow as a LangChain `Runnable`: `flow.invoke("question")`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig

from syftr_like.cache import Cache
from syftr_like.contracts import Documents, Examples, Outcome, Passage
from syftr_like.errors import ComponentError, InputError
from syftr_like.space.flow_config import FlowConfig

from .build import build_flow
from .executor import NO_EXAMPLES, IndexingError, Limits, PreparedFlow
from .index_store import IndexStore


@dataclass(frozen=True, slots=True)
class Reply:
    """What a flow replies to a question.

    Attributes:
        answer: The answer; empty when the flow abstained, or ends in passages.
        abstained: Whether it declined to answer.
        confidence: Its own probability of being right, when it has one.
        passages: What the answer was read from, best first.
        outcome: The full record: time, tokens and cost of each node.
    """

    answer: str
    abstained: bool
    confidence: float | None
    passages: tuple[Passage, ...]
    outcome: Outcome

    def __str__(self) -> str:
        return self.answer


class FlowRunnable(Runnable[str, Reply]):
    """A flow, indexed and ready for questions.

    Args:
        config: The flow.
        documents: What it answers from.
        allow_imports: Module prefixes that `uses:` may import from.
        limits: Timeout and price of compute.
        examples: Labelled questions that its components may learn from.
        cache: Where its indexes may be found ready; None builds them. Questions are always run.

    Raises:
        InputError: The flow cannot be built, or a component lacks a package or a key.
        IndexingError: A component failed while it indexed.
    """

    def __init__(
        self,
        config: FlowConfig,
        documents: Documents,
        *,
        allow_imports: Sequence[str] = (),
        limits: Limits | None = None,
        examples: Examples = NO_EXAMPLES,
        cache: Cache | None = None,
    ) -> None:
        self.config = config
        flow = build_flow(config, allow_imports)
        try:
            store = IndexStore(cache=cache)
            self._prepared = PreparedFlow(flow, documents, store, limits, examples=examples)
        except IndexingError as error:
            # A missing key or package is the user's to mend, and says so better by itself.
            if isinstance(error.__cause__, InputError):
                raise error.__cause__ from None
            raise

    def invoke(self, input: str, config: RunnableConfig | None = None, **kwargs: Any) -> Reply:
        """Answer a question.

        Raises:
            ComponentError: The flow failed on it.
        """
        # A thread of its own: there may be a running loop already, as in a notebook.
        with ThreadPoolExecutor(max_workers=1) as pool:
            return pool.submit(lambda: asyncio.run(self.ainvoke(input, config))).result()

    async def ainvoke(
        self, input: str, config: RunnableConfig | None = None, **kwargs: Any
    ) -> Reply:
        """Answer a question; see `invoke`."""
        outcome = await self._prepared.run("", input)
        if outcome.error is not None:
            raise ComponentError(outcome.error)
        answer = outcome.answer
        return Reply(
            answer=answer.text if answer else "",
            abstained=answer.abstained if answer else False,
            confidence=answer.confidence if answer else None,
            passages=outcome.passages,
            outcome=outcome,
        )
