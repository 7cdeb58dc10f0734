"""The words of `optimize lint`; what it says of an earlier run is in test_earlier_run.py."""

from __future__ import annotations

from pathlib import Path

from ..study.tiny_study import write_tiny_study
from .conftest import Optimize

ONE_PARAMETER = """\
graph:
  chunks: {from: documents, choose: [whole_document]}
  passages: {from: [question, chunks], choose: [{bm25: {k: {int: [1, 4]}}}]}
  answer: {from: [question, passages], choose: [extractive_reader]}
output: answer
"""


def test_one_of_a_thing_is_said_in_the_singular(tiny: Path, optimize: Optimize) -> None:
    write_tiny_study(tiny, space=ONE_PARAMETER)
    (tiny / "documents.jsonl").write_text(
        '{"id": "all", "title": "", "text": "The hull is dark green."}\n', encoding="utf-8"
    )
    (tiny / "questions.jsonl").write_text(
        '{"id": "a", "question": "Which colour is the hull?", "answers": ["dark green"]}\n'
        '{"id": "b", "question": "Is it green?", "answers": ["green"]}\n',
        encoding="utf-8",
    )

    outcome = optimize("lint", "study.yaml", "--set", "search.trials=1")

    assert (outcome.code, outcome.err) == (0, "")
    for words in (" 1 document, 2 questions (", " 4 flows, 1 parameter\n", " 1 trial, random, "):
        assert words in outcome.out


def test_why_a_method_is_used_is_said_where_it_was_chosen(tiny: Path, optimize: Optimize) -> None:
    assert "4 trials, random, seed 0\n" in optimize("lint", "study.yaml").out
    chosen = optimize("lint", "study.yaml", "--set", "search.method=auto").out
    assert "because the space holds" in chosen


def test_it_says_by_what_the_questions_are_stratified(tiny: Path, optimize: Optimize) -> None:
    rows = (tiny / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    kinds = [row.replace("{", '{"level": "easy", ', 1) for row in rows]
    assert "8 holdout, stratified by answerable\n" in optimize("lint", "study.yaml").out

    (tiny / "questions.jsonl").write_text("\n".join(kinds) + "\n", encoding="utf-8")
    by = "dataset.split.stratify_by=[level]"
    told = optimize("lint", "study.yaml", "--set", by).out
    assert "8 holdout, stratified by answerable, level\n" in told

    misspelt = optimize("lint", "study.yaml", "--set", by.replace("level", "levle"))
    assert misspelt.code == 2
    assert "did you mean 'level'?" in misspelt.err
