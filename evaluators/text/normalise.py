"""The text normalisation of the SQuAD evaluation, shared by exact match and token F1."""

from __future__ import annotations

import re
import string

__all__ = ["squad_normalise", "squad_tokens"]

_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")


def squad_normalise(text: str) -> str:
    """Lower-case, delete ASCII punctuation, delete English articles, squeeze white space.

    Source: Rajpurkar et al. 2016, "SQuAD: 100,000+ Questions for Machine Comprehension of Text",
    section 6.1. Punctuation is deleted, not replaced by a space: "well-known" becomes "wellknown".
    """
    lowered = text.lower().translate(_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", lowered).split())


def squad_tokens(text: str) -> list[str]:
    """The white-space tokens of :func:`squad_normalise`; empty for an empty text."""
    return squad_normalise(text).split()
