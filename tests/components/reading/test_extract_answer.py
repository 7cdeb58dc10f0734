import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syftr_like.components.reading import ExtractedAnswer, ReadingPassage, extract_answer
from syftr_like.components.reading.passage_tokens import analyse_passage, read_word, tokenize
from syftr_like.components.reading.question_type import analyse_question

from .handbook_cases import AUDIT, CLEAR, HANDBOOK, HISTORY, NO_ANSWER, WARRANTY


def ask(question: str, *texts: str, **options: int) -> ExtractedAnswer | None:
    return extract_answer(question, [ReadingPassage(text, 0.0) for text in texts], **options)


def bare(text: str) -> str:
    return " ".join(text.lower().removeprefix("the ").replace(",", "").split())


_words = st.sampled_from(
    [
        *("the", "DS-40", "is", "18", "months", "Who", "Oslo", ",", ".", "(", ")", "3.5", "%"),
        *("$", "\u201c", "\u201d", "\u2013", "É", "日本", "naïve", "😀", "of", "by", "to", "was"),
        *("1999", "and", "\n\n", "\x85", "U.S.", "can't", "'", "º", "x²", "İ", "\u017f", ";"),
    ]
)
_texts = st.one_of(st.text(max_size=120), st.lists(_words, max_size=60).map(" ".join))


@given(question=_texts, texts=st.lists(_texts, max_size=4), limit=st.integers(1, 20))
@settings(max_examples=150, deadline=None)
def test_an_answer_is_a_short_span_of_a_passage(
    question: str, texts: list[str], limit: int
) -> None:
    answer = ask(question, *texts, max_answer_tokens=limit)
    if answer is None:
        return
    assert answer.text == texts[answer.passage][answer.start : answer.end]
    assert answer.text.strip() == answer.text != ""
    assert 0.0 <= answer.confidence <= 1.0
    assert len(tokenize(answer.text)) <= limit


@given(question=_texts, texts=st.lists(_texts, min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_the_answer_does_not_depend_on_what_is_cached(question: str, texts: list[str]) -> None:
    warm = ask(question, *texts)
    for cached in (analyse_passage, analyse_question, read_word):
        cached.cache_clear()
    assert ask(question, *texts) == warm == ask(question, *texts)


@pytest.mark.parametrize("texts", [(), ("",), ("  \n",), ("... !",), ("", "of the")])
def test_no_candidate_no_answer(texts: tuple[str, ...]) -> None:
    assert ask("Who signs the report?", *texts) is None


def test_a_limit_below_one_is_an_error() -> None:
    with pytest.raises(ValueError, match="max_answer_tokens"):
        ask("Who?", AUDIT, max_answer_tokens=0)


def test_a_huge_passage_is_read_in_part() -> None:
    huge = AUDIT + " filler words here." * 200_000
    answer = ask("Who signs the audit report?", huge)
    assert answer is not None
    assert bare(answer.text) == "quality manager"
    assert analyse_passage(huge).ends[-1] <= 40_000


def test_caches_are_bounded() -> None:
    for cached in (analyse_passage, analyse_question, read_word):
        assert cached.cache_parameters()["maxsize"] is not None


def failures(whole_handbook: bool) -> list[str]:
    out = []
    for question, passages, accepted in CLEAR:
        answer = ask(question, *(HANDBOOK if whole_handbook else passages))
        if answer is None or bare(answer.text) not in [bare(a) for a in accepted]:
            out.append(f"{question} -> {answer.text if answer else None}")
    return out


@pytest.mark.parametrize("whole_handbook", [False, True])
def test_most_handbook_questions_are_answered_word_for_word(whole_handbook: bool) -> None:
    # 24 of 30 when the weights were fitted; the rest are spans with a word too many, mostly.
    missed = failures(whole_handbook)
    assert len(missed) <= 8, missed


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is the calibration interval of the DS-40?", "18 months"),
        ("Who signs the audit report?", "quality manager"),
        ("Which connector does the masthead unit use?", "M12"),
        ("How long is the warranty on the compass sensor CS-3?", "36 months"),
        ("Who designed the masthead unit?", "Ingrid Solheim"),
        ("In which form are audit findings recorded?", "QF-112"),
        ("When was firmware 5.2 released?", "14 June 2021"),
        ("Where did the headquarters move in 1988?", "Bergen"),
        ("Who is the fire warden for building B?", "Omar Haddad"),
    ],
)
def test_measures_roles_codes_names_dates_and_places_are_found_in_the_whole_handbook(
    question: str, expected: str
) -> None:
    answer = ask(question, *HANDBOOK)
    assert answer is not None
    assert expected in answer.text
    assert len(tokenize(answer.text)) <= len(tokenize(expected)) + 3


def test_confidence_tells_answerable_questions_from_others() -> None:
    with_answer = [ask(question, *texts) for question, texts, _ in CLEAR]
    without = [ask(question, *texts) for question, texts in NO_ANSWER]
    sure = sorted(a.confidence for a in with_answer if a)
    unsure = [a.confidence for a in without if a]
    assert max(unsure) < sure[len(sure) // 4]


def test_the_answer_is_found_among_passages() -> None:
    answer = ask("How long is the warranty on the CS-3?", HISTORY, AUDIT, WARRANTY)
    assert answer is not None
    assert answer.passage == 2
    assert "36 months" in answer.text
