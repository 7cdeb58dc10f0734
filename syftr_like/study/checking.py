"""One tiny live call of every model and embedder of a study: whether it answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syftr_like.contracts import Component, Embedder, Kind, Llm, Message, metered
from syftr_like.contracts.registry import component_class
from syftr_like.errors import InputError
from syftr_like.flow.build import build_component
from syftr_like.flow.redaction import redact

from .distinct_components import distinct_components

if TYPE_CHECKING:
    from syftr_like.space import ComponentConfig

    from .loading import LoadedStudy

QUESTION = "Reply with the word: ready"
_KINDS = (Kind.LLM, Kind.EMBEDDER)


@dataclass(frozen=True, slots=True)
class CheckedModel:
    """What came of the call of a model.

    Attributes:
        name: The entry of `models`, or the component's name where it stands in the graph.
        model: The model's name, as prices know it; the component's where it made no call.
        kind: `llm` or `embedder`.
        error: Why it did not answer, None when it did.
        seconds: Wall time of the call, with what is made before the first one.
        input_tokens, output_tokens, usd: What it consumed.
        price_source: Where its price comes from.
    """

    name: str
    model: str
    kind: str
    error: str | None
    seconds: float
    input_tokens: int
    output_tokens: int
    usd: float
    price_source: str


def models_to_check(loaded: LoadedStudy) -> list[ComponentConfig]:
    """Return every model and embedder of space and judges that waits for a network, each once.

    Raises:
        InputError: One of them cannot be made.
    """
    allowed = loaded.file.allow_imports
    found = distinct_components(loaded, _may_call)
    return [config for config in found if build_component(config, allowed).asynchronous]


def check_models(loaded: LoadedStudy) -> Iterator[CheckedModel]:
    """Call each model once, one after the other, and yield what came of it.

    Nothing is taken from a cache, or kept in one.
    """
    for config in models_to_check(loaded):
        yield _checked(config, build_component(config, loaded.file.allow_imports))


def _may_call(component: str) -> bool:
    return component_class(component).kind in _KINDS


def _checked(config: ComponentConfig, component: Component) -> CheckedModel:
    error = None
    started = time.perf_counter()
    with metered() as meter:
        try:
            asyncio.run(_call(component))
        except InputError as missing:
            error = " ".join(str(missing).split())
        except Exception as failure:
            error = redact(f"{type(failure).__name__}: {failure}")
    calls = meter.model_calls
    return CheckedModel(
        config.option,
        calls[0].model if calls else component.name,
        component.kind.value,
        error,
        time.perf_counter() - started,
        sum(call.input_tokens for call in calls),
        sum(call.output_tokens for call in calls),
        sum(call.usd for call in calls),
        calls[0].price_source if calls else "",
    )


async def _call(component: Component) -> None:
    if isinstance(component, Llm):
        await component.complete([Message("user", QUESTION)])
    elif isinstance(component, Embedder):
        fitted = await asyncio.to_thread(component.fit, [QUESTION])
        await fitted.aembed_query(QUESTION)
