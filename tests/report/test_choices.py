"""A flow in one line: its components, and what judges among their parts."""

from __future__ import annotations

from dataclasses import replace

from syftr_like.report.choices import choices_text
from syftr_like.space import ComponentConfig, FlowConfig, NodeConfig

from .made_results import make_trial

MODEL = ComponentConfig("large", "chat_model", {"model": "openai:gpt-4o"})


def told(*components: ComponentConfig) -> str:
    nodes = tuple(NodeConfig(f"n{n}", {}, component) for n, component in enumerate(components))
    flow = FlowConfig(nodes, nodes[-1].name).to_json()
    return choices_text(replace(make_trial(0, {}), flow=flow))


def test_components_stand_in_the_order_of_the_graph_under_their_names() -> None:
    first = ComponentConfig("bm25", "bm25", {"k": 3})
    assert told(first, ComponentConfig("strong", "llm_answer", {"llm": MODEL})) == "bm25 > strong"


def test_what_holds_components_itself_is_named_in_brackets() -> None:
    judge = ComponentConfig("thrice", "judge_panel", {"llm": MODEL, "mode": "random"})
    assert told(ComponentConfig("verdict", "verdict", {"judge": judge})) == "verdict(thrice)"
