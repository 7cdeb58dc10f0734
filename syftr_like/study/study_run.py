"""A run of a study: what came of it, to look at and to ask.

```python
run = StudyRun.load("quickstart")
run                             # in Jupyter: headline, front, recommendation, plot
run.compare("t005", "t016")     # the same questions, side by side
```
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from syftr_like.contracts import Examples, Question
from syftr_like.dataset import Dataset, Split
from syftr_like.errors import InputError, nearest
from syftr_like.flow import Limits
from syftr_like.report.notebook_html import result_html
from syftr_like.report.numbers import counted
from syftr_like.report.trials_csv import trials_frame
from syftr_like.results import StudyResult, TrialResult
from syftr_like.space.flow_config import FlowConfig

from .comparison import SPLITS, Comparison, compare
from .frames import (
    costs_frame,
    evaluations_frame,
    front_frame,
    question_frame,
    questions_frame,
    rungs_frame,
)
from .history import front_history
from .reading import FinishedRun, read_run

if TYPE_CHECKING:
    import pandas as pd

    from syftr_like.flow.runnable import FlowRunnable
    from syftr_like.report.notebook_figure import NotebookFigure

LOCK = "study.lock.yaml"


class StudyRun:
    """A study that was run, is running, or was cut off.

    `Study.optimize` returns one, and `StudyRun.load` reads one from its folder. It holds the
    state at that moment. Its tables are pandas DataFrames. Wherever a flow is asked for, `knee`,
    `best`, `cheapest` or a trial's id names it.

    Args:
        finished: The run, its ledger open.
        data: Its dataset and split, where they are loaded already.
        base: The folder of the study file; that of the file which was run, when not given.

    Attributes:
        result: Everything, as plain data.
        folder: The run's folder.
    """

    def __init__(
        self,
        finished: FinishedRun,
        data: tuple[Dataset, Split] | None = None,
        base: Path | None = None,
    ) -> None:
        self.result: StudyResult = finished.result
        self.folder: Path = finished.folder.path
        self._run = finished
        self._given_data = data
        self._base = base

    @classmethod
    def load(
        cls, run: str | Path, *, runs: str | Path = "runs", study: str | Path | None = None
    ) -> StudyRun:
        """Read a run from its folder, without running anything.

        The documents and questions are loaded when they are first needed: by `flow`, `questions`,
        `question` and `compare`.

        Args:
            run: The study's name, `<name>.<n>` of an earlier run, or the folder itself.
            runs: The folder of all runs.
            study: Where the study file lies now, if it was moved with its dataset since.

        Raises:
            InputError: There is no such run, or another version of the program made it.
            StudyError: Its ledger cannot be read.
        """
        folder = Path(run)
        if not (folder / LOCK).is_file():
            folder = Path(runs) / run
        if not (folder / LOCK).is_file():
            known = sorted(lock.parent.name for lock in Path(runs).glob(f"*/{LOCK}"))
            raise InputError(
                f"there is no run '{run}'",
                found=str(folder),
                expected=f"one of: {', '.join(known)}" if known else "a study that was run",
                nearest=nearest(str(run), known),
            )
        return cls(read_run(folder), base=None if study is None else Path(study).parent)

    @property
    def trials(self) -> pd.DataFrame:
        """One row per trial; columns as in `trials.csv`, the index is the id."""
        return trials_frame(self.result).set_index("id")

    @property
    def front(self) -> pd.DataFrame:
        """One row per front member, best first objective first; the index is the id.

        The objectives come first, on the tune and on the holdout split, then their intervals,
        the parameters, and what else `trials` holds of them.
        """
        return front_frame(self.result)

    @property
    def evaluations(self) -> pd.DataFrame:
        """One row per evaluation: the ledger's columns, each metric as `score_<metric>`."""
        return evaluations_frame(self._run.ledger)

    @property
    def rungs(self) -> pd.DataFrame:
        """One row per rung that a trial reached: what early stopping saw and said.

        Columns: `trial`, `questions`, `seconds` since the start, `verdict` (`continue`, `pause`,
        `stop`, `complete`), and each objective with its interval over these questions.
        """
        return rungs_frame(self.result)

    @property
    def questions(self) -> pd.DataFrame:
        """One row per question: its text, the accepted answers, how hard it is.

        `mean_<metric>` is the mean score over the `trials` that answered the whole split.

        Raises:
            InputError: The dataset is not there any more, or has changed since the run.
        """
        return questions_frame(self.result, self._run.ledger, self._by_split)

    def question(self, id: str) -> pd.DataFrame:
        """Return what each trial that was asked a question replied, found and scored.

        Raises:
            InputError: The study asked no such question, or its dataset is gone.
        """
        ids = [q.id for questions in self._by_split.values() for q in questions]
        if id not in ids:
            raise InputError(
                f"the study has no question '{id}'",
                found=id,
                expected="an id of the index of `run.questions`",
                nearest=nearest(id, ids),
            )
        return question_frame(self.result, self._run.ledger, id)

    def compare(
        self, first: str, second: str, *, split: str | None = None, metric: str | None = None
    ) -> Comparison:
        """Compare two flows on the questions that both were asked.

        The difference of each objective comes with a 95 % interval for paired questions, which
        says more than the two flows' own intervals. Of many pairs some differ by chance: compare
        the few that matter.

        Args:
            first: `knee`, `best`, `cheapest`, or a trial's id.
            second: The other.
            split: `tune` or `holdout`; by default the holdout where both were asked it.
            metric: Whose scores are shown for single questions; the first objective by default.

        Raises:
            InputError: There is no such flow, split or metric, both were asked no question in
                common, or the dataset is gone.
        """
        if split is not None:
            _known(split, "split", SPLITS)
        metrics = [info.name for info in self.result.metrics]
        chosen = metrics[0] if metric is None else metric
        _known(chosen, "metric", metrics)
        return compare(
            self.result,
            self._run.ledger,
            self._run.evaluators,
            self._by_split,
            (self._trial(first), self._trial(second)),
            split,
            chosen,
        )

    def costs(self, which: str, *, split: str = "tune") -> pd.DataFrame:
        """Return what each node of a flow takes per question: time, CPU time, dollars.

        Args:
            which: `knee`, `best`, `cheapest`, or a trial's id.
            split: `tune` or `holdout`.

        Raises:
            InputError: There is no such flow or split.
        """
        _known(split, "split", SPLITS)
        rate = self._run.file.prices.usd_per_cpu_hour
        return costs_frame(self._run.ledger, self._trial(which), split, rate)

    def plot(self, x: str | None = None, y: str | None = None) -> NotebookFigure:
        """Return the front as a Plotly figure: every trial, the front with 95 % intervals.

        Args:
            x: An objective; the second by default.
            y: Another one; the first by default.

        Raises:
            InputError: No trial has finished, or the study has no such pair of objectives.
        """
        from syftr_like.report.notebook_figure import NotebookFigure
        from syftr_like.report.plots import front_plots

        objectives = [objective.metric for objective in self.result.objectives]
        for name in (x, y):
            if name is not None:
                _known(name, "objective", objectives)
        # As `front_plots` pairs them: the earlier objective is the vertical one.
        pairs = [(b, a) for n, a in enumerate(objectives) for b in objectives[n + 1 :]]
        figures = front_plots(self.result)
        if not figures:
            raise InputError(
                "there is nothing to plot",
                found="no trial has finished",
                expected="a study with at least one finished trial",
            )
        if not pairs:
            return NotebookFigure(figures[0])
        for pair, figure in zip(pairs, figures, strict=True):
            if x in (None, pair[0]) and y in (None, pair[1]):
                return NotebookFigure(figure)
        raise InputError(
            "the study has no such plot",
            found=f"x={x}, y={y}",
            expected="one of " + ", ".join(f"x={x}, y={y}" for x, y in pairs),
        )

    @property
    def history(self) -> pd.DataFrame:
        """The front's hypervolume each time that a feasible trial was completed.

        Columns `trial`, `questions` asked by then, `seconds`, and `hypervolume` as a share of
        the last; see `study.history.front_history`.
        """
        return front_history(self.result, self._run.ledger)

    def plot_history(self) -> NotebookFigure:
        """Return the front's hypervolume over the questions asked as a Plotly figure.

        Raises:
            InputError: No trial is complete and keeps the constraints.
        """
        from syftr_like.report.history_plot import history_plot
        from syftr_like.report.notebook_figure import NotebookFigure

        history = self.history
        if history.empty:
            raise InputError(
                "there is nothing to plot",
                found="no complete trial that keeps every constraint",
                expected="a study with at least one of them",
            )
        return NotebookFigure(history_plot(history))

    def flow(self, which: str) -> FlowRunnable:
        """Return a flow, indexed on the study's documents and ready for questions.

        Args:
            which: `knee`, `best`, `cheapest`, or a trial's id.

        Raises:
            InputError: There is no such trial, no flow is recommended as that, or the dataset is
                not there any more.
        """
        from syftr_like.flow.runnable import FlowRunnable

        trial = self._trial(which)
        file = self._run.file
        return FlowRunnable(
            FlowConfig.from_json(trial.flow),
            self._data[0].documents,
            examples=Examples(self._data[1].tune),
            allow_imports=tuple(file.allow_imports),
            limits=Limits(file.limits.question_timeout_s, file.prices.usd_per_cpu_hour),
        )

    def __repr__(self) -> str:
        ended = self.result.ended or ("running" if self._run.folder.is_held() else "cut off")
        trials, front = counted(len(self.result.trials), "trial"), len(self.result.front)
        return f"<StudyRun {self.folder.name}: {trials}, {front} on the front; {ended}>"

    def _repr_html_(self) -> str:
        return result_html(self.result)

    @cached_property
    def _data(self) -> tuple[Dataset, Split]:
        return self._given_data or self._run.read_dataset(self._base)

    @property
    def _by_split(self) -> Mapping[str, Sequence[Question]]:
        split = self._data[1]
        return {"tune": split.tune, "holdout": split.holdout}

    def _trial(self, which: str) -> TrialResult:
        recommended = self.result.recommended
        names = {
            "knee": recommended.get("knee"),
            "best": recommended.get("best"),
            "cheapest": recommended.get("cheapest_within"),
        }
        ids = [trial.id for trial in self.result.trials]
        id = names.get(which, which)
        if id in ids:
            return self.result.trial(id)
        known = [name for name, found in names.items() if found is not None]
        raise InputError(
            f"there is no flow '{which}'" if which not in names else f"no flow is the '{which}'",
            found=which,
            expected=f"one of {', '.join([*known, *ids[:1]])}{_to_last(ids)}"
            if ids
            else "a study with at least one trial",
            nearest=nearest(which, [*known, *ids]),
        )


def _known(name: str, what: str, known: Sequence[str]) -> None:
    if name not in known:
        raise InputError(
            f"there is no {what} '{name}'",
            found=name,
            expected=f"one of {', '.join(known)}",
            nearest=nearest(name, known),
        )


def _to_last(ids: Sequence[str]) -> str:
    return f" to {ids[-1]}" if len(ids) > 1 else ""
