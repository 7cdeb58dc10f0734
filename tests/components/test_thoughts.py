"""What a reasoning model thinks is no part of its reply, whatever the thoughts look like.

Each component is run twice: with good replies, and with the same replies behind thoughts that hold
other replies in the forms asked for. The result must be the same, and no reply asked for again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest

from syftr_like.components.judges.context_precision import relevance_of
from syftr_like.components.judges.verdicts import verdict_of
from syftr_like.components.routers.choice_replies import chosen_name, likelihood
from syftr_like.contracts import Chunk, Chunks, Document, Documents, Kind, Passage, Query
from syftr_like.contracts.registry import component_class, component_names

from .agents.parts import Expert, Search, answer
from .conftest import make_component
from .scripted_llm import Script

MISLEADING = """\
Observation: none so far. Is it this?
Thought: or that.
Action: kelp["no"]
y9 = [search("no")]
1. search: no
2. search: no
Answer: no
Final Answer: NOT ANSWERABLE
The best answer is 2. Best: 2. Passage B.
Faults: no
Search: no
NO FAULTS
DONE
NONE
[3] > [2] > [1]
["no", "never"]
```
Score: 1
-3
Verdict: incorrect
Choice: 2
"""
AROUND = pytest.mark.parametrize(
    "before",
    [
        f"<think>\n{MISLEADING}</think>\n",
        f"<thinking>{MISLEADING}</thinking>",
        f"{MISLEADING}</think>",
    ],
    ids=["think", "thinking", "its end alone"],
)
QUESTION = "Who described otters?"
TEXTS = ("Otters are large.", "Steller described otters.", "Kelp grows. Kelp is tall.")
CHUNKS = Chunks(Chunk("d", 100 * n, 100 * n + len(text), text) for n, text in enumerate(TEXTS))
PASSAGES = tuple(Passage(chunk, 1.0) for chunk in CHUNKS)
DOCUMENTS = Documents([Document("d", "Otters", "Otters are large. " * 20)])


def agent(name: str, *replies: str, expert: str | None = None, **values: Any) -> Callable[..., Any]:
    def run(before: str) -> Any:
        llm = Script(*(before + reply for reply in replies))
        search = Search({QUESTION: TEXTS[1], "Steller": "Steller was born in 1709."})
        rag = Expert({QUESTION: expert}) if expert else None
        found = answer(make_component(name, llm=llm, **values), QUESTION, search, rag)
        assert llm.replies == []
        return found.text, found.confidence, search.asked

    return run


def node(name: str, inputs: dict[str, Any], *replies: str, **values: Any) -> Callable[..., Any]:
    def run(before: str) -> Any:
        llm = Script(*(before + reply for reply in replies))
        component = make_component(name, llm=llm, **values)
        component.prepare(inputs, None)
        found = asyncio.run(component.arun(inputs, None))
        assert llm.replies == []
        return found

    return run


def query(name: str, *replies: str, **values: Any) -> Callable[..., Any]:
    return node(name, {"question": Query(QUESTION)}, *replies, **values)


def reranker(name: str, *replies: str, **values: Any) -> Callable[..., Any]:
    inputs = {"question": Query(QUESTION), "passages": PASSAGES}
    return node(name, inputs, *replies, top=2, **values)


def chunks(name: str, reply: str) -> Callable[..., Any]:
    def run(before: str) -> Any:
        llm = Script(before + reply)
        made = make_component(name, llm=llm, unreadable=0.0, tries=1)
        return list(made.transform(CHUNKS[:1], DOCUMENTS))

    return run


def chosen(before: str) -> Any:
    judge = Script(f"{before}1")
    inputs = {"question": Query(QUESTION), "passages": PASSAGES}
    run = node("best_of_n", inputs, "Steller", "Bering", samples=2, judge=judge, tries=1)
    return run(before)


def reading(prompt: str, reply: str) -> Callable[..., Any]:
    def run(before: str) -> Any:
        inputs = {"question": Query(QUESTION), "passages": PASSAGES}
        values = {"domain": "zoology"} if prompt == "domain_expert" else {}
        made = make_component(prompt, **values)
        return node("llm_answer", inputs, reply, prompt=made, tries=1)(before)

    return run


STEP = 'Thought: so.\nAction: search["Steller"]'
CASES: dict[str, tuple[Callable[..., Any], set[str]]] = {
    "chain_of_abstraction": (
        agent("chain_of_abstraction", 'y1 = [search("Steller")]', "1709", tries=1),
        {"agent_abstraction", "agent_answer"},
    ),
    "critique_revise": (
        agent(
            "critique_revise", "Faults: too long\nSearch: Steller", "1709", "NO FAULTS",
            expert="It was 1709", rounds=2, tries=1,
        ),
        {"agent_critique", "agent_revise"},
    ),
    "iterative_retrieval": (
        agent("iterative_retrieval", "Missing: Steller", "DONE", "1709", tries=1),
        {"agent_missing"},
    ),
    "lats": (
        agent(
            "lats", f'{STEP}\nAction: search["kelp"]', "Score: 6", "Score: 5", "Answer: 1751",
            "Score: 2", "It was the wrong man.", "Answer: 1709", "Score: 9", tries=1,
        ),
        {"agent_lats_steps", "agent_lats_value", "agent_lats_reflection"},
    ),
    "plan_and_execute": (
        agent("plan_and_execute", "1. search: Steller\n2. search: x", "Answer: 1709", tries=1),
        {"agent_plan", "agent_replan"},
    ),
    "react as text": (
        agent("react", STEP, "Final Answer: 1709", protocol="text", tries=1),
        {"agent_react_text"},
    ),
    "sub_question": (
        agent("sub_question", "1. search: Steller", "1709", "1709", tries=1),
        {"agent_sub_questions", "agent_sub_answer"},
    ),
    "best_of_n": (chosen, {"best_of_n"}),
    "decompose": (query("decompose", "Who?\nWhen?", tries=1), {"decompose"}),
    "hyde": (query("hyde", "Steller described them.", tries=1), {"hyde"}),
    "multi_query": (query("multi_query", "1. Who?\n2. When?", tries=1), {"multi_query"}),
    "rewrite": (query("rewrite", "otters describer", tries=1), {"rewrite"}),
    "step_back": (query("step_back", "Who explored?", tries=1), {"step_back"}),
    "llm_compression": (
        reranker("llm_compression", "NONE", TEXTS[1], "Kelp grows.", tries=1),
        {"llm_compression"},
    ),
    "llm_listwise": (reranker("llm_listwise", "[2] > [1] > [3]", tries=1), {"llm_listwise"}),
    "llm_pairwise": (reranker("llm_pairwise", *"ABA", rounds=9, tries=1), {"llm_pairwise"}),
    "llm_pointwise": (reranker("llm_pointwise", *"490", tries=1), {"llm_pointwise"}),
    "llm_headers": (chunks("llm_headers", "It is about otters."), {"llm_headers"}),
    "predicted_queries": (
        chunks("predicted_queries", "Who is large?\nHow large?"),
        {"predicted_queries"},
    ),
    "judge_correctness": (
        lambda before: verdict_of(
            f"{before}Verdict: correct", {"correct": 1.0, "incorrect": 0.0}
        ),
        set(),
    ),
    "judge_relevance": (lambda before: relevance_of(f"{before}yes"), set()),
    "router_choice": (lambda before: chosen_name(f"{before}1", ["a", "b"]), set()),
    "router_judge": (lambda before: likelihood(f"{before}85"), set()),
    **{
        f"prompt {name}": (reading(name, "Answer: Steller [1]"), set())
        for name in component_names()
        if component_class(name).kind is Kind.PROMPT
    },
}  # fmt: skip
EXPECTED = {
    "chain_of_abstraction": ("1709", None, ["Steller"]),
    "critique_revise": ("1709", None, [QUESTION, "Steller"]),
    "iterative_retrieval": ("1709", None, [QUESTION, "Steller"]),
    "lats": ("1709", 0.9, ["Steller", "kelp"]),
    "plan_and_execute": ("1709", None, ["Steller"]),
    "react as text": ("1709", None, ["Steller"]),
    "sub_question": ("1709", None, ["Steller"]),
    "decompose": Query(QUESTION, ("Who?", "When?")),
    "rewrite": Query("otters describer"),
    "judge_correctness": 1.0,
    "judge_relevance": 1.0,
    "router_choice": "a",
    "router_judge": 0.85,
}


@AROUND
@pytest.mark.parametrize("case", CASES)
def test_a_reply_behind_thoughts_is_read_as_without_them(case: str, before: str) -> None:
    run, _ = CASES[case]
    plain = run("")
    assert plain == EXPECTED.get(case, plain)
    assert run(before) == plain


def test_every_task_is_among_them() -> None:
    """Judges and routers stand there by their parsers; replies to `agent_react_tools` are calls."""
    folder = files("syftr_like.components").joinpath("tasks")
    tasks = {path.name.removesuffix(".md") for path in folder.iterdir() if path.name[-3:] == ".md"}
    tasks = {name for name in tasks if not name.startswith(("judge_", "router_"))}
    covered = set().union(*(names for _, names in CASES.values()))
    assert covered == tasks - {"agent_react_tools"}
