"""A study as tracking sees it, when it is run and when it is read back."""

from __future__ import annotations

from pathlib import Path

from syftr_like.contracts import Json
from syftr_like.dataset import Dataset, Split
from syftr_like.ledger import Ledger
from syftr_like.tracking import StudySource

from .loading import LoadedStudy
from .lock import facts, lock
from .model import StudyFile
from .reading import FinishedRun, open_ledger
from .run_folder import RunFolder


def tracked(loaded: LoadedStudy, runs: Path = Path("runs")) -> StudySource:
    """Return a study that is about to run; its ledger exists once it does.

    Args:
        loaded: The study.
        runs: The folder of all runs.
    """
    folder = RunFolder(runs / loaded.name)
    return _source(
        loaded.file,
        folder,
        loaded.dataset,
        loaded.split,
        facts(lock(loaded))["dataset"],
    )


def tracked_again(run: FinishedRun, base: Path | None = None) -> StudySource:
    """Return a run that was read back.

    Args:
        run: The run.
        base: The folder of the study file; that of the file which was run, when not given.

    Raises:
        InputError: Its dataset is not there any more, or has changed since.
    """
    dataset, split = run.read_dataset(base)
    return _source(run.file, run.folder, dataset, split, facts(run.lock)["dataset"])


def _source(
    file: StudyFile,
    folder: RunFolder,
    dataset: Dataset,
    split: Split,
    told: dict[str, Json],
) -> StudySource:
    def ledger() -> Ledger:
        return open_ledger(folder, file)

    return StudySource(
        study=file.study,
        open_ledger=ledger,
        tune=split.tune,
        holdout=split.holdout,
        documents=dataset.documents,
        settings={
            "allow_imports": list(file.allow_imports),
            "question_timeout_s": file.limits.question_timeout_s,
            "usd_per_cpu_hour": file.prices.usd_per_cpu_hour,
        },
        dataset=told,
    )
