"""What a space file means: each form in which an option, a value or a model may be written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from syftr_like.contracts import ChoiceDomain, Domain, FloatDomain, IntDomain
from syftr_like.errors import InputError
from syftr_like.space import ComponentConfig, FlowConfig, Space

Load = Callable[..., Space]


def retriever(option: str, *more: str, models: str = "") -> str:
    lines = "".join(f"      - {o}\n" for o in (option, *more))
    return (
        f"{models}graph:\n  c: {{from: documents, choose: [whole]}}\n"
        f"  p:\n    from: [question, c]\n    choose:\n{lines}output: p\n"
    )


def reader(option: str, models: str = "") -> str:
    return f"{models}graph:\n  a:\n    from: question\n    choose:\n      - {option}\noutput: a\n"


def domains(space: Space) -> dict[str, Domain]:
    return {d.path: d.domain for d in space.decisions()}


def component(space: Space, node: str, **params: Any) -> ComponentConfig:
    return space.decode(params).node(node).component


class TestOptions:
    def test_a_bare_name_stands_for_the_declared_defaults(self, load: Load) -> None:
        assert component(load(retriever("bm25")), "p") == ComponentConfig("bm25", "bm25", {})

    @pytest.mark.parametrize("option", ["bm25:", "bm25: {}", "{bm25: {k: 5}}", "bm25: {b: 0.75}"])
    def test_writing_a_default_changes_nothing(self, load: Load, option: str) -> None:
        bare = load(retriever("bm25")).decode({})
        assert load(retriever(option)).decode({}).key == bare.key

    def test_a_whole_number_for_a_real_parameter_is_that_real_number(self, load: Load) -> None:
        one, other = (load(retriever(f"bm25: {{b: {b}}}")).decode({}) for b in ("1", "1.0"))
        assert one.key == other.key
        assert type(one.node("p").component.parameters["b"]) is float

    def test_a_whole_domain_for_a_real_parameter_yields_real_numbers(self, load: Load) -> None:
        space = load(retriever("bm25: {b: {int: [0, 1]}}"))
        literal = load(retriever("bm25: {b: 1}")).decode({})
        assert space.decode({"p.bm25.b": 1}).key == literal.key
        assert space.encode(literal) == {"p.bm25.b": 1}

    def test_auto_searches_what_the_component_suggests(self, load: Load) -> None:
        # `unit` suggests nothing, so it stays at its default though it could only be two things.
        space = load(
            "graph:\n  c: {from: documents, choose: [{fixed_splitter: auto}]}\n"
            "  p: {from: [question, c], choose: [bm25]}\noutput: p\n"
        )
        # A suggestion of 0 for a real parameter is the real number 0.0.
        assert repr(domains(space)) == repr(
            {
                "c.fixed_splitter.size": IntDomain(10, 40, 10),
                "c.fixed_splitter.overlap": ChoiceDomain((0.0, 0.25)),
            }
        )

    def test_a_name_given_with_as_stands_in_paths_but_not_in_the_identity(self, load: Load) -> None:
        space = load(retriever("{as: key-words, bm25: {k: {int: [2, 9]}}}", "dense"))
        assert domains(space) == {
            "p": ChoiceDomain(("key-words", "dense")),
            "p.key-words.k": IntDomain(2, 9),
        }
        plain = load(retriever("bm25: {k: 7}")).decode({})
        named = space.decode({"p": "key-words", "p.key-words.k": 7})
        assert named.key == plain.key
        assert named.node("p").component.option == "key-words"
        assert space.encode(plain) == {"p": "key-words", "p.key-words.k": 7}

    def test_one_component_may_stand_twice_where_the_two_cannot_meet(self, load: Load) -> None:
        space = load(retriever("bm25: {k: {int: [2, 4]}}", "{as: more, bm25: {k: {int: [5, 9]}}}"))
        assert space.cardinality().count == 3 + 5


class TestOverlap:
    """Two options of one component are refused exactly when they can become the same."""

    @pytest.mark.parametrize(
        ("component", "one", "other"),
        [
            # They differ only in parameters that do not exist where their choices meet.
            (
                "hybrid",
                "fusion: {choose: [rrf, weighted]}, bm25_weight: 0.1",
                "fusion: {choose: [rrf, weighted]}, bm25_weight: 0.2",
            ),
            # They meet only at a value that no condition names.
            (
                "hybrid",
                "fusion: {choose: [first, rrf]}, rrf_constant: 1",
                "fusion: {choose: [first, weighted]}",
            ),
            ("hybrid", "fusion: first", "fusion: {choose: [first, rrf]}"),
            ("hybrid", "embedder: lsa, k: 3", "embedder: {choose: [lsa, hashing]}, k: 3"),
            ("bm25", "k: {int: [2, 20], step: 6}", "k: {int: [5, 50], step: 9}"),
            ("bm25", "b: {float: [0.3, 0.4]}", "b: {float: [0.1, 0.9], step: 0.25}"),
            ("bm25", "b: {float: [0.3, 0.4]}", "b: {float: [0.4, 0.9]}"),
            ("bm25", "b: {float: [0.1, 0.7], step: 0.2}", "b: {choose: [0.3]}"),
            ("dense", "", "embedder: {lsa: {dimensions: {choose: [32, 64]}}}"),
        ],
    )
    def test_that_can(self, load: Load, component: str, one: str, other: str) -> None:
        with pytest.raises(InputError, match="can be the same"):
            load(self.pair(component, one, other))

    @pytest.mark.parametrize(
        ("component", "one", "other"),
        [
            # Wherever their choices meet, another parameter keeps them apart.
            (
                "hybrid",
                "fusion: {choose: [rrf, weighted]}, rrf_constant: 1, bm25_weight: 0.1",
                "fusion: {choose: [rrf, weighted]}, rrf_constant: 2, bm25_weight: 0.2",
            ),
            ("hybrid", "fusion: rrf, rrf_constant: 1", "fusion: rrf, rrf_constant: 2"),
            ("hybrid", "embedder: lsa", "embedder: hashing"),
            (
                "hybrid",
                "embedder: {choose: [lsa, hashing]}, sharpness: 2, k: 3",
                "embedder: {choose: [lsa, hashing]}, sharpness: 2, k: 4",
            ),
            ("bm25", "k: {int: [2, 20], step: 6}", "k: {int: [3, 50], step: 6}"),
            ("bm25", "k: {int: [2, 20], step: 6}", "k: {int: [23, 50], step: 9}"),
            ("bm25", "b: {float: [0.3, 0.4]}", "b: {float: [0.0, 1.0], step: 0.25}"),
            ("bm25", "b: {float: [0.1, 0.7], step: 0.2}", "b: {choose: [0.2, 0.9]}"),
            ("dense", "", "embedder: {lsa: {dimensions: {choose: [32, 16]}}}"),
        ],
    )
    def test_that_cannot(self, load: Load, component: str, one: str, other: str) -> None:
        space = load(self.pair(component, one, other))
        assert {"one", "other"} <= {str(o) for o in domains(space)["p"].values()}

    def pair(self, component: str, one: str, other: str) -> str:
        return retriever(
            f"{{as: one, {component}: {{{one}}}}}", f"{{as: other, {component}: {{{other}}}}}"
        )


class TestDomains:
    def test_every_form(self, load: Load) -> None:
        space = load(
            retriever(
                "{as: a, bm25: {k: {int: [2, 20], step: 3}, b: {float: [0.1, 1], log: true}}}",
                "{as: b, dense: {k: {int: [2, 20], log: true}}}",
                "{as: c, hybrid: {k: {choose: [3, 9]}, fusion: weighted,"
                " bm25_weight: {float: [0, 1], step: 0.5}}}",
            )
        )
        found = domains(space)
        assert found.pop("p") == ChoiceDomain(("a", "b", "c"))
        assert found == {
            "p.a.k": IntDomain(2, 20, 3),
            "p.a.b": FloatDomain(0.1, 1.0, None, True),
            "p.b.k": IntDomain(2, 20, 1, True),
            "p.c.k": ChoiceDomain((3, 9)),
            "p.c.bm25_weight": FloatDomain(0.0, 1.0, 0.5),
        }

    @pytest.mark.parametrize("domain", ["{int: [7, 7]}", "{choose: [7]}", "{int: [7, 9], step: 5}"])
    def test_a_domain_of_one_value_is_no_decision(self, load: Load, domain: str) -> None:
        space = load(retriever(f"bm25: {{k: {domain}}}"))
        assert space.decisions() == []
        assert component(space, "p").parameters == {"k": 7}

    def test_a_number_beside_its_step_is_the_step(self, load: Load) -> None:
        space = load(retriever("bm25: {b: {float: [0, 1], step: 0.1}}"))
        assert space.decode({"p.bm25.b": 0.1 + 0.2}).key == space.decode({"p.bm25.b": 0.3}).key
        with pytest.raises(InputError, match="outside its domain"):
            space.decode({"p.bm25.b": 0.35})

    def test_options_of_a_real_parameter_are_real(self, load: Load) -> None:
        space = load(retriever("bm25: {b: {choose: [0, 0.5, 1]}}"))
        assert repr(domains(space)["p.bm25.b"]) == repr(ChoiceDomain((0.0, 0.5, 1.0)))
        assert space.decode({"p.bm25.b": 1}).key == space.decode({"p.bm25.b": 1.0}).key


class TestComponentsInParameters:
    def test_a_parameter_left_out_holds_its_declared_default(self, load: Load) -> None:
        bare = load(retriever("dense")).decode({})
        for written in ("lsa", "{lsa: {}}", "{lsa: {dimensions: 64}}", "{choose: [lsa]}"):
            space = load(retriever(f"dense: {{embedder: {written}}}"))
            assert space.decode({}).key == bare.key

    def test_the_default_component_with_other_parameters_is_not_the_default(
        self, load: Load
    ) -> None:
        space = load(retriever("dense: {embedder: {lsa: {dimensions: {choose: [32, 64]}}}}"))
        path = "p.dense.embedder.lsa.dimensions"
        assert component(space, "p", **{path: 64}).parameters == {}
        assert component(space, "p", **{path: 32}).parameters == {
            "embedder": ComponentConfig("lsa", "lsa", {"dimensions": 32})
        }

    def test_a_choice_between_components_holds_their_parameters(self, load: Load) -> None:
        space = load(
            retriever(
                "dense: {embedder: {choose: [lsa, {hashing: {bits: {int: [1, 9]}}},"
                " {as: big, hashing: {bits: 12}}]}}"
            )
        )
        assert domains(space) == {
            "p.dense.embedder": ChoiceDomain(("lsa", "hashing", "big")),
            "p.dense.embedder.hashing.bits": IntDomain(1, 9),
        }
        chosen = space.decode({"p.dense.embedder": "hashing", "p.dense.embedder.hashing.bits": 3})
        assert chosen.node("p").component.parameters == {
            "embedder": ComponentConfig("hashing", "hashing", {"bits": 3})
        }

    def test_they_nest_to_any_depth(self, load: Load) -> None:
        space = load(
            retriever(
                "dense: {embedder: {stacked: {inner:"
                " {stacked: {inner: {choose: [lsa, hashing]}}}}}}"
            )
        )
        (decision,) = space.decisions()
        assert decision.path == "p.dense.embedder.stacked.inner.stacked.inner"
        assert decision.condition == "always"


class TestConditionalParameters:
    TEXT = retriever(
        "hybrid: {fusion: {choose: [rrf, weighted, first]}, bm25_weight: {choose: [0.1, 0.2]},"
        " rrf_constant: {choose: [10, 20, 30]}}"
    )

    def test_a_parameter_exists_only_where_its_sibling_has_one_of_the_values(
        self, load: Load
    ) -> None:
        space = load(self.TEXT)
        assert space.cardinality().count == 3 + 2 + 1
        assert [set(p) for p in space.enumerate()] == (
            [{"p.hybrid.fusion", "p.hybrid.rrf_constant"}] * 3
            + [{"p.hybrid.fusion", "p.hybrid.bm25_weight"}] * 2
            + [{"p.hybrid.fusion"}]
        )

    def test_an_inactive_parameter_is_not_in_the_flow(self, load: Load) -> None:
        space = load(self.TEXT)
        assert component(space, "p", **{"p.hybrid.fusion": "first"}).parameters == {
            "fusion": "first"
        }

    def test_an_inactive_literal_is_not_in_the_flow_either(self, load: Load) -> None:
        space = load(retriever("hybrid: {fusion: {choose: [rrf, weighted]}, bm25_weight: 0.9}"))
        assert component(space, "p", **{"p.hybrid.fusion": "rrf"}).parameters == {}

    def test_a_component_in_a_parameter_decides_by_its_name(self, load: Load) -> None:
        space = load(
            retriever(
                "hybrid: {embedder: {choose: [lsa, {as: h, hashing: {}}]},"
                " sharpness: {choose: [1, 2]}}"
            )
        )
        assert space.cardinality().count == 1 + 2
        assert {d.path: d.condition for d in space.decisions()} == {
            "p.hybrid.embedder": "always",
            "p.hybrid.sharpness": "when `p.hybrid.embedder` is `h`",
        }


class TestModels:
    MODELS = """\
models:
  small: {llm: "openai:gpt-4o-mini", price: {input: 0.15, output: 0.6}}
  warm: {chat_model: {model: "openai:gpt-4o-mini", temperature: 1}}
  mine: {uses: "acme.rag:Chat", arguments: {size: 7}, timeout: 5.0}
  vectors: {embedder: "openai:text-embedding-3-small"}
  keywords: {bm25: {k: 20}}
"""

    def test_an_llm_by_its_shorthand(self, load: Load) -> None:
        space = load(reader("llm_answer: {llm: small}", self.MODELS))
        assert component(space, "a").parameters["llm"] == ComponentConfig(
            "small",
            "chat_model",
            {"model": "openai:gpt-4o-mini", "price": {"input": 0.15, "output": 0.6}},
        )

    def test_models_are_options_by_name(self, load: Load) -> None:
        space = load(reader("llm_answer: {llm: {choose: [small, warm, mine]}}", self.MODELS))
        assert domains(space) == {"a.llm_answer.llm": ChoiceDomain(("small", "warm", "mine"))}

    def test_a_factory_as_a_model(self, load: Load) -> None:
        space = load(reader("llm_answer: {llm: mine}", self.MODELS))
        assert component(space, "a").parameters["llm"] == ComponentConfig(
            "mine",
            "wrapped_llm",
            {"uses": "acme.rag:Chat", "arguments": {"size": 7}, "timeout": 5.0},
        )

    def test_an_embedder_by_its_shorthand_and_a_model_that_fills_a_node(self, load: Load) -> None:
        space = load(retriever("dense: {embedder: vectors}", "keywords", models=self.MODELS))
        assert component(space, "p", p="keywords") == ComponentConfig("keywords", "bm25", {"k": 20})
        assert component(space, "p", p="dense").parameters == {
            "embedder": ComponentConfig(
                "vectors", "embedding_model", {"model": "openai:text-embedding-3-small"}
            )
        }

    def test_models_are_told_with_their_prices(self, load: Load) -> None:
        told: Any = load(reader("llm_answer: {llm: small}", self.MODELS)).models_json()
        assert list(told) == ["small", "warm", "mine", "vectors", "keywords"]
        assert told["small"]["parameters"]["price"] == {"input": 0.15, "output": 0.6}

    def test_a_price_is_part_of_the_fingerprint_and_a_comment_is_not(self, load: Load) -> None:
        text = reader("llm_answer: {llm: small}", self.MODELS)
        space = load(text)
        assert load(f"# a comment\n{text}").fingerprint == space.fingerprint
        assert load(text.replace("0.15", "0.16")).fingerprint != space.fingerprint


class TestFactories:
    def test_arguments_may_be_searched_at_any_depth(self, load: Load) -> None:
        space = load(
            retriever(
                '{as: mine, uses: "acme.rag:Searcher", arguments: {k: {int: [2, 8]},'
                " options: {fuzzy: {choose: [true, false]}, language: en}}}"
            )
        )
        assert domains(space) == {
            "p.mine.arguments.k": IntDomain(2, 8),
            "p.mine.arguments.options.fuzzy": ChoiceDomain((True, False)),
        }
        params = {"p.mine.arguments.k": 3, "p.mine.arguments.options.fuzzy": True}
        flow = space.decode(params)
        assert flow.node("p").component == ComponentConfig(
            "mine",
            "wrapped_retriever",
            {
                "uses": "acme.rag:Searcher",
                "arguments": {"k": 3, "options": {"fuzzy": True, "language": "en"}},
            },
        )
        assert space.encode(flow) == params

    def test_true_is_not_one(self, load: Load) -> None:
        space = load(
            retriever('{as: m, uses: "acme.rag:Searcher", arguments: {deep: {choose: [1, true]}}}')
        )
        flows = [space.decode({"p.m.arguments.deep": value}) for value in (1, True)]
        assert flows[0].key != flows[1].key
        assert [type(space.encode(f)["p.m.arguments.deep"]) for f in flows] == [int, bool]

    def test_the_wrapping_component_may_be_named(self, load: Load) -> None:
        named = retriever('{as: mine, other_wrapped_retriever: {uses: "acme.rag:Both"}}')
        assert component(load(named), "p").component == "other_wrapped_retriever"

    def test_nothing_is_imported_that_is_not_allowed(self, load: Load) -> None:
        text = retriever('{as: mine, wrapped_retriever: {uses: "acme.broken:X"}}')
        with pytest.raises(InputError, match="not allowed") as caught:
            load(text, allow_imports=["acme.rag"])
        assert "--allow-import" not in str(caught.value)
        with pytest.raises(InputError, match="not allowed") as caught:
            load(text, allow_imports=[])
        assert "--allow-import" in str(caught.value)

    @pytest.mark.parametrize("name", ["openai_api_key", "password", "token", "client_secret"])
    def test_secrets_are_refused(self, load: Load, name: str) -> None:
        with pytest.raises(InputError, match="looks like a secret"):
            load(retriever(f'{{as: m, uses: "acme.rag:Searcher", arguments: {{{name}: x}}}}'))

    @pytest.mark.parametrize("name", ["max_tokens", "sep_token", "tokenizer", "keys"])
    def test_what_only_sounds_like_a_secret_is_not(self, load: Load, name: str) -> None:
        load(retriever(f'{{as: m, uses: "acme.rag:Searcher", arguments: {{{name}: x}}}}'))


def test_a_flow_config_survives_json(load: Load) -> None:
    space = load(reader("llm_answer: {llm: small}", TestModels.MODELS))
    flow = space.decode({})
    assert FlowConfig.from_json(flow.to_json()).key == flow.key
