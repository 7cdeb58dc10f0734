"""Reading a run back from its folder: the result as it stands in the ledger, without running.

Everything comes from `study.lock.yaml` and the ledger, so that a run can be read long after its
dataset and its search space are gone; only what shows questions or documents needs the dataset.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from syftr_like.contracts import Evaluator
from syftr_like.dataset import Dataset, Split, load_dataset, split_questions
from syftr_like.errors import InputError, Location
from syftr_like.ledger import Ledger
from syftr_like.ledger.database import url_of_renamed
from syftr_like.results import StudyResult
from syftr_like.search.objective import Constraint, Objective
from syftr_like.yaml_source import YamlSource, dump_yaml, load_yaml, load_yaml_text

from .addresses import sqlite_file
from .assemble import study_result, trial_result, with_holdout
from .judges import judged_metrics, judges_from_json
from .lock import facts
from .metrics import read_constraints, read_metrics, read_objectives
from .model import StudyFile
from .run_folder import RunFolder


@dataclass(frozen=True)
class FinishedRun:
    """A run as it stands; it may also still be under way, or have been cut off.

    Attributes:
        folder: Its folder.
        file: The study file, defaults filled in.
        lock: All that the results rest on.
        objectives: What was optimized.
        constraints: What was demanded.
        evaluators: Every metric computed, objectives first.
        ledger: Open for reading; to be closed by who asked for the run.
        result: What it came to.
    """

    folder: RunFolder
    file: StudyFile
    lock: Mapping[str, Any]
    objectives: tuple[Objective, ...]
    constraints: tuple[Constraint, ...]
    evaluators: tuple[Evaluator, ...]
    ledger: Ledger
    result: StudyResult

    def read_dataset(self, base: Path | None = None) -> tuple[Dataset, Split]:
        """Load the dataset and divide it as the run did.

        Args:
            base: The folder of the study file; that of the file which was run, when not given.

        Raises:
            InputError: It is not there any more, or has changed since.
        """
        section = self.file.dataset
        folder = Path(self.lock["file"]).parent if base is None else base
        dataset = load_dataset(
            section.documents,
            section.questions,
            folder,
            limit=section.limit,
            seed=section.split.seed,
            stratify_by=section.split.stratify_by,
        )
        expected = self.lock["dataset"]["fingerprint"]
        if dataset.fingerprint != expected:
            raise InputError(
                "the dataset has changed since the study was run",
                location=Location(str(folder / section.questions)),
                found=f"fingerprint {dataset.fingerprint}",
                expected=f"fingerprint {expected}",
            )
        split = split_questions(
            dataset.questions,
            tune=section.split.tune,
            holdout=section.split.holdout,
            seed=section.split.seed,
            stratify_by=section.split.stratify_by,
        )
        return dataset, split


def read_run(folder: str | Path) -> FinishedRun:
    """Read a run.

    Args:
        folder: `runs/<study>`, or an earlier run that was set aside as `runs/<study>.<n>`.

    Raises:
        InputError: There is no run, its lock is of another version or damaged, or a metric of it
            is not installed any more.
        StudyError: Its ledger cannot be read.
    """
    run = RunFolder(Path(folder))
    lock, source, file = read_lock(run)
    ledger = open_ledger(run, file)
    try:
        row = ledger.study()
        judges = judged_metrics(judges_from_json(lock.get("judges", {})), file.allow_imports)
        objectives = read_objectives(file, source, judges)
        constraints = read_constraints(file, source, judges)
        evaluators = read_metrics(file, source, objectives, constraints, judges)
        holdout = len(lock["dataset"]["holdout"])
        trials = [
            with_holdout(
                ledger,
                trial_result(ledger, trial, evaluators, constraints, lock["dataset"]["tune"]),
                evaluators,
                holdout,
            )
            for trial in ledger.trials()
        ]
        result = study_result(
            name=file.study,
            objectives=objectives,
            constraints=constraints,
            evaluators=evaluators,
            trials=trials,
            ledger=ledger,
            facts=facts(lock),
            seconds=row["seconds"],
            ended=row["ended"],
        )
    except BaseException:
        ledger.close()
        raise
    return FinishedRun(run, file, lock, objectives, constraints, evaluators, ledger, result)


def open_ledger(run: RunFolder, file: StudyFile) -> Ledger:
    """Open the ledger of a run that was made, also of one that was set aside.

    Raises:
        InputError: Its file is gone.
    """
    name = run.path.resolve().name
    url = file.ledger or run.ledger_url
    if file.ledger is not None and name != file.study:
        url = url_of_renamed(url, name)
    database = sqlite_file(url)
    if database is not None and not Path(database).is_file():
        raise InputError(
            "the ledger of the run is gone",
            found=str(run.path),
            expected=f"its database at {database}",
        )
    return Ledger(url, name)


def read_lock(run: RunFolder) -> tuple[Mapping[str, Any], YamlSource, StudyFile]:
    """Return the lock of a run, the study in it with its positions, and as a model.

    Raises:
        InputError: There is no lock, or it is of another version or damaged.
    """
    if not run.lock.is_file():
        raise InputError(
            "this is not the folder of a run",
            found=str(run.path),
            expected=f"a folder with {run.lock.name}, such as runs/<study>",
        )
    whole = load_yaml(run.lock)
    lock = whole.data
    try:
        study = lock["study"]
        # Mistakes are told by place in the study, which stands in the lock one level deeper.
        source = load_yaml_text(dump_yaml(study), str(run.lock))
        file = StudyFile.model_validate(source.data)
        facts(lock)
        len(lock["dataset"]["holdout"])
    except (ValidationError, LookupError, TypeError) as error:
        raise InputError(
            "the run was made by another version, or its lock was edited",
            location=Location(str(run.lock)),
            found=str(error).split("\n", 1)[0],
            expected="a lock that `optimize` wrote; `--fresh` starts anew and keeps the old run",
        ) from error
    return lock, source, file
