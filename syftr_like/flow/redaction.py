"""Keeping secrets out of anything that is recorded."""

from __future__ import annotations

import os
import re

_NAMES = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL)", re.IGNORECASE)
_KEY_LIKE = re.compile(r"\b(?:sk|pk|key|hf|ghp|xox[abp])[-_][A-Za-z0-9_\-]{12,}\b")
_SHORTEST = 8
"""Values shorter than this are words, not secrets: hiding them would garble messages."""


def redact(text: str) -> str:
    """Replace the values of secret-looking environment variables, and key-like words."""
    secrets = {v for n, v in os.environ.items() if _NAMES.search(n) and len(v) >= _SHORTEST}
    # The longest first: one may be the beginning of another, whose rest would stay.
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return _KEY_LIKE.sub("***", text)
