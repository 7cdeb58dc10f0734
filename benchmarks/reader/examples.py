"""Questions with their passages, from the question sets beside the project."""

from __future__ import annotations

import json
import math
import re
import string
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from syftr_like.components.reading.passage_tokens import read_word, tokenize

SQUAD_SEPARATOR = "\n\n"


@dataclass(frozen=True, slots=True)
class Example:
    """A question and the passages given to the reader."""

    group: str  # article
    question: str
    passages: tuple[str, ...]
    scores: tuple[float, ...]
    answers: tuple[str, ...]
    gold: int  # index of the gold passage, -1 if it is not among them
    spans: tuple[tuple[int, int], ...]  # of the evidence in the gold passage

    @property
    def answerable(self) -> bool:
        """Whether the passages hold an answer."""
        return self.gold >= 0 and bool(self.answers)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of an article, and the paragraph it was written for."""

    article: str
    question: str
    answers: tuple[str, ...]
    paragraph: int
    spans: tuple[tuple[int, int], ...]


class Bm25:
    """Okapi BM25 over a few paragraphs (Robertson & Zaragoza 2009, k1 1.2, b 0.75)."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        counts = [Counter(_stems(t)) for t in texts]
        lengths = np.array([sum(c.values()) for c in counts], dtype=float)
        norm = 1.2 * (0.25 + 0.75 * lengths / lengths.mean())
        self.postings: dict[str, list[tuple[int, float]]] = {}
        for i, count in enumerate(counts):
            for stem, tf in count.items():
                self.postings.setdefault(stem, []).append((i, tf * 2.2 / (tf + norm[i])))

    def rank(self, question: str, k: int) -> list[tuple[int, float]]:
        """The best k texts as (index, score), best first."""
        scores = np.zeros(len(self.texts))
        for stem in set(_stems(question)):
            found = self.postings.get(stem, [])
            idf = math.log(1 + (len(self.texts) - len(found) + 0.5) / (len(found) + 0.5))
            for i, weight in found:
                scores[i] += idf * weight
        order = np.argsort(-scores, kind="stable")[:k]
        return [(int(i), float(scores[i])) for i in order]


def _stems(text: str) -> list[str]:
    return [read_word(text[a:b]).stem for a, b in tokenize(text) if text[a].isalnum()]


def read_jsonl(path: Path) -> list[dict[str, object]]:
    """Rows of a JSON-lines file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def load_squad(data: Path) -> tuple[dict[str, list[str]], list[Asked]]:
    """Paragraphs of each article, and the questions.

    An unanswerable question names no document. The questions come in the order of the
    paragraphs, so it belongs where its neighbours belong: those between two different
    paragraphs go with the one before.
    """
    paragraphs: dict[str, list[str]] = {}
    starts: dict[str, list[int]] = {}
    for row in read_jsonl(data / "squad2" / "documents.jsonl"):
        name, text = str(row["id"]), str(row["text"])
        paragraphs[name] = text.split(SQUAD_SEPARATOR)
        lengths = [len(p) + len(SQUAD_SEPARATOR) for p in paragraphs[name]]
        starts[name] = [0, *np.cumsum(lengths)[:-1].tolist()]
    asked: list[Asked] = []
    previous: tuple[str, int] | None = None
    waiting: list[str] = []
    for row in read_jsonl(data / "squad2" / "questions.jsonl"):
        question = str(row["question"]).strip()
        if not row["answerable"]:
            if previous is None:
                waiting.append(question)
            else:
                asked.append(Asked(previous[0], question, (), previous[1], ()))
            continue
        evidence = row["evidence"]
        assert isinstance(evidence, list)
        assert isinstance(row["answers"], list)
        article = str(evidence[0]["document"])
        at = int(np.searchsorted(starts[article], evidence[0]["start"], side="right")) - 1
        base = starts[article][at]
        spans = tuple((e["start"] - base, e["end"] - base) for e in evidence)
        previous = (article, at)
        asked.extend(Asked(article, q, (), at, ()) for q in waiting)
        waiting = []
        asked.append(Asked(article, question, tuple(row["answers"]), at, spans))
    return paragraphs, asked


def squad_examples(
    paragraphs: dict[str, list[str]], asked: list[Asked]
) -> dict[str, list[Example]]:
    """Each question with its own paragraph ('gold'), with the best five of the article by BM25
    ('top5'), and with the best five others ('absent')."""
    out: dict[str, list[Example]] = {"gold": [], "top5": [], "absent": []}
    rankers = {name: Bm25(texts) for name, texts in paragraphs.items()}
    for item in asked:
        texts = paragraphs[item.article]
        ranked = rankers[item.article].rank(item.question, 6)
        settings = {
            "gold": [(item.paragraph, 1.0)],
            "top5": ranked[:5],
            "absent": [r for r in ranked if r[0] != item.paragraph][:5],
        }
        for name, chosen in settings.items():
            indices = [i for i, _ in chosen]
            here = item.paragraph in indices and bool(item.answers)
            out[name].append(
                Example(
                    item.article,
                    item.question,
                    tuple(texts[i] for i in indices),
                    tuple(s for _, s in chosen),
                    item.answers,
                    indices.index(item.paragraph) if here else -1,
                    item.spans,
                )
            )
    return out


def nq_examples(data: Path) -> list[Example]:
    """Natural Questions with their passage, where an answer stands in it."""
    documents = {str(r["id"]): str(r["text"]) for r in read_jsonl(data / "nq_open/documents.jsonl")}
    out = []
    for row in read_jsonl(data / "nq_open" / "questions.jsonl"):
        evidence, answers = row["evidence"], row["answers"]
        assert isinstance(evidence, list)
        assert isinstance(answers, list)
        text = documents[evidence[0]["document"]]
        spans = tuple(
            (m.start(), m.end())
            for a in answers
            for m in re.finditer(r"(?<!\w)" + re.escape(a) + r"(?!\w)", text, re.IGNORECASE)
        )
        if spans:
            name = str(evidence[0]["document"])
            out.append(
                Example(name, str(row["question"]), (text,), (1.0,), tuple(answers), 0, spans)
            )
    return out


_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = frozenset(string.punctuation)


def normalise(text: str) -> list[str]:
    """Tokens compared by exact match and F1 (Rajpurkar et al. 2016)."""
    bare = "".join(c for c in text.lower() if c not in _PUNCTUATION)
    return _ARTICLES.sub(" ", bare).split()


def token_f1(answer: str, references: tuple[str, ...]) -> float:
    """Best token F1 against the references."""
    mine = normalise(answer)
    best = 0.0
    for reference in references:
        theirs = normalise(reference)
        common = sum((Counter(mine) & Counter(theirs)).values())
        if common:
            best = max(best, 2 * common / (len(mine) + len(theirs)))
    return best


def exact_match(answer: str, references: tuple[str, ...]) -> bool:
    """Whether the answer equals a reference."""
    return normalise(answer) in [normalise(r) for r in references]


def general_rarity(data: Path) -> tuple[dict[str, float], float]:
    """Inverse document frequency of common stems over passages of nq_open and hotpotqa_100, and
    the value for all other stems. No article of squad2 is counted."""
    found: Counter[str] = Counter()
    n = 0
    for name in ("nq_open", "hotpotqa_100"):
        for row in read_jsonl(data / name / "documents.jsonl"):
            n += 1
            found.update(set(_stems(str(row["text"]))))
    table = {s: round(math.log(n / c), 2) for s, c in sorted(found.items()) if c >= 8}
    return table, round(math.log(n / 4), 2)
