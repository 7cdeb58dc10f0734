"""Flows: built from a configuration, prepared on documents, run on questions."""

from .build import Flow, build_flow
from .executor import LONGEST_ERROR, NO_EXAMPLES, IndexingError, Limits, PreparedFlow
from .index_cost import IndexCost
from .index_store import IndexStore
from .timing import CpuSlot

__all__ = [
    "LONGEST_ERROR",
    "NO_EXAMPLES",
    "CpuSlot",
    "Flow",
    "IndexCost",
    "IndexStore",
    "IndexingError",
    "Limits",
    "PreparedFlow",
    "build_flow",
]
