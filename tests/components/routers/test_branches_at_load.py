"""What a router's parameters say of its branches is checked when the space is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from syftr_like.errors import InputError
from syftr_like.space import load_space

SPACE = """\
models:
  small: {{llm: "openai:gpt-4o-mini"}}
graph:
  cheap:
    from: question
    choose: [abstain]
  dear:
    from: question
    choose: [{{llm_answer: {{llm: small}}}}]
{third}  answer:
    from: [question, {entries}]
    choose:
      - {router}
output: answer
"""
THIRD = "  third:\n    from: question\n    choose: [abstain]\n"
LINE = 13


def written(folder: Path, router: str, entries: str = "cheap, dear") -> Path:
    path = folder / "space.yaml"
    path.write_text(
        SPACE.format(router=router, entries=entries, third=THIRD if "third" in entries else "")
    )
    return path


@pytest.mark.parametrize(
    ("router", "told"),
    [
        ("rule_router: {rules: [{ask: deer, length: long}]}", "'deer'.*did you mean 'dear'"),
        (
            "rule_router: {rules: [{ask: dear, length: long}], default: {choose: [1, 3]}}",
            "no branch 3: there are 2",
        ),
        ("llm_router: {llm: small, descriptions: {strong: for all}}", "no branch 'strong'"),
        ("llm_router: {llm: small, default: strong}", "no branch 'strong'"),
        ("cascade: {threshold_2: 0.5}", "threshold_2 has no effect"),
        ("cascade: {threshold_2: {float: [0.1, 0.9]}}", "threshold_2 has no effect"),
        ("judged_cascade: {llm: small, threshold_3: 0.5}", "threshold_3 has no effect"),
        ("cascade: {confidence: {choose: [answer, agreement]}}", "at least 3 branches"),
    ],
)
def test_what_cannot_hold_is_told_with_its_line(tmp_path: Path, router: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        load_space(written(tmp_path, router))
    assert caught.value.location is not None
    assert caught.value.location.line == LINE
    assert caught.value.found == "cheap, dear"


@pytest.mark.parametrize(
    ("router", "entries"),
    [
        ("rule_router: {rules: [{ask: 2, length: long}], default: cheap}", "cheap, dear"),
        ("rule_router: {rules: [{ask: strong, length: long}]}", "cheap, {strong: dear}"),
        ("llm_router: {llm: small, descriptions: {dear: for all}}", "cheap, dear"),
        ("cascade: {threshold: {float: [0.1, 0.9]}}", "cheap, dear"),
        ("cascade: {threshold_2: {float: [0.1, 0.9]}}", "cheap, dear, third"),
        ("cascade: {confidence: agreement}", "cheap, dear, third"),
    ],
)
def test_what_holds_is_loaded(tmp_path: Path, router: str, entries: str) -> None:
    load_space(written(tmp_path, router, entries))
