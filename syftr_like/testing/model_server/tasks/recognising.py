"""Which task a prompt asks for, by its words and its material."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ..findings import Finding
from ..mind import Mind
from ..reading.forms import unconditional
from ..reading.prompt import Prompt
from . import answering, choosing, decomposing, judging, relevance, rewriting, routing

_PASSAGE = (
    r"(?:passages?|documents?|text|excerpts?|contexts?|chunks?|paragraphs?|snippets?|sources?)"
)
_QUESTION = r"(?:questions?|quer(?:y|ies))"
_REPLY = r"(?:answers?|repl(?:y|ies)|responses?|drafts?|attempts?|predictions?)"


@dataclass(frozen=True, slots=True)
class Task:
    """A task, and what in a prompt speaks for it.

    Attributes:
        name: What the log calls it.
        carry_out: Does it.
        signs: Patterns in the instructions, and how much each speaks for the task.
        fits: Whether the material is such that the task can be meant.
    """

    name: str
    carry_out: Callable[[Prompt, Mind], Finding]
    signs: tuple[tuple[str, float], ...]
    fits: Callable[[Prompt], bool] = lambda prompt: True


def _has(*roles: str) -> Callable[[Prompt], bool]:
    return lambda prompt: all(prompt.of(role) for role in roles)


def _lacks(*roles: str) -> Callable[[Prompt], bool]:
    return lambda prompt: not any(prompt.of(role) for role in roles)


def _checks(prompt: Prompt) -> bool:
    return bool(prompt.passages and prompt.of("statement", "reply") and not prompt.of("reference"))


TASKS = (
    Task(
        "hypothetical_passage",
        rewriting.hypothetical_passage,
        (
            (rf"\bhypothetical\b.{{0,30}}\b{_PASSAGE}|\bhyde\b", 4),
            (
                rf"\b(?:write|compose|draft|imagine|invent|"
                rf"make up)\b.{{0,60}}\b{_PASSAGE}\b.{{0,60}}\b"
                r"(?:answer|address|respond)",
                4,
            ),
        ),
        _lacks("passage"),
    ),
    Task(
        "predict_questions",
        rewriting.predict_questions,
        (
            (rf"\b(?:questions|queries)\b.{{0,60}}\b{_PASSAGE}\b.{{0,30}}\banswer", 4),
            (
                rf"\b(?:generate|write|list|ask|predict|think of|"
                rf"what)\b.{{0,40}}\b(?:questions|queries)\b.{{0,60}}\b"
                rf"(?:{_PASSAGE}|it)\b",
                4,
            ),
        ),
        lambda prompt: bool(prompt.passages) and not prompt.of("question", "reply"),
    ),
    Task(
        "paraphrase",
        rewriting.paraphrase,
        (
            (r"\bparaphras", 4),
            (
                rf"\b(?:different|alternative|other|several|various|"
                rf"multiple)\b.{{0,30}}\b(?:versions?|"
                rf"wordings?|phrasings?|ways|variants?|formulations?|{_QUESTION})\b",
                3.5,
            ),
            (r"\bvariations?\b|\brewordings?\b", 3),
        ),
        _lacks("passage", "reply"),
    ),
    Task(
        "step_back",
        rewriting.step_back,
        (
            (r"\bstep(?:ping)?[- ]back", 6),
            (
                r"\bmore (?:general|generic|abstract)|\bbroader\b|\bhigher[- ]level\b|"
                r"\bgenerali[sz]e",
                4,
            ),
        ),
        _lacks("passage", "reply"),
    ),
    Task(
        "decompose",
        decomposing.decompose,
        (
            (rf"\bsub-?\s?{_QUESTION}|\bsimpler {_QUESTION}|\bsmaller {_QUESTION}", 4),
            (rf"\b(?:decompose|break\w*|split\w*)\b.{{0,60}}\b{_QUESTION}", 3),
        ),
        _lacks("passage", "reply", "subquestion"),
    ),
    Task(
        "plan",
        decomposing.plan,
        (
            (
                r"\b(?:make|write|draw up|devise|produce|create|give|propose|"
                r"need)\b.{0,40}\bplan\b|"
                r"\bplanner\b",
                4,
            ),
            (r"\bplan\b", 1.5),
            (r"\bplaceholders?\b|#E\d|\bFUNC\b", 3),
            (r"\b(?:list|write)\b.{0,30}\bsteps\b", 3),
        ),
        lambda prompt: (
            not prompt.of("reply", "passage")
            and (not prompt.of("plan") or bool(decomposing.shows_variables(prompt)))
        ),
    ),
    Task(
        "rewrite",
        rewriting.rewrite,
        (
            (
                rf"\b(?:rewrite|reformulate|rephrase|reword|turn|convert|"
                rf"transform)\b.{{0,60}}\b{_QUESTION}",
                3,
            ),
            (r"\bsearch (?:quer(?:y|ies)|terms?|engine)|\bkeywords?\b", 2),
            (rf"\bstand-?alone {_QUESTION}", 3),
        ),
        _lacks("passage", "reply"),
    ),
    Task(
        "relevance",
        relevance.score,
        (
            (r"\brelevan\w*|\buseful\w*|\bhelp\w*\b", 1.5),
            (r"\b(?:score|rate|rating|grade|how relevant|how well|scale|judge)\b", 2),
            (
                rf"\b(?:is|does|do|was|can|could|whether|"
                rf"if)\b.{{0,60}}\b{_PASSAGE}\b.{{0,60}}\b(?:relevant|"
                r"answers?|help\w*|useful|contain\w*|hold\w*|sufficient|enough)\b",
                3,
            ),
        ),
        lambda prompt: bool(prompt.passages and prompt.question) and not prompt.of("statement"),
    ),
    Task(
        "compare",
        relevance.compare,
        (
            (
                rf"\b(?:which|better|more|choose|prefer)\b.{{0,60}}\b(?:{_PASSAGE}|of the two|"
                rf"one)\b",
                3,
            ),
            (rf"\b(?:two|both) {_PASSAGE}|\b{_PASSAGE} (?:A|1)\b|\bA or B\b|\b1 or 2\b", 3),
        ),
        lambda prompt: len(prompt.passages) == 2,
    ),
    Task(
        "rank",
        relevance.rank,
        (
            (
                rf"\b(?:re-?rank|rank|order|sort|arrange|put)\w*\b.{{0,60}}\b(?:{_PASSAGE}|them|"
                rf"order|"
                r"relevance)\b",
                4,
            ),
            (r"\brank\w*\b", 2),
            (r"\brelevan|\bdescending\b|\bmost\b.{0,30}\bfirst\b|\bbest first\b", 1.5),
            (r"\[\d\]\s*>\s*\[\d\]|\d\s*>\s*\d", 3),
        ),
        lambda prompt: len(prompt.passages) >= 2,
    ),
    Task(
        "extract",
        relevance.extract,
        (
            (
                r"\b(?:extract|copy|quote|keep|select|pick|repeat|return|"
                r"give)\b.{0,60}\bsentences?\b",
                4,
            ),
            (r"\bverbatim\b|\bword for word\b|\bunchanged\b|\bas (?:is|they (?:are|stand))\b", 2),
            (
                rf"\b(?:extract|copy|compress|shorten|keep only)\b.{{0,60}}\b(?:{_PASSAGE}|"
                rf"parts?|what)\b",
                3,
            ),
        ),
        lambda prompt: bool(prompt.passages and prompt.question),
    ),
    Task(
        "summarise",
        relevance.summarise,
        (
            (r"\bsummar(?:y|i[sz]e)|\bin one (?:short )?sentence\b.{0,40}\b(?:about|says)\b", 4),
            (r"\b(?:title|header|heading)\b|\bsituate\b|\bsuccinct context\b", 3.5),
        ),
        _has("passage"),
    ),
    Task(
        "statements",
        decomposing.statements,
        (
            (
                r"\b(?:break|split|decompose|list|extract|divide|"
                r"separate)\b.{0,80}\b(?:statements?|claims?|"
                r"facts|assertions)\b",
                5,
            ),
        ),
        _has("reply"),
    ),
    Task(
        "agreement",
        judging.against_reference,
        (
            (r"", 2),  # a reference beside a reply says most of it
            (r"\breference|\bground[- ]truth|\bgold\b|\bexpected\b|\bcorrect answer", 2.5),
            (
                r"\b(?:judge|grade|mark|agrees?|equivalent|same|correct|evaluate|compare|"
                r"match\w*|score|"
                r"right|rate)\b",
                2,
            ),
        ),
        lambda prompt: bool(prompt.of("reference")) and bool(prompt.of("reply", "statement")),
    ),
    Task(
        "support",
        judging.supported,
        (
            (
                r"\b(?:un)?support(?:ed|s)?\b|\bentail\w*|\bfaithful\w*|\bgrounded\w*|"
                r"\bfollows? from\b|"
                r"\bback(?:ed|s)? (?:up|by)\b|\bhallucinat\w*|\bborne out\b|\bbears? out\b|"
                r"\bverif\w+|"
                r"\binferred\b",
                4.5,
            ),
        ),
        _checks,
    ),
    Task(
        "rate_reply",
        judging.rate_reply,
        (
            (
                r"\b(?:rate|score|grade|judge|assess|evaluate|how (?:good|confident|likely|sure|"
                r"well|"
                r"promising)|confiden\w+|probability|certain)\b",
                2.5,
            ),
            (rf"\b(?:this|the|your|proposed|given|that)\b.{{0,30}}\b(?:{_REPLY}|trajectory)\b", 1),
            (
                rf"\bis\b.{{0,30}}\b{_REPLY}\b.{{0,40}}\b(?:correct|good|right|complete|"
                rf"acceptable|enough)\b",
                3,
            ),
        ),
        lambda prompt: bool(prompt.of("reply", "trace")) and not prompt.of("reference", "critique"),
    ),
    Task(
        "route",
        routing.route,
        (
            (r"\bmultiple[- ]choice\b|\bletter (?:only|alone)\b|\bletter of\b", 4),
            (
                r"\b(?:choose|select|pick|route|routes|routing|router|decide|classify|assign|which|"
                r"best suited|category)\b",
                2.5,
            ),
            (
                r"\b(?:options?|routes?|tools?|experts?|models?|categor\w+|branch\w*|strateg\w+|"
                r"destinations?|"
                r"one of)\b",
                1.5,
            ),
        ),
        lambda prompt: len(routing.options_of(prompt)) >= 2 and not prompt.of("reply"),
    ),
    Task(
        "criticise",
        judging.criticise,
        (
            (r"\breflect\w*|\bwent wrong\b", 4),
            (r"\b(?:learn|lessons?)\b.{0,40}\b(?:attempts?|failures?|mistakes?)\b", 3),
            (r"\b(?:say|explain|tell|write)\b.{0,60}\bwhy\b|\bwhy (?:it|this) failed\b", 3),
            (r"\bcritici[sz]\w*|\bcritique\b|\bcritic\b|\bweakness|\bshortcomings?\b", 4),
            (
                r"\bwhat is wrong\b|\b(?:find|point out|name|list|identify|"
                r"look for)\b.{0,40}\b(?:problem|mistake|"
                r"error|fault|flaw|issue)",
                4,
            ),
        ),
        lambda prompt: bool(prompt.of("reply")) and not prompt.of("critique"),
    ),
    Task(
        "revise",
        judging.revise,
        (
            (rf"\b(?:revise|improve|correct|rewrite|fix|mend|refine) (?:\w+ ){{0,5}}{_REPLY}", 4),
            (rf"\b(?:revised|better|improved|corrected|new)\b.{{0,20}}\b{_REPLY}", 3),
            (r"\bcriticism\b|\bcritique\b|\bfeedback\b", 2),
        ),
        lambda prompt: bool(prompt.of("reply")) and not prompt.of("reference"),
    ),
    Task(
        "best_answer",
        choosing.best_answer,
        (
            (r"\bcandidates?\b|\b(?:several|different) (?:answers|models)\b", 2),
            (
                rf"\b(?:best|better|most|majority|consistent|choose|which|pick|select)\b.{{0,60}}\b"
                rf"(?:{_REPLY}|candidates?|one|agree)\b",
                4,
            ),
        ),
        lambda prompt: len(prompt.of("reply")) >= 2 and not prompt.of("reference", "subquestion"),
    ),
    Task(
        "suffices",
        choosing.suffices,
        ((r"\benough\b|\bsuffic\w+\b|\bsuffice\b", 5),),
        lambda prompt: bool(prompt.passages and prompt.question) and not prompt.of("reply"),
    ),
    Task(
        "next_query",
        choosing.next_query,
        (
            (
                r"\b(?:next|follow-?up|further|additional|another|new)\b.{0,30}\b(?:search|query|"
                r"queries|"
                r"question)\b",
                5,
            ),
            (r"\bmissing\b|\bnot tell yet\b|\bstill (?:lacks?|needed|unknown)\b", 2),
        ),
        lambda prompt: bool(prompt.passages and prompt.question),
    ),
    Task(
        "next_plan_step",
        choosing.next_plan_step,
        ((r"\bnext step\b|\bremaining steps\b|\bupdated? (?:the |your )?plan\b|\breplan\w*", 5),),
        lambda prompt: bool(prompt.of("plan")),
    ),
    Task(
        "answer",
        answering.answer,
        (
            (
                rf"\banswer (?:the|this|my|these|following|it|in|from|using|with|each|"
                rf"{_QUESTION})\b|"
                r"\banswers? .{0,20}\bquestions?\b|\bphrase that answers\b",
                2.5,
            ),
        ),
    ),
)
"""Every task; where two are equally spoken for, the one further up is taken."""

_COMPILED = {
    task.name: [(re.compile(pattern, re.I | re.S), weight) for pattern, weight in task.signs]
    for task in TASKS
}


def recognise(prompt: Prompt) -> Task:
    """Return the task that most speaks for; to answer, if little speaks for any other."""
    told = unconditional(prompt.instructions)
    scored = []
    for place, task in enumerate(TASKS):
        if not task.fits(prompt):
            continue
        found = sum(w for sign, w in _COMPILED[task.name] if sign.search(told))
        scored.append((found, -place))
    best, place = max(scored)
    return TASKS[-place] if best >= 2.5 else TASKS[-1]
