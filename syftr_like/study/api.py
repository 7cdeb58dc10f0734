"""Studies from Python and notebooks.

```python
study = Study.from_yaml("studies/quickstart.yaml")
run = study.optimize()
run.front                       # a DataFrame
flow = run.flow("knee")
print(flow.invoke("Who signs the audit report?"))
```
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from syftr_like.contracts import Json
from syftr_like.errors import InputError, nearest
from syftr_like.flow import Limits
from syftr_like.ledger import Ledger
from syftr_like.report.trials_csv import trials_frame
from syftr_like.results import StudyResult
from syftr_like.space.flow_config import FlowConfig

from .loading import LoadedStudy, load_study
from .session import Session

if TYPE_CHECKING:
    import pandas as pd

    from syftr_like.flow.runnable import FlowRunnable


class Study:
    """A study that is loaded and checked, and can be run."""

    def __init__(self, loaded: LoadedStudy) -> None:
        self.loaded = loaded

    @classmethod
    def from_yaml(
        cls,
        path: str | Path,
        *,
        settings: Mapping[str, Json] | None = None,
        allow_imports: Sequence[str] = (),
    ) -> Study:
        """Load a study.

        Args:
            path: A study file, or the name of one that ships with the package.
            settings: Dotted key, such as `search.trials`, to a value that replaces the file's;
                text is read as YAML, as `--set` does.
            allow_imports: Module prefixes that `uses:` may import from.

        Raises:
            InputError: A mistake in the study, its space or its dataset.
        """
        origins = {key: f"settings['{key}']" for key in settings or {}}
        return cls(load_study(path, settings, allow_imports, origins=origins))

    def optimize(
        self, *, runs: str | Path = "runs", fresh: bool = False, extend: bool = False
    ) -> StudyRun:
        """Run the study, with a live view, and return what came of it.

        An earlier run is continued: what it did is not done again.

        Args:
            runs: The folder of all runs.
            fresh: Whether an earlier run is renamed and kept, and the study starts anew.
            extend: Whether an earlier run is continued though the space has changed.

        Raises:
            InputError: The earlier run rests on something else, or another process is at it.
            InterruptedStudyError: A person stopped it.
        """
        from syftr_like.report.terminal import TerminalView
        from syftr_like.tracking import open_tracker

        from .tracked import tracked

        view = TerminalView(self.loaded.header)
        tracker = open_tracker(self.loaded.file.tracking.mlflow, tracked(self.loaded, Path(runs)))
        session = Session(
            self.loaded,
            runs=Path(runs),
            fresh=fresh,
            extend=extend,
            observers=[view, *([tracker] if tracker else [])],
        )
        try:
            with view:
                result = session.run()
        finally:
            if tracker is not None:
                tracker.close()
        view.finished(result, session.folder.path)
        return StudyRun(self.loaded, result, session.ledger, session.folder.path)


class StudyRun:
    """A study that was run.

    Attributes:
        result: Everything, as plain data.
        folder: The run's folder.
    """

    def __init__(
        self, loaded: LoadedStudy, result: StudyResult, ledger: Ledger, folder: Path
    ) -> None:
        self.result = result
        self.folder = folder
        self._loaded = loaded
        self._ledger = ledger

    @property
    def trials(self) -> pd.DataFrame:
        """One row per trial; columns as in `trials.csv`, the index is the id."""
        return trials_frame(self.result).set_index("id")

    @property
    def front(self) -> pd.DataFrame:
        """The rows of `trials` that are on the front, best first objective first."""
        return self.trials.loc[list(self.result.front)].dropna(axis="columns", how="all")

    @property
    def evaluations(self) -> pd.DataFrame:
        """One row per evaluation: the ledger's columns, each metric as `score_<metric>`."""
        import pandas as pd

        rows = []
        for row in self._ledger.evaluations():
            scores = {f"score_{name}": value for name, value in row["scores"].items()}
            kept = {k: v for k, v in row.items() if k not in ("scores", "nodes", "retrieved")}
            rows.append(kept | scores)
        return pd.DataFrame(rows)

    def flow(self, which: str) -> FlowRunnable:
        """Return a flow, indexed on the study's documents and ready for questions.

        Args:
            which: `knee`, `best`, `cheapest`, or a trial's id.

        Raises:
            InputError: There is no such trial, or no flow is recommended as that.
        """
        from syftr_like.flow.runnable import FlowRunnable

        trial = self.result.trial(self._trial_id(which))
        file = self._loaded.file
        return FlowRunnable(
            FlowConfig.from_json(trial.flow),
            self._loaded.dataset.documents,
            allow_imports=tuple(file.allow_imports),
            limits=Limits(file.limits.question_timeout_s, file.prices.usd_per_cpu_hour),
        )

    def _trial_id(self, which: str) -> str:
        recommended = self.result.recommended
        names = {
            "knee": recommended.get("knee"),
            "best": recommended.get("best"),
            "cheapest": recommended.get("cheapest_within"),
        }
        ids = [trial.id for trial in self.result.trials]
        id = names.get(which, which)
        if id in ids:
            return id
        known = [name for name, found in names.items() if found is not None]
        raise InputError(
            f"there is no flow '{which}'" if which not in names else f"no flow is the '{which}'",
            found=which,
            expected=f"one of {', '.join([*known, *ids[:1]])}{_to_last(ids)}"
            if ids
            else "a study with at least one trial",
            nearest=nearest(which, [*known, *ids]),
        )


def _to_last(ids: Sequence[str]) -> str:
    return f" to {ids[-1]}" if len(ids) > 1 else ""
