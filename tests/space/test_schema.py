"""The JSON Schema says what loading says, as far as a schema can."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from syftr_like.space import Space, space_json_schema
from syftr_like.yaml_source import load_yaml_text

Load = Callable[..., Space]

GOOD = """\
models:
  small: {llm: "a:b", price: {input: 0.5}}
  mine: {uses: "acme.rag:Chat", arguments: {n: 3}, timeout: 5.0}
  keywords: {bm25: {k: 3}}
  vectors: {embedder: "a:c"}
graph:
  query: {from: question, choose: [none, rewrite]}
  chunks: {from: documents, choose: [whole, {fixed_splitter: auto}]}
  passages:
    from: [query, chunks]
    choose:
      - keywords
      - {as: less, bm25: {k: {int: [4, 20], step: 2}, b: {float: [0.1, 1], log: true}}}
      - dense: {embedder: {choose: [vectors, {hashing: {bits: {choose: [1, 2]}}}, {as: x, lsa: }]}}
      - {as: g, graph: {p: {from: [question, chunks], choose: [hybrid]}}, output: p}
      - {as: own, uses: "acme.rag:Searcher", arguments: {k: {int: [1, 3]}}}
  answer:
    from: [question, passages]
    choose:
      - llm_answer: {llm: {choose: [small, mine]}, prompt: cot, passages: 3}
      - {as: fixed, llm_answer: {llm: {wrapped_llm: {uses: "acme.rag:Chat"}}}}
      - abstain
output: answer
forbid:
  - {query: rewrite, passages: [keywords, g], chunks.fixed_splitter.size: {min: 20}}
"""

BROKEN = {
    "an unknown top-level key": (GOOD, "forbid:", "forbit:"),
    "no output": (GOOD, "output: answer\n", ""),
    "an empty graph": ("graph: {}\noutput: a\n", "", ""),
    "a bad node name": (GOOD, "  query: {", "  My Query: {"),
    "a node named like a source": (GOOD, "  query: {", "  question: {"),
    "an unknown key of a node": (GOOD, "    choose:\n      - keywords", "    chose:\n      - x"),
    "no options": (GOOD, "[none, rewrite]", "[]"),
    "an unknown component": (GOOD, "fixed_splitter: auto", "fixed_spliter: auto"),
    "an unknown parameter": (GOOD, "passages: 3}", "pasages: 3}"),
    "a literal out of bounds": (GOOD, "passages: 3}", "passages: 1000}"),
    "a literal of the wrong type": (GOOD, "passages: 3}", "passages: three}"),
    "a bound out of bounds": (GOOD, "{int: [4, 20], step: 2}", "{int: [4, 2000]}"),
    "one bound": (GOOD, "{int: [4, 20], step: 2}", "{int: [4]}"),
    "an unknown key of a domain": (GOOD, "step: 2}", "stepp: 2}"),
    "a real domain of a whole parameter": (GOOD, "{int: [4, 20], step: 2}", "{float: [4, 20]}"),
    "an empty choice": (GOOD, "{choose: [1, 2]}", "{choose: []}"),
    "an embedder as a node": (GOOD, "- abstain", "- {lsa: {}}"),
    "a retriever as an embedder": (GOOD, "{as: x, lsa: }", "{bm25: {}}"),
    "two components in one option": (GOOD, "{as: x, lsa: }", "{lsa: {}, hashing: {}}"),
    "a factory without a name": (GOOD, "{as: own, uses", "{uses"),
    "a sub-graph without output": (GOOD, "[hybrid]}}, output: p}", "[hybrid]}}}"),
    "an unknown parameter of a model": (GOOD, "price: {input", "prise: {input"),
    "a required parameter left out": (GOOD, "{llm: {choose: [small, mine]}, ", "{"),
    "a rule with an unknown end": (GOOD, "{min: 20}", "{mni: 20}"),
    "an empty rule": (GOOD, "forbid:\n", "forbid:\n  - {}\n"),
}


@pytest.fixture(scope="module")
def validator(catalogue: None) -> Any:
    schema = space_json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_a_space_with_every_form_satisfies_it(validator: Any, load: Load) -> None:
    assert load(GOOD).cardinality().discrete > 1
    assert [e.message for e in validator.iter_errors(load_yaml_text(GOOD, "f").data)] == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_space_does_not(validator: Any, load: Load, name: str) -> None:
    text, old, new = BROKEN[name]
    assert old in text
    broken = textwrap.dedent(text.replace(old, new) if old else text)
    assert not validator.is_valid(load_yaml_text(broken, "f").data)
    with pytest.raises(Exception, match=r"space\.yaml"):
        load(broken)


def test_it_describes_parameters_for_editors(validator: Any) -> None:
    bm25 = validator.schema["$defs"]["bm25 parameters"]
    assert bm25["description"] == "Keywords."
    assert bm25["anyOf"][0]["properties"]["k"]["description"] == "Passages."


def test_a_component_whose_package_is_missing_is_offered(validator: Any) -> None:
    definitions = validator.schema["$defs"]
    assert "needs_package" in definitions["node option"]["anyOf"][1]["properties"]
    assert "needs_package parameters" in definitions
