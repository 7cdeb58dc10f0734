"""What tools returned, and how it is told to a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from syftr_like.contracts import Passage
from syftr_like.contracts.tokens import token_starts

from .actions import Action

_VALUE_TOKENS = 40


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of an action.

    Attributes:
        action: The action.
        passages: What was found, best first.
        answer: What was answered: of an expert, or by the model from the passages. None where
            nobody answered; empty where whoever was asked declined.
        confidence: The expert's own, where it has one.
        problem: Why it could not be done, in words for the model.
        label: What it is called elsewhere, such as `y1`.
    """

    action: Action
    passages: tuple[Passage, ...] = ()
    answer: str | None = None
    confidence: float | None = None
    problem: str | None = None
    label: str = ""

    @property
    def value(self) -> str | None:
        """What it stands for in a later text, None where it came to nothing.

        It is the answer; of passages without an answer, the first 40 tokens of the first one.
        """
        if self.answer is None and self.passages:
            return cut(self.passages[0].text, _VALUE_TOKENS)
        return self.answer or None


@dataclass
class Notes:
    """The findings of a question. A passage has one number, however often it is found.

    Args:
        passage_tokens: Tokens after which the text of a passage is cut.
    """

    passage_tokens: int
    findings: list[Finding] = field(default_factory=list)
    _numbers: dict[tuple[str, int, int, str], int] = field(default_factory=dict)

    def add(self, findings: Sequence[Finding]) -> None:
        """Take note of findings."""
        self.findings += findings
        for finding in findings:
            for passage in finding.passages:
                self._numbers.setdefault(passage.chunk.place, len(self._numbers) + 1)

    def replace(self, finding: Finding, by: Finding) -> None:
        """Put another finding in the place of one."""
        self.findings[self.findings.index(finding)] = by

    def told(self, finding: Finding, shown: set[int]) -> str:
        """Return what an action came to.

        Args:
            finding: One that was added.
            shown: Numbers of the passages whose text need not be repeated; those told now are
                added to it.
        """
        if finding.problem is not None:
            return f"This could not be done: {finding.problem}"
        lines = []
        for passage in finding.passages:
            number = self._numbers[passage.chunk.place]
            text = "(shown above)" if number in shown else cut(passage.text, self.passage_tokens)
            lines.append(f"[{number}] {text}")
            shown.add(number)
        if finding.answer is not None:
            said = f"It answered: {finding.answer}" if finding.answer else "It could not answer."
            lines.append(said)
        return "\n".join(lines) or "Nothing was found."

    def steps(self, findings: Sequence[Finding]) -> str:
        """Return findings as the actions and observations of ReAct."""
        shown: set[int] = set()
        steps = [f"Action: {f.action}\nObservation: {self.told(f, shown)}" for f in findings]
        return "\n\n".join(steps) or "Nothing was looked up yet."

    def text(self, findings: Sequence[Finding] | None = None) -> str:
        """Return findings, all unless some are given, as text; each passage is written once."""
        shown: set[int] = set()
        entries = []
        for finding in self.findings if findings is None else findings:
            label = f"{finding.label} = " if finding.label else ""
            entries.append(f"{label}{finding.action}\n{self.told(finding, shown)}")
        return "\n\n".join(entries) or "Nothing was looked up yet."


def cut(text: str, tokens: int) -> str:
    """Return the first tokens of a text, with a mark where it was longer."""
    starts = token_starts(text)
    return text if len(starts) <= tokens else text[: starts[tokens]].rstrip() + " ..."
