import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.components.reading import split_sentences


def pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One here. Two there! Three?", ["One here.", "Two there!", "Three?"]),
        (
            "Dr. J. R. Smith met Mr. Lee. They spoke.",
            ["Dr. J. R. Smith met Mr. Lee.", "They spoke."],
        ),
        ("It costs 12.50 EUR. Ship it.", ["It costs 12.50 EUR.", "Ship it."]),
        ("Version 2.0.1 is out. Install it.", ["Version 2.0.1 is out.", "Install it."]),
        ("The U.S. Navy uses it. So do we.", ["The U.S. Navy uses it.", "So do we."]),
        ("He lives in the U.S. She does not.", ["He lives in the U.S.", "She does not."]),
        ("Use e.g. a key. Turn it.", ["Use e.g. a key.", "Turn it."]),
        ("See Fig. 3 for more. Then stop.", ["See Fig. 3 for more.", "Then stop."]),
        ("It takes vitamin C. The rest is easy.", ["It takes vitamin C.", "The rest is easy."]),
        ('He said "Stop." Then he left.', ['He said "Stop."', "Then he left."]),
        ('"Is it?" she asked. No.', ['"Is it?" she asked.', "No."]),
        ("wait ... and see. Good.", ["wait ... and see.", "Good."]),
        ("First.\n\nSecond without stop\n\nThird.", ["First.", "Second without stop", "Third."]),
        ("A line\nbroken softly. Next.", ["A line\nbroken softly.", "Next."]),
        ("# Title\nText of it. More.", ["# Title", "Text of it.", "More."]),
        ("Needs:\n- a key\n- a lamp", ["Needs:", "- a key", "- a lamp"]),
        ("1. Open the valve. 2. Close it.", ["1. Open the valve.", "2.", "Close it."]),
        ("これは文です。次の文。", ["これは文です。", "次の文。"]),
        ("   ", []),
        ("", []),
    ],
)
def test_boundaries(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


@given(
    st.text(
        alphabet=st.sampled_from("aB1 .!?\n\r\t\"'\u2019\u201d)([]#-\u2026。é😀\x85\u2028"),
        max_size=80,
    )
)
def test_offsets_cover_everything_but_white_space(text: str) -> None:
    spans = split_sentences(text)
    covered = set()
    limits = [*(start for start, _ in spans[1:]), len(text)]
    for (start, end), limit in zip(spans, limits[: len(spans)], strict=True):
        assert start < end <= limit
        assert text[start:end] == text[start:end].strip()
        covered.update(range(start, end))
    assert all(text[i].isspace() for i in range(len(text)) if i not in covered)
