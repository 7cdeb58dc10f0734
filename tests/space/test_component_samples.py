"""Components of a space without sampling flows: each option, with each of its listed values."""

from __future__ import annotations

from syftr_like.space import space_from_source
from syftr_like.space.component_samples import sample_components
from syftr_like.yaml_source import load_yaml_text


def samples(graph: str, *wanted: str) -> list[dict[str, object]]:
    space = space_from_source(load_yaml_text(graph, "space.yaml"))
    return [dict(c.parameters) for c in sample_components(space.tree, lambda n: n in wanted)]


RAG = """\
models:
  small: {{llm: "openai:small"}}
graph:
  chunks: {{from: documents, choose: [whole]}}
  passages: {{from: [question, chunks], choose: [{{bm25: {{k: {{int: [2, 5]}}}}}}]}}
  answer:
    from: [question, passages]
    choose:
      - extract
      - llm_answer: {{llm: {{choose: [{models}]}}}}
output: answer
"""


def test_a_component_inside_a_parameter_is_found() -> None:
    assert samples(RAG.format(models="small"), "chat_model") == [{"model": "openai:small"}]


def test_every_value_of_a_list_comes_and_the_least_of_a_range() -> None:
    model = (
        'chat_model: {model: {choose: ["openai:a", "openai:b", "openai:c"]},'
        " temperature: {float: [0.5, 1]}}"
    )
    found = samples(RAG.format(models=f"small, {model}"), "chat_model")
    assert [c["model"] for c in found] == ["openai:small", "openai:a", "openai:b", "openai:c"]
    assert {c["temperature"] for c in found[1:]} == {0.5}


def test_only_what_is_wanted_is_made() -> None:
    assert samples(RAG.format(models="small"), "bm25") == [{"k": 2}]
    assert samples(RAG.format(models="small"), "dense") == []


def test_a_component_of_a_sub_graph_is_found() -> None:
    graph = """\
graph:
  passages: {from: [question, documents], choose: [{as: inner, graph: INNER, output: hits}]}
  answer: {from: [question, passages], choose: [extract]}
output: answer
""".replace(
        "INNER",
        "{chunks: {from: documents, choose: [whole]},"
        " hits: {from: [question, chunks], choose: [{bm25: {k: 7}}]}}",
    )
    assert samples(graph, "bm25") == [{"k": 7}]
