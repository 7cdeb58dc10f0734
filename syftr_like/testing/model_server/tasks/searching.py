"""The loop of an agent that searches: what to look for next, given what was found so far."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..findings import Finding
from ..mind import Mind
from ..reading.matching import asked_stems
from ..reading.parts import Part, items_of
from ..reading.words import names, stems
from .answering import Found, best_sentence
from .decomposing import subquestions
from .rewriting import in_other_words, keywords

_NOTHING = re.compile(
    r"^\W*(?:error\b|exception\b|traceback\b|(?:there (?:is|was|were) )?no(?:thing)? (?:\w+ )*"
    r"(?:found|results?|matches|passages?|documents?)|not found|none\W*$|null\W*$|\[\]\W*$|"
    r"failed\b|"
    r"invalid\b|unknown tool|timed? ?out)",
    re.I,
)
_ENOUGH = 0.6


@dataclass(frozen=True, slots=True)
class Step:
    """What an agent does next.

    Attributes:
        thought: Why.
        queries: What to search for, one or several at once; none where `finding` is given.
        finding: What to say in the end.
    """

    thought: str
    queries: tuple[str, ...] = ()
    finding: Finding | None = None


def next_step(
    question: str,
    results: Sequence[str],
    queries: Sequence[str],
    abstention: str,
    mind: Mind,
    *,
    parallel: bool = False,
) -> Step:
    """Decide the next step from the results so far.

    It answers once the results cover the question, searches for what they lack while they do not,
    and gives up when it has nothing new to search for, or after as many steps as its skill bears.

    Args:
        question: What is to be answered.
        results: What the tools returned, oldest first.
        queries: What was searched for so far.
        abstention: What to say when there is no answer.
        mind: Who decides.
        parallel: Whether several searches may be made at once.
    """
    if not queries:
        parts = subquestions(question)
        first = [keywords(part) for part in parts]
        if parallel and len(first) > 1 and not mind.slips(0.5):
            return Step("The question has parts; I search for each.", tuple(first))
        wanted = keywords(question) if len(parts) == 1 or mind.slips(0.5) else first[0]
        return Step("I need to search for what is asked.", (wanted,))
    passages = passages_in(results)
    found = best_sentence(question, passages, mind) if passages else None
    if found is not None and (found.covers >= _ENOUGH or mind.slips(0.3)):
        return _finish(found, mind)
    if len(queries) < 2 + round(4 * mind.skill):
        query = _next_query(question, found, queries)
        if query is not None:
            lacking = ", ".join(found.missing) if found and found.missing else "the rest"
            about = f"The results do not tell {lacking} yet." if passages else "Nothing was found."
            return Step(f"{about} I search again.", (query,))
    if found is not None and (found.covers >= 0.5 or mind.slips(0.9)):
        return _finish(found, mind)
    thought = "I searched and the results do not hold the answer."
    given_up = Finding(text=abstention, number=0.1, verdict=False, abstained=True, reason=thought)
    return Step(thought, finding=given_up)


def passages_in(results: Sequence[str]) -> list[Part]:
    """Return the passages of tool results, numbered as they are, else in their order."""
    found: list[Part] = []
    for result in results:
        if not result.strip() or _NOTHING.match(result):
            continue
        items = [(m, t) for m, t in items_of(result) if m] or [("", result)]
        for mark, text in items:
            taken = {part.mark for part in found}
            own = mark if mark and mark not in taken else str(len(found) + 1)
            found.append(Part("passage", own, text))
    return found


def _finish(found: Found, mind: Mind) -> Step:
    finding = Finding(
        text=found.text,
        number=mind.blurred(min(1.0, found.covers)),
        reason=f"The results say: {found.sentence}",
        sources=found.sources,
    )
    return Step("The results hold the answer.", finding=replace(finding, query=""))


def queries_for(
    question: str, results: Sequence[str], made: Sequence[str], mind: Mind
) -> list[str]:
    """Return queries that were not made before and are unlike each other, the best first."""
    passages = passages_in(results)
    found = best_sentence(question, passages, mind) if passages else None
    return _queries(question, found, made)


def _next_query(question: str, found: Found | None, queries: Sequence[str]) -> str | None:
    """Return a query that was not made before: first what is missing, beside new names."""
    return next(iter(_queries(question, found, queries)), None)


def _queries(question: str, found: Found | None, made: Sequence[str]) -> list[str]:
    asked = set(asked_stems(question))
    options = []
    if found is not None:
        fresh = [name for name in names(found.sentence) if not set(stems(name)) <= asked]
        lacking = [
            word for word in keywords(question).split() if set(stems(word)) & set(found.missing)
        ]
        if fresh and lacking:
            options.append(" ".join([*dict.fromkeys(fresh[:2]), *lacking]))
        if fresh:
            options.append(" ".join([fresh[0], *keywords(question).split()[-2:]]))
        if lacking:
            options.append(" ".join(lacking))
    options += [keywords(part) for part in subquestions(question)]
    options += [keywords(in_other_words(question)), keywords(question), " ".join(names(question))]
    taken = {query.lower().strip() for query in made}
    fresh_ones: dict[str, str] = {}
    for option in options:
        plain = option.lower().strip()
        if plain and plain not in taken:
            fresh_ones.setdefault(plain, option)
    return list(fresh_ones.values())
