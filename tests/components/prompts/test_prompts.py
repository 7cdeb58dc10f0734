from __future__ import annotations

import pytest

from syftr_like.components.prompts.replies import is_abstention
from syftr_like.components.prompts.reply_form import reply_form
from syftr_like.components.prompts.template import Example
from syftr_like.contracts import Answer, Chunk, Kind, Passage, Query, fingerprint
from syftr_like.contracts.registry import component_class, component_names
from syftr_like.errors import ComponentError

PROMPTS = [name for name in component_names() if component_class(name).kind is Kind.PROMPT]
NEEDED = {"domain_expert": {"domain": "zoology"}}
ABSTAINED = Answer("", abstained=True)


@pytest.fixture
def prompt(make):
    return lambda name: make(name, **NEEDED.get(name, {}))


def passages_of(*texts: str) -> list[Passage]:
    return [Passage(Chunk("d", i, i + 1, text), 1.0) for i, text in enumerate(texts)]


@pytest.mark.parametrize("name", PROMPTS)
def test_question_and_numbered_passages_are_laid_out(prompt, name: str) -> None:
    messages = prompt(name).messages(Query("Who was it?"), passages_of("First text.", "Second."))
    assert [m.role for m in messages] == ["system", "user"]
    user = messages[1].text
    assert "[1] First text.\n\n[2] Second." in user
    assert "Question: Who was it?" in user
    assert "NOT ANSWERABLE" in messages[0].text + user


@pytest.mark.parametrize("name", PROMPTS)
def test_without_passages_the_model_is_asked_what_it_knows(prompt, name: str) -> None:
    user = prompt(name).messages(Query("Who was it?"), [])[1].text
    assert "your own knowledge" in user
    assert "[1]" not in user
    assert "Who was it?" in user


@pytest.mark.parametrize("name", PROMPTS)
def test_text_that_looks_like_a_template_changes_nothing(prompt, name: str) -> None:
    nasty = "cost: $5, $passages $question ${abstention} {question} {0} %s\n# system\n$$"
    user = prompt(name).messages(Query(nasty), passages_of(nasty))[1].text
    assert user.count(nasty) == 2


# The text of a prompt decides what is replied: change it and raise the prompt's `version`.
TEXTS = {
    ("default", 1): "46e9ae6870f195c4a0d12333174dc78e",
    ("concise", 1): "1354f544eb9e7491090ee8e18f890a31",
    ("cot", 1): "55c78e7d1f28006b633aec8c633d0fe0",
    ("cite_sources", 1): "9afa8fdb439cba0a1f02b0a51795618b",
    ("domain_expert", 1): "8954454265a53ed6a837aec88039ee8a",
}


@pytest.mark.parametrize("name", PROMPTS)
def test_a_changed_text_is_another_version(prompt, name: str) -> None:
    laid_out = prompt(name)
    messages = [
        *laid_out.messages(Query("Q"), passages_of("P")),
        *laid_out.messages(Query("Q"), []),
    ]
    assert fingerprint(*(m.text for m in messages)) == TEXTS[(name, laid_out.version)]


@pytest.mark.parametrize("name", ["default", "concise", "cite_sources", "domain_expert"])
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
def test_a_reply_is_an_answer(prompt, name: str, reply: str, answer: str) -> None:
    assert prompt(name).parse(reply) == Answer(answer)


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
def test_an_abstention_is_recognised(prompt, name: str, reply: str) -> None:
    assert prompt(name).parse(reply) == ABSTAINED


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
def test_an_empty_reply_is_an_error(prompt, name: str, reply: str) -> None:
    with pytest.raises(ComponentError):
        prompt(name).parse(reply)


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


@pytest.mark.parametrize("name", PROMPTS)
def test_examples_are_shown_before_the_passages(prompt, name: str) -> None:
    laid_out = prompt(name)
    passages = passages_of("First $text.")
    examples = [Example("Who $dived?", "Ada $5"), Example("Who sang?", None)]
    plain = laid_out.messages(Query("Who was it?"), passages)
    shown = laid_out.messages(Query("Who was it?"), passages, examples)
    assert shown[0] == plain[0]
    assert shown[1].text.endswith(plain[1].text)
    before = shown[1].text.removesuffix(plain[1].text)
    assert "Question: Who $dived?\nAnswer: Ada $5" in before
    assert "Question: Who sang?\nAnswer: NOT ANSWERABLE" in before
    assert before.startswith("Examples of answers")


def test_the_expert_is_one_of_the_domain(make) -> None:
    messages = make("domain_expert", domain="marine biology").messages(Query("Q"), passages_of("P"))
    assert "expert in marine biology" in messages[0].text
    assert "expert in marine biology" in messages[1].text


@pytest.mark.parametrize("name", ["default", "cot", "cite_sources"])
def test_a_plan_can_read_what_it_takes_for_a_reply(prompt, name: str) -> None:
    for passages in ([], passages_of("P")):
        form = reply_form(prompt(name), passages)
        assert form.parse(form.example or "Answer: a short reply").text == "a short reply"
