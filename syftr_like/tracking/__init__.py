"""Tracking in MLflow: a projection of the ledger. The only part that knows MLflow."""

from .source import StudySource
from .sync import sync
from .tracker import MlflowTracker, open_tracker

__all__ = ["MlflowTracker", "StudySource", "open_tracker", "sync"]
