"""Loading a study: everything is read and checked before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from syftr_like.contracts import Evaluator
from syftr_like.dataset import Dataset, Split, load_dataset, split_questions
from syftr_like.errors import InputError
from syftr_like.search.objective import Constraint, Objective
from syftr_like.space import Space, load_space
from syftr_like.yaml_source import YamlSource, load_yaml, pydantic_error

from .addresses import check_addresses
from .metrics import check_metrics_apply, read_constraints, read_metrics, read_objectives
from .model import StudyFile
from .overrides import apply_overrides
from .shipped import find_study


@dataclass(frozen=True)
class LoadedStudy:
    """A study with all that it refers to.

    Attributes:
        file: The study file, defaults filled in.
        path: Where it was read from.
        space: The search space.
        dataset: Documents and questions.
        split: The questions, divided and in the order in which every trial sees them.
        objectives: What is optimized.
        constraints: What is demanded.
        evaluators: Every metric computed, objectives first.
    """

    file: StudyFile
    path: Path
    space: Space
    dataset: Dataset
    split: Split
    objectives: tuple[Objective, ...]
    constraints: tuple[Constraint, ...]
    evaluators: tuple[Evaluator, ...]

    @property
    def name(self) -> str:
        """The study's name."""
        return self.file.study


def load_study(
    path: str | Path,
    overrides: Mapping[str, str] | None = None,
    allow_imports: Sequence[str] = (),
) -> LoadedStudy:
    """Read a study, its space and its dataset.

    Args:
        path: A study file, or the name of one that ships with the package (`quickstart`).
        overrides: Dotted key to YAML text, which replace what the file says.
        allow_imports: Module prefixes that `uses:` may import from, beside the study's own.

    Raises:
        InputError: A mistake in any of the files.
    """
    found = find_study(path)
    source, file = read_study_file(found, overrides or {})
    if allow_imports:
        allowed = list(dict.fromkeys([*file.allow_imports, *allow_imports]))
        file = file.model_copy(update={"allow_imports": allowed})
    check_addresses(file, source)
    objectives = read_objectives(file, source)
    constraints = read_constraints(file, source)
    evaluators = read_metrics(file, source, objectives, constraints)
    base = found.parent
    space = _load_space(base / file.space, file, source)
    dataset = _load_dataset(base, file, source)
    split = _split(dataset, file, source)
    check_metrics_apply(split, objectives, constraints, evaluators, source)
    return LoadedStudy(file, found, space, dataset, split, objectives, constraints, evaluators)


def read_study_file(path: Path, overrides: Mapping[str, str]) -> tuple[YamlSource, StudyFile]:
    """Read and validate the study file alone.

    Raises:
        InputError: A mistake in it.
    """
    source = apply_overrides(load_yaml(path), overrides)
    if not isinstance(source.data, dict):
        raise source.error(
            (),
            "a study file holds keys and values",
            found=type(source.data).__name__,
            expected="study:, dataset:, space:, objectives:, ...",
        )
    try:
        return source, StudyFile.model_validate(source.data)
    except ValidationError as error:
        raise pydantic_error(source, error) from error


def _load_space(path: Path, file: StudyFile, source: YamlSource) -> Space:
    if not path.is_file():
        raise source.error(
            ("space",),
            "the search space does not exist",
            found=file.space,
            expected="the path of a search space, relative to the study file",
        )
    return load_space(path, allow_imports=tuple(file.allow_imports))


def _split(dataset: Dataset, file: StudyFile, source: YamlSource) -> Split:
    section = file.dataset.split
    if section.tune + section.holdout > 1 + 1e-9:
        raise source.error(
            ("dataset", "split"),
            "the shares of the split add up to more than 1",
            found=f"{section.tune:g} + {section.holdout:g}",
            expected="at most 1",
        )
    try:
        return split_questions(
            dataset.questions, tune=section.tune, holdout=section.holdout, seed=section.seed
        )
    except InputError as error:
        raise source.error(
            ("dataset", "split"), error.problem, found=error.found, expected=error.expected
        ) from error


def _load_dataset(base: Path, file: StudyFile, source: YamlSource) -> Dataset:
    section = file.dataset
    try:
        return load_dataset(
            section.documents,
            section.questions,
            base,
            limit=section.limit,
            seed=section.split.seed,
        )
    except InputError as error:
        if error.location is not None:
            raise
        # Nothing could be opened: the mistake is in the study file's own line.
        raise source.error(
            ("dataset",),
            error.problem,
            found=error.found,
            expected=error.expected,
            nearest=error.nearest,
        ) from error
