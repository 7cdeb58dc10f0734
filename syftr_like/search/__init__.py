"""Deciding what to try next. Pure: knows no Ray, database or MLflow."""
