"""Tracking in MLflow: a projection of the ledger. The only part that knows MLflow."""

from .tracker import MlflowTracker, open_tracker

__all__ = ["MlflowTracker", "open_tracker"]
