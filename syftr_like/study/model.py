"""The study file as strict models: every key, its type, its bounds, its default, its meaning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from syftr_like.dataset.strata import STRATIFY_BY
from syftr_like.search import METHODS

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"
NAME_IN_WORDS = "a name of at most 64 letters, digits, - and _ that starts with a letter or digit"

Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
Text = Annotated[str, StringConstraints(min_length=1)]


Held = bool | int | float | str | None


class Section(BaseModel):
    """Base of every section: strict types, no unknown keys, immutable."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class SplitSection(Section):
    """How the questions are divided."""

    tune: float = Field(0.6, gt=0, lt=1, description="Share that the search sees.")
    holdout: float = Field(0.4, gt=0, lt=1, description="Share that it never sees.")
    seed: int = Field(0, ge=0, description="Seed of the division and of the questions' order.")
    stratify_by: list[Text] = Field(
        list(STRATIFY_BY),
        description="Fields of the questions that say what kind they are, the most important"
        " first: both sides, and the first questions of each, hold every kind in its share.",
    )


class DatasetSection(Section):
    """What is searched and asked. Paths are relative to the study file."""

    documents: Text = Field(description="File, folder, glob, BEIR folder or hf: name.")
    questions: Text = Field(description="File, BEIR folder or hf: name.")
    limit: int | None = Field(
        None, ge=2, description="Use this many questions, drawn by the split's seed."
    )
    split: SplitSection = Field(default_factory=SplitSection)


class ObjectivesSection(Section):
    """What is made as large or as small as possible; any number of metrics."""

    maximize: list[Text] = Field(default_factory=list, description="Metrics to be made large.")
    minimize: list[Text] = Field(default_factory=list, description="Metrics to be made small.")


class EarlyStoppingSection(Section):
    """Which trials are worth all questions."""

    method: Literal["hyperband", "none"] = Field(
        "hyperband",
        description="hyperband: most trials answer few questions, the best go on; none: every"
        " trial answers all.",
    )
    min_questions: int = Field(12, ge=2, description="No trial is judged on fewer questions.")
    eta: float = Field(3, ge=2, le=16, description="One in so many goes on from each rung.")
    racing: bool = Field(
        True, description="Stop a trial that a front member beats on the same questions for sure."
    )


class SearchSection(Section):
    """How the space is searched."""

    method: Literal["auto", "tpe", "nsga2", "nsga3", "random", "grid"] = Field(
        "auto", description="; ".join(f"{name}: {text}" for name, text in METHODS.items())
    )
    trials: int = Field(60, ge=1, le=1_000_000, description="Configurations to try.")
    seed: int = Field(0, ge=0, description="Seed of the search.")
    early_stopping: EarlyStoppingSection = Field(default_factory=EarlyStoppingSection)


class BudgetSection(Section):
    """What the whole study may use: all its sessions, the holdout split included."""

    usd: float | None = Field(None, gt=0, description="Dollars paid to providers, never exceeded.")
    minutes: float | None = Field(
        None, gt=0, description="Wall time; questions under way are finished."
    )


class WorkersSection(Section):
    """Where trials run."""

    count: int = Field(2, ge=0, le=4096, description="Trials at a time; 0: in this process.")
    questions_in_flight: int = Field(8, ge=1, le=1024, description="Questions at a time, each.")
    cpus_per_trial: float = Field(1, gt=0, le=1024, description="CPUs that Ray gives a trial.")
    gpus_per_trial: float = Field(0, ge=0, le=64, description="GPUs that Ray gives a trial.")
    ray_address: Text | None = Field(None, description="A running Ray cluster.")


class CacheSection(Section):
    """Where indexes, results and replies are kept between flows, workers and runs."""

    enabled: bool = Field(True, description="Keep them; false: each worker for itself only.")
    place: Text | None = Field(
        None, description="Folder or fsspec URL; null for runs/.cache/<study>."
    )
    max_gb: float | None = Field(
        10, gt=0, description="What was not used for longest goes beyond this; null: no limit."
    )


class LimitsSection(Section):
    """What a flow may take."""

    question_timeout_s: float = Field(
        60.0, gt=0, description="Service time after which a question has failed."
    )
    index_minutes: float | None = Field(
        None, gt=0, description="Wall time that a flow may take to build its indexes."
    )
    trial_minutes: float | None = Field(
        None, gt=0, description="Service time that a flow may take for its questions of a split."
    )
    trial_usd: float | None = Field(
        None,
        gt=0,
        description="Flow cost that a trial may incur on a split, indexes included; questions"
        " under way are finished.",
    )


class PricesSection(Section):
    """What computing costs."""

    usd_per_cpu_hour: float = Field(0.04, ge=0, description="Dollars per hour of one core.")


class TrackingSection(Section):
    """Where runs are tracked."""

    mlflow: Text | None = Field(
        "sqlite:///mlflow.db", description="MLflow tracking address; null for none."
    )


class StudyFile(Section):
    """One optimization."""

    study: Name = Field(description="Name of the study, of its folder and MLflow experiment.")
    dataset: DatasetSection
    space: Text = Field(description="Path of the search space.")
    models: dict[Text, dict[Text, Any]] = Field(
        default_factory=dict,
        description="What takes the place of the space's `models` of these names, such as models"
        " of another provider; written as they are.",
    )
    hold: dict[Text, Held | list[Held]] = Field(
        default_factory=dict,
        description="Decisions of the space that are not searched: path to the value it has, or to"
        " a list of the values that are left.",
    )
    objectives: ObjectivesSection
    metrics: list[Text | dict[Text, Any]] | None = Field(
        None,
        description="Further metrics to report, by name, and judges with their parameters; null for"
        " the usual ones.",
    )
    constraints: list[Text] = Field(
        default_factory=list, description="Bounds that a trial must keep, as `metric <= number`."
    )
    search: SearchSection = Field(default_factory=SearchSection)
    budget: BudgetSection = Field(default_factory=BudgetSection)
    workers: WorkersSection = Field(default_factory=WorkersSection)
    cache: CacheSection = Field(default_factory=CacheSection)
    limits: LimitsSection = Field(default_factory=LimitsSection)
    prices: PricesSection = Field(default_factory=PricesSection)
    tracking: TrackingSection = Field(default_factory=TrackingSection)
    ledger: Text | None = Field(
        None, description="SQLAlchemy URL of the ledger; null for ledger.db in the run's folder."
    )
    allow_imports: list[Text] = Field(
        default_factory=list, description="Module prefixes that `uses:` may import from."
    )


def section_at(keys: Sequence[str | int]) -> type[Section] | None:
    """Return the section that stands under some keys of the study file, None where none does."""
    section: type[Section] = StudyFile
    for key in keys:
        field = section.model_fields.get(str(key))
        inner = field.annotation if field is not None else None
        if not (isinstance(inner, type) and issubclass(inner, Section)):
            return None
        section = inner
    return section


def study_json_schema() -> dict[str, object]:
    """Return the JSON Schema of study files."""
    schema: dict[str, object] = StudyFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
