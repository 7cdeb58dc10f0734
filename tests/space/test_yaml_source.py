"""Reading YAML: plain data, where everything stands, and no surprises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syftr_like.errors import InputError, Location
from syftr_like.yaml_source import (
    MAX_BYTES,
    dump_yaml,
    load_yaml,
    load_yaml_text,
)


def data(text: str) -> Any:
    return load_yaml_text(text, "f.yaml").data


def mistake(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        load_yaml_text(text, "f.yaml")
    return caught.value


class TestPlaces:
    SOURCE = load_yaml_text("a:\n  b: [1, {c: x}]\n'd': ~\n", "f.yaml")

    def test_of_values_and_keys(self) -> None:
        assert self.SOURCE.location(("a", "b", 1, "c")) == Location("f.yaml", 2, 14)
        assert self.SOURCE.location(("a", "b", 1, "c"), key=True) == Location("f.yaml", 2, 11)
        assert self.SOURCE.location(("d",), key=True) == Location("f.yaml", 3, 1)

    def test_of_what_is_missing_is_the_place_around_it(self) -> None:
        assert self.SOURCE.location(("a", "nothing", 3)) == Location("f.yaml", 2, 3)

    def test_an_error_says_what_stands_there(self) -> None:
        error = self.SOURCE.error(("a", "b", 0), "too small", expected="2", nearest="two")
        assert str(error) == (
            "f.yaml:2:7: too small\n  found:    1\n  expected: 2\n  did you mean 'two'?"
        )


class TestScalars:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("1e-3", 0.001), ("-2E4", -20000.0), ("1.5", 1.5), (".5", 0.5), ("3.", 3.0),
            ("7", 7), ("-7", -7), ("+7", 7), ("1_000", 1000), ("0", 0), ("0x1F", 31),
            ("true", True), ("False", False), ("yes", True), ("off", False),
            ("~", None), ("null", None), ("", None),
            ("none", "none"), ("2024-01-31", "2024-01-31"), ("12:30", "12:30"),
            ("1:2:3", "1:2:3"), ("'7'", "7"), ('"no"', "no"), ("1.2.3", "1.2.3"),
            ("gpt-4o", "gpt-4o"), ("=", "="), ("y", "y"),
        ],
    )  # fmt: skip
    def test_are_read_as_people_mean_them(self, text: str, value: object) -> None:
        read = data(f"k: {text}")["k"]
        assert (read, type(read)) == (value, type(value))

    @pytest.mark.parametrize(
        ("text", "fragment"),
        [
            ("007", "must not start with 0"), ("08", "must not start with 0"),
            (".nan", "not a finite number"), ("-.inf", "not a finite number"),
            ("1e999", "too large"), ("!!python/object:os.system x", "tags are not allowed"),
            ("!!python/name:os.system ''", "tags are not allowed"), ("!x 3", "tags are not"),
            ("!!binary aGk=", "tags are not allowed"), ("!!set {a}", "tags are not allowed"),
        ],
    )  # fmt: skip
    def test_that_are_doubtful_are_refused(self, text: str, fragment: str) -> None:
        error = mistake(f"a: 1\nk: {text}\n")
        assert fragment in str(error)
        assert error.location is not None
        assert error.location.line == 2

    @pytest.mark.parametrize("word", ["yes", "No", "ON", "off"])
    def test_a_word_that_yaml_takes_for_a_boolean_is_explained(self, word: str) -> None:
        source = load_yaml_text(f"k: {word}\n", "f.yaml")
        error = source.error(("k",), "must be text")
        assert f"found:    {word}, which YAML reads as" in str(error)
        assert "which YAML" not in str(load_yaml_text("k: true", "f").error(("k",), "no"))

    @pytest.mark.parametrize("key", ["on", "no", "3", "1.5", "~", "true", "[a]"])
    def test_keys_must_be_text(self, key: str) -> None:
        error = mistake(f"a: 1\n? {key}\n: 2\n")
        assert "key" in error.problem
        assert error.location == Location("f.yaml", 2, 3)


class TestStructure:
    def test_a_key_that_stands_twice(self) -> None:
        error = mistake("a: 1\nb:\n  x: 1\n  y: 2\n  x: 3\n")
        assert error.location == Location("f.yaml", 5, 3)
        assert "'x' stands twice, first in line 3 and again in line 5" in error.problem

    def test_anchors_aliases_and_merges(self) -> None:
        read = data("base: &b {k: 1, m: 2}\none: *b\ntwo: {<<: *b, m: 3}\n")
        assert read["one"] == {"k": 1, "m": 2}
        assert read["two"] == {"k": 1, "m": 3}

    @pytest.mark.parametrize(
        "text",
        ["a: &x [*x]\n", "a: &x {b: *x}\n", "a: &x {<<: *x}\n", "a: {<<: &x {<<: *x}}\n"],
    )
    def test_an_alias_inside_its_own_anchor(self, text: str) -> None:
        assert mistake(text).location is not None

    @pytest.mark.parametrize("item", ["[*{0}, *{0}]", "{{<<: [*{0}, *{0}]}}"])
    def test_aliases_that_blow_up(self, item: str) -> None:
        first = "[1]" if item.startswith("[") else "{k: 1}"
        lines = [f"a0: &a0 {first}"]
        lines += [f"a{i}: &a{i} {item.format(f'a{i - 1}')}" for i in range(1, 40)]
        assert "values once aliases are expanded" in mistake("\n".join(lines)).problem

    def test_merging_what_is_no_mapping(self) -> None:
        assert "merges mappings only" in mistake("a: &a [1]\nb: {<<: *a}\n").problem

    def test_very_deep_nesting(self) -> None:
        assert "nested too deeply" in mistake("[" * 5000).problem


class TestSyntax:
    @pytest.mark.parametrize(
        ("text", "line", "fragment"),
        [
            ("a: 1\n\tb: 2\n", 2, "tab"),
            ("a: b: c\n", 1, "a colon stands where no key can be"),
            ("a:\n  b: 1\n c: 2\n", 3, "not indented like the lines"),
            ("a: [1, 2\nb: 3\n", 2, "not closed, or lacks a comma"),
            ("a: {b: 1\nc: 3\n", 2, "not closed, or lacks a comma"),
            ('a: "x\nb: 1\n', 3, "quotation mark is not closed"),
            ("a: *nowhere\n", 1, "refers to an anchor that does not stand before it"),
            ("a: @x\n", 1, "a character stands where no value"),
            ("a: 1\n---\nb: 2\n", 2, "more than one YAML document"),
            ("a: 1\nb\n", 3, "a key has no colon behind it"),
            ("a: \x07\n", 1, "a character that YAML does not allow"),
        ],
    )
    def test_is_explained_in_a_sentence_with_its_line(
        self, text: str, line: int, fragment: str
    ) -> None:
        error = mistake(text)
        assert fragment in str(error)
        assert error.location is not None
        assert error.location.line == line

    @pytest.mark.parametrize("text", ["", "\n", "# only a comment\n"])
    def test_an_empty_file(self, text: str) -> None:
        assert "the file is empty" in str(mistake(text))


class TestFiles:
    def fails(self, path: Path) -> str:
        with pytest.raises(InputError) as caught:
            load_yaml(path)
        assert str(path) in str(caught.value)
        return str(caught.value)

    def test_missing(self, tmp_path: Path) -> None:
        assert "there is no such file" in self.fails(tmp_path / "nothing.yaml")

    def test_a_directory(self, tmp_path: Path) -> None:
        assert "this is a directory" in self.fails(tmp_path)

    def test_not_utf8(self, tmp_path: Path) -> None:
        file = tmp_path / "latin.yaml"
        file.write_bytes("a: 1\nb: Größe\n".encode("latin-1"))
        assert f"{file}:2: the file is not UTF-8 text" in self.fails(file)

    def test_too_large(self, tmp_path: Path) -> None:
        file = tmp_path / "large.yaml"
        file.write_bytes(b"#" * (MAX_BYTES + 1))
        assert "too large" in self.fails(file)

    def test_a_byte_order_mark_is_no_text(self, tmp_path: Path) -> None:
        file = tmp_path / "bom.yaml"
        file.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
        source = load_yaml(file)
        assert source.data == {"a": 1, "b": 2}
        assert source.folder == tmp_path


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)))
    | st.sampled_from(["1e5", "08", "0x1f", ".inf", "no", "~", "2024-01-01", "12:30", "- a", "#"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(PLAIN)
@settings(max_examples=150, deadline=None)
def test_what_is_dumped_is_read_back(value: object) -> None:
    assert data(dump_yaml({"value": value})) == {"value": value}  # type: ignore[dict-item]
