"""The baseline that never answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from syftr_like.contracts import Answer, Input, Passage, Port, Query, Reader


class Abstain(Reader):
    """Declines every question: what a flow must beat where many questions have no answer."""

    name = "abstain"
    inputs: ClassVar[Mapping[str, Input]] = {"question": Input(Port.QUESTION)}

    def read(self, question: Query, passages: Sequence[Passage]) -> Answer:
        """Return an abstention."""
        return Answer(text="", abstained=True)
