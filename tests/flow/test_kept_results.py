"""Index-time results that outlive a worker: found by others, at the price of the first."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.cache import Entry, open_cache
from syftr_like.contracts import Chunk, Chunks, Document, Documents, Index, Indexes
from syftr_like.contracts.registry import component_class
from syftr_like.flow import IndexStore, PreparedFlow
from syftr_like.flow.chunks_form import dump_chunks, load_chunks
from syftr_like.flow.index_store import IndexWork
from syftr_like.space import FlowConfig

from .conftest import Catalogue
from .parts import PaidBase, PaidTop, flow_config

Prepare = Callable[..., PreparedFlow]


class KeptBase(PaidBase):
    """The paid base, with a form."""

    def dump(self, built: str) -> Mapping[str, bytes]:
        return {"text": built.encode()}

    def load(self, files: Mapping[str, bytes], chunks: Chunks, indexes: Indexes) -> str:
        return files["text"].decode()


class KeptTop(PaidTop):
    """The paid top, with a form; made from the kept base."""

    def build(self, chunks: Chunks, indexes: Indexes) -> str:
        super().build(chunks, _Kept(indexes))
        return "top of " + indexes.get(KeptBase(), chunks)

    dump = KeptBase.dump
    load = KeptBase.load


class _Kept:
    """Asks for the kept recipe where the plain one is asked for."""

    def __init__(self, indexes: Indexes) -> None:
        self._indexes = indexes

    def get(self, recipe: Index[Any], chunks: Chunks) -> Any:
        kept = {PaidBase: KeptBase, PaidTop: KeptTop}.get(type(recipe))
        return self._indexes.get(kept() if kept else recipe, chunks)


@pytest.fixture(autouse=True)
def keeping(catalogue: Catalogue) -> None:
    """The paying retrievers, on kept recipes."""
    for name in ("paying", "paying_for_base", "paying_for_top"):
        part: Any = catalogue[name]

        def index(self: Any, chunks: Chunks, indexes: Indexes, part: Any = part) -> Any:
            return part.index(self, chunks, _Kept(indexes))

        catalogue[name] = type(part.__name__, (part,), {"name": name, "index": index})


def rag(retriever: str = "bm25", **nodes: Any) -> FlowConfig:
    return flow_config(
        "answer",
        chunks=nodes.get("chunks", ("whole_document", {"documents": "documents"})),
        passages=(retriever, {"question": "question", "chunks": "chunks"}),
        answer=("echo", {"question": "question", "passages": "passages"}),
    )


@pytest.fixture
def stores(tmp_path: Path) -> Callable[..., IndexStore]:
    """Stores of workers that share a cache, each of which opens it for itself."""
    return lambda **options: IndexStore(cache=open_cache(str(tmp_path / "cache")), **options)


class TestAnotherWorker:
    @pytest.mark.parametrize("retriever", ["bm25", "dense", "hybrid", "paying"])
    def test_builds_nothing_and_has_the_same_costs(
        self, prepare: Prepare, stores: Callable[[], IndexStore], retriever: str, tmp_path: Path
    ) -> None:
        first, second = stores(), stores()
        cost = prepare(rag(retriever), first).index_cost
        again = prepare(rag(retriever), second).index_cost
        assert again.model_calls == cost.model_calls
        # What a flow prepares for itself alone is measured each time; the rest is kept.
        kept = IndexWork(open_cache(str(tmp_path / "cache")).keys("index"))
        assert second.cost(kept) == first.cost(kept)
        assert first.cost(kept).seconds > 0
        assert (first.builds > 0, second.builds, second.calls_made) == (True, 0, [])
        assert second.loaded > 0

    def test_knows_what_parts_cost_that_it_does_not_load(
        self, prepare: Prepare, stores: Callable[[], IndexStore]
    ) -> None:
        prepare(rag("paying_for_top"), stores())
        second = stores()
        assert prepare(rag("paying_for_top"), second).index_cost.usd(0) == 1.5
        assert (second.builds, second.loaded) == (0, 2), "the chunks and the top, not the base"
        assert prepare(rag("paying"), second).index_cost.usd(0) == 1.5
        assert (second.builds, second.loaded) == (0, 3)

    def test_builds_at_the_same_time_only_once(
        self, prepare: Prepare, stores: Callable[[], IndexStore]
    ) -> None:
        workers = [stores() for _ in range(4)]
        threads = [
            threading.Thread(target=prepare, args=(rag("paying"), worker)) for worker in workers
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(worker.builds for worker in workers) == 3, "chunks, base, top"
        assert sum(worker.paid_usd for worker in workers) == 1.5

    def test_waiting_for_another_is_not_charged(
        self, prepare: Prepare, stores: Callable[[], IndexStore], tmp_path: Path
    ) -> None:
        """A flow's own work does not hold the wait for the lock, nor the loading."""
        cost = prepare(rag("paying"), stores()).index_cost
        cache = open_cache(str(tmp_path / "cache"))
        (key,) = [
            k for k in cache.keys("index") if len(cache.get("index", k).meta["costs"]) == 2  # type: ignore[union-attr, arg-type]
        ]  # fmt: skip
        entry = cache.get("index", key)
        assert entry is not None
        cache.remove("index", key)
        held = threading.Event()

        def hold() -> None:
            with cache.claim("index", key):
                held.set()
                threading.Event().wait(0.5)
                cache.put("index", key, entry)

        holder = threading.Thread(target=hold)
        holder.start()
        held.wait()
        waited = prepare(rag("paying"), stores()).index_cost
        holder.join()
        assert waited.seconds == pytest.approx(cost.seconds, abs=0.1)

    def test_in_a_process_of_its_own(
        self,
        prepare: Prepare,
        stores: Callable[[], IndexStore],
        documents: Documents,
        tmp_path: Path,
    ) -> None:
        prepare(rag("hybrid"), stores())
        script = f"""
from syftr_like.cache import open_cache
from syftr_like.contracts import Document, Documents
from syftr_like.flow import IndexStore, PreparedFlow, build_flow
from syftr_like.space import ComponentConfig, FlowConfig, NodeConfig
documents = Documents(Document(*row) for row in {[(d.id, d.title, d.text) for d in documents]!r})
config = FlowConfig((
    NodeConfig("chunks", {{"documents": "documents"}},
               ComponentConfig("whole_document", "whole_document")),
    NodeConfig("passages", {{"question": "question", "chunks": "chunks"}},
               ComponentConfig("hybrid", "hybrid")),
), "passages")
store = IndexStore(cache=open_cache({str(tmp_path / "cache")!r}))
PreparedFlow(build_flow(config), documents, store)
print(store.builds, store.loaded)
"""
        run = [sys.executable, "-c", script]
        assert subprocess.run(run, capture_output=True, text=True).stdout == "0 4\n"


class TestWhatIsNotShared:
    def test_other_documents_parameters_and_versions(
        self,
        prepare: Prepare,
        stores: Callable[[], IndexStore],
        catalogue: Catalogue,
    ) -> None:
        prepare(rag(), stores())
        cut = rag(chunks=("sentence_splitter", {"documents": "documents"}, {"sentences": 1}))
        other = stores()
        prepare(cut, other)
        assert (other.builds, other.loaded) == (2, 0), "other parameters"
        newer = type("Newer", (component_class("whole_document"),), {"version": 2})
        catalogue["whole_document"] = newer
        other = stores()
        prepare(rag(), other)
        assert (other.builds, other.loaded) == (1, 1), "a newer splitter that cuts alike"

    def test_a_recipe_without_a_form_is_built_by_each_worker(
        self, stores: Callable[[], IndexStore]
    ) -> None:
        chunks = Chunks([Chunk("d", 0, 1, "x")])
        for _ in range(2):
            store = stores()
            assert store.get(PaidBase(), chunks) == store.get(PaidBase(), chunks)
            assert (store.builds, store.hits) == (1, 1)

    def test_a_failed_build_leaves_nothing_behind(
        self, prepare: Prepare, stores: Callable[[], IndexStore]
    ) -> None:
        class Failing(KeptBase):
            name: ClassVar[str] = "failing"

            def build(self, chunks: Chunks, indexes: Indexes) -> str:
                raise OSError("the provider is away")

        chunks = Chunks([Chunk("d", 0, 1, "x")])
        for _ in range(2):
            with pytest.raises(OSError, match="away"):
                stores().get(Failing(), chunks)


class TestDamage:
    def test_an_entry_that_cannot_be_loaded_is_built_again(
        self, prepare: Prepare, stores: Callable[[], IndexStore], tmp_path: Path,
        caplog: pytest.LogCaptureFixture,
    ) -> None:  # fmt: skip
        cost = prepare(rag("hybrid"), stores()).index_cost
        cache = open_cache(str(tmp_path / "cache"))
        for key in cache.keys("index"):
            cache.remove("index", key)
            cache.put("index", key, Entry({"costs": {}}, {}))
        store = stores()
        again = prepare(rag("hybrid"), store)
        assert (store.builds, store.loaded) == (4, 0)
        assert "cannot be loaded" in caplog.text
        assert len(again.index_cost.model_calls) == len(cost.model_calls)
        mended = stores()
        prepare(rag("hybrid"), mended)
        assert mended.builds == 0

    def test_a_lost_part_is_built_again_when_it_is_asked_for(
        self, prepare: Prepare, stores: Callable[[], IndexStore], tmp_path: Path
    ) -> None:
        """The index of vectors loads its embedder with the vectors."""
        prepare(rag("dense"), stores())
        cache = open_cache(str(tmp_path / "cache"))
        for key in cache.keys("index"):
            if "vectors.npz" in cache.get("index", key).files:  # type: ignore[union-attr]
                cache.remove("index", key)
        store = stores()
        prepare(rag("dense"), store)
        assert store.builds == 1


class TestTheFormOfChunks:
    DOCUMENTS = Documents(
        [Document("a", "Title", "Some text, ünïcode 漢字."), Document("b", "", "b")]
    )

    @given(
        st.lists(
            st.builds(
                Chunk,
                st.sampled_from(["a", "b", "nowhere"]),
                st.integers(0, 30),
                st.integers(0, 30),
                st.sampled_from(["", "Title\n\nSome", "Some text", "b", "else"]) | st.text(),
            )
        )
    )
    def test_any_chunks_come_back_as_they_were(self, listed: list[Chunk]) -> None:
        chunks = Chunks(listed)
        found = load_chunks(dump_chunks(chunks, self.DOCUMENTS), self.DOCUMENTS)
        assert list(found) == listed
        assert found.fingerprint == chunks.fingerprint

    def test_texts_that_the_documents_hold_are_not_kept_again(self) -> None:
        text = "A long text. " * 5_000
        documents = Documents([Document("d", "Title", text)])
        chunks = Chunks(
            Chunk("d", at, at + 13, "Title\n\n" + text[at : at + 13])
            for at in range(0, len(text), 13)
        )
        from syftr_like.contracts.formats import json_value

        told = json_value(dump_chunks(chunks, documents)["texts.json.gz"])
        assert len(json.dumps(told)) < 100
