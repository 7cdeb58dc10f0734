"""Readers: a plain one, and one that gets into whatever trouble it is told."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from syftr_like.contracts import (
    Answer,
    ComponentParameters,
    Passage,
    Query,
    Reader,
    parameter,
)


class FirstSentence(Reader):
    """Answers with the first sentence of the best passage."""

    name = "first_sentence"

    class Parameters(ComponentParameters):
        """How long the answer may get."""

        words: int = parameter(20, "Longest answer, in words.", ge=1, le=100)

    parameters: Parameters

    def read(self, question: Query, passages: Sequence[Passage]) -> Answer:
        """Return it, or abstain where nothing was retrieved."""
        if not passages:
            return Answer("", abstained=True)
        words = passages[0].text.split(".")[0].split()
        return Answer(" ".join(words[: self.parameters.words]))


class TroubledReader(FirstSentence):
    """Like `first_sentence`, with trouble at some questions."""

    name = "troubled_reader"

    class Parameters(FirstSentence.Parameters):
        """The trouble, and where."""

        trouble: Literal["none", "raise", "die", "wait", "linger"] = parameter(
            "none", "What happens."
        )
        at: str = parameter("", "A word of the questions at which it happens.")
        gate: str = parameter(
            "",
            "The file that `wait` waits for; where it is, `die` has happened and does not again.",
        )
        seconds: float = parameter(1.0, "How long `linger` lasts.", ge=0, le=60)

    parameters: Parameters

    @property
    def asynchronous(self) -> bool:
        """Waiting must not hold up the worker."""
        return True

    async def aread(self, question: Query, passages: Sequence[Passage]) -> Answer:
        """Get into trouble, then answer."""
        if self.parameters.at in question.text:
            match self.parameters.trouble:
                case "raise":
                    raise ValueError("told to fail")
                case "die":
                    await self._die()
                case "linger":
                    await asyncio.sleep(self.parameters.seconds)
                case "wait":
                    while not Path(self.parameters.gate).exists():
                        await asyncio.sleep(0.02)
        return self.read(question, passages)

    async def _die(self) -> None:
        gate = self.parameters.gate
        if gate and Path(gate).exists():
            return
        if gate:
            Path(gate).touch()
            await asyncio.sleep(1)  # what was answered before is on its way by now
        os._exit(1)
