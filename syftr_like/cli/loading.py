"""Loading a study to look at it, with the checks that a run makes before it begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .settings import read_settings

if TYPE_CHECKING:
    from syftr_like.study.loading import LoadedStudy


def load_to_look_at(
    study: str, settings: tuple[str, ...], allow_imports: Sequence[str]
) -> LoadedStudy:
    """Load a study.

    Raises:
        InputError: A mistake in any of its files or in a setting, or no trial of it can run on
            this machine.
    """
    from syftr_like.execution.resources import check_request
    from syftr_like.study.loading import load_study

    loaded = load_study(study, read_settings(settings), allow_imports)
    workers = loaded.file.workers
    if workers.count:
        check_request(workers.cpus_per_trial, workers.gpus_per_trial, workers.ray_address)
    return loaded
