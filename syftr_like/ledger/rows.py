"""Between evaluations and rows of the ledger."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from syftr_like.contracts import ModelCall
from syftr_like.evaluation import Evaluation

_NOT_STORABLE = re.compile("[\\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class EvaluationRecord:
    """An evaluation as rows: what travels from a worker to the writer.

    Passages are there by their spans only, so that it stays small. What no database takes is
    replaced: NUL and lone surrogates in texts by U+FFFD, a passage's score that is no finite
    number by None.
    """

    row: dict[str, Any]
    model_calls: tuple[dict[str, Any], ...]

    @classmethod
    def of(cls, evaluation: Evaluation) -> EvaluationRecord:
        """Make the rows of an evaluation."""
        return cls(_evaluation_row(evaluation), tuple(_model_call_rows(evaluation)))


def _evaluation_row(evaluation: Evaluation) -> dict[str, Any]:
    """Return the row of the table `evaluations`.

    `retrieved` maps each node that put out passages to `[document, start, end, score]` of each;
    `nodes` lists `[node, component, seconds, waited_seconds, cpu_seconds, began_s, asked]`, of
    which ledgers of earlier versions lack the last two.
    """
    outcome = evaluation.outcome
    judgements = [call for _, call in evaluation.judgements]
    answer = outcome.answer
    return {
        "trial": evaluation.trial,
        "split": evaluation.split,
        "question": outcome.question_id,
        "answer": storable(answer.text) if answer else None,
        "abstained": bool(answer.abstained) if answer else None,
        "confidence": _finite(answer.confidence) if answer else None,
        "error": None if outcome.error is None else storable(outcome.error),
        "latency_s": outcome.latency_s,
        "cpu_s": outcome.cpu_s,
        "usd": outcome.usd,
        "model_usd": outcome.model_usd,
        "paid_usd": outcome.paid_usd + sum(c.usd for c in judgements if not c.cached),
        "cache_hits": outcome.cache_hits + sum(c.cached for c in judgements),
        "input_tokens": outcome.input_tokens,
        "output_tokens": outcome.output_tokens,
        "finished_at": time.time(),
        "scores": dict(evaluation.scores),
        "retrieved": {
            node: [
                [p.chunk.document, int(p.chunk.start), int(p.chunk.end), _finite(p.score)]
                for p in passages
            ]
            for node, passages in outcome.retrieved.items()
        },
        "nodes": [
            [
                n.node,
                n.component,
                n.seconds,
                n.waited_seconds,
                n.cpu_seconds,
                n.began_s,
                None if n.asked is None else storable(n.asked),
            ]
            for n in outcome.nodes
        ],
    }


def storable(text: str) -> str:
    """Return a text as every database takes it: NUL and lone surrogates become U+FFFD."""
    return _NOT_STORABLE.sub("\ufffd", text)


def _finite(number: float | None) -> float | None:
    return float(number) if number is not None and math.isfinite(number) else None


JUDGE = "judge of "
"""Before a metric's name, where a call was a judge's and no node's."""


def _model_call_rows(evaluation: Evaluation) -> list[dict[str, Any]]:
    """Return the rows of the table `model_calls`, in the order of the calls."""
    place = {
        "trial": evaluation.trial,
        "split": evaluation.split,
        "question": evaluation.question_id,
    }
    return [
        place | {"node": node.node} | _call_columns(call)
        for node in evaluation.outcome.nodes
        for call in node.model_calls
    ] + [
        place | {"node": f"{JUDGE}{metric}"} | _call_columns(call)
        for metric, call in evaluation.judgements
    ]


def index_call_rows(trial: int, calls: Iterable[ModelCall]) -> list[dict[str, Any]]:
    """Return the rows of the calls that a trial's index-time work newly made."""
    place = {"trial": trial, "split": "index", "question": "", "node": ""}
    return [place | _call_columns(call) for call in calls]


def _call_columns(call: ModelCall) -> dict[str, Any]:
    return {
        "request": call.request,
        "model": storable(call.model),
        "input_tokens": call.input_tokens,
        "output_tokens": call.output_tokens,
        "tokens_estimated": call.tokens_estimated,
        "usd": call.usd,
        "price_source": call.price_source,
        "seconds": call.seconds,
        "attempts": call.attempts,
        "cached": call.cached,
    }
