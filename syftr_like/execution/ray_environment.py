"""How Ray is used here: quiet, and told before it is imported."""

from __future__ import annotations

import os

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("RAY_AIR_NEW_OUTPUT", "0")
os.environ.setdefault("TUNE_DISABLE_AUTO_CALLBACK_LOGGERS", "1")
os.environ.setdefault("TUNE_MAX_PENDING_TRIALS_PG", "1")
# Tune would end the search on Ctrl+C as if it were done; the study has to know.
os.environ.setdefault("TUNE_DISABLE_SIGINT_HANDLER", "1")
