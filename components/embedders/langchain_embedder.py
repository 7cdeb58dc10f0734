"""What every embedder behind LangChain has in common: batching, retrying, metering."""

from __future__ import annotations

import threading
import time
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from syftr_like.contracts import (
    Embedder,
    FittedEmbedder,
    ModelCall,
    fingerprint,
    record_model_call,
)
from syftr_like.contracts.formats import json_file, json_value
from syftr_like.contracts.tokens import count_tokens
from syftr_like.errors import ComponentError

from ..network_loop import on_network_loop, wait_on_network_loop
from ..prices import Price
from ..retries import Attempts, RetryPolicy, call_with_retries, told

if TYPE_CHECKING:
    Vectors = NDArray[np.float32]

T = TypeVar("T")

_DIMENSIONS = "dimensions.json.gz"


class LangchainEmbedder(Embedder):
    """An embedding model behind LangChain's `Embeddings`; nothing is fitted.

    Subclasses say how the model is made, what it is called and what it costs.
    """

    _model: Embeddings | None = None
    _made = threading.Lock()

    @property
    @abstractmethod
    def model_name(self) -> str:
        """The model's name, as prices know it."""

    @property
    @abstractmethod
    def price(self) -> Price:
        """What the model costs."""

    @property
    @abstractmethod
    def retry_policy(self) -> RetryPolicy:
        """How often and how patiently it is called."""

    @property
    @abstractmethod
    def batch(self) -> int:
        """Texts per request."""

    @abstractmethod
    def make_model(self) -> Embeddings:
        """Make the client.

        Raises:
            InputError: A package or a key is missing.
        """

    def fit(self, texts: Sequence[str]) -> FittedLangchainEmbedder:
        """Return the embedder with its client made; the texts are not looked at."""
        with self._made:
            if self._model is None:
                self._model = self.make_model()
            return FittedLangchainEmbedder(self, self._model)

    def load(self, files: Mapping[str, bytes]) -> FittedLangchainEmbedder:
        """Return the embedder with its client made; the chunks are not paid for again."""
        fitted = self.fit(())
        fitted.restore(files)
        return fitted


class FittedLangchainEmbedder(FittedEmbedder):
    """Calls an embedding model. Each request is recorded, its tokens counted by us.

    Vectors are brought to unit length. Blank texts have the zero vector and are not sent, since
    providers refuse them.
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
        """
        places = [place for place, text in enumerate(texts) if text.strip()]
        parts: list[Vectors] = []
        for first in range(0, len(places), self._source.batch):
            batch = [texts[place] for place in places[first : first + self._source.batch]]
            with self._request(batch) as attempts:
                if self._source.asynchronous:
                    work = self._retried(partial(self._model.aembed_documents, batch), attempts)
                    found = wait_on_network_loop(work)
                else:
                    attempts.sent = 1
                    found = self._model.embed_documents(batch)
                parts.append(self._checked(found, len(batch)))
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        if parts:
            vectors[places] = np.concatenate(parts)
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """Return an array of shape (dimensions,).

        Raises:
            ComponentError: As for `embed_documents`.
        """
        if not text.strip():
            return np.zeros(self.dimensions, dtype=np.float32)
        with self._request([text]) as attempts:
            if self._source.asynchronous:
                work = self._retried(partial(self._model.aembed_query, text), attempts)
                found = wait_on_network_loop(work)
            else:
                attempts.sent = 1
                found = self._model.embed_query(text)
            vector: Vectors = self._checked([found], 1)[0]
            return vector

    async def aembed_query(self, text: str) -> Vectors:
        """Return an array of shape (dimensions,).

        Raises:
            ComponentError: As for `embed_documents`.
        """
        if not text.strip():
            return np.zeros(self.dimensions, dtype=np.float32)
        with self._request([text]) as attempts:
            work = self._retried(partial(self._model.aembed_query, text), attempts)
            vector: Vectors = self._checked([await on_network_loop(work)], 1)[0]
            return vector

    async def _retried(self, send: Callable[[], Awaitable[T]], attempts: Attempts) -> T:
        policy = self._source.retry_policy
        return await call_with_retries(send, policy, attempts, fingerprint(self._source.model_name))

    @contextmanager
    def _request(self, texts: Sequence[str]) -> Iterator[Attempts]:
        """Record one model call, however it ends, and name the model in its errors."""
        attempts, answered, start = Attempts(), False, time.perf_counter()
        try:
            yield attempts
            answered = True
        except Exception as error:
            raise ComponentError(
                f"{self._source.model_name} gave no vectors in {attempts.sent} "
                f"attempt{'s' * (attempts.sent > 1)}: {told(error)}"
            ) from error
        finally:
            charged = answered + attempts.unanswered + attempts.in_flight
            tokens = charged * sum(count_tokens(text) for text in texts)
            record_model_call(
                ModelCall(
                    model=self._source.model_name,
                    input_tokens=tokens,
                    output_tokens=0,
                    usd=self._source.price.usd(tokens, 0),
                    seconds=time.perf_counter() - start,
                    attempts=attempts.sent,
                    tokens_estimated=True,
                    price_source=self._source.price.source,
                )
            )

    def _checked(self, found: Sequence[Sequence[float]], count: int) -> Vectors:
        vectors = np.asarray(found, dtype=np.float32)
        if vectors.ndim != 2 or len(vectors) != count or not np.isfinite(vectors).all():
            raise ValueError(f"expected {count} vectors of finite numbers, got {vectors.shape}")
        if self._dimensions not in (None, vectors.shape[1]):
            raise ValueError(f"vectors of length {vectors.shape[1]} after {self._dimensions}")
        self._dimensions = int(vectors.shape[1])
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
