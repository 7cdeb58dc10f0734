"""A study as the runs of its experiment."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from syftr_like.contracts import Examples
from syftr_like.ledger import Ledger
from syftr_like.report.words import recommended_names
from syftr_like.results import StudyResult, TrialResult

from .content import ModelContent, RunContent, milliseconds
from .datasets import split_dataset
from .documents import documents_parquet
from .examples import examples_json_lines
from .source import StudySource
from .summary_content import read_file, summary_content
from .tables import TABLE, TABLES, TABLES_TAG, evaluation_table
from .trace_content import trace_contents
from .trial_content import NO_HISTORY, created_tag, estimates_at, trial_content

RECOMMENDED = "recommended"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class StudyContent:
    """Makes the runs of a study from its result and its ledger.

    Attributes:
        result: The study.
        source: Its questions and documents; None where its dataset is gone, and then its runs
            have no tables, traces, datasets and models.
        ledger: Read, never written.
        folder: The run's folder, whose files the runs take.
    """

    result: StudyResult
    source: StudySource | None
    ledger: Ledger
    folder: Path

    @cached_property
    def created(self) -> str:
        """What tells this run of the study from others."""
        return created_tag(self.ledger.study()["created_at"])

    def runs(self) -> list[Callable[[], RunContent]]:
        """Return what makes each run: trials as proposed, then the summary, once the study ended.

        One run is made at a time, so that they need not fit into memory together.
        """
        trials: list[Callable[[], RunContent]] = [
            partial(self.trial, trial) for trial in self.result.trials
        ]
        return [*trials, self.summary] if self.result.ended else trials

    def trial(self, trial: TrialResult) -> RunContent:
        """Return a trial's run, with what it is among the others."""
        content = trial_content(trial, self.created, self.source)
        names = {
            id: [key for key, chosen in self.result.recommended.items() if chosen == id]
            for id in self.result.front
        }
        tags = dict(content.tags)
        if trial.id in self.result.front:
            tags["pareto"] = "true"
            if names[trial.id]:
                tags[RECOMMENDED] = ", ".join(names[trial.id])
        content = replace(content, tags=tags)
        if trial.holdout:
            content = self._with_holdout(content, trial)
        # Files of the front are there when the study has ended; until then it may change.
        on_front = trial.id in self.result.front and self.result.ended
        return self._with_flow(content, trial) if on_front else content

    def summary(self) -> RunContent:
        """Return the run `summary`."""
        row = self.ledger.study()
        ends = [trial.started_at + trial.seconds for trial in self.result.trials]
        ends += [row["finished_at"] for rows in self._holdout.values() for row in rows]
        return summary_content(
            self.result,
            self.created,
            started=milliseconds(row["created_at"]),
            ended=milliseconds(max([row["created_at"], *ends])),
            folder=self.folder,
            source=self.source,
            rows=[row for id in self.result.front for row in self._rows(id)],
        )

    @cached_property
    def _holdout(self) -> Mapping[str, list[Row]]:
        """Evaluations on the holdout split, by trial."""
        ids = {trial.number: trial.id for trial in self.result.trials}
        found: dict[str, list[Row]] = {}
        for row in self.ledger.evaluations(split="holdout"):
            id = ids[row["trial"]]
            found.setdefault(id, []).append({**row, "flow": id})
        return found

    def _rows(self, id: str) -> Sequence[Row]:
        return self._holdout.get(id, [])

    def _with_holdout(self, content: RunContent, trial: TrialResult) -> RunContent:
        """Return the run with its values on the holdout split, as of the last question."""
        rows = self._rows(trial.id)
        at = milliseconds(max(row["finished_at"] for row in rows))
        points = tuple(estimates_at(trial.holdout, at, NO_HISTORY, "holdout_"))
        datasets = content.datasets
        if self.source is not None:
            datasets = (*datasets, split_dataset(self.source, "holdout"))
        return replace(content, metrics=content.metrics + points, datasets=datasets)

    def _with_flow(self, content: RunContent, trial: TrialResult) -> RunContent:
        """Return the run with what a member of the front has: flow, table, traces, model."""
        flow = read_file(self.folder / "flows" / f"{trial.id}.yaml")
        content = replace(content, files={f"{trial.id}.yaml": flow})
        if self.source is None:
            return content
        source, rows = self.source, self._rows(trial.id)
        content = replace(content, model=self._model(trial, flow.decode(), source))
        if not rows:
            return content
        metrics = [info.name for info in self.result.metrics]
        return replace(
            content,
            tags={**content.tags, TABLES_TAG: TABLES},
            files={**content.files, TABLE: evaluation_table(rows, metrics, source)},
            traces=trace_contents(trial, rows, self.ledger.model_calls(trial.number), source),
        )

    def _model(self, trial: TrialResult, flow: str, source: StudySource) -> ModelContent:
        names = recommended_names(self.result).get(trial.id, [])
        return ModelContent(
            name=trial.id,
            flow=flow,
            documents=self._documents,
            documents_digest=hashlib.sha256(self._documents).hexdigest(),
            settings=source.settings,
            params={path: str(value) for path, value in trial.params.items()},
            tags={
                "study": self.result.study,
                "trial": trial.id,
                "documents_bytes": str(len(self._documents)),
                **({RECOMMENDED: ", ".join(names)} if names else {}),
            },
            example=source.holdout[0].question,
            created_at=trial.started_at,
            examples=(examples_json_lines(Examples(source.tune)) if _learns(trial.flow) else None),
        )

    @cached_property
    def _documents(self) -> bytes:
        assert self.source is not None
        return documents_parquet(self.source.documents)


def _learns(flow: Mapping[str, Any]) -> bool:
    """Whether a flow, as JSON, is fed with labelled questions."""
    return any("examples" in node["inputs"].values() for node in flow["nodes"])
