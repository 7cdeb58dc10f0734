"""How a prompt is taken apart: material here, instructions there, and the form of the reply."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.testing.model_server.filling import by_schema
from syftr_like.testing.model_server.findings import Finding
from syftr_like.testing.model_server.reading.forms import form_of
from syftr_like.testing.model_server.reading.parts import split_parts
from syftr_like.testing.model_server.reading.spans import span
from syftr_like.testing.model_server.reading.words import names, sentences

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="<>"), max_size=200)


@given(text=TEXT)
def test_any_text_can_be_taken_apart_and_no_part_is_empty(text: str) -> None:
    instructions, parts = split_parts(text)
    assert all(part.text.strip() for part in parts)
    assert len(instructions) + sum(len(part.text) for part in parts) <= len(text)
    form_of(instructions)


WORDS = st.lists(st.sampled_from(["tide", "lamp", "reef", "gull", "hull"]), min_size=1, max_size=8)


@given(passages=st.lists(WORDS, min_size=1, max_size=6), style=st.integers(0, 4))
def test_passages_are_found_in_every_usual_style(passages: list[list[str]], style: int) -> None:
    texts = [f"The {' '.join(words)} is old." for words in passages]
    styles = [
        "Passages:\n\n" + "\n\n".join(f"[{n}] {t}" for n, t in enumerate(texts, 1)),
        "\n\n".join(f"Passage {n}: {t}" for n, t in enumerate(texts, 1)),
        "Documents:\n" + "\n".join(f"{n}. {t}" for n, t in enumerate(texts, 1)),
        "".join(f'<passage id="{n}">{t}</passage>\n' for n, t in enumerate(texts, 1)),
        "\n\n".join(f"### Source {n}\n{t}" for n, t in enumerate(texts, 1)),
    ]
    prompt = f"Answer the question.\n\n{styles[style]}\n\nQuestion: How old is the tide?"
    instructions, parts = split_parts(prompt)
    found = [part for part in parts if part.role == "passage"]
    assert [part.text for part in found] == texts
    assert [part.mark for part in found] == [str(n) for n in range(1, len(texts) + 1)]
    assert [p.text for p in parts if p.role == "question"] == ["How old is the tide?"]
    assert instructions == "Answer the question."


@pytest.mark.parametrize(
    ("instructions", "phrase"),
    [
        ("If the passages do not hold the answer, reply with exactly: NOT ANSWERABLE", None),
        ("No sentence. If you cannot answer: NOT ANSWERABLE", None),
        ("If they do not, end with this line instead:\n\nAnswer: NOT ANSWERABLE", None),
        ('Write "no idea" if there is no answer.', "no idea"),
        ("If unknown, say `unclear`.", "unclear"),
        ("Answer the question.", "I don't know"),
    ],
)
def test_the_phrase_for_no_answer(instructions: str, phrase: str | None) -> None:
    assert form_of(instructions).abstention == (phrase or "NOT ANSWERABLE")


@pytest.mark.parametrize(
    ("instructions", "scale"),
    [
        ("Rate it from 1 to 5.", (1, 5)),
        ("Give a score between 0 and 100.", (0, 100)),
        ("A grade out of 10, please.", (0, 10)),
        ("Confidence: <0.0-1.0>", (0, 1)),
        ("Rate it.", None),
    ],
)
def test_the_scale_of_a_score(instructions: str, scale: tuple[float, float] | None) -> None:
    assert form_of(instructions).scale == scale


def test_names_and_sentences() -> None:
    assert names("The cook of the Saint Brannock met Carrow & Flint today.") == [
        "Saint Brannock",
        "Carrow & Flint",
    ]
    assert sentences("Mr. Venn left. It was 3.5 m!\nWhy?") == [
        "Mr. Venn left.",
        "It was 3.5 m!",
        "Why?",
    ]


@pytest.mark.parametrize(
    ("question", "sentence", "words"),
    [
        ("Who opened it?", "It was opened by Lucia Ferrand.", "Lucia Ferrand"),
        ("When was the mill sold?", "The mill was sold on 3 May 1912.", "3 May 1912"),
        ("How many boats came?", "Eleven boats came in 1988.", "Eleven"),
        ("What did it cost?", "It did cost a barrel of herring.", "a barrel of herring"),
        ("Where is the key?", "The key is in the cake tin.", "the cake tin"),
        ("Why did it stop?", "It did stop because the fuse blew.", "the fuse blew"),
        ("Did the boat leave?", "The boat did not leave.", "no"),
        ("Is it red or blue?", "The hull is blue.", "blue"),
    ],
)
def test_the_words_that_answer(question: str, sentence: str, words: str) -> None:
    assert words in span(question, sentence)


LEAVES = st.sampled_from(
    [
        {"type": "string"},
        {"type": "integer", "minimum": 2, "maximum": 9},
        {"type": "number"},
        {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 4},
        {"type": "boolean"},
        {"enum": ["yes", "no", "perhaps"]},
        {"const": 7},
        {"anyOf": [{"type": "null"}, {"type": "string"}]},
    ]
)
KEYS = st.sampled_from(
    ["answer", "score", "correct", "reason", "sources", "queries", "choice", "kind", "a"]
)
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(lambda schema: {"type": "array", "items": schema}),
        st.dictionaries(KEYS, inner, max_size=4).map(
            lambda found: {"type": "object", "properties": found, "required": [*found]}
        ),
    ),
    max_leaves=6,
)
FINDINGS = st.builds(
    Finding,
    text=st.sampled_from(["", "Maria Venn", "41 metres"]),
    items=st.sampled_from([(), (Finding(text="one"), Finding(verdict=True))]),
    number=st.one_of(st.none(), st.floats(0, 1)),
    verdict=st.sampled_from([None, True, False]),
    order=st.sampled_from([(), ("2", "1")]),
    choice=st.sampled_from(["", "yes"]),
    sources=st.sampled_from([(), ("1", "3")]),
)


@given(schema=SCHEMAS, finding=FINDINGS)
def test_whatever_was_found_fits_whatever_schema_is_asked_for(
    schema: dict[str, object], finding: Finding
) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.validate(by_schema(schema, finding), schema)


def test_a_question_is_one_paragraph_and_passages_are_many() -> None:
    instructions, parts = split_parts(
        "Context:\nThe tide is high.\n\nThe moon is full.\n\nQuestion: How high?\n\nBe brief."
    )
    assert [(p.role, p.text) for p in parts] == [
        ("passage", "The tide is high.\n\nThe moon is full."),
        ("question", "How high?"),
    ]
    assert instructions == "Be brief."
