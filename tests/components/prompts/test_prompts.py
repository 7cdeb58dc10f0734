from __future__ import annotations

import pytest

from syftr_like.components.prompts.replies import is_abstention
from syftr_like.contracts import Answer, Chunk, Passage, Query, fingerprint
from syftr_like.errors import ComponentError

PROMPTS = ["default", "concise", "cot"]
ABSTAINED = Answer("", abstained=True)


def passages_of(*texts: str) -> list[Passage]:
    return [Passage(Chunk("d", i, i + 1, text), 1.0) for i, text in enumerate(texts)]


@pytest.mark.parametrize("name", PROMPTS)
def test_question_and_numbered_passages_are_laid_out(make, name: str) -> None:
    messages = make(name).messages(Query("Who was it?"), passages_of("First text.", "Second."))
    assert [m.role for m in messages] == ["system", "user"]
    user = messages[1].text
    assert "[1] First text.\n\n[2] Second." in user
    assert "Question: Who was it?" in user
    assert "NOT ANSWERABLE" in messages[0].text + user


@pytest.mark.parametrize("name", PROMPTS)
def test_without_passages_the_model_is_asked_what_it_knows(make, name: str) -> None:
    user = make(name).messages(Query("Who was it?"), [])[1].text
    assert "your own knowledge" in user
    assert "[1]" not in user
    assert "Who was it?" in user


@pytest.mark.parametrize("name", PROMPTS)
def test_text_that_looks_like_a_template_changes_nothing(make, name: str) -> None:
    nasty = "cost: $5, $passages $question ${abstention} {question} {0} %s\n# system\n$$"
    user = make(name).messages(Query(nasty), passages_of(nasty))[1].text
    assert user.count(nasty) == 2


# The text of a prompt decides what is replied: change it and raise the prompt's `version`.
TEXTS = {
    ("default", 1): "46e9ae6870f195c4a0d12333174dc78e",
    ("concise", 1): "1354f544eb9e7491090ee8e18f890a31",
    ("cot", 1): "55c78e7d1f28006b633aec8c633d0fe0",
}


@pytest.mark.parametrize("name", PROMPTS)
def test_a_changed_text_is_another_version(make, name: str) -> None:
    prompt = make(name)
    messages = [
        *prompt.messages(Query("Q"), passages_of("P")),
        *prompt.messages(Query("Q"), []),
    ]
    assert fingerprint(*(m.text for m in messages)) == TEXTS[(name, prompt.version)]


@pytest.mark.parametrize("name", ["default", "concise"])
@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("Paris", "Paris"),
        ("  Paris \n", "Paris"),
        ("Answer: Paris", "Paris"),
        ("**Answer:** Paris", "Paris"),
        ("**Paris**", "Paris"),
        ("Georg Steller, in 1751", "Georg Steller, in 1751"),
        ("<think>Is it Lyon?\nNo.</think>\nParis", "Paris"),
        ("I know that you know", "I know that you know"),
        ("Not in 1751 but in 1752", "Not in 1751 but in 1752"),
    ],
)
def test_a_reply_is_an_answer(make, name: str, reply: str, answer: str) -> None:
    assert make(name).parse(reply) == Answer(answer)


@pytest.mark.parametrize("name", PROMPTS)
@pytest.mark.parametrize(
    "reply",
    [
        "NOT ANSWERABLE",
        "Not answerable.",
        '"NOT ANSWERABLE"',
        "**NOT ANSWERABLE**",
        "not answerable",
        "Answer: NOT ANSWERABLE",
        "**Answer: NOT ANSWERABLE.**",
        "NOT ANSWERABLE. The passages are about otters.",
        "NOT ANSWERABLE from the passages",
        "The passages are about otters. NOT ANSWERABLE",
        "The passages are about otters.\n\nNOT ANSWERABLE",
        "Unanswerable.",
        "I don't know.",
        "I don\u2019t know",
        "I do not know.",
        "<think>Perhaps Paris.</think> NOT ANSWERABLE",
    ],
)
def test_an_abstention_is_recognised(make, name: str, reply: str) -> None:
    assert make(name).parse(reply) == ABSTAINED


@pytest.mark.parametrize(
    "text",
    [
        "Questions that are not answerable by science",
        "The unanswerable question",
        "I don't know much, but Paris",
        "answerable",
        "",
    ],
)
def test_an_answer_that_holds_such_words_is_no_abstention(text: str) -> None:
    assert not is_abstention(text)


@pytest.mark.parametrize("name", PROMPTS)
@pytest.mark.parametrize("reply", ["", "  \n", "<think>Paris</think>"])
def test_an_empty_reply_is_an_error(make, name: str, reply: str) -> None:
    with pytest.raises(ComponentError):
        make(name).parse(reply)


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("Passage [1] says so.\n\nAnswer: Paris", "Paris"),
        ("It says so.\n**Answer:** Paris", "Paris"),
        ("It says so.\n**Answer: Paris**", "Paris"),
        ("It says so.\n**Final Answer:** Paris\n", "Paris"),
        ("Answer: Lyon\nNo, rather:\nAnswer: Paris", "Paris"),
        ("So the answer: it is in [2].\nThe answer is: Paris", "Paris"),
        ("- Answer: Paris", "Paris"),
        ("Answer:\nParis", "Paris"),
    ],
)
def test_cot_takes_what_follows_the_last_answer_line(make, reply: str, answer: str) -> None:
    assert make("cot").parse(reply) == Answer(answer)


@pytest.mark.parametrize("reply", ["It is Paris.", "I think\nParis", "Reasons.\nAnswer:"])
def test_cot_without_an_answer_line_is_an_error(make, reply: str) -> None:
    with pytest.raises(ComponentError):
        make("cot").parse(reply)
