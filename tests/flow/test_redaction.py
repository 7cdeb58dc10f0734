"""Secrets never reach what is recorded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.flow.redaction import redact


@pytest.mark.parametrize(
    "name",
    ["OPENAI_API_KEY", "HF_TOKEN", "DB_PASSWORD", "client_secret", "AWS_CREDENTIALS"],
)
def test_values_of_secret_looking_variables(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "correct-horse")
    assert redact("401 for correct-horse (correct-horse!)") == "401 for *** (***!)"


def test_other_variables_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLOUR", "correct-horse")
    monkeypatch.setenv("SHORT_KEY", "the")
    assert redact("the correct-horse") == "the correct-horse"


def test_one_secret_may_begin_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_KEY", "abcdefgh")
    monkeypatch.setenv("B_KEY", "abcdefgh-and-more")
    assert redact("abcdefgh-and-more, abcdefgh") == "***, ***"


@pytest.mark.parametrize(
    "key", ["sk-proj-0123456789abcdef", "hf_abcdefghijklmnop", "ghp_" + "a" * 36]
)
def test_words_that_look_like_keys(key: str) -> None:
    assert redact(f"Incorrect API key provided: {key}.") == "Incorrect API key provided: ***."


def test_words_that_do_not() -> None:
    text = "key-value pairs; sk-learn; node 'task_reader' failed: keyword"
    assert redact(text) == text


@given(st.lists(st.text("abc-", min_size=8, max_size=20), min_size=1, max_size=4))
def test_no_secret_survives_whatever_the_others_are(secrets: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for number, secret in enumerate(secrets):
            patch.setenv(f"SECRET_{number}", secret)
        shown = redact("; ".join(secrets))
    assert not any(secret in shown for secret in secrets)
