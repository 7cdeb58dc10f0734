"""Flows: built from a configuration, prepared on documents, run on questions."""

from .build import Flow, build_flow
from .executor import Limits, PreparedFlow
from .index_store import IndexCost, IndexStore
from .timing import CpuSlot

__all__ = ["CpuSlot", "Flow", "IndexCost", "IndexStore", "Limits", "PreparedFlow", "build_flow"]
