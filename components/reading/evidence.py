"""Where the question's words are found in the passages, and which sentences are worth reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .lexicon import WordClass
from .passage_tokens import PassageTokens
from .question_type import Question

__all__ = ["Evidence", "Rarity", "gather_evidence"]

SENTENCES_READ = 8
GAP = 12  # EDGE tokens between two sentences, the reach of the distance kernels
RELATED_MATCH = 0.5  # what a related word counts beside the word itself
SENTENCE_FEATURES = (
    "coverage", "local coverage", "named coverage", "below best", "with previous", "with next",
    "passage coverage", "passage named", "opening", "position", "length", "rank", "score",
    "adjacent pairs", "focus", "matched words",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rarity:
    """Inverse document frequency of stems in general text (nats)."""

    common: Mapping[str, float]
    unknown: float  # of every stem that is not common

    def __getitem__(self, stem: str) -> float:
        """The rarity of a stem."""
        return self.common.get(stem, self.unknown)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentences read, laid end to end with gaps of EDGE tokens: t tokens, k sentences."""

    passage: NDArray[np.int32]  # (t,) the passage of each token
    token: NDArray[np.int32]  # (t,) its index there, -1 in a gap
    sentence: NDArray[np.int32]  # (t,) row in `sentences`, of the sentence before in a gap
    classes: NDArray[np.int8]  # (t,)
    depth: NDArray[np.int8]  # (t,)
    matched: NDArray[np.int32]  # (t,) index of the question's stem that the token matches, or -1
    strength: NDArray[np.float64]  # (t,) weight of that stem times the match's worth, 0 for none
    bounds: NDArray[np.int32]  # (k, 2) first token and one past the last
    sentences: NDArray[np.float64]  # (k, SENTENCE_FEATURES)
    weights: NDArray[np.float64]  # (q,) weights of the question's stems
    found: NDArray[np.float64]  # (q,) best match of each in all the passages


def gather_evidence(
    question: Question,
    passages: Sequence[PassageTokens],
    scores: Sequence[float],
    rarity: Rarity,
) -> Evidence:
    """Match the question with every sentence and lay out the best.

    The rarity of a stem is its weight; `scores` has one entry for each passage.
    """
    q = max(len(question.stems), 1)
    weights = np.array([rarity[s] for s in question.stems] or [1.0])
    counts = np.array([len(p.stems) for p in passages])
    token_offsets = np.concatenate(([0], np.cumsum(counts)))
    matched = np.full(int(token_offsets[-1]), -1, dtype=np.int32)
    worth = np.zeros(len(matched))
    # Exact matches are written last: they outdo weak ones.
    for offset, tokens in zip(token_offsets[:-1].tolist(), passages, strict=True):
        for i, key in enumerate(question.related):
            if key and key in tokens.related_positions:
                at = np.array(tokens.related_positions[key]) + offset
                matched[at], worth[at] = i, RELATED_MATCH
        for i, stem in enumerate(question.stems):
            if stem in tokens.stem_positions:
                at = np.array(tokens.stem_positions[stem]) + offset
                matched[at], worth[at] = i, 1.0
    exact = worth == 1.0
    sentence_counts = np.array([len(p.sentences) for p in passages])
    offsets = np.concatenate(([0], np.cumsum(sentence_counts)))
    sentence_of = np.concatenate(
        [p.sentence_of + o for p, o in zip(passages, offsets[:-1], strict=True)]
    )
    s = int(offsets[-1])
    matches = np.zeros((s, q))
    at = np.flatnonzero(matched >= 0)
    weakly = at[~exact[at]]
    matches[sentence_of[weakly], matched[weakly]] = RELATED_MATCH
    exactly = np.flatnonzero(exact)
    matches[sentence_of[exactly], matched[exactly]] = 1.0

    pairs = np.zeros(s)
    for step in (1, 2):
        adjacent = exact[:-step] & (matched[step:] == matched[:-step] + 1) & exact[step:]
        adjacent &= sentence_of[step:] == sentence_of[:-step]
        np.add.at(pairs, sentence_of[:-step][adjacent], 1.0)

    passage_of = np.repeat(np.arange(len(passages)), sentence_counts)
    filled = np.flatnonzero(sentence_counts)
    by_passage = np.zeros((len(passages), q))
    by_passage[filled] = np.maximum.reduceat(matches, offsets[filled], axis=0)
    named = weights * np.array(question.named or [False])
    features = _sentence_features(
        matches, weights, named, by_passage, passage_of, offsets, pairs, np.asarray(scores)
    )
    lengths = np.concatenate([p.sentences[:, 1] - p.sentences[:, 0] for p in passages])
    features[:, 10] = np.log1p(lengths)
    if question.focus in question.stems:
        features[:, 14] = matches[:, question.stems.index(question.focus)]
    merit = features[:, 1] + 0.3 * features[:, 4] + 0.05 * features[:, 13]
    # Ties go to the earlier sentence.
    chosen = np.sort(np.argsort(-merit, kind="stable")[:SENTENCES_READ])
    return _lay_out(
        passages, passage_of, offsets, token_offsets, chosen, features, matched, worth, weights,
        by_passage,
    )  # fmt: skip


def _sentence_features(
    matches: NDArray[np.float64],
    weights: NDArray[np.float64],
    named: NDArray[np.float64],
    by_passage: NDArray[np.float64],
    passage_of: NDArray[np.intp],
    offsets: NDArray[np.intp],
    pairs: NDArray[np.float64],
    scores: NDArray[np.float64],
) -> NDArray[np.float64]:
    s = len(matches)
    total = weights.sum()
    named_total = named.sum()
    local = weights * np.log1p(s / (0.5 + matches.sum(axis=0)))
    features = np.zeros((s, len(SENTENCE_FEATURES)))
    coverage = matches @ weights / total
    features[:, 0] = coverage
    features[:, 1] = matches @ local / local.sum()
    features[:, 2] = matches @ named / named_total if named_total else 0.0
    features[:, 3] = features[:, 1] - features[:, 1].max()
    same = passage_of[1:] == passage_of[:-1]
    union = np.maximum(matches[1:], matches[:-1]) @ weights / total
    features[1:, 4] = np.where(same, union - coverage[1:], 0.0)
    features[:-1, 5] = np.where(same, union - coverage[:-1], 0.0)
    features[:, 6] = (by_passage @ weights / total)[passage_of]
    features[:, 7] = (by_passage @ named / named_total if named_total else by_passage[:, 0] * 0)[
        passage_of
    ]
    position = np.arange(s) - offsets[:-1][passage_of]
    features[:, 8] = position == 0
    features[:, 9] = position / np.maximum(np.diff(offsets)[passage_of], 1)
    features[:, 11] = 1.0 / (1.0 + passage_of)
    spread = scores.max() - scores.min()
    features[:, 12] = ((scores - scores.min()) / spread if spread > 0 else scores * 0 + 1.0)[
        passage_of
    ]
    features[:, 13] = np.minimum(pairs, 4.0)
    features[:, 15] = np.log1p(matches.sum(axis=1))
    return features


def _lay_out(
    passages: Sequence[PassageTokens],
    passage_of: NDArray[np.intp],
    offsets: NDArray[np.intp],
    token_offsets: NDArray[np.intp],
    chosen: NDArray[np.intp],
    features: NDArray[np.float64],
    matched: NDArray[np.int32],
    worth: NDArray[np.float64],
    weights: NDArray[np.float64],
    by_passage: NDArray[np.float64],
) -> Evidence:
    spans = []
    for row in chosen:
        p = int(passage_of[row])
        begin, end = passages[p].sentences[row - offsets[p]]
        spans.append((p, int(begin), int(end)))
    size = GAP + sum(end - begin + GAP for _, begin, end in spans)
    passage = np.zeros(size, dtype=np.int32)
    token = np.full(size, -1, dtype=np.int32)
    sentence = np.zeros(size, dtype=np.int32)
    classes = np.full(size, int(WordClass.EDGE), dtype=np.int8)
    depth = np.zeros(size, dtype=np.int8)
    hits = np.full(size, -1, dtype=np.int32)
    strength = np.zeros(size)
    bounds = np.zeros((len(spans), 2), dtype=np.int32)
    at = GAP
    for k, (p, begin, end) in enumerate(spans):
        until = at + end - begin
        place = slice(at, until)
        source = slice(int(token_offsets[p]) + begin, int(token_offsets[p]) + end)
        passage[place] = p
        token[place] = np.arange(begin, end)
        sentence[at : until + GAP] = k
        classes[place] = passages[p].classes[begin:end]
        depth[place] = passages[p].depth[begin:end]
        hits[place] = matched[source]
        strength[place] = worth[source]
        bounds[k] = at, until
        at = until + GAP
    strength *= np.where(hits >= 0, weights[hits], 0.0)
    return Evidence(
        passage, token, sentence, classes, depth, hits, strength, bounds, features[chosen],
        weights, by_passage.max(axis=0),
    )  # fmt: skip
