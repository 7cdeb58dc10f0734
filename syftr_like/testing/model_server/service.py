"""What the server does with a request, apart from HTTP: the reply, its wait and its charge."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from . import completions, tokens
from .api_errors import bad_value, unknown_model, window_exceeded
from .completions import Choice
from .embeddings import as_base64, embed
from .models import CHAT_MODELS, EMBEDDING_MODELS
from .notice import NOTICE
from .replies import Call
from .requests import ChatRequest, EmbeddingRequest
from .stand_in import reply_to

MADE = 1_767_225_600
"""When the models say they were made: a fixed moment, so that replies are the same every time."""


@dataclass(frozen=True, slots=True)
class ChatResult:
    """A chat request carried out."""

    request: ChatRequest
    choices: tuple[Choice, ...]
    task: str
    prompt_tokens: int
    ordinal: int
    first_wait: float
    token_wait: float

    @property
    def completion_tokens(self) -> int:
        """Tokens of all choices."""
        return sum(choice.tokens for choice in self.choices)

    @property
    def seconds(self) -> float:
        """The whole wait at speed 1."""
        return self.first_wait + self.token_wait * self.completion_tokens

    def body(self) -> dict[str, Any]:
        """The reply as one body."""
        return completions.completion(
            self.request, self.choices, self.prompt_tokens, self.ordinal, MADE
        )

    def chunks(self) -> Iterator[dict[str, Any]]:
        """The reply as a stream."""
        return completions.chunks(
            self.request, self.choices, self.prompt_tokens, self.ordinal, MADE
        )

    def emptied(self) -> ChatResult:
        """The same with nothing in it."""
        return self._with(tuple(Choice("", (), "stop", 0, 0) for _ in self.choices))

    def with_bad_arguments(self) -> ChatResult:
        """The same with arguments that are no JSON."""
        spoilt = []
        for choice in self.choices:
            calls = tuple(Call(c.name, f"{c.arguments[:-1]}, oops") for c in choice.calls)
            spoilt.append(
                Choice(choice.text, calls, choice.finish, choice.tokens, choice.thought_tokens)
            )
        return self._with(tuple(spoilt))

    def _with(self, choices: tuple[Choice, ...]) -> ChatResult:
        return ChatResult(
            self.request,
            choices,
            self.task,
            self.prompt_tokens,
            self.ordinal,
            self.first_wait,
            self.token_wait,
        )


@dataclass(frozen=True, slots=True)
class EmbeddingResult:
    """A request for embeddings carried out."""

    request: EmbeddingRequest
    prompt_tokens: int
    seconds: float

    def body(self) -> dict[str, Any]:
        """The reply."""
        model = EMBEDDING_MODELS[self.request.model]
        vectors = [embed(text, model, self.request.dimensions) for text in self.request.texts]
        in_base64 = self.request.encoding_format == "base64"
        return {
            "object": "list",
            "model": self.request.model,
            "data": [
                {
                    "object": "embedding",
                    "index": index,
                    "embedding": as_base64(vector) if in_base64 else vector.tolist(),
                }
                for index, vector in enumerate(vectors)
            ],
            "usage": {"prompt_tokens": self.prompt_tokens, "total_tokens": self.prompt_tokens},
        }


class Service:
    """Carries out requests; the same request gets the same reply.

    Above temperature 0, a request that was made before gets another reply each time, by its
    ordinal, unless it has a seed of its own.

    Args:
        seed: Shifts all that is drawn.
    """

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._made: Counter[str] = Counter()
        self._lock = threading.Lock()

    def chat(self, request: ChatRequest) -> ChatResult:
        """Carry out a chat request.

        Raises:
            ApiError: The model is unknown, or its window too small.
        """
        model = CHAT_MODELS.get(request.model)
        if model is None:
            raise unknown_model(request.model, sorted(CHAT_MODELS))
        prompt = completions.prompt_tokens(request)
        most = completions.check_window(request, model, prompt)
        ordinal = self._ordinal(request)
        count = request.n or 1
        replies = [
            reply_to(request, model, f"{self._seed}/{ordinal * 128 + index}")
            for index in range(count)
        ]
        return ChatResult(
            request,
            tuple(completions.cut(reply, request.stops, most) for reply in replies),
            replies[0].task,
            prompt,
            ordinal,
            model.seconds_per_request,
            model.seconds_per_token,
        )

    def embeddings(self, request: EmbeddingRequest) -> EmbeddingResult:
        """Carry out a request for embeddings.

        Raises:
            ApiError: The model is unknown, its window too small, or its vectors too short.
        """
        model = EMBEDDING_MODELS.get(request.model)
        if model is None:
            raise unknown_model(request.model, sorted(EMBEDDING_MODELS))
        if request.dimensions is not None and request.dimensions > model.dimensions:
            raise bad_value(f"{model.name} has {model.dimensions} dimensions.", "dimensions")
        counts = [tokens.count(text) for text in request.texts]
        if max(counts) > model.window:
            raise window_exceeded(model.window, max(counts), 0)
        seconds = model.seconds_per_request + model.seconds_per_token * sum(counts)
        return EmbeddingResult(request, sum(counts), seconds)

    def _ordinal(self, request: ChatRequest) -> int:
        if not request.temperature:
            return 0
        if request.seed is not None:
            return request.seed
        key = request.digest()
        with self._lock:
            self._made[key] += 1
            return self._made[key]


def model_list() -> dict[str, Any]:
    """Return the body of `GET /v1/models`, with what each model costs and holds."""
    common = {"object": "model", "created": MADE, "owned_by": "practice-no-language-model"}
    chat = [
        {
            "id": m.name,
            **common,
            "description": NOTICE,
            "kind": "chat",
            "context_window": m.window,
            "price": {
                "input_per_million": m.input_per_million,
                "output_per_million": m.output_per_million,
            },
        }
        for m in CHAT_MODELS.values()
    ]
    embedding = [
        {
            "id": e.name,
            **common,
            "description": NOTICE,
            "kind": "embedding",
            "context_window": e.window,
            "dimensions": e.dimensions,
            "price": {"input_per_million": e.input_per_million},
        }
        for e in EMBEDDING_MODELS.values()
    ]
    return {"object": "list", "data": [*chat, *embedding]}
