"""Features of candidate answers, in the five blocks that the ranker's first layer takes.

A candidate's first token (with what stands before it), its last token (with what follows), its
sentence, its inner tokens and the span itself are described apart, because all but the last are
shared by many candidates: the ranker projects each block once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .candidates import CAPITAL, Candidates, SpanKind
from .evidence import GAP, SENTENCE_FEATURES, Evidence
from .lexicon import WordClass
from .question_type import AnswerType, Question

__all__ = ["BLOCKS", "BlockShape", "Features", "describe"]

_CLASSES = len(WordClass)
_TYPES = len(AnswerType)
_KINDS = len(SpanKind)
_LENGTHS = 13  # lengths of spans in tokens, longer ones count as 12

START_FEATURES = (
    "near matches before 2", "near matches before 6", "match before", "match 2 before",
    "distance to match before", "weight of match before", "match before is last of question",
    "match before is focus", "match before is first of question", "share matched before",
    "commas to match before", "position", "depth", "opens sentence", "asked preposition before",
    "starts with asked preposition", "token matched",
)  # fmt: skip
END_FEATURES = (
    "near matches after 2", "near matches after 6", "match after", "match 2 after",
    "distance to match after", "weight of match after", "match after is last of question",
    "match after is focus", "match after is first of question", "share matched after",
    "commas to match after", "tokens to end", "closes sentence", "token matched",
)  # fmt: skip
SPAN_FEATURES = (
    "length", "log length", "weight matched inside", "share matched inside", "coverage outside",
    "focus inside", "focus near before", "focus right after", "commas", "conjunctions", "capitals",
    "numbers", "one token", "whole bracket", "quoted", "neighbours matched", "all matched",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BlockShape:
    """Sizes of one block: dense columns, and the table size of each categorical column.

    The first `embedded` categorical columns reach the hidden layer, all of them the output.
    """

    dense: int
    tables: tuple[int, ...]
    embedded: int


BLOCKS: dict[str, BlockShape] = {
    "start": BlockShape(
        len(START_FEATURES),
        (_CLASSES, _CLASSES, _CLASSES, _CLASSES, _CLASSES * _CLASSES, _TYPES * _CLASSES,
         _TYPES * _CLASSES, _CLASSES * _CLASSES),
        4,
    ),
    "end": BlockShape(
        len(END_FEATURES),
        (_CLASSES, _CLASSES, _CLASSES, _CLASSES, _CLASSES * _CLASSES, _TYPES * _CLASSES,
         _TYPES * _CLASSES, _CLASSES * _CLASSES),
        4,
    ),
    "sentence": BlockShape(len(SENTENCE_FEATURES), (_TYPES,), 1),
    "inside": BlockShape(1, (_CLASSES, _CLASSES * _CLASSES, _TYPES * _CLASSES), 1),
    "span": BlockShape(
        len(SPAN_FEATURES), (_KINDS, _TYPES * _KINDS, _TYPES * _LENGTHS, _KINDS * _LENGTHS), 2
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Features:
    """Blocks of features of n candidates over t tokens in k sentences.

    `dense[b]` is (rows, columns) and `codes[b]` (rows, categorical columns). Candidate i stands on
    row `rows[b][i]` of the blocks 'start' (t rows), 'end' (t), 'sentence' (k) and 'span' (n). To
    the block 'inside' (t) it adds up the rows of its tokens after the first.
    """

    dense: dict[str, NDArray[np.float64]]
    codes: dict[str, NDArray[np.intp]]
    rows: dict[str, NDArray[np.intp]]


def describe(question: Question, evidence: Evidence, candidates: Candidates) -> Features:
    """Features of every candidate."""
    kind = int(question.answer_type)
    classes = evidence.classes.astype(np.intp)
    focus = question.stems.index(question.focus) if question.focus in question.stems else -1
    start = _directed(question, evidence, focus, reverse=False)
    end = _directed(question, evidence, focus, reverse=True)
    t = len(classes)
    bounds = evidence.bounds[evidence.sentence]
    index = np.arange(t)
    length = np.maximum(bounds[:, 1] - bounds[:, 0], 1)
    before, before2 = _shift(classes, 1), _shift(classes, 2)
    after, after2 = _shift(classes, -1), _shift(classes, -2)
    hit = (evidence.strength > 0).astype(np.float64)
    asked = question.preposition
    start_dense = np.column_stack(
        (
            start,
            (index - bounds[:, 0]) / length,
            np.minimum(evidence.depth, 2),
            index == bounds[:, 0],
            (before == asked) & (asked > 0),
            (classes == asked) & (asked > 0),
            hit,
        )
    )
    end_dense = np.column_stack(
        (end, np.minimum(bounds[:, 1] - 1 - index, 20) / 10, index >= bounds[:, 1] - 2, hit)
    )
    c = _CLASSES
    start_codes = np.column_stack(
        (before, before2, classes, after, before * c + classes, kind * c + before,
         kind * c + classes, before2 * c + before)
    )  # fmt: skip
    end_codes = np.column_stack(
        (after, after2, classes, before, classes * c + after, kind * c + after,
         kind * c + classes, after * c + after2)
    )  # fmt: skip
    span_kind = candidates.kind
    size = np.minimum(candidates.length, _LENGTHS - 1)
    n = len(span_kind)
    span_codes = np.column_stack(
        (span_kind, kind * _KINDS + span_kind, kind * _LENGTHS + size, span_kind * _LENGTHS + size)
    )
    return Features(
        {
            "start": start_dense,
            "end": end_dense,
            "sentence": evidence.sentences,
            "inside": hit[:, None],
            "span": _span_features(evidence, candidates, focus),
        },
        {
            "start": start_codes,
            "end": end_codes,
            "sentence": np.full((len(evidence.sentences), 1), kind, dtype=np.intp),
            "inside": np.column_stack((classes, before * c + classes, kind * c + classes)),
            "span": span_codes,
        },
        {
            "start": candidates.first,
            "end": candidates.last,
            "sentence": evidence.sentence[candidates.first].astype(np.intp),
            "span": np.arange(n),
        },
    )


def _shift(values: NDArray[np.intp], by: int) -> NDArray[np.intp]:
    """The value `by` tokens earlier; EDGE beyond the ends, where the layout is EDGE anyway."""
    shifted = np.zeros_like(values)
    if by > 0:
        shifted[by:] = values[:-by]
    else:
        shifted[:by] = values[-by:]
    return shifted


_KERNELS = tuple(np.exp(-np.arange(1, GAP + 1) / reach) for reach in (2.0, 6.0))


def _directed(
    question: Question, evidence: Evidence, focus: int, *, reverse: bool
) -> NDArray[np.float64]:
    """Matches of the question before each token (after it, if `reverse`): (t, 11)."""
    strength, matched, classes = evidence.strength, evidence.matched, evidence.classes
    if reverse:
        strength, matched, classes = strength[::-1], matched[::-1], classes[::-1]
    t = len(strength)
    total = evidence.weights.sum()
    hit = strength > 0
    index = np.arange(t)
    # Position of the nearest match strictly before; an EDGE ends the search.
    marks = np.where(hit, index, np.where(classes == WordClass.EDGE, -1, 0))
    latest = np.maximum.accumulate(np.where(hit | (classes == WordClass.EDGE), index, 0))
    nearest = np.concatenate(([0], latest[:-1]))
    known = marks[nearest] > 0
    distance = np.where(known, index - nearest, 15.0)
    which = np.where(known, matched[nearest], -2)
    weight = np.where(known, strength[nearest], 0.0)
    commas = np.cumsum(classes == WordClass.COMMA)
    between = np.where(known, commas - commas[nearest], 0)
    running = np.cumsum(strength)
    base = np.maximum.accumulate(np.where(classes == WordClass.EDGE, running, 0.0))
    mean = total / len(evidence.weights)
    columns = np.empty((t, 11))
    for k, kernel in enumerate(_KERNELS):
        columns[0, k] = 0.0
        columns[1:, k] = np.convolve(strength, kernel)[: t - 1] / mean
    columns[:, 2] = np.concatenate(([0.0], strength[:-1])) / mean
    columns[:, 3] = np.concatenate(([0.0, 0.0], strength[:-2])) / mean
    columns[:, 4] = np.minimum(distance, 15.0) / 5.0
    columns[:, 5] = weight / mean
    columns[:, 6] = which == len(question.stems) - 1
    columns[:, 7] = which == (focus if focus >= 0 else -3)
    columns[:, 8] = which == (question.first if question.first >= 0 else -3)
    columns[:, 9] = (running - strength - base) / total
    columns[:, 10] = np.minimum(between, 3)
    return columns[::-1] if reverse else columns


def _span_features(evidence: Evidence, candidates: Candidates, focus: int) -> NDArray[np.float64]:
    first, last, length = candidates.first, candidates.last, candidates.length
    classes = evidence.classes
    capital = CAPITAL[classes]
    number = (classes == WordClass.DIGITS) | (classes == WordClass.YEAR)
    number |= (classes == WordClass.NUMBER_WORD) | (classes == WordClass.CODE)
    hit = evidence.strength > 0
    is_focus = (evidence.matched == focus) & hit if focus >= 0 else np.zeros(len(hit), np.bool_)
    tables = np.stack(
        (
            evidence.strength, hit, classes == WordClass.COMMA,
            (classes == WordClass.AND) | (classes == WordClass.OR), capital, number, is_focus,
        )
    )  # fmt: skip
    sums = np.zeros((len(tables), tables.shape[1] + 1))
    np.cumsum(tables, axis=1, out=sums[:, 1:])
    inside = sums.take(last + 1, axis=1) - sums.take(first, axis=1)
    total = evidence.weights.sum()
    sentence = evidence.sentence[first]
    coverage = evidence.sentences[sentence, 0]
    t = len(classes)
    focus_sum = sums[6]
    near_before = focus_sum[first] - focus_sum[np.maximum(first - 4, 0)]
    right_after = focus_sum[np.minimum(last + 3, t)] - focus_sum[last + 1]
    previous, following = classes[first - 1], classes[np.minimum(last + 1, t - 1)]
    edge = hit[first - 1].astype(np.float64) + hit[np.minimum(last + 1, t - 1)]
    return np.column_stack(
        (
            length / 6,
            np.log(length),
            inside[0] / total,
            inside[1] / length,
            coverage - inside[0] / total,
            inside[6] > 0,
            near_before > 0,
            right_after > 0,
            inside[2],
            inside[3],
            inside[4] / length,
            inside[5] / length,
            length == 1,
            (previous == WordClass.OPEN) & (following == WordClass.CLOSE),
            (previous == WordClass.QUOTE) & (following == WordClass.QUOTE),
            edge,
            inside[1] == length,
        )
    )
