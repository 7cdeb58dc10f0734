"""Saying a question otherwise: for a search, in other words, more generally, as its answer."""

from __future__ import annotations

import re

from ..findings import Finding, listed
from ..mind import Mind
from ..reading.prompt import Prompt
from ..reading.spans import kind_of
from ..reading.words import STOPWORDS, names, sentences, words

_OTHER_WORDS = (
    ("buy", "purchase"),
    ("bought", "purchased"),
    ("begin", "start"),
    ("began", "started"),
    ("wrote", "authored"),
    ("founded", "established"),
    ("built", "constructed"),
    ("made", "produced"),
    ("big", "large"),
    ("film", "movie"),
    ("job", "occupation"),
    ("fee", "price"),
    ("cost", "price"),
    ("repair", "fix"),
    ("repaired", "mended"),
    ("company", "firm"),
    ("near", "close to"),
    ("died", "passed away"),
    ("use", "employ"),
    ("used", "employed"),
    ("show", "display"),
    ("send", "ship"),
    ("leader", "head"),
    ("reason", "cause"),
)
_OTHERWISE = {a: b for pair in _OTHER_WORDS for a, b in (pair, pair[::-1])}
_POLITE = re.compile(
    r"^\s*(?:hi|hello|hey|please|so|well|um+|ok(?:ay)?|(?:can|could|would) you (?:please )?"
    r"(?:tell me|explain|say)|tell me|i (?:would like|want|need) to know|do you know|"
    r"i wonder)\b[\s,:]*",
    re.I,
)
_TURN = re.compile(r"^\W*(?:User|Human|Assistant|AI|Customer|Agent)\s*:\s*(.+)$", re.M)
_KINDS = {
    "name": "people involved in",
    "date": "dates and history of",
    "number": "figures and quantities of",
    "colour": "appearance of",
    "place": "places connected with",
    "reason": "causes and background of",
    "thing": "main facts about",
}


def keywords(question: str) -> str:
    """Return the words of a question that carry meaning, as one would type them into a search."""
    kept = [
        token
        for token in re.findall(r"[\w'\u2019.-]*\w", question)
        if token.lower() not in STOPWORDS
    ]
    return " ".join(kept) or question.strip()


def topic(question: str) -> str:
    """Return what a question is about: its names, or its last words."""
    found = names(question)
    plain = [name for name in found if name.lower() not in ("i",)]
    return " and ".join(dict.fromkeys(plain)) or " ".join(keywords(question).split()[-3:])


def in_other_words(question: str) -> str:
    """Return a question with some words replaced by others that mean much the same."""
    return re.sub(r"[a-z]+", lambda match: _OTHERWISE.get(match.group(), match.group()), question)


def rewrite(prompt: Prompt, mind: Mind) -> Finding:
    """Rewrite a question: as words to search for where the prompt speaks of them, else plainly."""
    question = _politely_cut(_standing_alone(prompt))
    for_search = re.search(
        r"\bsearch|\bkeyword|\bretriev|\bquer(?:y|ies)\b", prompt.instructions, re.I
    )
    plain = question if mind.slips(0.3) else in_other_words(question)
    search = keywords(question)
    if re.search(r"\bkeywords?\b", prompt.instructions, re.I):
        several = listed(search.split()[: prompt.form.count or 20])
        if prompt.form.listing:
            return Finding(text=search, items=several, query=search)
    return Finding(text=search if for_search else plain, query=search)


def paraphrase(prompt: Prompt, mind: Mind) -> Finding:
    """Say a question in several ways, as many as are asked for."""
    found = paraphrases(prompt.question, prompt.form.count or 3)
    if mind.slips(0.2) and len(found) > 1:
        found = found[:-1]
    return Finding(text=found[0], items=listed(found), query=keywords(prompt.question))


def paraphrases(question: str, count: int) -> list[str]:
    """Return a question in several ways, each once, none of them the question itself."""
    plain = _politely_cut(question).rstrip("?. ")
    lowered = plain if plain.split()[:1] == names(plain)[:1] else plain[:1].lower() + plain[1:]
    about, other = topic(question), in_other_words(plain)
    found = [
        f"{other}?",
        f"What is known about {keywords(plain)}?",
        f"I would like to know: {lowered}?",
        f"{keywords(in_other_words(plain))}",
        f"With regard to {about}, {lowered}?",
        f"Which passage says {lowered}?",
        f"Please explain: {in_other_words(lowered)}?",
        f"What do the documents say about {about}?",
    ]
    unlike = [text for text in dict.fromkeys(found) if text.lower() != question.strip().lower()]
    while len(unlike) < count:
        unlike.append(f"In other words ({len(unlike)}): {lowered}?")
    return unlike[:count]


def step_back(prompt: Prompt, mind: Mind) -> Finding:
    """Ask a more general question, whose answer would help with this one (Zheng et al. 2023)."""
    about = topic(prompt.question)
    kind = "thing" if mind.slips(0.3) else kind_of(prompt.question)
    text = f"What are the {_KINDS[kind]} {about}?"
    return Finding(text=text, items=listed([text]), query=about)


def hypothetical_passage(prompt: Prompt, mind: Mind) -> Finding:
    """Write a passage as might answer the question, invented (HyDE: Gao et al. 2022)."""
    question = _politely_cut(prompt.question).rstrip("?. ")
    statement = _as_statement(question)
    told = [
        f"{statement}.",
        f"This concerns {keywords(in_other_words(question))}.",
        f"Among the {_KINDS[kind_of(question)]} {topic(question)}, this is what matters: "
        f"{keywords(question)}.",
    ]
    kept = told[: 1 if mind.slips(0.5) else 3]
    return Finding(text=" ".join(kept), items=listed([" ".join(kept)]))


def predict_questions(prompt: Prompt, mind: Mind) -> Finding:
    """Write questions that a passage answers (doc2query: Nogueira et al. 2019)."""
    count = prompt.form.count or 3
    told = [s for part in prompt.passages for s in sentences(part.text) if len(words(s)) > 3]
    told.sort(key=lambda s: -len(set(names(s))))
    chosen = told[: count - 1 if mind.slips(0.3) and count > 1 else count]
    found = [_question_about(sentence) for sentence in chosen]
    return Finding(text="\n".join(found), items=listed(list(dict.fromkeys(found))))


def _standing_alone(prompt: Prompt) -> str:
    """Return the question with pronouns replaced by what was spoken of before, if anything."""
    before = " ".join(_TURN.findall(prompt.instructions))
    spoken = [name for name in names(before) if name not in prompt.question]
    if not spoken:
        return prompt.question
    owned = re.sub(r"\b(?:its|his|her|their)\b", f"{spoken[0]}'s", prompt.question, flags=re.I)
    return re.sub(r"\b(?:it|he|she|they)\b", spoken[0], owned, flags=re.I)


def _politely_cut(question: str) -> str:
    cut = question.strip()
    while (shorter := _POLITE.sub("", cut)) != cut and shorter:
        cut = shorter
    return cut[:1].upper() + cut[1:]


def _as_statement(question: str) -> str:
    """Turn a question into a sentence that leaves the answer open."""
    match = re.match(
        r"(?P<wh>who|what|which|where|when|why|how(?: many| much| long| old| far)?)\s+"
        r"(?P<aux>is|are|was|were|did|does|do|has|have|can|will)?\s*(?P<rest>.+)",
        question,
        re.I,
    )
    if match is None:
        return question
    rest = match["rest"]
    if match["wh"].lower() == "who":
        rest = f"a certain person {match['aux'] or ''} {rest}".replace("  ", " ")
    ending = {"where": "in a certain place", "when": "at a certain time", "why": "for a reason"}
    end = ending.get(match["wh"].lower(), "as is well known")
    return f"{rest[:1].upper()}{rest[1:]}, {end}"


def _question_about(sentence: str) -> str:
    found = names(sentence)
    rest = keywords(sentence)
    if re.search(r"\b(?:1\d|20)\d\d\b", sentence):
        return (
            f"When: {rest}?" if not found else f"When did {found[0]} {_after(sentence, found[0])}?"
        )
    if re.search(r"\b\d", sentence):
        return f"How many or how much: {rest}?"
    if found:
        return f"What is said about {found[0]} and {_after(sentence, found[0])}?"
    return f"What is known about {rest}?"


def _after(sentence: str, name: str) -> str:
    return keywords(sentence.replace(name, " ").rstrip("."))
