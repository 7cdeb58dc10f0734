"""The ledger: the database of trials, evaluations and model calls, and the source of truth."""

from .ledger import Ledger, RungRow, TrialRow
from .rows import EvaluationRecord
from .writer import LedgerWriter

__all__ = ["EvaluationRecord", "Ledger", "LedgerWriter", "RungRow", "TrialRow"]
