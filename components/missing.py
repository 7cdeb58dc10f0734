"""What to say when a provider's client cannot be made."""

from __future__ import annotations

import os
import re

from syftr_like.errors import UnavailableError

from .optional import EXTRA
from .retries import told

_KEY_VARIABLE = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?:KEY|TOKEN)\b")


def is_missing(error: Exception) -> bool:
    """Whether an error of a client says that a package, or a key that is not set, is missing."""
    variables = _KEY_VARIABLE.findall(str(error))
    return isinstance(error, ImportError) or (
        bool(variables) and not any(os.environ.get(name) for name in variables)
    )


def cannot_be_used(what: str, error: Exception) -> UnavailableError:
    """Return the error for a client that could not be made: for want of a package, or of a key.

    Args:
        what: The model, in words.
        error: What making its client raised.
    """
    variables = _KEY_VARIABLE.findall(str(error))
    if variables:
        expected = f"a key in the environment variable {variables[0]}"
    else:
        expected = (
            f"the provider's LangChain package (pip install 'syftr-like[{EXTRA}]' brings"
            " OpenAI's), and its key in the environment"
        )
    return UnavailableError(f"{what} cannot be used", found=told(error), expected=expected)
