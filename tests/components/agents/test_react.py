from __future__ import annotations

import pytest

from syftr_like.contracts import Answer, Llm, Tool
from syftr_like.errors import ComponentError

from .parts import Expert, Script, Search, answer, called

QUESTION = "When was the describer of otters born?"
LOOK_UP = 'Thought: who?\nAction: search["otters"]'
FOUND = {"otters": "Georg Steller described otters.", "Steller": "Steller was born in 1709."}


@pytest.fixture
def react(make):
    def build(llm: Script, protocol: str = "text", **values):
        return make("react", llm=llm, protocol=protocol, **values)

    return build


class TestText:
    def test_what_was_found_is_in_the_next_request(self, react) -> None:
        llm = Script(
            LOOK_UP,
            'Thought: Steller; born when?\nAction: search["Steller"]',
            "Thought: there it is.\nAnswer: 1709",
        )
        search = Search(FOUND)
        assert answer(react(llm), QUESTION, search) == Answer("1709")
        assert search.asked == ["otters", "Steller"]
        assert [m.role for m in llm.sent[2]] == ["system", *["user", "assistant"] * 2, "user"]
        assert "Steller described otters" in llm.prompts[1]
        assert "[2] Steller was born in 1709." in llm.sent[2][-1].text

    def test_the_tools_are_told_by_their_names(self, react) -> None:
        llm = Script(LOOK_UP, "Answer: x")
        answer(react(llm), QUESTION, Search(FOUND), Expert())
        assert "- search[query]: " in llm.prompts[0]
        assert "- rag[question]: " in llm.prompts[0]

    def test_an_expert_is_told_by_its_answer(self, react) -> None:
        llm = Script('Action: rag["Who?"]', 'Action: rag["When?"]', "Answer: Steller")
        expert = Expert({"Who?": "Steller"})
        assert answer(react(llm), QUESTION, None, expert) == Answer("Steller")
        assert "It answered: Steller" in llm.sent[1][-1].text
        assert "It could not answer." in llm.sent[2][-1].text

    def test_what_the_model_makes_up_after_its_action_is_cut_off(self, react) -> None:
        made_up = f"{LOOK_UP}\nObservation: Darwin described otters.\nAnswer: Darwin"
        llm = Script(made_up, "Answer: Steller")
        assert answer(react(llm), QUESTION, Search(FOUND)) == Answer("Steller")
        assert "Darwin" not in llm.prompts[1]

    def test_an_answer_counts_when_something_was_looked_up(self, react) -> None:
        llm = Script("Answer: 1066", "Answer: 1709")
        search = Search({QUESTION: FOUND["Steller"]})
        assert answer(react(llm), QUESTION, search) == Answer("1709")
        assert search.asked == [QUESTION]
        assert FOUND["Steller"] in llm.sent[1][-1].text

    @pytest.mark.parametrize(
        "written",
        [
            "Action: search[otters]",
            "action 1: `search('otters')`",
            "**Action:** search: otters",
            'Action: search(query="otters").',
            "Action: search\nAction Input: otters",
            "1. Action: search[\u201cotters\u201d]\n\nI wait for the result.",
            "<think>Answer: no</think>Action: search[otters]",
            "<think>\nObservation: none so far.\n</think>\nAction: search[otters]",
            "Observation: none.\nI look it up.</think>Action: search[otters]",
        ],
    )
    def test_decoration_of_an_action_is_no_matter(self, react, written: str) -> None:
        search = Search(FOUND)
        answer(react(Script(written, "Answer: x")), QUESTION, search)
        assert search.asked == ["otters"]

    @pytest.mark.parametrize(
        "written",
        [
            "**Final Answer:** 1709",
            "Action: Finish[1709]",
            "Sure! Here it is. Final Answer: 1709",
            "Thought: so.\nThe answer is: 1709",
        ],
    )
    def test_nor_that_of_the_answer(self, react, written: str) -> None:
        assert answer(react(Script(LOOK_UP, written)), QUESTION, Search(FOUND)) == Answer("1709")

    def test_thoughts_are_not_sent_back(self, react) -> None:
        llm = Script(f"<think>Observation: none.</think>{LOOK_UP}", "Answer: x")
        answer(react(llm), QUESTION, Search(FOUND))
        assert llm.sent[1][-2].text == LOOK_UP

    def test_declining_is_an_abstention(self, react) -> None:
        llm = Script(LOOK_UP, "Answer: NOT ANSWERABLE")
        assert answer(react(llm), QUESTION, Search()) == Answer("", abstained=True)
        assert "Nothing was found." in llm.sent[1][-1].text

    def test_a_reply_of_no_form_is_shown_with_what_is_wrong(self, react) -> None:
        llm = Script("Let me see.", LOOK_UP, "Action: ???", "Answer: Steller")
        assert answer(react(llm), QUESTION, Search(FOUND)) == Answer("Steller")
        assert "no line Action" in llm.sent[1][-1].text
        assert "not in the form" in llm.sent[3][-1].text
        with pytest.raises(ComponentError, match="no line Action"):
            answer(react(Script("Let me see.")), QUESTION, Search(FOUND))

    def test_several_actions_run_side_by_side(self, react) -> None:
        llm = Script('Action: search["otters"]\nAction: search["Steller"]', "Answer: 1709")
        search = Search(FOUND)
        answer(react(llm), QUESTION, search)
        assert search.most_at_a_time == 2
        assert "Observation 2: [2] Steller was" in llm.sent[1][-1].text


class TestCalls:
    def test_tools_are_offered_and_results_sent_back_under_the_calls_names(self, react) -> None:
        llm = Script(
            called(("search", {"query": "otters"}), ("rag", {"question": "When?"})),
            "Answer: 1709",
        )
        search, expert = Search(FOUND), Expert({"When?": "1709"})
        assert answer(react(llm, "tools"), QUESTION, search, expert) == Answer("1709")
        offered: list[Tool] = list(llm.tools[0])
        assert [tool.name for tool in offered] == ["search", "rag"]
        assert [tool.parameters["required"] for tool in offered] == [["query"], ["question"]]
        _, _, asked, *results = llm.sent[1]
        assert [call.name for call in asked.tool_calls] == ["search", "rag"]
        assert [(m.role, m.answers) for m in results] == [("tool", "c0"), ("tool", "c1")]
        assert "Steller described" in results[0].text
        assert results[1].text == "It answered: 1709"

    @pytest.mark.parametrize(
        ("call", "told"),
        [
            (("serch", {"query": "otters"}), "did you mean 'search'?"),
            (("search", "{otters"), "no JSON object: '{otters'"),
            (("search", {"q": "otters"}), "it takes a text as 'query', given was q"),
            (("search", {"query": 7}), "it takes a text as 'query'"),
            (("search", {"query": "  "}), "is empty"),
        ],
    )
    def test_a_call_that_cannot_be_made_is_told(self, react, call, told: str) -> None:
        llm = Script(called(call), called(("search", {"query": "otters"})), "Answer: x")
        search = Search(FOUND)
        assert answer(react(llm, "tools"), QUESTION, search) == Answer("x")
        assert told in llm.sent[1][-1].text
        assert search.asked == ["otters"]

    def test_so_is_a_tool_that_raises(self, react) -> None:
        llm = Script(called(("search", {"query": "otters"})), "Answer: NOT ANSWERABLE")
        search = Search({"otters": ComponentError("the index is broken")})
        assert answer(react(llm, "tools"), QUESTION, search).abstained
        assert "could not be done: the index is broken" in llm.sent[1][-1].text

    def test_what_is_no_error_of_a_component_is_raised(self, react) -> None:
        llm = Script(called(("search", {"query": "otters"})))
        with pytest.raises(ZeroDivisionError):
            answer(react(llm, "tools"), QUESTION, Search({"otters": ZeroDivisionError()}))

    def test_of_very_many_calls_some_are_made_and_all_are_answered(self, react) -> None:
        llm = Script(called(*[("search", {"query": str(n)}) for n in range(20)]), "Answer: x")
        search = Search()
        answer(react(llm, "tools"), QUESTION, search)
        assert len(search.asked) == search.most_at_a_time == 8
        assert [m.answers for m in llm.sent[1] if m.role == "tool"] == [f"c{n}" for n in range(20)]
        assert "at most 8" in llm.sent[1][-1].text

    def test_an_empty_reply_is_asked_for_again(self, react) -> None:
        llm = Script(called(("search", {"query": "otters"})), " ", "Answer:", "1709")
        assert answer(react(llm, "tools", tries=3), QUESTION, Search(FOUND)) == Answer("1709")
        assert "empty" in llm.sent[2][-1].text
        with pytest.raises(ComponentError, match="empty"):
            answer(react(Script(""), "tools"), QUESTION, Search(FOUND))

    def test_an_answer_counts_when_something_was_looked_up(self, react) -> None:
        llm = Script("Answer: 1066", "Answer: 1709")
        search = Search({QUESTION: FOUND["Steller"]})
        assert answer(react(llm, "tools"), QUESTION, search) == Answer("1709")
        assert search.asked == [QUESTION]
        assert [m.role for m in llm.sent[1]] == ["system", "user", "assistant", "user"]
        assert FOUND["Steller"] in llm.sent[1][-1].text

    def test_a_model_that_takes_no_tools_is_a_failure_in_words(self, react) -> None:
        class WithoutTools(Script):
            call = Llm.call

        with pytest.raises(ComponentError, match="cannot be given tools"):
            answer(react(WithoutTools("x"), "tools"), QUESTION, Search(FOUND))

    def test_a_passage_that_was_shown_is_not_written_again(self, react) -> None:
        llm = Script(*[called(("search", {"query": "otters"}))] * 2, "Answer: x")
        answer(react(llm, "tools"), QUESTION, Search(FOUND))
        assert llm.prompts[2].count("Steller described") == 1
        assert llm.sent[2][-1].text == "[1] (shown above)"


class TestLimits:
    def test_after_the_last_step_the_answer_is_asked_for_with_what_is_known(self, react) -> None:
        llm = Script(LOOK_UP, 'Action: search["Steller"]', "1709")
        assert answer(react(llm, max_steps=2), QUESTION, Search(FOUND)) == Answer("1709")
        assert len(llm.sent) == 3
        assert "Steller described otters" in llm.prompts[2]
        assert "born in 1709" in llm.prompts[2]
        assert "Answer the question now" in llm.prompts[2]

    def test_and_without_one_it_abstains(self, react) -> None:
        llm = Script(LOOK_UP, "")
        assert answer(react(llm, max_steps=1), QUESTION, Search(FOUND)).abstained
        assert len(llm.sent) == 3  # the last call is tried twice

    def test_a_model_that_does_not_reply_is_a_failure_even_then(self, react) -> None:
        llm = Script(LOOK_UP, ComponentError("no reply in 3 attempts"))
        with pytest.raises(ComponentError, match="no reply"):
            answer(react(llm, max_steps=1), QUESTION, Search(FOUND))

    def test_no_step_is_begun_when_the_tokens_are_used(self, react) -> None:
        llm = Script(LOOK_UP, LOOK_UP, "1709", tokens=150)
        assert answer(react(llm, max_tokens=300), QUESTION, Search(FOUND)) == Answer("1709")
        assert len(llm.sent) == 3
        assert "Answer the question now" in llm.prompts[2]
        roomier = Script(LOOK_UP, LOOK_UP, "Answer: 1709", tokens=150)
        answer(react(roomier, max_tokens=301), QUESTION, Search(FOUND))
        assert "Answer the question now" not in roomier.prompts[2]

    def test_passages_are_cut(self, react) -> None:
        llm = Script(LOOK_UP, "Answer: x")
        answer(react(llm, passage_tokens=10), QUESTION, Search({"otters": "ab " * 50}))
        assert llm.sent[1][-1].text.endswith(f"[1] {'ab ' * 10}...")
