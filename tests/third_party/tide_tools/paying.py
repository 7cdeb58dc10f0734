"""A reader that pays for each answer, through the engine's way of calling models."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from syftr_like.contracts import (
    Answer,
    ComponentParameters,
    ModelCall,
    ModelReply,
    ModelRequest,
    Passage,
    Query,
    Reader,
    call_model,
    parameter,
)


class PayingReader(Reader):
    """Asks a model that counts its calls in a file: a byte for each."""

    name = "paying_reader"

    class Parameters(ComponentParameters):
        """What a call costs, and where calls are counted."""

        usd: float = parameter(0.01, "Price of a call.", ge=0)
        worst_usd: float = parameter(0.02, "What a call costs at most.", ge=0)
        style: int = parameter(0, "Makes another request of the same question.", ge=0)
        log: str = parameter(..., "The file that counts.")

    parameters: Parameters

    @property
    def asynchronous(self) -> bool:
        """It waits for its model."""
        return True

    def read(self, question: Query, passages: Sequence[Passage]) -> Answer:
        """Not without waiting."""
        raise NotImplementedError

    async def aread(self, question: Query, passages: Sequence[Passage]) -> Answer:
        """Pay for an answer; like any careless component, turn every error into one."""
        p = self.parameters

        async def send() -> ModelReply:
            with Path(p.log).open("ab") as log:
                log.write(b".")
            await asyncio.sleep(0.01)
            call = ModelCall("tide:small", 10, 5, p.usd, 0.25, price_source="tide")
            return ModelReply(passages[0].text if passages else "nothing", call)

        request = ModelRequest("tide:small", [p.style, question.text], p.worst_usd)
        try:
            return Answer(str(await call_model(request, send)))
        except Exception:
            return Answer("sorry")
