"""Two flows side by side, on the questions that both were asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from syftr_like.contracts import Direction, Evaluator, Question
from syftr_like.errors import InputError
from syftr_like.ledger import Ledger
from syftr_like.report.notebook_html import comparison_html
from syftr_like.report.numbers import counted, shown
from syftr_like.results import StudyResult, TrialResult
from syftr_like.statistics.estimate import Estimate
from syftr_like.statistics.paired_difference import paired_difference

if TYPE_CHECKING:
    import pandas as pd

SPLITS = ("holdout", "tune")
"""Which split is compared on, the first on which both flows were asked something."""


@dataclass(frozen=True, repr=False)
class Comparison:
    """Two flows on the same questions. Shows itself, in Jupyter as tables.

    Attributes:
        first: Id of one trial.
        second: Id of the other.
        split: The split of the questions.
        metrics: One row per objective: `first`, `second`, `difference` (second less first), its
            95 % interval `low` and `high`, `questions`, and `verdict` in words.
        questions: One row per question that both were asked: `question`, `expected` (the accepted
            answers), both answers and both scores of `metric`, and their `difference`; those on
            which the flows differ most come first. The index is the question's id.
        metric: The metric of the scores in `questions`.
        units: Metric to unit.
    """

    first: str
    second: str
    split: str
    metrics: pd.DataFrame
    questions: pd.DataFrame
    metric: str
    units: Mapping[str, str]

    @property
    def only_first(self) -> pd.DataFrame:
        """The questions on which the first flow scores more."""
        return self.questions[self.questions["difference"] < 0]

    @property
    def only_second(self) -> pd.DataFrame:
        """The questions on which the second flow scores more."""
        return self.questions[self.questions["difference"] > 0]

    def __repr__(self) -> str:
        asked = counted(len(self.questions), f"{self.split} question")
        lines = [f"<Comparison {self.first} and {self.second} on {asked}"]
        for metric, row in self.metrics.iterrows():
            unit = self.units[str(metric)]
            first, second = (shown(row[side], unit) for side in ("first", "second"))
            lines.append(f"  {metric} {first} and {second}: {row['verdict']}")
        lines.append(
            f"  {self.metric}: {self.first} scores more on {len(self.only_first)},"
            f" {self.second} on {len(self.only_second)}>"
        )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return comparison_html(
            (self.first, self.second),
            self.split,
            self.metrics,
            self.questions,
            self.metric,
            self.units,
        )


def compare(
    result: StudyResult,
    ledger: Ledger,
    evaluators: Sequence[Evaluator],
    questions: Mapping[str, Sequence[Question]],
    trials: tuple[TrialResult, TrialResult],
    split: str | None,
    metric: str,
) -> Comparison:
    """Compare two trials.

    Args:
        result: The study.
        ledger: Its evaluations.
        evaluators: Every metric.
        questions: Split to its questions.
        trials: Which two.
        split: `tune` or `holdout`; the holdout where both were asked it when None, else tune.
        metric: Of the scores that are shown for single questions.

    Raises:
        InputError: They were not asked the same questions.
    """
    splits = SPLITS if split is None else (split,)
    for chosen in splits:
        rows = [
            {row["question"]: row for row in ledger.evaluations(trial.number, chosen)}
            for trial in trials
        ]
        asked = [question for question in questions[chosen] if all(question.id in r for r in rows)]
        if asked:
            break
    else:
        raise InputError(
            f"{trials[0].id} and {trials[1].id} were asked no question in common",
            found=" or ".join(splits),
            expected="two trials that were evaluated on the same split",
        )
    return Comparison(
        first=trials[0].id,
        second=trials[1].id,
        split=chosen,
        metrics=_metrics(result, evaluators, asked, rows, trials),
        questions=_questions(asked, rows, trials, metric),
        metric=metric,
        units={info.name: info.unit for info in result.metrics},
    )


def _metrics(
    result: StudyResult,
    evaluators: Sequence[Evaluator],
    asked: Sequence[Question],
    rows: Sequence[Mapping[str, Any]],
    trials: tuple[TrialResult, TrialResult],
) -> pd.DataFrame:
    import pandas as pd

    from syftr_like.evaluation import summarize

    objectives = {objective.metric for objective in result.objectives}
    found = []
    for evaluator in evaluators:
        name = evaluator.name
        pairs = [
            (rows[0][q.id]["scores"][name], rows[1][q.id]["scores"][name])
            for q in asked
            if all(name in side[q.id]["scores"] for side in rows)
        ]
        if name not in objectives or not pairs:
            continue
        one, other = ([pair[side] for pair in pairs] for side in (0, 1))
        values = [
            summarize([evaluator], [{name: score} for score in scores])[name].value
            for scores in (one, other)
        ]
        change = paired_difference(evaluator.aggregation, evaluator.bounds, one, other)
        found.append(
            {
                "metric": name,
                "first": values[0],
                "second": values[1],
                "difference": change.value,
                "low": change.low,
                "high": change.high,
                "questions": change.n,
                "verdict": _verdict(evaluator, change, trials),
            }
        )
    return pd.DataFrame(found).set_index("metric")


def _verdict(
    evaluator: Evaluator, change: Estimate, trials: tuple[TrialResult, TrialResult]
) -> str:
    low, high = change.low, change.high
    if low is None or high is None or low <= 0 <= high:
        return "no clear difference"
    more_is_better = evaluator.direction is Direction.MAXIMIZE
    return f"{trials[1 if (low > 0) == more_is_better else 0].id} is better"


def _questions(
    asked: Sequence[Question],
    rows: Sequence[Mapping[str, Any]],
    trials: tuple[TrialResult, TrialResult],
    metric: str,
) -> pd.DataFrame:
    import pandas as pd

    # The same trial twice is a comparison, too: its columns must not collide.
    names = [trial.id for trial in trials]
    if names[0] == names[1]:
        names[1] += "_again"
    found = []
    for question in asked:
        sides = [side[question.id] for side in rows]
        if not all(metric in side["scores"] for side in sides):
            continue
        scores = [side["scores"][metric] for side in sides]
        row: dict[str, Any] = {
            "id": question.id,
            "question": question.question,
            "expected": list(question.answers),
        }
        for name, side, score in zip(names, sides, scores, strict=True):
            row[f"{name}_answer"] = _answer(side)
            row[f"{name}_score"] = score
        found.append(row | {"difference": scores[1] - scores[0]})
    columns = [
        "id", "question", "expected",
        *(f"{name}_{part}" for name in names for part in ("answer", "score")), "difference",
    ]  # fmt: skip
    frame = pd.DataFrame(found, columns=columns).set_index("id")
    return frame.sort_values("difference", key=abs, ascending=False, kind="stable")


def _answer(row: Mapping[str, Any]) -> str:
    """Return what the flow replied, in words where it gave no answer."""
    if row["error"] is not None:
        return f"(failed: {row['error']})"
    return "(abstained)" if row["abstained"] else str(row["answer"] or "")
