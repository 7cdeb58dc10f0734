"""The features from which :mod:`.answer_match` decides whether an answer is correct.

Each is a number computed from the canonical tokens of question, reference answers and answer, so
none depends on letter case, on punctuation around words or on articles. `benchmarks/answer_match`
explains them one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from .acronyms import matches_acronym
from .alignment import MATCHED, Alignment, AnswerText, align
from .lexicon import STOP_WORDS, words
from .quantities import quantity_agreement
from .references import References
from .similarity import word_similarity
from .stance import abstains, denies, hedges

__all__ = ["DECREASING_FEATURES", "FEATURE_DECIMALS", "INCREASING_FEATURES", "answer_features"]

Features = dict[str, float]
T = TypeVar("T")

# The probability may only grow, or only fall, with these: more agreement never hurts.
INCREASING_FEATURES = frozenset(
    words(
        "coverage exact_coverage contained characters most_characters run_together "
        "mean_coverage second_coverage union_coverage full_references full_share content_recall "
        "first_content last_content informative_recall informative_best informative_weakest "
        "longest_run acronym precision precision_any content_f1 answer_in_gold quantity_exact "
        "quantity_near quantity_rough year_found number_found date_found month_found compactness"
    )
)
DECREASING_FEATURES = frozenset(
    words(
        "informative_missing heaviest_missing replaced contradicted contradicted_share "
        "year_distance number_distance abstains"
    )
)

# Rounded, so that a split of the exported trees falls on the same side of a value everywhere.
FEATURE_DECIMALS = 6

_ABSENT = -1.0  # the feature does not apply
_FULL = 0.9  # a coverage from here on counts as complete
_NUMERIC_REFERENCES = 12  # best references whose numbers are compared
_SHORT_ANSWER = 6  # tokens up to which the answer may be a part of the reference
_NO_POSITION, _NO_YEAR, _NO_NUMBER = 500.0, 999.0, 9.0  # further away than any real one
_EXACT, _NEAR, _ROUGH = 0.001, 0.03, 0.15  # relative tolerances of quantities
_OPENING = 12  # tokens
_QUESTION_WORDS = (
    *("who", "when", "where", "how many"),  # these four have a feature of their own
    *("how much", "how long", "how", "why", "what", "which", "year", "name"),
)


def answer_features(references: References, answer: AnswerText) -> Features:
    """The features by name, of one answer against at least one reference.

    Counts are plain numbers, truth values 0.0 or 1.0, shares lie in [0, 1]; -1.0 stands for a
    feature that does not apply. ``references.references`` and ``answer.tokens`` must not be empty.
    """
    ranked = sorted(
        (align(reference, answer) for reference in references.references),
        key=lambda alignment: alignment.rank,
        reverse=True,
    )
    features = (
        _coverage(ranked, references, answer)
        | _best_reference(ranked[0], answer)
        | _precision(ranked, references, answer)
        | _numbers(ranked, references, answer)
        | _manner(references, answer)
    )
    return {name: round(value, FEATURE_DECIMALS) for name, value in features.items()}


def _coverage(ranked: Sequence[Alignment], references: References, answer: AnswerText) -> Features:
    """How much of the references is in the answer: of the best one, and of all together."""
    best = ranked[0]
    full = sum(alignment.coverage >= _FULL for alignment in ranked)
    weights = references.token_weights
    found = sum(weight * answer.match(token)[0] for token, weight in weights.items())
    return {
        "coverage": best.coverage,
        "exact_coverage": best.exact_coverage,
        "contained": float(best.contained),
        "characters": best.characters,
        "most_characters": max(alignment.characters for alignment in ranked),
        "run_together": float(best.run_together),
        "mean_coverage": sum(alignment.coverage for alignment in ranked) / len(ranked),
        "second_coverage": ranked[1].coverage if len(ranked) > 1 else _ABSENT,
        "union_coverage": found / sum(weights.values()),
        "references": float(len(ranked)),
        "full_references": float(full),
        "contradicted_share": sum(a.contradicted for a in ranked) / len(ranked),
        "full_share": full / len(ranked),
    }


def _best_reference(best: Alignment, answer: AnswerText) -> Features:
    """Which parts of the best reference are in the answer, and where."""
    reference = best.reference
    likeness = [value for value, _ in best.matches]
    content = [likeness[i] for i in reference.content]
    informative = [likeness[i] for i in reference.informative]
    firsts = [
        float(answer.positions[token][0])
        for value, token in best.matches
        if value > MATCHED and token and token not in STOP_WORDS
    ]
    missing = [w for w, v in zip(reference.weights, likeness, strict=True) if v <= MATCHED]
    return {
        "gold_tokens": float(len(reference.tokens)),
        "gold_informative": float(len(informative)),
        "gold_characters": float(len(reference.joined)),
        "gold_asked_share": 1.0 - len(informative) / len(content),
        "content_recall": sum(content) / len(content),
        "first_content": content[0],
        "last_content": content[-1],
        "informative_recall": sum(informative) / len(informative) if informative else _ABSENT,
        "informative_best": max(informative, default=_ABSENT),
        "informative_weakest": min(informative, default=_ABSENT),
        "informative_missing": float(sum(value <= MATCHED for value in informative)),
        "heaviest_missing": max(missing, default=0.0),
        "first_position": min(firsts, default=_NO_POSITION),
        "relative_position": min(firsts) / len(answer.tokens) if firsts else 2.0,
        "compactness": len(firsts) / (max(firsts) - min(firsts) + 1) if firsts else 0.0,
        "longest_run": _longest_run(best, answer) / len(likeness),
        "contradicted": float(best.contradicted),
        "replaced": _replaced(best, answer),
        "acronym": float(matches_acronym(reference.tokens, answer.tokens, answer.positions)),
    }


def _replaced(best: Alignment, answer: AnswerText) -> float:
    """The weight of reference tokens in whose place the answer has something else.

    "Darwin" replaces "Dickens" where "Charles" is the same; in "Wilhelm Röntgen" nothing replaces
    the "Conrad" of "Wilhelm Conrad Röntgen".
    """
    matches, weights = best.matches, best.reference.weights
    used = {token for value, token in matches if value > MATCHED}
    replaced = 0.0
    run = 0.0  # weight of the missing tokens in a row that ends here
    known: str | None = None  # the answer's token for the one before the run, if it is there
    for i in (*best.reference.content, -1):
        found = i < 0 or matches[i][0] > MATCHED
        if not found:
            run += weights[i]
            continue
        after = matches[i][1] if i >= 0 else None
        if run and (_goes_on(known, 1, used, answer) or _goes_on(after, -1, used, answer)):
            replaced += run
        run, known = 0.0, after
    return replaced


def _goes_on(token: str | None, step: int, used: set[str], answer: AnswerText) -> bool:
    """Whether beside every mention of ``token`` stands a content word that is no match."""
    places = [place + step for place in answer.positions.get(token or "", ())]
    others = [answer.tokens[place] for place in places if 0 <= place < len(answer.tokens)]
    return bool(others) and all(o not in used and o not in STOP_WORDS for o in others)


def _longest_run(best: Alignment, answer: AnswerText) -> int:
    """The most reference tokens in a row whose matches stand in a row in the answer."""
    longest = run = 0
    ends: frozenset[int] = frozenset()
    for value, token in best.matches:
        starts = frozenset(answer.positions.get(token, ()) if value > MATCHED else ())
        follows = any(start - 1 in ends for start in starts)
        run = run + 1 if follows else min(1, len(starts))
        ends = starts
        longest = max(longest, run)
    return longest


def _precision(ranked: Sequence[Alignment], references: References, answer: AnswerText) -> Features:
    """How much of the answer is reference, and how much is something else."""
    best = ranked[0]
    said = [token for token in answer.positions if token not in STOP_WORDS]
    new = [token for token in said if not references.is_asked(token)]
    of_best = {token for value, token in best.matches if value > MATCHED}
    of_any = {token for alignment in ranked for value, token in alignment.matches if value > 0}
    recalled = sum(best.matches[i][0] for i in best.reference.content)
    asked = {token for token in references.question if token not in STOP_WORDS}
    return {
        "precision": sum(token in of_best for token in new) / len(new) if new else _ABSENT,
        "precision_any": sum(token in of_any for token in new) / len(new) if new else _ABSENT,
        "content_f1": 2.0 * recalled / (len(best.reference.content) + len(said)),
        "new_tokens": float(len(new)),
        "answer_tokens": float(len(answer.tokens)),
        "question_echo": sum(token in answer.positions for token in asked) / max(1, len(asked)),
        "answer_in_gold": _answer_in_gold(references, answer),
    }


def _answer_in_gold(references: References, answer: AnswerText) -> float:
    """Of a short answer, the share of tokens that any reference has."""
    if len(answer.tokens) > _SHORT_ANSWER:
        return _ABSENT
    golds = references.token_weights
    known = sum(
        any(word_similarity(gold, token) > MATCHED for gold in golds) for token in answer.tokens
    )
    return known / len(answer.tokens)


def _numbers(ranked: Sequence[Alignment], references: References, answer: AnswerText) -> Features:
    """Whether the answer's years, dates, measures and numbers are those of the references."""
    said = answer.quantities
    golds = [alignment.reference.quantities for alignment in ranked[:_NUMERIC_REFERENCES]]
    best = golds[0]
    years = frozenset[int]().union(*(gold.years for gold in golds))
    months = frozenset[int]().union(*(gold.months for gold in golds))
    dates = frozenset[tuple[int, int]]().union(*(gold.dates for gold in golds))
    plain = frozenset[float]().union(*(gold.plain for gold in golds))
    year_gaps = [float(abs(gold - year)) for gold in years for year in said.years]
    number_gaps = [abs(a - b) / max(a, b, 1.0) for a in plain for b in said.plain]
    return {
        "quantity_exact": max(quantity_agreement(gold, said, _EXACT) for gold in golds),
        "quantity_near": max(quantity_agreement(gold, said, _NEAR) for gold in golds),
        "quantity_rough": max(quantity_agreement(gold, said, _ROUGH) for gold in golds),
        "gold_years": float(len(best.years)),
        "gold_months": float(len(best.months)),
        "gold_plain": float(len(best.plain)),
        "gold_measures": float(len(best.measures)),
        "gold_spans": float(len(best.spans)),
        "gold_dates": float(len(best.dates)),
        "year_found": _agree(years, said.years),
        "year_distance": min(year_gaps, default=_NO_YEAR) if years else _ABSENT,
        "month_found": _agree(months, said.months),
        "date_found": _agree(dates, said.dates),
        "number_found": _agree(plain, said.plain),
        "number_distance": min(number_gaps, default=_NO_NUMBER) if plain else _ABSENT,
        "answer_years": float(len(said.years - references.question_years)),
        "answer_plain": float(len(said.plain)),
        "answer_months": float(len(said.months)),
        "answer_measures": float(len(said.measures)),
        "answer_dates": float(len(said.dates)),
    }


def _agree(golds: frozenset[T], said: frozenset[T]) -> float:
    """1.0 if the answer has a gold value, -1.0 if only others, 0.0 where there is no telling."""
    if not golds or not said:
        return 0.0
    return 1.0 if golds & said else -1.0


def _manner(references: References, answer: AnswerText) -> Features:
    """What is asked for, and whether the answer abstains, hedges or denies."""
    question = f" {' '.join(references.question)} "
    asks = [f" {words} " in question for words in _QUESTION_WORDS]
    return {
        "question_type": float(asks.index(True)) if any(asks) else _ABSENT,
        "question_tokens": float(len(references.question)),
        "abstains": float(abstains(answer.tokens)),
        "hedges": float(hedges(answer.tokens)),
        "denies": float(denies(answer.tokens)),
        "denies_early": float(denies(answer.tokens[:_OPENING])),
    } | {
        f"asks_{words.replace(' ', '_')}": float(asked)
        for words, asked in zip(_QUESTION_WORDS[:4], asks, strict=False)
    }
