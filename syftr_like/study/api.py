"""Studies from Python and notebooks.

```python
study = Study.from_yaml("studies/quickstart.yaml")
run = study.optimize()
run.front                       # a DataFrame
run = StudyRun.load("quickstart")  # the same, later
flow = run.flow("knee")
print(flow.invoke("Who signs the audit report?"))
```
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

from syftr_like.contracts import Json
from syftr_like.report.numbers import counted

from .loading import LoadedStudy, load_study
from .reading import FinishedRun
from .session import Session
from .study_run import StudyRun

__all__ = ["Study", "StudyRun"]

# A library's progress bar says this in a notebook when it is imported; none is ever shown.
warnings.filterwarnings("ignore", message="IProgress not found")


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
            InputError: Both `fresh` and `extend`, the earlier run rests on something else, or
                another process is at it.
            InterruptedStudyError: A person stopped it.
        """
        from syftr_like.report.notebook_view import NotebookView, in_notebook
        from syftr_like.report.terminal import TerminalView
        from syftr_like.tracking import open_tracker

        from .tracked import tracked

        header = self.loaded.header
        view = NotebookView(header) if in_notebook() else TerminalView(header)
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
        loaded = self.loaded
        finished = FinishedRun(
            folder=session.folder,
            file=loaded.file,
            lock=session.ledger.study()["lock"],
            objectives=loaded.objectives,
            constraints=loaded.constraints,
            evaluators=loaded.evaluators,
            ledger=session.ledger,
            result=result,
        )
        return StudyRun(finished, (loaded.dataset, loaded.split))

    def __repr__(self) -> str:
        return f"<Study {self.loaded.name}: {counted(self.loaded.file.search.trials, 'trial')}>"

    def _repr_html_(self) -> str:
        from syftr_like.report.notebook_html import study_html

        loaded, file = self.loaded, self.loaded.file
        search, budget = file.search, file.budget
        parameters = counted(len(loaded.space.decisions()), "parameter")
        limits = [
            *([f"${budget.usd:,.2f}"] if budget.usd is not None else []),
            *([f"{budget.minutes:g} minutes"] if budget.minutes is not None else []),
        ]
        facts = [
            (
                "dataset",
                f"{counted(len(loaded.dataset.documents), 'document')};"
                f" {counted(len(loaded.split.tune), 'question')}"
                f" to tune on, {len(loaded.split.holdout)} held out",
            ),
            ("space", f"{loaded.space.cardinality()}, {parameters}"),
            ("objectives", ", ".join(f"{o.direction.value} {o.metric}" for o in loaded.objectives)),
            ("constraints", ", ".join(str(c) for c in loaded.constraints)),
            (
                "search",
                f"{counted(search.trials, 'trial')}, method {search.method}, seed {search.seed},"
                f" early stopping {search.early_stopping.method}",
            ),
            ("budget", ", ".join(limits) or "no limit"),
        ]
        return study_html(loaded.header, facts)
