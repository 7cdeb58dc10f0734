"""What the query transforms of a language model have in common."""

from __future__ import annotations

from collections.abc import Iterable

from syftr_like.contracts import Query, QueryTransform

from ..asking import AsksLlm


class AskedTransform(AsksLlm, QueryTransform):
    """A query transform that asks a language model: it is awaited."""

    def transform(self, question: Query) -> Query:
        """Refuse: models are awaited, see `atransform`."""
        raise NotImplementedError(f"{self.name} is asynchronous: call atransform")


def with_alternatives(question: Query, texts: Iterable[str]) -> Query:
    """Return the question with further alternatives, each once and none equal to the question."""
    known = {question.text.casefold(), *(text.casefold() for text in question.alternatives)}
    alternatives = list(question.alternatives)
    for text in texts:
        if text.casefold() not in known:
            known.add(text.casefold())
            alternatives.append(text)
    return Query(question.text, tuple(alternatives))
