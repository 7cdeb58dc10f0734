"""Reading passages: sentence boundaries and extractive answers, on strings alone.

Nothing here knows the engine; the components that use it wrap these functions.
"""

from .reader import ExtractedAnswer, ReadingPassage, extract_answer, forget
from .sentences import split_sentences

__all__ = ["ExtractedAnswer", "ReadingPassage", "extract_answer", "forget", "split_sentences"]
