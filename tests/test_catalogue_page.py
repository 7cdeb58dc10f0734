"""docs/components.md is what the code says."""

from __future__ import annotations

from pathlib import Path

from syftr_like.catalogue_page import KINDS, components_page
from syftr_like.contracts import Kind

PAGE = Path(__file__).parents[1] / "docs" / "components.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == components_page(), (
        "run `optimize components --markdown > docs/components.md`"
    )


def test_every_kind_has_a_heading() -> None:
    assert {kind.value for kind in Kind} <= set(KINDS)


def test_it_says_what_the_practice_server_is_not() -> None:
    assert "It is no language model" in " ".join(components_page().split())
