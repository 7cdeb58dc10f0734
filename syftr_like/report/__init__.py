"""The files that a study leaves behind, and the view in the terminal."""

from .files import write_files

__all__ = ["write_files"]
