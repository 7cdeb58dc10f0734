"""Whether an answer, terse or verbose, is correct given the reference answers.

A classifier fitted to human judgements (see `benchmarks/answer_match`) behind a few rules for what
is plain without it. It reads strings only: no model, no network, no knowledge of the world.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from .alignment import MATCHED, AnswerText
from .answer_match_features import answer_features
from .boosted_trees import BoostedTrees
from .normalise import squad_normalise
from .references import References, prepare_references
from .stance import abstains, only_negated, polarity, strip_lead_in
from .tokens import MAX_CHARACTERS, canonical_tokens, is_number

__all__ = ["answer_match", "answer_match_probability", "answer_match_threshold", "rule_verdict"]


def answer_match(question: str, golds: Sequence[str], answer: str) -> bool:
    """Decide whether ``answer`` is correct.

    ``golds`` are the accepted answers to ``question``, aliases of one another or the items of a
    list. Without any gold the question is unanswerable, and an abstention is the correct answer.
    Use it for short factual answers; it cannot tell whether a long explanation is right.
    """
    return answer_match_probability(question, golds, answer) >= answer_match_threshold()


def answer_match_probability(question: str, golds: Sequence[str], answer: str) -> float:
    """The probability in [0, 1] that a person judges ``answer`` correct; see :func:`answer_match`.

    It is 0.0 or 1.0 where :func:`rule_verdict` decides, otherwise the classifier's.
    """
    if isinstance(golds, str):
        raise TypeError("golds must be a sequence of strings, not one string")
    references, text = prepare_references(question, tuple(golds)), AnswerText(answer)
    verdict = rule_verdict(references, text, golds, answer)
    if verdict is not None:
        return float(verdict)
    return _classifier().probability(answer_features(references, text))


def answer_match_threshold() -> float:
    """The probability from which on :func:`answer_match` is true."""
    return _classifier().threshold


@lru_cache(maxsize=1)
def _classifier() -> BoostedTrees:
    source = files(__package__).joinpath("answer_match.json")
    return BoostedTrees.from_json(source.read_text(encoding="utf-8"))


def rule_verdict(
    references: References, text: AnswerText, golds: Sequence[str], answer: str
) -> bool | None:
    """The verdict where the case is plain, None where the classifier has to judge.

    ``references`` and ``text`` are the prepared forms of ``golds`` and ``answer``. In this order:

    1. no gold: right if the answer is empty or abstains;
    2. an empty answer is wrong;
    3. an answer that equals a gold after normalisation, also behind "The answer is", is right;
    4. a gold without letters and digits ("*") is right where it stands in the answer;
    5. where all golds are yes or no, the answer's own opening yes or no decides;
    6. an abstention with nothing of any gold in it is wrong;
    7. golds that are mentioned only to be denied ("not Paris but Lyon") are wrong.
    """
    stated = [gold for gold in golds if gold.strip()]
    if not stated:
        return not text.tokens or abstains(text.tokens)
    if not answer.strip():
        return False
    bare = strip_lead_in(answer)
    if any(_equal(answer, gold) or _equal(bare, gold) for gold in stated):
        return True
    if not references.references or not text.tokens:
        return any(gold.strip() in answer for gold in stated if not canonical_tokens(gold))
    sides = {polarity(reference.tokens) for reference in references.references}
    terse = all(len(reference.tokens) == 1 for reference in references.references)
    if terse and len(sides) == 1 and 0 not in sides and polarity(text.tokens):
        return polarity(text.tokens) in sides
    if abstains(text.tokens) and not _touches_a_gold(references, text):
        return False
    mentioned = [r.tokens for r in references.references if text.contains(r.tokens)]
    if mentioned and all(only_negated(text.tokens, tokens) for tokens in mentioned):
        return False
    return None


def _equal(answer: str, gold: str) -> bool:
    """Whether both are the same after normalisation, and have the same numbers and signs.

    SQuAD's normalisation deletes the point of "3.5" and the plus of "A+": what it finds equal
    must have equal numbers and signs too.
    """
    ours, theirs = canonical_tokens(answer), canonical_tokens(gold)
    if not ours or not theirs:
        return answer.strip() == gold.strip()
    if ours == theirs:
        return True
    normalised = squad_normalise(answer[:MAX_CHARACTERS])
    return (
        normalised != ""
        and normalised == squad_normalise(gold)
        and [t for t in ours if _is_exact(t)] == [t for t in theirs if _is_exact(t)]
    )


def _is_exact(token: str) -> bool:
    return is_number(token) or not token.isalnum()


def _touches_a_gold(references: References, answer: AnswerText) -> bool:
    """Whether anything that a gold says beyond the question is in the answer."""
    return any(
        answer.match(reference.tokens[i])[0] > MATCHED
        for reference in references.references
        for i in reference.informative or reference.content
    )
