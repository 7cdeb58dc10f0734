"""The models that the practice server offers, in one table.

They differ in skill, window, speed and price as real ones do, so that a search has something to
choose between. The figures are made up; they stand for no real model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChatModel:
    """A chat model.

    Attributes:
        name: What a request calls it.
        skill: 0 to 1. How many passages it reads well, and how often it slips: picks a worse
            sentence, misses the form that was asked for, answers where it should abstain.
        window: Tokens of prompt and reply together.
        seconds_per_request: Waited before the first token, at speed 1.
        seconds_per_token: Waited for each token of the reply, at speed 1.
        input_per_million: List price of a million tokens of prompt, US dollars.
        output_per_million: List price of a million tokens of reply, US dollars.
        thinks: Whether its replies begin with `<think>...</think>`.
    """

    name: str
    skill: float
    window: int
    seconds_per_request: float
    seconds_per_token: float
    input_per_million: float
    output_per_million: float
    thinks: bool = False


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """An embedding model.

    Attributes:
        name: What a request calls it.
        dimensions: Length of its vectors, unless a request asks for fewer.
        window: Tokens of one text.
        seconds_per_request: Waited for each request, at speed 1.
        seconds_per_token: Waited for each token, at speed 1.
        input_per_million: List price of a million tokens, US dollars.
        folds_synonyms: Whether words that mean the same share features.
        ngrams: Lengths of the runs of characters that are features beside whole words.
    """

    name: str
    dimensions: int
    window: int
    seconds_per_request: float
    seconds_per_token: float
    input_per_million: float
    folds_synonyms: bool
    ngrams: tuple[int, ...]


CHAT_MODELS: Mapping[str, ChatModel] = {
    model.name: model
    for model in (
        ChatModel("practice-small", 0.45, 4_096, 0.02, 0.0003, 0.10, 0.40),
        ChatModel("practice-medium", 0.70, 16_384, 0.04, 0.0006, 0.50, 2.00),
        ChatModel("practice-large", 0.95, 65_536, 0.08, 0.0012, 3.00, 15.00),
        ChatModel("practice-reasoning", 0.90, 32_768, 0.06, 0.0008, 1.00, 4.00, thinks=True),
    )
}

EMBEDDING_MODELS: Mapping[str, EmbeddingModel] = {
    model.name: model
    for model in (
        EmbeddingModel("practice-embed-small", 256, 2_048, 0.005, 0.000002, 0.02, False, (3,)),
        EmbeddingModel("practice-embed-large", 1_024, 8_192, 0.010, 0.000006, 0.13, True, (3, 4)),
    )
}
