"""How many flows there are, and drawing and listing them."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable

import pytest

from syftr_like.errors import InputError
from syftr_like.space import Cardinality, Space

Load = Callable[..., Space]

RAG = """\
graph:
  chunks: {from: documents, choose: [whole, {fixed_splitter: {size: {int: [1, 10]}}}]}
  passages:
    from: [question, chunks]
    choose:
      - bm25: {k: {int: [2, 20]}}
      - hybrid:
          fusion: {choose: [rrf, weighted]}
          bm25_weight: {float: [0.1, 0.9]}
          embedder: {choose: [lsa, {hashing: {bits: {int: [1, 4]}}}]}
  answer: {from: [question, passages], choose: [extract, abstain]}
output: answer
"""


class TestCounting:
    def test_real_numbers_are_counted_apart(self, load: Load) -> None:
        size = load(RAG).cardinality()
        assert size == Cardinality(
            count=None,
            discrete=1 + 11 * (19 + 2 * 5),
            float_parameters=("passages.hybrid.bm25_weight",),
        )
        assert str(size) == "infinitely many flows (320 without counting 1 real-valued parameter)"

    def test_a_step_makes_a_real_number_finite(self, load: Load) -> None:
        text = RAG.replace("{float: [0.1, 0.9]}", "{float: [0.1, 0.9], step: 0.1}")
        size = load(text).cardinality()
        assert size == Cardinality(1 + 11 * (19 + (1 + 9) * 5), 1 + 11 * (19 + (1 + 9) * 5))
        assert str(size) == "760 flows"

    def test_a_flow_file_holds_one(self, load: Load) -> None:
        space = load("graph: {a: {choose: [abstain]}}\noutput: a\n")
        assert str(space.cardinality()) == "1 flow"
        assert list(space.enumerate()) == [{}]

    def test_rules_may_make_an_infinite_space_finite(self, load: Load) -> None:
        space = load(RAG + "forbid: [{passages.hybrid.bm25_weight: {min: 0}}]\n")
        assert space.cardinality() == Cardinality(1 + 11 * (19 + 5), 1 + 11 * (19 + 5))
        assert len(list(space.enumerate())) == space.cardinality().count

    def test_single_real_values_that_are_forbidden_change_no_count(self, load: Load) -> None:
        space = load(RAG + "forbid: [{passages.hybrid.bm25_weight: [0.1, 0.5, 0.9]}]\n")
        assert space.cardinality() == load(RAG).cardinality()

    def test_a_combination_counts_while_some_value_of_its_real_number_is_left(
        self, load: Load
    ) -> None:
        weight, embedder = "passages.hybrid.bm25_weight", "passages.hybrid.embedder"
        low = f"  - {{{weight}: {{max: 0.5}}, chunks: whole}}\n"
        high = f"  - {{{weight}: {{min: 0.5}}, {embedder}: lsa}}\n"
        free = load(RAG).cardinality().discrete
        for rules in (low, high):
            assert load(f"{RAG}forbid:\n{rules}").cardinality().discrete == free
        # Only whole documents with lsa have nothing left: neither half of the weights.
        assert load(f"{RAG}forbid:\n{low}{high}").cardinality().discrete == free - 1

    def test_rules_that_overlap_are_not_taken_off_twice(self, load: Load) -> None:
        rules = (
            "forbid:\n  - {passages.bm25.k: {max: 10}}\n  - {passages.bm25.k: {min: 8, max: 12}}\n"
        )
        assert load(RAG + rules).cardinality().discrete == 1 + 11 * (19 - 11 + 2 * 5)

    def test_a_space_of_more_than_10_to_the_23_is_counted_exactly(self, load: Load) -> None:
        nodes = "".join(
            f"  r{i}:\n    from: [question, {'passages' if i == 0 else f'r{i - 1}'}]\n"
            f"    choose: [none, {{lexical_reranker: {{top: {{int: [1, 99]}}}}}}]\n"
            for i in range(12)
        )
        text = RAG.replace("  answer:", nodes + "  answer:").replace(
            "[question, passages], choose: [extract", "[question, r11], choose: [extract"
        )
        rules = "".join(f"  - {{r{i}.lexical_reranker.top: 7, chunks: whole}}\n" for i in range(12))
        free, ruled = load(text).cardinality(), load(f"{text}forbid:\n{rules}").cardinality()
        assert free.discrete == 1 + 100**12 * 11 * 29
        assert ruled.discrete == 1 + (100**12 * 10 + 99**12 * 1) * 29
        assert str(free).startswith("infinitely many flows (about 3.19e+26 without")


class TestDrawing:
    def draws(self, space: Space, path: str, times: int = 4000) -> list[float]:
        rng = random.Random(0)
        found = (space.sample(rng).get(path) for _ in range(times))
        return [value for value in found if isinstance(value, int | float)]

    def domain(self, load: Load, domain: str) -> Space:
        return load(
            "graph:\n  c: {from: documents, choose: [whole]}\n"
            f"  p: {{from: [question, c], choose: [{{bm25: {domain}}}]}}\noutput: p\n"
        )

    def test_is_uniform_for_each_decision(self, load: Load) -> None:
        space = load(RAG)
        rng = random.Random(0)
        readers = Counter(space.sample(rng)["answer"] for _ in range(2000))
        assert readers["abstain"] == pytest.approx(1000, abs=100)

    def test_draws_whole_numbers_evenly_ends_included(self, load: Load) -> None:
        drawn = Counter(self.draws(self.domain(load, "{k: {int: [2, 10], step: 4}}"), "p.bm25.k"))
        assert set(drawn) == {2, 6, 10}
        assert min(drawn.values()) > 1200

    def test_draws_in_the_logarithm_where_asked(self, load: Load) -> None:
        whole = self.draws(self.domain(load, "{k: {int: [1, 100], log: true}}"), "p.bm25.k")
        assert sum(k <= 10 for k in whole) / len(whole) == pytest.approx(
            math.log(10.5 / 0.5) / math.log(100.5 / 0.5), abs=0.03
        )
        assert {1, 100} <= set(whole)
        real = self.draws(self.domain(load, "{b: {float: [0.01, 1], log: true}}"), "p.bm25.b")
        assert sum(b <= 0.1 for b in real) / len(real) == pytest.approx(0.5, abs=0.03)
        even = self.draws(self.domain(load, "{b: {float: [0, 1]}}"), "p.bm25.b")
        assert sum(b <= 0.1 for b in even) / len(even) == pytest.approx(0.1, abs=0.03)

    def test_is_the_same_for_the_same_seed(self, load: Load) -> None:
        one, other = (load(RAG).sample(random.Random(5)) for _ in range(2))
        assert one == other

    def test_gives_up_where_almost_nothing_is_allowed(self, load: Load) -> None:
        text = (
            "graph:\n  c: {from: documents, choose: [{fixed_splitter: {size: {int: [1, 1000]},"
            " overlap: {float: [0, 0.999999], step: 0.000001}}}]}\n"
            "  p: {from: [question, c], choose: [bm25]}\noutput: p\n"
        )
        rule = "forbid:\n  - {c.fixed_splitter.size: {max: 999}}\n"
        rule += "  - {c.fixed_splitter.overlap: {max: 0.99}}\n"
        space = load(text + rule)
        assert space.cardinality().count == 9999
        with pytest.raises(InputError, match="10,000 draws in a row were forbidden"):
            space.sample(random.Random(0))


class TestListing:
    def test_the_last_decision_varies_fastest(self, load: Load) -> None:
        space = load(
            "graph:\n  c: {from: documents, choose: [whole, fixed_splitter]}\n"
            "  p: {from: [question, c], choose: [bm25: {k: {int: [2, 3]}}, dense]}\noutput: p\n"
        )
        assert list(space.enumerate()) == [
            {"p": "bm25", "p.bm25.k": 2, "c": "whole"},
            {"p": "bm25", "p.bm25.k": 2, "c": "fixed_splitter"},
            {"p": "bm25", "p.bm25.k": 3, "c": "whole"},
            {"p": "bm25", "p.bm25.k": 3, "c": "fixed_splitter"},
            {"p": "dense", "c": "whole"},
            {"p": "dense", "c": "fixed_splitter"},
        ]

    def test_refuses_an_infinite_space_at_once(self, load: Load) -> None:
        with pytest.raises(ValueError, match="infinitely many flows"):
            load(RAG).enumerate()
