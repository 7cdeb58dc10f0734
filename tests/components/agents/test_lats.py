from __future__ import annotations

import pytest

from syftr_like.contracts import Answer, metered
from syftr_like.errors import ComponentError

from .parts import Expert, Script, Search, answer

QUESTION = "When was the describer of otters born?"
FOUND = {
    "otters": "Steller described otters.",
    "kelp": "Kelp is an alga.",
    "Steller": "Steller was born in 1709.",
}
STEPS = 'Action: search["otters"]\nAction: search["kelp"]'


class Model:
    """Proposes, values and reflects as the test says, by what the request is about."""

    def __init__(self, steps: list[str], scores: dict[str, str]) -> None:
        self.steps = steps
        self.scores = scores
        self.proposals: list[str] = []
        self.values: list[str] = []
        self.reflections: list[str] = []

    def __call__(self, prompt: str) -> str:
        if "Propose" in prompt:
            self.proposals.append(prompt)
            return self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if "How good is this" in prompt:
            self.values.append(prompt)
            return next(score for key, score in self.scores.items() if key in prompt)
        if "This attempt failed" in prompt:
            self.reflections.append(prompt)
            return f"reflection {len(self.reflections)}"
        return "the last answer"


@pytest.fixture
def lats(make):
    return lambda model, **values: make("lats", llm=Script(model), **values)


def test_the_promising_state_is_gone_on_with_and_a_good_answer_ends_it(lats) -> None:
    model = Model(
        [STEPS, 'Action: search["Steller"]', "Answer: 1709"],
        {"Answer: 1709": "Score: 9", "1709": "Score: 8", "Kelp": "Score: 1", "otters": "Score: 6"},
    )
    search = Search(FOUND)
    assert answer(lats(model), QUESTION, search) == Answer("1709", confidence=0.9)
    assert search.asked == ["otters", "kelp", "Steller"]
    assert "Nothing was looked up yet." in model.proposals[0]
    assert "Steller described" in model.proposals[1]
    assert "Kelp is an alga" not in model.proposals[1]
    assert "born in 1709" in model.proposals[2]
    assert model.reflections == []


def test_other_values_lead_elsewhere(lats) -> None:
    model = Model(
        [STEPS, "Answer: 1709"],
        {"Answer: 1709": "Score: 9", "Kelp": "**Score:** 8/10", "otters.": "2"},
    )
    answer(lats(model), QUESTION, Search(FOUND))
    assert "Kelp is an alga" in model.proposals[1]


def test_steps_and_their_values_are_side_by_side(lats) -> None:
    model = Model([STEPS, "Answer: x"], {"": "Score: 9"})
    search = Search(FOUND)
    answer(lats(model), QUESTION, search)
    assert search.most_at_a_time == 2
    assert len(model.values) == 3


def test_a_way_that_failed_is_reflected_on_and_the_best_answer_is_given(lats) -> None:
    model = Model(
        [STEPS, "Answer: 1066\nAnswer: 1751", "Answer: 1812"],
        {
            "Answer: 1751": "Score: 5",
            "Answer: 1": "Score: 3",
            "Steller": "Score: 6",
            "": "Score: 4",
        },
    )
    made = lats(model, expansions=3)
    assert answer(made, QUESTION, Search(FOUND)) == Answer("1751", confidence=0.5)
    assert len(model.reflections) == 2
    assert "Answer: 1066" in model.reflections[0]
    assert "- reflection 1\n- reflection 2" in model.proposals[2]
    assert "Kelp is an alga" in model.proposals[2]  # the first way is closed


def test_where_every_way_has_ended_the_search_has(lats) -> None:
    model = Model(['Action: search["otters"]', "Answer: a"], {"": "Score: 1"})
    assert answer(lats(model, expansions=50), QUESTION, Search(FOUND)).text == "a"
    assert len(model.proposals) == 2


def test_before_an_answer_at_least_the_question_is_looked_up(lats) -> None:
    model = Model(["Answer: 1066", "Answer: 1709"], {"": "Score: 9"})
    search = Search({QUESTION: FOUND["Steller"]})
    assert answer(lats(model), QUESTION, search).text == "1709"
    assert "Only things to look up" in model.proposals[0]
    assert "born in 1709" in model.proposals[1]
    assert search.asked == [QUESTION]


def test_a_way_ends_at_its_depth_with_answers_alone(lats) -> None:
    model = Model([STEPS, f"{STEPS}\nAnswer: 1709"], {"": "Score: 9"})
    search = Search(FOUND)
    assert answer(lats(model, depth=2), QUESTION, search).text == "1709"
    assert len(search.asked) == 2
    assert "Only answers" in model.proposals[1]


def test_or_without_one_and_is_then_reflected_on(lats) -> None:
    model = Model([STEPS, STEPS, "Answer: 1709"], {"": "Score: 9"})
    search = Search(FOUND)
    assert answer(lats(model, depth=2), QUESTION, search).text == "1709"
    assert len(model.reflections) == 1
    assert "Steller described" in model.reflections[0]
    assert "Kelp is an alga" in model.proposals[2]


def test_a_reply_without_any_step_is_shown_with_what_is_wrong(lats) -> None:
    model = Model(["Hm.", STEPS, "Answer: 1709"], {"": "Score: 9"})
    assert answer(lats(model), QUESTION, Search(FOUND)).text == "1709"
    assert "no line Action" in model.proposals[1]
    with pytest.raises(ComponentError, match="no line Action"):
        answer(lats(Model(["Hm."], {})), QUESTION, Search(FOUND))


def test_no_more_steps_than_asked_for_and_each_once(lats) -> None:
    steps = "\n".join(f'{n}. Action: search["{text}"]' for n, text in enumerate("aabcd"))
    search = Search()
    model = Model([steps, "Answer: x"], {"": "Score: 9"})
    answer(lats(model, candidates=3), QUESTION, search)
    assert search.asked == ["a", "b", "c"]


def test_declining_is_valued_like_an_answer(lats) -> None:
    model = Model([STEPS, "Answer: NOT ANSWERABLE"], {"declines": "Score: 10", "": "Score: 5"})
    expected = Answer("", abstained=True, confidence=1.0)
    assert answer(lats(model), QUESTION, Search()) == expected


def test_without_an_answer_in_the_end_it_is_asked_for_with_all_that_was_found(lats) -> None:
    model = Model([STEPS], {"": "Score: 5"})
    made = lats(model, expansions=1)
    assert answer(made, QUESTION, Search(FOUND)) == Answer("the last answer")
    last = made.parameters.llm.prompts[-1]
    assert "Steller described" in last
    assert "Kelp is an alga" in last


def test_at_the_limit_the_best_answer_so_far_is_known(lats) -> None:
    model = Model([STEPS, "Answer: 1751", STEPS], {"": "Score: 5"})
    made = lats(model, max_steps=5)
    assert answer(made, QUESTION, Search(FOUND)) == Answer("the last answer")
    assert len(made.parameters.llm.sent) == 6
    assert "An answer that may be wrong: 1751" in made.parameters.llm.prompts[-1]


def test_a_tool_that_fails_or_is_not_there_is_told_with_its_value(lats) -> None:
    model = Model(['Action: serch["a"]\nAction: rag["b"]', "Answer: x"], {"": "Score: 9"})
    expert = Expert({"b": ComponentError("the expert is ill")})
    answer(lats(model), QUESTION, Search(), expert)
    assert "did you mean 'search'?" in model.values[0]
    assert "the expert is ill" in model.values[1]


def test_a_value_that_cannot_be_read_is_asked_for_again(lats) -> None:
    model = Model([STEPS, "Answer: x"], {"could not be read": "Score: 9", "": "Score: -3"})
    assert answer(lats(model), QUESTION, Search(FOUND)) == Answer("x", confidence=0.9)
    assert "from 0 to 10" in model.values[1]


def test_where_none_can_be_read_a_state_counts_as_half_good(lats) -> None:
    model = Model([STEPS, "Answer: x"], {"Answer: x": "Score: high", "": "Score: 4"})
    with metered() as meter:
        found = answer(lats(model, expansions=2, tries=3), QUESTION, Search(FOUND))
    assert found == Answer("x", confidence=0.5)
    assert len(model.values) == 2 + 3
    # Each reply is paid for: two proposals, the values, no reflection on the last way.
    assert len(meter.model_calls) == 2 + 5


def test_it_is_better_than_a_poor_one_and_worse_than_a_good_one(lats) -> None:
    for score, next_one in (("Score: 4", "Kelp"), ("Score: 6", "Steller described")):
        model = Model([STEPS, "Answer: x"], {"Kelp": "Score: high", "": score})
        answer(lats(model), QUESTION, Search(FOUND))
        assert next_one in model.proposals[1]


def test_a_reflection_that_cannot_be_read_is_left_out(lats) -> None:
    class Unreflecting(Model):
        def __call__(self, prompt: str) -> str:
            return "" if "This attempt failed" in prompt else super().__call__(prompt)

    model = Unreflecting([STEPS, "Answer: 1066", "Answer: 1709"], {"1709": "9", "": "Score: 4"})
    assert answer(lats(model), QUESTION, Search(FOUND)).text == "1709"
    assert "What was learned" not in model.proposals[2]


@pytest.mark.parametrize("about", ["How good is this", "This attempt failed"])
def test_a_model_that_does_not_reply_is_a_failure(lats, about: str) -> None:
    def reply(prompt: str) -> str | Exception:
        return ComponentError("no reply in 3 attempts") if about in prompt else model(prompt)

    model = Model([STEPS, "Answer: 1066", "Answer: 1709"], {"": "Score: 4"})
    with pytest.raises(ComponentError, match="no reply"):
        answer(lats(reply), QUESTION, Search(FOUND))
