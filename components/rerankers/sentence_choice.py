"""Which sentences of the passages are kept, by how they score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from syftr_like.contracts import ComponentParameters, FloatDomain, IntDomain, Passage, parameter

from .compression import Span, compressed


class SentenceChoiceParameters(ComponentParameters):
    """Which sentences are kept, and of how many passages."""

    top: int = parameter(10, "Passages to keep at most.", ge=1, le=1000)
    sentences: int = parameter(
        3, "Sentences to keep of a passage at most.", ge=1, le=100, search=IntDomain(1, 6)
    )
    share: float = parameter(
        0.3,
        "Keep sentences that score at least this share of the best one of all passages.",
        ge=0,
        le=1,
        search=FloatDomain(0.0, 0.9, 0.1),
    )


def with_best_sentences(
    passages: Sequence[Passage],
    sentences: Sequence[Sequence[Span]],
    scores: Sequence[float],
    parameters: SentenceChoiceParameters,
) -> list[Passage]:
    """Return the passages reduced to their best sentences, in their order; at most `top`.

    A passage without a sentence to keep is left out. Where no sentence scores above 0 nothing is
    known to be needed, and the passages stay as they are.

    Args:
        passages: The passages.
        sentences: The sentences of each, as spans in its text.
        scores: The score of each sentence, those of the first passage first.
        parameters: What is kept.
    """
    best = max(scores, default=0.0)
    if best <= 0:
        return list(passages[: parameters.top])
    lowest = parameters.share * best
    found: list[Passage] = []
    each: Iterator[float] = iter(scores)
    for passage, spans in zip(passages, sentences, strict=True):
        scored = [(next(each), span) for span in spans]
        good = [item for item in scored if item[0] > 0 and item[0] >= lowest]
        kept = sorted(good, key=lambda item: -item[0])[: parameters.sentences]
        if kept:
            found.append(compressed(passage, sorted(span for _, span in kept)))
    return found[: parameters.top]
