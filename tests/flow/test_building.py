"""From a configuration to components, and what may be imported for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from syftr_like.contracts import Documents
from syftr_like.errors import InputError
from syftr_like.flow import IndexStore, PreparedFlow, build_flow
from syftr_like.flow.build import build_component
from syftr_like.flow.runnable import FlowRunnable
from syftr_like.space import ComponentConfig, FlowConfig

from .conftest import Catalogue
from .parts import flow_config

SHARED_WORDS = {"uses": "tide_tools.langchain_parts:SharedWords", "arguments": {"k": 1}}


def searching(**parameters: object) -> FlowConfig:
    return flow_config(
        "answer",
        chunks=("whole_document", {"documents": "documents"}),
        passages=(
            "langchain_retriever", {"question": "question", "chunks": "chunks"}, parameters,
        ),
        answer=("echo", {"question": "question", "passages": "passages"}),
    )  # fmt: skip


@pytest.mark.usefixtures("third_party", "catalogue")
class TestDottedPaths:
    @pytest.mark.parametrize("allowed", ["tide_tools", "tide_tools.langchain_parts"])
    def test_an_allowed_prefix_is_imported(self, allowed: str, documents: Documents) -> None:
        flow = FlowRunnable(searching(**SHARED_WORDS), documents, allow_imports=[allowed])
        assert [p.chunk.document for p in flow.invoke("teeth have urchins").passages] == ["urchin"]

    @pytest.mark.parametrize(
        "allowed", [[], ["tide"], ["tide_tools.langchain"], ["tide_tools.langchain_parts.x"]]
    )
    def test_nothing_else_is(self, allowed: list[str]) -> None:
        with pytest.raises(InputError) as caught:
            build_flow(searching(**SHARED_WORDS), allowed)
        assert "importing from 'tide_tools.langchain_parts' is not allowed" in str(caught.value)

    def test_no_code_runs_before_it_is_allowed(
        self, third_party: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "eager.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
        monkeypatch.syspath_prepend(str(tmp_path))
        with pytest.raises(InputError, match="not allowed"):
            build_flow(searching(uses="eager:Thing"), ["tide_tools"])
        assert not (tmp_path / "ran").exists()


class TestMistakes:
    def test_a_parameter_that_the_component_does_not_take(self, catalogue: Catalogue) -> None:
        config = flow_config("chunks", chunks=("whole_document", {}, {"size": 3}))
        with pytest.raises(InputError, match="the parameters of 'whole_document' are not valid"):
            build_flow(config)

    def test_an_unknown_component(self, catalogue: Catalogue) -> None:
        with pytest.raises(InputError, match="unknown component 'bm52'") as caught:
            build_flow(flow_config("a", a=("bm52", {"question": "question"})))
        assert caught.value.nearest == "bm25"

    def test_a_component_that_stands_in_parameters_only(self, catalogue: Catalogue) -> None:
        with pytest.raises(InputError, match="a component of kind embedder cannot fill a node"):
            build_flow(flow_config("a", a=("lsa", {"question": "question"})))


class TestDefaults:
    def test_a_component_parameter_left_out_gets_its_default(self) -> None:
        dense = build_component(ComponentConfig("dense", "dense", {"k": 3}))
        assert dense.parameters.embedder.name == "lsa"

    def test_one_that_is_written_is_built_with_its_parameters(self) -> None:
        lsa = ComponentConfig("lsa", "lsa", {"dimensions": 40})
        dense = build_component(ComponentConfig("dense", "dense", {"embedder": lsa}))
        assert dense.parameters.embedder.parameters.dimensions == 40

    def test_its_parameters_decide_what_is_shared(
        self, documents: Documents, catalogue: Catalogue
    ) -> None:
        def flow(dimensions: int) -> FlowConfig:
            lsa = ComponentConfig("lsa", "lsa", {"dimensions": dimensions})
            return flow_config(
                "passages",
                chunks=("whole_document", {"documents": "documents"}),
                passages=(
                    "dense", {"question": "question", "chunks": "chunks"}, {"embedder": lsa}
                ),
            )  # fmt: skip

        store = IndexStore()
        PreparedFlow(build_flow(flow(32)), documents, store)
        builds = store.builds
        PreparedFlow(build_flow(flow(32)), documents, store)
        assert store.builds == builds
        PreparedFlow(build_flow(flow(33)), documents, store)
        assert store.builds > builds
