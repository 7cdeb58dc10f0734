"""What MLflow reads from the environment: defaults that suit a study, a person's own come first."""

from __future__ import annotations

import logging
import os
from pathlib import Path

LEVEL = "MLFLOW_LOGGING_LEVEL"

DEFAULTS = {
    # MLflow's own defaults keep trying for five minutes.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "15",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    # They would be drawn over the study's own view.
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    LEVEL: "WARNING",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}


def set_defaults() -> None:
    """Set what is not set; before MLflow is imported."""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    if os.environ[LEVEL] == DEFAULTS[LEVEL]:
        # It prints the traceback of each error that it raises as well, and that is told once.
        logging.getLogger("mlflow.store.db.utils").setLevel(logging.CRITICAL)


def artifacts_folder(study: str) -> Path:
    """Return where files go when the tracking address is a database."""
    return Path("mlartifacts") / study
