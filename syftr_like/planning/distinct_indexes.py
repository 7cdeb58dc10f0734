"""How many index-time results the planned trials need, each counted once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from syftr_like.contracts import BudgetExhaustedError, Examples, calling_in
from syftr_like.errors import UnavailableError
from syftr_like.flow import NO_EXAMPLES, IndexingError, Limits, PreparedFlow, build_flow
from syftr_like.space.flow_config import FlowConfig

from .document_sample import DocumentSample
from .dry_models import DryModels, calls_out_by_itself
from .errors import cause
from .watched_store import CountingStore

LONGEST_S = 20.0
"""Time after which no further flow is counted."""


@dataclass(frozen=True)
class DistinctIndexes:
    """What would be built.

    Attributes:
        after: After each counted flow, in the order of proposal, how many distinct results.
        kinds: Distinct results by what they are.
        unknown: Why a flow could not be counted, and how many it was so for.
        sampled: Whether chunks were told apart on a part of the documents only.
    """

    after: tuple[int, ...]
    kinds: Mapping[str, int]
    unknown: Mapping[str, int]
    sampled: bool

    @property
    def count(self) -> int:
        """Distinct results of the counted flows."""
        return self.after[-1] if self.after else 0

    def expected(self, trials: int) -> float:
        """Return how many distinct results so many trials need: counted, or extrapolated.

        Beyond the counted flows, as many come with each trial as came in their second half.
        """
        counted = len(self.after)
        if counted == 0:
            return 0.0
        if trials <= counted:
            return float(self.after[trials - 1])
        half = counted // 2
        per_trial = (self.count - (self.after[half - 1] if half else 0)) / (counted - half)
        return self.count + per_trial * (trials - counted)


def distinct_indexes(
    flows: Sequence[FlowConfig],
    sample: DocumentSample,
    allow_imports: Sequence[str],
    examples: Examples = NO_EXAMPLES,
    *,
    longest_s: float = LONGEST_S,
) -> DistinctIndexes:
    """Prepare each flow with indexes of a few chunks, and count content addresses.

    Documents are split in full, so that different parameters which come to the same chunks count
    once, as in a study.
    """
    models = DryModels()
    store = CountingStore(models)
    environment = models.environment()
    unknown: Counter[str] = Counter()
    after: list[int] = []
    started = time.monotonic()
    try:
        with calling_in(environment):
            for config in flows:
                if after and time.monotonic() - started > longest_s:
                    break
                reason = _prepared(config, sample, store, allow_imports, examples)
                if reason is None:
                    after.append(len(store.kinds))
                else:
                    unknown[reason] += 1
    finally:
        environment.close()
    return DistinctIndexes(
        tuple(after), Counter(store.kinds.values()), dict(unknown), not sample.whole
    )


def _prepared(
    config: FlowConfig,
    sample: DocumentSample,
    store: CountingStore,
    allow_imports: Sequence[str],
    examples: Examples,
) -> str | None:
    """Prepare a flow; return why that could not be done."""
    flow = build_flow(config, allow_imports)
    reason = calls_out_by_itself(node.component for node in flow.nodes.values())
    if reason is not None:
        return reason
    try:
        PreparedFlow(flow, sample.documents, store, Limits(), examples=examples, learn=False)
    except (IndexingError, BudgetExhaustedError, UnavailableError) as error:
        return cause(error)
    return None
