"""What people get wrong in a space, and what they are told: the line, the cause, the mend."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from syftr_like.errors import InputError
from syftr_like.space import Space, load_space

from .space_mistakes import MISTAKES, answer, passages


@pytest.mark.parametrize("mistake", MISTAKES)
def test_is_reported_with_its_line_and_the_mend(mistake: str, load: Callable[[str], Space]) -> None:
    text, line, fragments = MISTAKES[mistake]
    with pytest.raises(InputError) as caught:
        load(text)
    message = str(caught.value)
    assert caught.value.location is not None, message
    assert caught.value.location.file == "space.yaml"
    assert caught.value.location.line == line, message
    for fragment in fragments:
        assert fragment in message, message


def test_a_secret_is_not_repeated(load: Callable[[str], Space]) -> None:
    with pytest.raises(InputError) as caught:
        load(MISTAKES["a secret among the arguments"][0])
    assert "sk-1234" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "suggested"),
    [
        # What can be fed by `from`, and yields what the other options yield or a flow may.
        (answer("extrac"), "extract, gated, lexical_reranker, llm_answer"),
        (answer("extract", "abstan"), "abstain, closed_book, extract, gated, llm_answer"),
        (answer("7: {}", "abstan"), None),
        (passages("bm52"), "bm25, dense, hybrid, other_wrapped_retriever, wrapped_retriever"),
        (passages("dense: {embedder: lsaa}"), "embedding_model, hashing, lsa, stacked"),
    ],
    ids=["a result", "beside another", "damaged", "an inner node", "a parameter"],
)
def test_an_unknown_component_is_told_those_that_fit_there(
    text: str, suggested: str | None, load: Callable[[str], Space]
) -> None:
    with pytest.raises(InputError) as caught:
        load(text)

    if suggested is not None:
        assert caught.value.problem.startswith("unknown component")
        assert f"one of {suggested}" in str(caught.value.expected)


def test_the_table_is_not_one_mistake_over_and_over() -> None:
    assert len({fragments for _, _, fragments in MISTAKES.values()}) >= 100


class TestIncludedFiles:
    def write(self, folder: Path, **files: str) -> Path:
        for name, text in files.items():
            (folder / f"{name}.yaml").write_text(textwrap.dedent(text))
        return folder / "main.yaml"

    MAIN = """\
        graph:
          answer:
            from: [question, documents]
            choose:
              - {as: rag, flow: inner.yaml}
        output: answer
        """

    def test_a_mistake_in_an_included_file_names_that_file(self, tmp_path: Path) -> None:
        inner = "graph:\n  a: {from: question, choose: [closed_bok]}\noutput: a\n"
        main = self.write(tmp_path, main=self.MAIN, inner=inner)
        with pytest.raises(InputError) as caught:
            load_space(main)
        assert caught.value.location is not None
        assert caught.value.location.file == str(tmp_path / "inner.yaml")
        assert caught.value.location.line == 2

    def test_files_that_include_each_other(self, tmp_path: Path) -> None:
        inner = (
            "graph:\n  a:\n    from: [question, documents]\n    choose:\n"
            "      - {as: x, flow: main.yaml}\noutput: a\n"
        )
        main = self.write(tmp_path, main=self.MAIN, inner=inner)
        with pytest.raises(InputError, match="include each other") as caught:
            load_space(main)
        assert "main.yaml -> inner.yaml -> main.yaml" in str(caught.value)
        assert caught.value.location is not None
        assert caught.value.location.line == 5

    def test_an_included_file_may_not_import_more(self, tmp_path: Path) -> None:
        inner = (
            "models:\n  m: {uses: 'acme.rag:Chat'}\n"
            "graph:\n  a: {from: question, choose: [{llm_answer: {llm: m}}]}\noutput: a\n"
        )
        main = self.write(
            tmp_path, main=self.MAIN.replace("[question, documents]", "question"), inner=inner
        )
        with pytest.raises(InputError, match=r"'acme\.rag' is not allowed"):
            load_space(main)
        assert load_space(main, allow_imports=["acme"]).cardinality().count == 1

    def test_a_rule_of_an_included_file_speaks_of_its_own_decisions(self, tmp_path: Path) -> None:
        inner = (
            "graph:\n  a:\n    from: question\n    choose: [closed_book, abstain]\n"
            "output: a\nforbid: [{b: abstain}]\n"
        )
        main = self.write(
            tmp_path, main=self.MAIN.replace("[question, documents]", "question"), inner=inner
        )
        with pytest.raises(InputError, match="no decision 'b'") as caught:
            load_space(main)
        assert caught.value.location is not None
        assert caught.value.location.line == 6
