"""The plan of a study: what it would take, with intervals, and what it could show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from syftr_like.contracts import Examples, Json
from syftr_like.errors import StudyError
from syftr_like.search import EarlyStopping, make_early_stopping
from syftr_like.study.earlier_run import EarlierRun, earlier_run
from syftr_like.study.loading import LoadedStudy
from syftr_like.study.standings import Standings

from .assumptions import Assumptions
from .distinct_indexes import DistinctIndexes, distinct_indexes
from .document_sample import DocumentSample, sample_documents
from .durations import Machinery, cores
from .errors import with_reasons
from .estimate import StudyShape, Totals, estimate
from .evaluations import played
from .interval import Interval
from .planned_flows import PlannedFlows, planned_flows
from .probe import Probe, ProbeResult, plan_probe
from .rehearsal import Rehearsal, rehearse
from .resolution import SMALL_DIFFERENCE, Resolution, resolutions

PLAYS, MOST_PLAYED = 40, 100
"""Searches played through, and trials of each."""


MORE_INDEXES = 1.2
"""How many more indexes a search that learns may need than its first proposals would."""


@dataclass(frozen=True)
class Plan:
    """What a study would take.

    Attributes:
        study: Its name.
        earlier: An earlier run of it, of which the figures are no part; None where there is none.
        size: Of its space, in words.
        parameters: Searched ones.
        planned: The flows it would begin with.
        levels: Questions after which trials are judged; the last is all of them.
        holdout: Questions of the holdout split.
        indexes: What would be built, as counted.
        index_builds: Distinct index-time results of all trials.
        rehearsal: What was run; all figures rest on it.
        totals: What it takes and what its budgets allow, from beginning to end.
        resolutions: Which differences can be told apart.
        assumptions: What the figures rest on.
        probe: What a probe found; None where none was asked for.
    """

    study: str
    earlier: EarlierRun | None
    size: str
    parameters: int
    planned: PlannedFlows
    levels: tuple[int, ...]
    holdout: int
    indexes: DistinctIndexes
    index_builds: Interval
    rehearsal: Rehearsal
    totals: Totals
    resolutions: tuple[Resolution, ...]
    assumptions: tuple[str, ...]
    probe: ProbeResult | None

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        totals = asdict(self.totals)
        limits = totals.pop("limits")
        return {
            "study": self.study,
            "earlier_run": None if self.earlier is None else self.earlier.to_json(),
            "space": {"size": self.size, "parameters": self.parameters},
            "search": {"method": self.planned.method, "trials": self.planned.trials},
            "questions": {"levels": list(self.levels), "holdout": self.holdout},
            "indexes": {
                "distinct": self.index_builds.to_json(),
                "counted_trials": len(self.indexes.after),
                "kinds": dict(self.indexes.kinds),
                "documents_sampled": self.indexes.sampled,
            },
            "totals": totals,
            "budgets": limits,
            "resolution": [
                {**asdict(item), "small_difference": SMALL_DIFFERENCE} for item in self.resolutions
            ],
            "rehearsed": {
                "flows": len(self.rehearsal.flows),
                "seconds": self.rehearsal.seconds,
                "not_run": dict(self.rehearsal.not_run),
                "not_counted": dict(self.indexes.unknown),
            },
            "assumptions": list(self.assumptions),
            "probe": None if self.probe is None else asdict(self.probe),
        }


def make_plan(
    loaded: LoadedStudy,
    *,
    runs: Path = Path("runs"),
    probe: int = 0,
    on_probe: Callable[[Probe], None] = lambda probe: None,
) -> Plan:
    """Plan a study. Writes nothing, and without a probe calls no model.

    Args:
        loaded: The study.
        runs: Where an earlier run of it may be.
        probe: Flows to run with real models on three questions each.
        on_probe: Called before the probe begins, with what it may cost in its plan.

    Raises:
        InputError: The space cannot be searched in the way asked for.
        StudyError: No flow can be run, or of a probe that was asked for none can.
    """
    import numpy as np

    rng = np.random.default_rng(loaded.file.search.seed)
    planned = planned_flows(loaded)
    sample = sample_documents(loaded.dataset.documents)
    indexes = distinct_indexes(
        planned.flows, sample, loaded.file.allow_imports, Examples(loaded.split.tune)
    )
    rehearsal = rehearse(planned.flows, loaded, sample)
    if not rehearsal.flows:
        raise StudyError(
            with_reasons(
                "the study cannot be planned, for no flow can be run:", rehearsal.not_run, "flow"
            )
        )
    found = _probed(rehearsal, loaded, sample, probe, on_probe) if probe else None
    assumptions = Assumptions({} if found is None else found.measured)
    stopping = loaded.file.search.early_stopping
    racing = stopping.method != "none" and stopping.racing

    def early_stopping() -> EarlyStopping:
        return _early_stopping(loaded)

    levels = early_stopping().levels
    builds = _index_builds(planned, indexes)
    few = min(planned.trials, MOST_PLAYED)
    shape = StudyShape(
        trials=planned.trials,
        played=[
            played(early_stopping, few, racing=racing, learning=planned.adaptive, rng=rng)
            for _ in range(PLAYS)
        ],
        holdout=len(loaded.split.holdout),
        indexes=builds,
        share=sample.share,
        judged=rehearsal.judged,
        replays=loaded.file.cache.enabled,
        machinery=_machinery(loaded, planned),
        usd_limit=loaded.file.budget.usd,
        minutes_limit=loaded.file.budget.minutes,
    )
    earlier = earlier_run(loaded, runs)
    calls = [call for flow in rehearsal.flows for call in flow.planned_calls]
    return Plan(
        study=loaded.name,
        earlier=earlier,
        size=str(loaded.space.cardinality()),
        parameters=len(loaded.space.decisions()),
        planned=planned,
        levels=levels,
        holdout=len(loaded.split.holdout),
        indexes=indexes,
        index_builds=builds,
        rehearsal=rehearsal,
        totals=estimate(
            rehearsal.flows, rehearsal.builds, shape, assumptions, seed=loaded.file.search.seed
        ),
        resolutions=tuple(resolutions(loaded, runs, earlier)),
        assumptions=tuple(
            assumptions.in_words(
                frozenset(call.model for call in calls if call.declared),
                frozenset(call.model for call in calls if not call.declared),
                racing=racing and len(levels) > 1,
                loops=any(flow.loops for flow in rehearsal.flows),
            )
        ),
        probe=found,
    )


def _probed(
    rehearsal: Rehearsal,
    loaded: LoadedStudy,
    sample: DocumentSample,
    flows: int,
    on_probe: Callable[[Probe], None],
) -> ProbeResult:
    """Run a probe. Where no flow calls a model, it runs none, for there is nothing to measure.

    Raises:
        StudyError: It can run no flow, and there may be some that call a model.
    """
    planned = plan_probe(rehearsal.flows, loaded, sample, flows)
    if not planned.flows and (planned.not_run or rehearsal.not_run):
        left_out = planned.not_run or rehearsal.not_run
        raise StudyError(
            with_reasons(
                "nothing can be probed, for no flow that can be run calls a model. The others:",
                left_out,
                "flow",
            )
        )
    prober = Probe(planned, loaded, sample)
    on_probe(prober)
    found = prober.run()
    if planned.flows and not found.ran:
        raise StudyError(
            with_reasons(
                f"no flow of the probe could be run; up to ${found.spent_usd:.6f} was spent",
                found.errors,
                "time",
            )
        )
    return found


def _machinery(loaded: LoadedStudy, planned: PlannedFlows) -> Machinery:
    workers = loaded.file.workers
    return Machinery(
        workers=workers.count,
        in_flight=workers.questions_in_flight,
        cores=None if workers.ray_address else cores(),
        tracked=loaded.file.tracking.mlflow is not None,
        learning=planned.adaptive,
    )


def _early_stopping(loaded: LoadedStudy) -> EarlyStopping:
    """Return the study's early stopping, as a session makes it."""
    stopping, tune = loaded.file.search.early_stopping, loaded.split.tune
    standings = Standings(tune, loaded.evaluators, loaded.objectives, loaded.constraints)
    return make_early_stopping(
        stopping.method,
        len(tune),
        loaded.objectives,
        loaded.constraints,
        min_questions=max(stopping.min_questions, standings.first_judged()),
        eta=stopping.eta,
    )


def _index_builds(planned: PlannedFlows, indexes: DistinctIndexes) -> Interval:
    """Return how many index-time results there are.

    A search that learns comes back to what is good, or tries richer flows than its first ones: on
    the quickstart 167 are built where its first proposals would need 161.
    """
    likely = indexes.expected(planned.trials)
    if not planned.adaptive:
        return Interval(likely, likely, likely)
    low = indexes.expected((planned.trials + 1) // 2)
    return Interval(low, likely, likely * MORE_INDEXES)
