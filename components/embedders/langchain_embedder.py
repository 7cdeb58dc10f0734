"""What every embedder behind LangChain has in common: batches, vectors as JSON, worst case."""

from __future__ import annotations

import base64
import zlib
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from syftr_like.contracts import (
    DryCall,
    Embedder,
    FittedEmbedder,
    Json,
    ModelReply,
    ModelRequest,
    call_model,
    call_model_blocking,
    made_directly,
)
from syftr_like.contracts.formats import json_file, json_value
from syftr_like.contracts.tokens import count_tokens
from syftr_like.errors import ComponentError

from ..called_model import CalledModel, Usage, most_tokens

if TYPE_CHECKING:
    Vectors = NDArray[np.float32]

Ask = Callable[[Sequence[str]], Awaitable[Any]]
"""Sends texts to a client and returns one vector for each."""

_DIMENSIONS = "dimensions.json.gz"


_MADE_UP_DIMENSIONS = 256


class LangchainEmbedder(CalledModel[Embeddings], Embedder):
    """An embedding model behind LangChain's `Embeddings`; nothing is fitted.

    Subclasses say how the model is made, what it is called and what it costs.
    """

    @property
    @abstractmethod
    def batch(self) -> int:
        """Texts per request."""

    def fit(self, texts: Sequence[str]) -> FittedLangchainEmbedder:
        """Return the embedder with its client made; the texts are not looked at."""
        return FittedLangchainEmbedder(self, self.connect())

    def load(self, files: Mapping[str, bytes]) -> FittedLangchainEmbedder:
        """Return the embedder with its client made; the chunks are not paid for again."""
        fitted = self.fit(())
        fitted.restore(files)
        return fitted


class FittedLangchainEmbedder(FittedEmbedder):
    """Calls an embedding model. Each request is recorded, its tokens counted by us.

    Vectors are brought to unit length. Blank texts have the zero vector and are not sent, since
    providers refuse them. A free model on this machine is called past the cache of replies: its
    cost is CPU time, which a replayed call would not take.
    """

    def __init__(self, source: LangchainEmbedder, model: Embeddings) -> None:
        self._source = source
        self._model = model
        self._dimensions: int | None = None

    @property
    def dimensions(self) -> int:
        """Length of each vector, known from the first reply; 1 before that."""
        return self._dimensions or 1

    def dump(self) -> dict[str, bytes]:
        """Return the length of the vectors: nothing else is learned."""
        return {_DIMENSIONS: json_file(self._dimensions)}

    def restore(self, files: Mapping[str, bytes]) -> None:
        """Take up the length of the vectors from the files of a `dump`."""
        self._dimensions = json_value(files[_DIMENSIONS])

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Return an array of shape (len(texts), dimensions).

        Raises:
            ComponentError: The model did not reply within the declared attempts, or not with one
                vector of finite numbers per text.
            BudgetExhaustedError: The budget has no room for the calls.
        """
        places = [place for place, text in enumerate(texts) if text.strip()]
        parts: list[Vectors] = []
        for first in range(0, len(places), self._source.batch):
            batch = [texts[place] for place in places[first : first + self._source.batch]]
            parts.append(self._blocking("documents", batch, self._ask_for_documents))
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        if parts:
            vectors[places] = np.concatenate(parts)
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """Return an array of shape (dimensions,).

        Raises:
            ComponentError, BudgetExhaustedError: As for `embed_documents`.
        """
        if not text.strip():
            return np.zeros(self.dimensions, dtype=np.float32)
        vector: Vectors = self._blocking("query", [text], self._ask_for_query)[0]
        return vector

    async def aembed_query(self, text: str) -> Vectors:
        """Return an array of shape (dimensions,).

        Raises:
            ComponentError, BudgetExhaustedError: As for `embed_documents`.
        """
        if not text.strip():
            return np.zeros(self.dimensions, dtype=np.float32)
        request = self._request("query", [text])
        value = await call_model(request, self._sending(request, [text], self._ask_for_query))
        vector: Vectors = self._checked(value)[0]
        return vector

    def _blocking(self, purpose: str, texts: Sequence[str], ask: Ask) -> Vectors:
        request = self._request(purpose, texts)
        send = self._sending(request, texts, ask)
        if self._source.asynchronous or request.worst_usd > 0:
            return self._checked(call_model_blocking(request, send))
        with made_directly():
            return self._checked(call_model_blocking(request, send))

    async def _ask_for_documents(self, texts: Sequence[str]) -> Any:
        if self._source.asynchronous:
            return await self._model.aembed_documents(list(texts))
        return self._model.embed_documents(list(texts))

    async def _ask_for_query(self, texts: Sequence[str]) -> Any:
        if self._source.asynchronous:
            return [await self._model.aembed_query(texts[0])]
        return [self._model.embed_query(texts[0])]

    def _request(self, purpose: str, texts: Sequence[str]) -> ModelRequest:
        return self._source.request(
            {"embed": purpose, "texts": list(texts)},
            input_tokens=sum(map(most_tokens, texts)),
            deterministic=True,
            dry=DryCall(
                sum(map(count_tokens, texts)),
                0,
                reply=lambda _: _packed([_made_up(text) for text in texts], len(texts)),
            ),
        )

    def _sending(
        self, request: ModelRequest, texts: Sequence[str], ask: Ask
    ) -> Callable[[], Awaitable[ModelReply]]:
        counted = sum(map(count_tokens, texts))

        async def send() -> ModelReply:
            return await self._source.asked(
                request,
                lambda: ask(texts),
                usage=lambda found: Usage(counted, estimated=True),
                value=lambda found: _packed(found, len(texts)),
                input_tokens=counted,
                wanted="vectors",
                network=self._source.asynchronous,
            )

        return send

    def _checked(self, value: Json) -> Vectors:
        vectors = _unpacked(value)
        if self._dimensions not in (None, vectors.shape[1]):
            raise ComponentError(
                f"{self._source.model_name} gave vectors of length {vectors.shape[1]} "
                f"after {self._dimensions}"
            )
        self._dimensions = int(vectors.shape[1])
        return vectors


def _packed(found: Sequence[Sequence[float]] | Sequence[Vectors], count: int) -> dict[str, Json]:
    """Return vectors of unit length as JSON: float32, little-endian, row by row, in base64."""
    vectors = np.asarray(found, dtype=np.float32)
    if vectors.ndim != 2 or len(vectors) != count or not np.isfinite(vectors).all():
        raise ValueError(f"expected {count} vectors of finite numbers, got {vectors.shape}")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units = (vectors / np.where(lengths > 0, lengths, 1)).astype("<f4")
    return {
        "dimensions": int(units.shape[1]),
        "float32": base64.b64encode(units.tobytes()).decode("ascii"),
    }


def _made_up(text: str) -> Vectors:
    """Return a vector that depends on the text alone, for calls that are not made."""
    seed = zlib.crc32(text.encode("utf-8", "surrogatepass"))
    return np.random.default_rng(seed).standard_normal(_MADE_UP_DIMENSIONS, dtype=np.float32)


def _unpacked(value: Any) -> Vectors:
    flat = np.frombuffer(base64.b64decode(value["float32"]), dtype="<f4")
    return flat.reshape(-1, value["dimensions"]).astype(np.float32)
