import pytest

from syftr_like.components.reading.question_type import AnswerType, analyse_question


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who signs the audit report?", AnswerType.PERSON),
        ("Where is the service desk?", AnswerType.PLACE),
        ("In which city is it calibrated?", AnswerType.PLACE),
        ("When was it released?", AnswerType.DATE),
        ("In what year did Hugo die?", AnswerType.DATE),
        ("How many people work here?", AnswerType.COUNT),
        ("How long is the warranty?", AnswerType.QUANTITY),
        ("What is the calibration interval of the DS-40?", AnswerType.QUANTITY),
        ("Why was it withdrawn?", AnswerType.REASON),
        ("How is it installed?", AnswerType.MANNER),
        ("Which connector does it use?", AnswerType.NAMED),
        ("What type of engine is it?", AnswerType.NAMED),
        ("What company makes it?", AnswerType.ORGANISATION),
        ("What was the first product called?", AnswerType.NAME),
        ("What does the DS-40 measure?", AnswerType.OBJECT),
        ("What is Skarv?", AnswerType.DEFINITION),
        ("When the pump stops, what must be checked?", AnswerType.OBJECT),
        ("Name the product.", AnswerType.OTHER),
        ("", AnswerType.OTHER),
    ],
)
def test_answer_type(question: str, expected: AnswerType) -> None:
    assert analyse_question(question).answer_type is expected


def test_the_focus_is_the_noun_that_the_answer_is_an_instance_of() -> None:
    asked = analyse_question("What type of connector does the masthead unit use?")
    assert asked.focus == "connector"
    assert asked.focus_noun


def test_names_codes_and_numbers_are_marked() -> None:
    asked = analyse_question("Does the DS-40 measure depth in Norway?")
    named = dict(zip(asked.stems, asked.named, strict=True))
    assert named["ds-40"]
    assert named["norway"]
    assert not named["depth"]
