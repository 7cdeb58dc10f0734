"""Loading a study: everything is read and checked before anything is written."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from syftr_like.contracts import Evaluator, Json
from syftr_like.dataset import Dataset, Split, load_dataset, split_questions
from syftr_like.dataset.specification import nearest_path, resolve
from syftr_like.errors import InputError, Location, nearest
from syftr_like.results import StudyHeader
from syftr_like.search import make_proposer
from syftr_like.search.grid import LISTABLE
from syftr_like.search.objective import Constraint, Objective
from syftr_like.space import ComponentConfig, HoldError, Space, UnknownModelError, load_space
from syftr_like.space.cursor import Cursor
from syftr_like.space.models import read_models
from syftr_like.space.names import Names
from syftr_like.yaml_source import YamlSource, in_words, load_yaml

from .addresses import check_addresses, check_ledger_file, with_absolute_places
from .judges import judged_metrics, read_judges
from .metrics import check_metrics_apply, read_constraints, read_metrics, read_objectives
from .mistakes import study_mistake
from .model import StudyFile
from .overrides import apply_overrides
from .shipped import find_study


@dataclass(frozen=True)
class LoadedStudy:
    """A study with all that it refers to.

    Attributes:
        file: The study file, defaults filled in, its ledger and cache from anywhere.
        path: Where it was read from.
        space: The search space.
        dataset: Documents and questions.
        split: The questions, divided and in the order in which every trial sees them.
        objectives: What is optimized.
        constraints: What is demanded.
        evaluators: Every metric computed, objectives first.
        judges: How those of them are configured that judges make, by name.
    """

    file: StudyFile
    path: Path
    space: Space
    dataset: Dataset
    split: Split
    objectives: tuple[Objective, ...]
    constraints: tuple[Constraint, ...]
    evaluators: tuple[Evaluator, ...]
    judges: Mapping[str, ComponentConfig] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The study's name."""
        return self.file.study

    @property
    def header(self) -> StudyHeader:
        """What a view shows of it before it runs."""
        return StudyHeader(
            study=self.name,
            documents=len(self.dataset.documents),
            tune=len(self.split.tune),
            holdout=len(self.split.holdout),
            cardinality=str(self.space.cardinality()),
            trials=self.file.search.trials,
            objectives=self.objectives,
            units={e.name: e.unit for e in self.evaluators},
            mlflow=self.file.tracking.mlflow,
        )


def load_study(
    path: str | Path,
    overrides: Mapping[str, Json] | None = None,
    allow_imports: Sequence[str] = (),
    *,
    origins: Mapping[str, str] | None = None,
) -> LoadedStudy:
    """Read a study, its space and its dataset.

    Args:
        path: A study file, or the name of one that ships with the package (`quickstart`).
        overrides: Dotted key to YAML text or plain value, which replace what the file says;
            places among them are relative to the current directory.
        allow_imports: Module prefixes that `uses:` may import from, beside the study's own.
        origins: Where overrides come from, for messages; see `apply_overrides`.

    Raises:
        InputError: A mistake in any of the files.
    """
    found = find_study(path)
    source, file = read_study_file(found, overrides or {}, origins)
    if allow_imports:
        allowed = list(dict.fromkeys([*file.allow_imports, *allow_imports]))
        file = file.model_copy(update={"allow_imports": allowed})
    check_addresses(file, source)
    base = found.parent
    file = with_absolute_places(file, base, (overrides or {}).keys())
    check_ledger_file(file, source)
    space = _load_space(base, file, source)
    judges = read_judges(file, source, space)
    judged = judged_metrics(judges, file.allow_imports)
    objectives = read_objectives(file, source, judged)
    constraints = read_constraints(file, source, judged)
    evaluators = read_metrics(file, source, objectives, constraints, judged)
    _check_grid(space, objectives, file, source)
    dataset = _load_dataset(base, file, source)
    split = _split(dataset, file, source)
    check_metrics_apply(split, objectives, constraints, evaluators, source)
    return LoadedStudy(
        file, found, space, dataset, split, objectives, constraints, evaluators, judges
    )


def read_study_file(
    path: Path, overrides: Mapping[str, Json], origins: Mapping[str, str] | None = None
) -> tuple[YamlSource, StudyFile]:
    """Read and validate the study file alone.

    Raises:
        InputError: A mistake in it.
    """
    source = load_yaml(path)
    if not isinstance(source.data, dict):
        raise source.error(
            (),
            "a study file holds keys and values",
            found=in_words(source.data),
            expected="study:, dataset:, space:, objectives:, ...",
        )
    source = apply_overrides(source, overrides, origins)
    try:
        return source, StudyFile.model_validate(source.data)
    except ValidationError as error:
        raise study_mistake(source, error) from error


def _load_space(base: Path, file: StudyFile, source: YamlSource) -> Space:
    path = base / file.space
    if not path.is_file():
        raise source.error(
            ("space",),
            "the search space is a directory" if path.is_dir() else "the search space is not there",
            found=str(path),
            expected="the path of a search space, relative to the study file",
            nearest=None if path.is_dir() else nearest_path(file.space, base),
        )
    allowed = tuple(file.allow_imports)
    models = {}
    if file.models:
        models = read_models(Cursor(source, ("models",)), Names({}, allowed))
    try:
        space = load_space(path, allow_imports=allowed, models=models)
        return space.holding(file.hold)
    except UnknownModelError as error:
        raise source.error(
            ("models", error.model),
            error.problem,
            found=error.found,
            expected=error.expected,
            nearest=error.nearest,
            key=True,
        ) from error
    except HoldError as error:
        raise source.error(
            ("hold", error.path),
            error.problem,
            found=error.found,
            expected=error.expected,
            nearest=error.nearest,
        ) from error


def _check_grid(
    space: Space, objectives: tuple[Objective, ...], file: StudyFile, source: YamlSource
) -> None:
    """Check that a grid is small enough, so that the message can name the line that asks for it."""
    search = file.search
    flows = space.cardinality().count
    if search.method != "grid" or (flows is not None and flows <= LISTABLE):
        return
    try:
        make_proposer("grid", space, objectives, trials=search.trials, seed=search.seed)
    except InputError as error:
        raise source.error(
            ("search", "method"), error.problem, found=error.found, expected=error.expected
        ) from error


def _load_dataset(base: Path, file: StudyFile, source: YamlSource) -> Dataset:
    section = file.dataset
    for key, spec in (("documents", section.documents), ("questions", section.questions)):
        try:
            resolve(spec, base, documents=key == "documents")
        except InputError as error:
            # Nothing can be opened: the mistake is in the study file's own line.
            raise source.error(
                ("dataset", key),
                f"{key}: {error.problem}",
                found=spec,
                expected=error.expected,
                nearest=error.nearest,
            ) from error
    try:
        return load_dataset(
            section.documents,
            section.questions,
            base,
            limit=section.limit,
            seed=section.split.seed,
            stratify_by=section.split.stratify_by,
        )
    except InputError as error:
        raise _seen_from_here(error, base) from error


def _seen_from_here(error: InputError, base: Path) -> InputError:
    """Return a dataset's mistake with its file as a path from the current directory."""
    if error.location is None or not (base / error.location.file).exists():
        return error
    place = error.location
    return InputError(
        error.problem,
        location=Location(os.path.normpath(base / place.file), place.line, place.column),
        found=error.found,
        expected=error.expected,
        nearest=error.nearest,
    )


def _split(dataset: Dataset, file: StudyFile, source: YamlSource) -> Split:
    section = file.dataset.split
    if "stratify_by" in section.model_fields_set:
        _check_fields(section.stratify_by, dataset, source)
    try:
        return split_questions(
            dataset.questions,
            tune=section.tune,
            holdout=section.holdout,
            seed=section.seed,
            stratify_by=section.stratify_by,
        )
    except InputError as error:
        raise source.error(
            ("dataset", "split"), error.problem, found=error.found, expected=error.expected
        ) from error


def _check_fields(fields: Sequence[str], dataset: Dataset, source: YamlSource) -> None:
    """Check that some question has each field, so that a misspelt one is not ignored."""
    there = sorted({name for question in dataset.questions for name in question.metadata})
    for place, name in enumerate(fields):
        if name not in there:
            raise source.error(
                ("dataset", "split", "stratify_by", place),
                "no question has this field",
                found=name,
                expected=f"one of {', '.join(there)}" if there else "questions with more fields",
                nearest=nearest(name, there),
            )
