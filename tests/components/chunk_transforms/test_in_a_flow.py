"""Splitters and chunk transforms in flows: index-time work, kept, shared, and counted."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from syftr_like.cache import open_cache
from syftr_like.contracts import Document, Documents
from syftr_like.errors import SyftrLikeError
from syftr_like.flow import IndexingError, IndexStore, PreparedFlow, build_flow
from syftr_like.space import FlowConfig, Space, load_space

SPACE = """
graph:
  chunks:
    from: documents
    choose:
      - token_splitter: auto
      - markdown_splitter: auto
      - html_splitter: auto
      - sentence_window: auto
      - parent_child: auto
      - semantic_splitter: auto
  clean:
    from: [documents, chunks]
    choose:
      - none
      - deduplicate_chunks: auto
      - prune_chunks: auto
      - filter_chunks: {field: year, values: [2020, "2021"]}
  indexed:
    from: [documents, clean]
    choose:
      - none
      - contextual_headers: auto
  passages:
    from: [question, indexed]
    choose: [{bm25: {k: 4}}, {dense: {k: 4}}]
output: passages
"""
DOCUMENTS = Documents(
    [
        Document("tides", "Tides", "# Tides\n\nThe tides rise and fall twice a day.\n\n"
                 "## Spring tides\n\nThey come twice a month, when sun and moon agree.",
                 {"year": 2020}),
        Document("amber", "Amber", "Amber is fossil resin. It floats in brine. It burns.",
                 {"year": "2021"}),
        Document("copy", "Amber again", "Amber is fossil resin. It floats in brine. It burns.",
                 {"year": 1999}),
    ]
)  # fmt: skip


def space_of(folder: Path, text: str) -> Space:
    (folder / "space.yaml").write_text(text, encoding="utf-8")
    return load_space(folder / "space.yaml")


def passages(config: FlowConfig, store: IndexStore, documents: Documents = DOCUMENTS):
    prepared = PreparedFlow(build_flow(config), documents, store)
    outcome = asyncio.run(prepared.run("q", "What floats in brine?"))
    assert outcome.error is None
    return outcome.passages


def test_any_flow_of_a_space_runs_and_finds_what_answers(tmp_path: Path) -> None:
    space = space_of(tmp_path, SPACE)
    store = IndexStore()
    rng = random.Random(0)
    for _ in range(60):
        config = space.decode(space.sample(rng))
        found = passages(config, store)
        assert all(node.index_time for node in build_flow(config).nodes.values()
                   if node.name != "passages")  # fmt: skip
        if "prune_chunks" not in str(config):  # which may prune what answers
            assert any("floats" in passage.text for passage in found)


def test_what_is_transformed_is_kept_for_other_workers(tmp_path: Path) -> None:
    space = space_of(tmp_path, SPACE)
    cache = tmp_path / "cache"
    cache.mkdir()
    config = space.decode(space.sample(random.Random(3)))
    first = IndexStore(cache=open_cache(str(cache)))
    second = IndexStore(cache=open_cache(str(cache)))
    assert passages(config, first) == passages(config, second)
    assert second.builds == 0
    assert second.loaded > 0


FILTERED = """
graph:
  chunks: {from: documents, choose: [whole_document]}
  kept: {from: [documents, chunks], choose: [{filter_chunks: {field: year, values: [2020]}}]}
  passages: {from: [question, kept], choose: [bm25]}
output: passages
"""


def test_changed_metadata_is_filtered_anew(tmp_path: Path) -> None:
    """The documents' texts are the same, and so would be what was kept of them."""
    space = space_of(tmp_path, FILTERED)
    cache = tmp_path / "cache"
    cache.mkdir()
    config = space.decode(space.sample(random.Random(0)))
    store = IndexStore(cache=open_cache(str(cache)))
    assert passages(config, store) == ()
    changed = Documents(
        Document(d.id, d.title, d.text, {"year": 2020 if d.id == "amber" else 1}) for d in DOCUMENTS
    )
    (found,) = passages(config, store, changed)
    assert found.chunk.document == "amber"


def test_a_filter_that_leaves_nothing_fails_the_flow_in_words(tmp_path: Path) -> None:
    space = space_of(tmp_path, FILTERED.replace("2020", "7"))
    with pytest.raises(IndexingError, match=r"'kept' .filter_chunks.*no chunk is left"):
        passages(space.decode(space.sample(random.Random(0))), IndexStore())


@pytest.mark.parametrize(
    "written",
    ["filter_chunks", "{filter_chunks: {field: year, values: 2020}}", "{predicted_queries: {}}"],
)
def test_what_is_missing_is_told_when_the_space_is_read(tmp_path: Path, written: str) -> None:
    text = FILTERED.replace("{filter_chunks: {field: year, values: [2020]}}", written)
    with pytest.raises(SyftrLikeError, match=r"space\.yaml:4"):
        space_of(tmp_path, text)
