"""How options are wired into flows: by type, through `none`, and into sub-graphs."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from syftr_like.errors import InputError
from syftr_like.space import FlowConfig, Space, flow_to_yaml_data, load_space
from syftr_like.yaml_source import dump_yaml

Load = Callable[..., Space]

RAG = """\
graph:
  query: {from: question, choose: [none, rewrite]}
  chunks: {from: documents, choose: [whole, {fixed_splitter: {size: {int: [1, 3]}}}]}
  passages: {from: [query, chunks], choose: [bm25, {dense: {k: {int: [2, 3]}}}]}
  context: {from: [query, passages], choose: [none, lexical_reranker]}
  answer: {from: [question, context], choose: [extract, closed_book, abstain]}
output: answer
"""


def wiring(flow: FlowConfig) -> dict[str, Mapping[str, str]]:
    return {node.name: node.inputs for node in flow.nodes}


class TestWiring:
    def test_inputs_are_fed_by_what_has_their_type(self, load: Load) -> None:
        flow = load(RAG).decode(
            {
                "answer": "extract",
                "context": "lexical_reranker",
                "passages": "bm25",
                "query": "rewrite",
                "chunks": "whole",
            }
        )
        assert flow.output == "answer"
        assert wiring(flow) == {
            "chunks": {"documents": "documents"},
            "query": {"question": "question"},
            "passages": {"question": "query", "chunks": "chunks"},
            "context": {"question": "query", "passages": "passages"},
            "answer": {"question": "question", "passages": "context"},
        }

    def test_what_none_passes_on_feeds_the_consumers_directly(self, load: Load) -> None:
        flow = load(RAG).decode(
            {
                "answer": "extract",
                "context": "none",
                "passages": "bm25",
                "query": "none",
                "chunks": "whole",
            }
        )
        assert wiring(flow) == {
            "chunks": {"documents": "documents"},
            "passages": {"question": "question", "chunks": "chunks"},
            "answer": {"question": "question", "passages": "passages"},
        }

    @pytest.mark.parametrize("reader", ["closed_book", "abstain"])
    def test_nodes_that_the_output_does_not_need_are_neither_asked_nor_built(
        self, load: Load, reader: str
    ) -> None:
        space = load(RAG)
        flow = space.decode({"answer": reader})
        assert [node.name for node in flow.nodes] == ["answer"]
        assert space.encode(flow) == {"answer": reader}

    def test_an_optional_input_is_fed_when_something_is_offered(self, load: Load) -> None:
        text = """\
            models: {m: {llm: "a:b"}}
            graph:
              c: {from: documents, choose: [whole]}
              p: {from: [question, c], choose: [bm25]}
              a: {from: FROM, choose: [{llm_answer: {llm: m}}]}
            output: a
            """
        both = load(text.replace("FROM", "[question, p]")).decode({})
        assert both.node("a").inputs == {"question": "question", "passages": "p"}
        alone = "\n".join(
            line for line in text.splitlines() if "  c:" not in line and "  p:" not in line
        )
        without = load(alone.replace("FROM", "question")).decode({})
        assert without.node("a").inputs == {"question": "question"}

    def test_nodes_stand_in_topological_order_ties_by_name(self, load: Load) -> None:
        flow = load(RAG).decode(next(load(RAG).enumerate()))
        names = [node.name for node in flow.nodes]
        assert names == ["chunks", "passages", "answer"]
        for node in flow.nodes:
            for feeder in node.inputs.values():
                assert feeder in ("documents", "question") or names.index(feeder) < names.index(
                    node.name
                )

    def test_the_order_of_nodes_in_the_file_does_not_change_a_flow(self, load: Load) -> None:
        lines = RAG.splitlines()
        turned = load("\n".join(["graph:", *reversed(lines[1:-1]), lines[-1]]))
        space = load(RAG)
        keys = {space.decode(p).key for p in space.enumerate()}
        assert {turned.decode(p).key for p in turned.enumerate()} == keys

    def test_passages_may_be_the_result(self, load: Load) -> None:
        text = RAG.replace("output: answer", "output: context")
        text = "\n".join(line for line in text.splitlines() if "  answer:" not in line)
        space = load(text)
        flow = space.decode({**next(space.enumerate()), "context": "none"})
        assert flow.output == "passages"


class TestTheWalk:
    def test_goes_from_the_output_backwards_in_a_fixed_order(self, load: Load) -> None:
        asked: list[str] = []

        def last(path: str, domain: object) -> object:
            asked.append(path)
            return domain.values()[-1 if path != "answer" else 0]  # type: ignore[attr-defined]

        load(RAG).walk(last)  # type: ignore[arg-type]
        assert asked == [
            "answer",
            "context",
            "passages",
            "passages.dense.k",
            "chunks",
            "chunks.fixed_splitter.size",
            "query",
        ]

    def test_conditions_are_told_in_words(self, load: Load) -> None:
        told = {d.path: d.condition for d in load(RAG).decisions()}
        assert told == {
            "answer": "always",
            "context": "when `answer` is `extract`",
            "passages": "when `answer` is `extract`",
            "passages.dense.k": "when `passages` is `dense`",
            "chunks": "when `answer` is `extract`",
            "chunks.fixed_splitter.size": "when `chunks` is `fixed_splitter`",
            "query": "when `context` is `lexical_reranker` or `answer` is `extract`",
        }


class TestDecode:
    GOOD = {"answer": "extract", "context": "none", "passages": "bm25", "chunks": "whole",
            "query": "none"}  # fmt: skip

    @pytest.mark.parametrize(
        ("params", "fragments"),
        [
            ({**GOOD, "passages": None}, ("'passages' is outside its domain", "bm25, dense")),
            ({**GOOD, "passages": "bm52"}, ("'passages' is outside its domain", "'bm52'")),
            ({**GOOD, "passages": "dense"}, ("'passages.dense.k' is missing", "from 2 to 3")),
            ({**GOOD, "passages.dense.k": 2}, ("no effect", "when `passages` is `dense`")),
            ({**GOOD, "pasages": "bm25"}, ("no parameter 'pasages'", "'passages'")),
            ({"answer": "abstain", "query": "none"}, ("'query' has no effect",)),
            (
                {**GOOD, "passages": "dense", "passages.dense.k": 2.5},
                ("'passages.dense.k' is outside", "2.5"),
            ),
            (
                {**GOOD, "passages": "dense", "passages.dense.k": True},
                ("'passages.dense.k' is outside", "True"),
            ),
        ],
    )
    def test_says_what_is_wrong(
        self, load: Load, params: dict[str, object], fragments: tuple[str, ...]
    ) -> None:
        with pytest.raises(InputError) as caught:
            load(RAG).decode(params)  # type: ignore[arg-type]
        for fragment in ("space.yaml", *fragments):
            assert fragment in str(caught.value)

    def test_encode_refuses_a_flow_of_another_space(self, load: Load) -> None:
        other = load(RAG.replace("[1, 3]", "[8, 9]"))
        params = {**self.GOOD, "chunks": "fixed_splitter", "chunks.fixed_splitter.size": 8}
        with pytest.raises(InputError, match="no option of 'chunks' makes it"):
            load(RAG).encode(other.decode(params))

    def test_encode_refuses_a_flow_with_more_nodes(self, load: Load) -> None:
        space = load(RAG)
        flow = space.decode(self.GOOD)
        query = space.decode({**self.GOOD, "query": "rewrite"}).node("query")
        with pytest.raises(InputError, match="it has other nodes"):
            space.encode(FlowConfig((*flow.nodes, query), flow.output))

    def test_encode_refuses_a_forbidden_flow(self, load: Load) -> None:
        flow = load(RAG).decode(self.GOOD)
        with pytest.raises(InputError, match="forbidden"):
            load(RAG + "forbid: [{passages: bm25, chunks: whole}]\n").encode(flow)


class TestSubgraphs:
    INLINE = """\
        graph:
          query: {from: question, choose: [none, rewrite]}
          answer:
            from: [query, documents]
            choose:
              - closed_book
              - as: rag
                graph:
                  chunks: {from: documents, choose: [whole, fixed_splitter]}
                  hits: {from: [question, chunks], choose: [bm25]}
                  reply: {from: [question, hits], choose: [extract]}
                output: reply
        output: answer
        """

    def test_nodes_are_named_after_the_path_that_leads_to_them(self, load: Load) -> None:
        space = load(self.INLINE)
        flow = space.decode({"answer": "rag", "answer.rag.chunks": "whole", "query": "none"})
        assert flow.output == "answer.rag.reply"
        assert wiring(flow) == {
            "answer.rag.chunks": {"documents": "documents"},
            "answer.rag.hits": {"question": "question", "chunks": "answer.rag.chunks"},
            "answer.rag.reply": {"question": "question", "passages": "answer.rag.hits"},
        }
        assert space.cardinality().count == 2 * (1 + 2)

    def test_question_is_what_the_node_around_is_offered(self, load: Load) -> None:
        flow = load(self.INLINE).decode(
            {"answer": "rag", "answer.rag.chunks": "whole", "query": "rewrite"}
        )
        assert flow.node("answer.rag.hits").inputs["question"] == "query"

    def test_question_is_the_source_when_the_node_around_is_offered_none(self, load: Load) -> None:
        flow = load("""\
            graph:
              chunks: {from: documents, choose: [whole]}
              passages:
                from: chunks
                choose:
                  - {as: g, graph: {p: {from: [question, chunks], choose: [bm25]}}, output: p}
            output: passages
            """).decode({})
        assert flow.node("passages.g.p").inputs == {"question": "question", "chunks": "chunks"}

    def test_question_by_name_wins_over_another_of_its_type(self, load: Load) -> None:
        flow = load("""\
            graph:
              query: {from: question, choose: [rewrite]}
              answer:
                from: [question, query, documents]
                choose:
                  - as: g
                    graph:
                      c: {from: documents, choose: [whole]}
                      p: {from: [query, c], choose: [bm25]}
                      a: {from: [question, p], choose: [extract]}
                    output: a
            output: answer
            """).decode({})
        assert flow.node("answer.g.p").inputs["question"] == "query"
        assert flow.node("answer.g.a").inputs["question"] == "question"

    def test_question_is_ambiguous_between_two_others(self, load: Load) -> None:
        with pytest.raises(InputError, match="'question' could be any of one, two"):
            load("""\
                graph:
                  one: {from: question, choose: [rewrite]}
                  two: {from: question, choose: [rewrite]}
                  answer:
                    from: [one, two]
                    choose:
                      - {as: g, graph: {a: {from: question, choose: [closed_book]}}, output: a}
                output: answer
                """)

    def test_they_nest_and_the_innermost_question_comes_through(self, load: Load) -> None:
        flow = load("""\
            graph:
              query: {from: question, choose: [rewrite]}
              answer:
                from: query
                choose:
                  - as: outer
                    graph:
                      a:
                        from: question
                        choose:
                          - as: inner
                            graph: {b: {from: question, choose: [closed_book]}}
                            output: b
                    output: a
            output: answer
            """).decode({})
        assert wiring(flow) == {
            "query": {"question": "question"},
            "answer.outer.a.inner.b": {"question": "query"},
        }

    def test_what_an_inner_sub_graph_uses_is_used_by_the_outer_one(self, load: Load) -> None:
        # Nothing but the innermost node takes the question that `passages` is offered.
        flow = load("""\
            graph:
              query: {from: question, choose: [rewrite]}
              passages:
                from: [query, documents]
                choose:
                  - as: outer
                    graph:
                      c: {from: documents, choose: [whole]}
                      p:
                        from: c
                        choose:
                          - as: inner
                            graph: {h: {from: [question, c], choose: [bm25]}}
                            output: h
                    output: p
            output: passages
            """).decode({})
        assert flow.node("passages.outer.p.inner.h").inputs == {
            "question": "query",
            "chunks": "passages.outer.c",
        }

    FILES = {
        "main.yaml": """\
            models: {m: {llm: "a:large"}}
            graph:
              answer:
                from: [question, documents]
                choose:
                  - closed_book
                  - {as: rag, flow: parts/rag.yaml}
                  - {as: llm, graph: {a: {from: [question],
                     choose: [{llm_answer: {llm: m}}]}}, output: a}
            output: answer
            """,
        "parts/rag.yaml": """\
            models: {m: {llm: "a:small", price: {input: 1.5}}}
            graph:
              c: {from: documents, choose: [whole, fixed_splitter]}
              p: {from: [question, c], choose: [bm25, dense]}
              a: {from: [question, p], choose: [{llm_answer: {llm: m}}, extract]}
            output: a
            forbid:
              - {c: whole, p: dense}
            """,
    }

    @pytest.fixture
    def main(self, tmp_path: Path) -> Path:
        for name, text in self.FILES.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(textwrap.dedent(text))
        return tmp_path / "main.yaml"

    def test_a_file_is_a_sub_graph_with_its_own_models_and_rules(self, main: Path) -> None:
        space = load_space(main)
        assert space.cardinality().count == 1 + 1 + 3 * 2
        assert load_space(main.parent / "parts" / "rag.yaml").cardinality().count == 3 * 2
        params = {"answer": "rag", "answer.rag.a": "llm_answer", "answer.rag.p": "bm25",
                  "answer.rag.c": "whole"}  # fmt: skip
        llm = space.decode(params).node("answer.rag.a").component.parameters["llm"]
        assert llm.parameters["model"] == "a:small"  # type: ignore[union-attr]
        with pytest.raises(InputError, match="forbidden") as caught:
            space.decode({**params, "answer.rag.p": "dense"})
        assert "answer.rag.c = whole, answer.rag.p = dense" in str(caught.value)

    def test_flow_files_of_all_its_flows_load_to_the_same_flows(
        self, main: Path, load: Load
    ) -> None:
        space = load_space(main)
        for params in space.enumerate():
            flow = space.decode(params)
            text = dump_yaml(flow_to_yaml_data(flow, space))
            assert load(text).decode({}).key == flow.key
            assert ("models:" in text) == ("llm_answer" in text)
            assert ("price:" in text) == ("a:small" in text)


class TestFlowFiles:
    def test_two_models_of_one_name_are_kept_apart(self, tmp_path: Path, load: Load) -> None:
        (tmp_path / "main.yaml").write_text(
            "models: {m: {bm25: {k: 3}}}\n"
            "graph:\n"
            "  c: {from: documents, choose: [whole]}\n"
            "  p: {from: [question, c], choose: [m]}\n"
            "  r: {from: [question, p], choose: [{as: g, flow: inner.yaml}]}\n"
            "output: r\n"
        )
        (tmp_path / "inner.yaml").write_text(
            "models: {m: {lexical_reranker: {top: 2}}}\n"
            "graph: {x: {from: [question, p], choose: [m]}}\noutput: x\n"
        )
        space = load_space(tmp_path / "main.yaml")
        flow = space.decode({})
        written = flow_to_yaml_data(flow, space)
        assert written["models"] == {"m": {"bm25": {"k": 3}}}
        assert load(dump_yaml(written)).decode({}).key == flow.key

    def test_models_stand_under_their_names_with_their_prices(self, load: Load) -> None:
        space = load("""\
            models:
              small: {llm: "openai:gpt-4o-mini", price: {input: 0.15}}
              mine: {uses: "acme.rag:Chat", arguments: {size: 7}}
            graph:
              a:
                from: question
                choose: [{llm_answer: {llm: {choose: [small, mine]}, prompt: {cot: {steps: 5}}}}]
            output: a
            """)
        small, mine = (
            flow_to_yaml_data(space.decode({"a.llm_answer.llm": name}), space)
            for name in ("small", "mine")
        )
        assert small == {
            "models": {"small": {"llm": "openai:gpt-4o-mini", "price": {"input": 0.15}}},
            "graph": {
                "a": {
                    "from": ["question"],
                    "choose": [{"llm_answer": {"llm": "small", "prompt": {"cot": {"steps": 5}}}}],
                }
            },
            "output": "a",
        }
        assert mine["models"] == {
            "mine": {"wrapped_llm": {"uses": "acme.rag:Chat", "arguments": {"size": 7}}}
        }
        for written, name in ((small, "small"), (mine, "mine")):
            again = load(dump_yaml(written))
            assert again.decode({}).key == space.decode({"a.llm_answer.llm": name}).key

    def test_without_its_space_every_component_is_written_out(self, load: Load) -> None:
        space = load("""\
            models: {small: {llm: "openai:gpt-4o-mini"}}
            graph: {a: {from: question, choose: [{llm_answer: {llm: small}}]}}
            output: a
            """)
        flow = space.decode({})
        written = flow_to_yaml_data(flow)
        assert "models" not in written
        assert load(dump_yaml(written)).decode({}).key == flow.key
        assert load(dump_yaml(written)).decode({}) == flow

    def test_a_factory_is_loaded_again_only_when_it_is_allowed(self, load: Load) -> None:
        space = load("""\
            graph:
              c: {from: documents, choose: [whole]}
              p: {from: [question, c], choose: [{as: mine, uses: "acme.rag:Searcher"}]}
            output: p
            """)
        text = dump_yaml(flow_to_yaml_data(space.decode({}), space))
        assert load(text).decode({}).key == space.decode({}).key
        with pytest.raises(InputError, match="not allowed"):
            load(text, allow_imports=[])

    def test_text_that_looks_like_a_number_stays_text(self, load: Load) -> None:
        space = load("""\
            models: {odd: {llm: "1e5"}}
            graph: {a: {from: question, choose: [{llm_answer: {llm: odd}}]}}
            output: a
            """)
        again = load(dump_yaml(flow_to_yaml_data(space.decode({}), space)))
        assert again.decode({}).key == space.decode({}).key
