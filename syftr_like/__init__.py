"""Declarative multi-objective optimizer for LLM and RAG flows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .study.api import Study, StudyRun

__all__ = ["Study", "StudyRun"]


def __getattr__(name: str) -> Any:
    # Imported on first use: the package itself must stay quick to import.
    if name in __all__:
        from .study import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
