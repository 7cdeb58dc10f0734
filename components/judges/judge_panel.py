"""Several language models as judges."""

from __future__ import annotations

from typing import Literal

from syftr_like.contracts import Judge, Llm, Outcome, Question, component_parameter, parameter
from syftr_like.contracts.values import fingerprint

from ..side_by_side import side_by_side
from .llm_judge import CorrectnessParameters, correctness


class JudgePanel(Judge):
    """Has three language models judge whether an answer is correct: one drawn, or all by majority.

    Judges of different families have different preferences. `consensus` asks all three side by side
    and takes the majority, at three times the cost (Verga et al. 2024); `random` asks one of them,
    drawn by the question, so that no one model's preferences decide, at the cost of one.
    """

    name = "judge_panel"

    class Parameters(CorrectnessParameters):
        """Which models, asked how, and how they decide."""

        second_llm: Llm = component_parameter(None, "The second judge.")
        third_llm: Llm = component_parameter(None, "The third judge.")
        mode: Literal["consensus", "random"] = parameter(
            "consensus", "All judge and the majority decides, or one drawn by the question."
        )

    parameters: Parameters

    async def judge(self, question: Question, outcome: Outcome) -> float:
        """Return 1 for an answer that is found correct, else 0."""
        p = self.parameters
        judges = [p.llm, p.second_llm, p.third_llm]
        if p.mode == "random":
            judges = [judges[int(fingerprint(question.id), 16) % len(judges)]]
        found = await side_by_side(
            [correctness(llm, question, outcome, style=p.style, tries=p.tries) for llm in judges]
        )
        return float(sum(found) > len(found) / 2)
