"""Makes the MLflow experiment of a study what its ledger says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from syftr_like.errors import StudyError
from syftr_like.ledger import Ledger
from syftr_like.results import StudyResult

from .environment import artifacts_folder, set_defaults
from .note import summary_note
from .source import StudySource
from .study_content import StudyContent

if TYPE_CHECKING:
    from .writer import Writer


def sync(
    result: StudyResult,
    source: StudySource | None,
    ledger: Ledger,
    folder: Path,
    address: str,
) -> int:
    """Write what MLflow lacks, mend what differs, and return how many changes that took.

    Args:
        result: The study as it stands.
        source: Its questions and documents; without it runs have no tables, traces, datasets and
            models.
        ledger: The study's ledger.
        folder: The run's folder.
        address: MLflow's tracking address.

    Raises:
        InputError: A file of the run's folder is gone.
        StudyError: The server or database refuses, or cannot be reached.
    """
    set_defaults()
    from mlflow.exceptions import MlflowException

    from .writer import Writer

    content = StudyContent(result, source, ledger, folder)
    try:
        writer = Writer(address, result.study, artifacts_folder(result.study), content.created)
        write_study(writer, content)
        writer.close()
    except (MlflowException, OSError) as error:  # artifacts are files where there is no server
        why = next((line for line in str(error).splitlines() if line.strip()), repr(error)).strip()
        raise StudyError(f"MLflow at {address} cannot be written: {why[:300]}") from error
    return writer.changes


def write_study(writer: Writer, content: StudyContent) -> None:
    """Write every run of a study, and remove those that it does not have."""
    names = []
    for make in content.runs():
        run = make()
        names.append(run.name)
        writer.write(run)
    writer.remove_others(names)
    writer.describe(summary_note(content.result))
