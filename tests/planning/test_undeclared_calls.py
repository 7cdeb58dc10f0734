"""Calls that do not say what they would be like: a plan may not take them to be free."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from syftr_like import Study
from syftr_like.cli.plan_view import plan_view
from syftr_like.contracts import (
    Answer,
    Chunks,
    Index,
    Indexes,
    ModelReply,
    ModelRequest,
    Passage,
    Query,
    call_model_blocking,
    calling_in,
)
from syftr_like.errors import ComponentError, StudyError
from syftr_like.planning.dry_models import DryModels, without_bound
from syftr_like.planning.plan import make_plan
from syftr_like.planning.probe import Probe
from syftr_like.planning.watched_store import WatchedStore
from syftr_like.study.loading import load_study

from ..study.test_money import PRICE, SPACE, STUDY
from ..study.tiny_study import write_tiny_study
from .test_plan import holds
from .viewed import text_of

pytestmark = pytest.mark.usefixtures("third_party")

WORST = 0.02
Write = Callable[..., Path]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "calls"


@pytest.fixture
def paying(tmp_path: Path, log: Path) -> Write:
    """Returns a way to write the study whose reader pays and makes answers of errors."""

    def write(parameters: str = "") -> Path:
        space = SPACE.replace("LOG", f"{log}{parameters}")
        return write_tiny_study(tmp_path / "study", study=STUDY, space=space)

    return write


def test_a_study_that_pays_is_never_planned_to_be_free(paying: Write, log: Path) -> None:
    path = paying()

    plan = make_plan(load_study(path), runs=path.parent / "runs")

    assert not log.exists(), "a plan without a probe calls nothing"
    run = Study.from_yaml(path).optimize(runs=path.parent / "runs")
    made, usd = log.stat().st_size, run.result.spent.usd
    assert holds(plan.totals.calls, made)
    assert holds(plan.totals.usd, usd)
    assert 0 < plan.totals.usd.low < plan.totals.usd.likely
    assert plan.totals.unknown_calls == plan.totals.calls
    # The high end is the declared worst case of every call.
    assert plan.totals.usd.high >= WORST * made


def test_it_says_how_many_lengths_are_unknown(paying: Write) -> None:
    plan = make_plan(load_study(paying()))

    seen = text_of(plan_view(plan))

    likely = f"{plan.totals.calls.likely:.0f}"
    assert f"How long {likely} of {likely} model calls are is not known" in seen
    assert "of unknown length" in seen
    assert "input tokens" not in seen, "nothing is known of them"
    assert "Calls of tide:small do not say how long they would be" in seen
    assert plan.to_json()["totals"]["unknown_calls"]["likely"] == plan.totals.calls.likely  # type: ignore[index,call-overload]


def test_a_probe_measures_them(paying: Write, log: Path) -> None:
    told: list[Probe] = []

    plan = make_plan(load_study(paying()), probe=2, on_probe=told.append)

    assert plan.probe is not None
    assert (plan.probe.flows, plan.probe.errors) == (2, {})
    assert told[0].plan.bound_usd == pytest.approx(2 * 3 * WORST)
    assert log.stat().st_size == 2 * 3
    assert plan.probe.spent_usd == pytest.approx(2 * 3 * PRICE)
    assert plan.totals.unknown_calls.high == 0
    calls = plan.totals.calls
    assert plan.totals.usd.high == pytest.approx(PRICE * calls.high)
    assert plan.totals.output_tokens.high == pytest.approx(5 * calls.high)


def test_a_call_without_a_worst_case_is_no_plan(paying: Write, log: Path) -> None:
    with pytest.raises(
        StudyError, match="say neither how long they would be nor what they cost at most"
    ):
        make_plan(load_study(paying(", worst_usd: 0")))

    assert not log.exists()


def test_calls_of_each_preparation_count_for_each_trial(
    paying: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = paying()
    without = make_plan(load_study(path)).totals
    from tide_tools.paying import PayingReader

    def prepare(self: object, inputs: object, indexes: object) -> None:
        ask(WORST)

    monkeypatch.setattr(PayingReader, "prepare", prepare)
    kept = make_plan(load_study(path)).totals
    anew = make_plan(load_study(path, {"cache.enabled": False})).totals

    # Six trials; the front is prepared again on the holdout split, where replies are kept for free.
    assert kept.calls.low == without.calls.low + 6
    assert kept.calls.high == without.calls.high + 6
    assert without.calls.low + 6 + 1 <= anew.calls.low
    assert anew.calls.high <= without.calls.high + 6 + 6


def test_a_real_call_that_no_rehearsal_saw_is_refused_and_said(
    paying: Write, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tide_tools.paying import PayingReader

    answer = PayingReader.aread

    async def again(self: PayingReader, question: Query, passages: Sequence[Passage]) -> Answer:
        found = await answer(self, question, passages)
        more = Query(f"{question.text}, really?")
        return found if found.text == "sorry" else await answer(self, more, passages)

    monkeypatch.setattr(PayingReader, "aread", again)
    plan = make_plan(load_study(paying()), probe=1)

    assert plan.probe is not None
    assert log.stat().st_size * PRICE <= plan.probe.bound_usd == pytest.approx(3 * WORST)
    assert any("no room for a call" in error for error in plan.probe.errors)


@dataclass(frozen=True)
class CarelessIndex(Index[int]):
    """Asks a model, and makes nothing of it when that fails."""

    name = "careless"
    worst_usd: float

    def build(self, chunks: Chunks, indexes: Indexes) -> int:
        ask(self.worst_usd)
        return 0


def ask(worst_usd: float) -> None:
    async def send() -> ModelReply:
        raise AssertionError("a plan calls nothing")

    with suppress(ComponentError):
        call_model_blocking(ModelRequest("m", ["text"], worst_usd), send)


def test_an_index_whose_calls_have_no_bound_is_not_built() -> None:
    models = DryModels()
    store = WatchedStore(models)
    environment = models.environment()
    with calling_in(environment):
        store.get(CarelessIndex(0.5), Chunks([]))
        for _ in range(2):  # it is not kept either
            with pytest.raises(ComponentError, match="nor what they cost at most"):
                store.get(CarelessIndex(0.0), Chunks([]))
    environment.close()

    (build,) = store.builds_made
    assert [call.worst_usd for call in build.calls] == [0.5]


@pytest.mark.parametrize(
    ("worst", "bounded"), [(0.01, True), (0.0, False), (float("inf"), False), (float("nan"), False)]
)
def test_only_a_declared_worst_case_bounds_a_call(worst: float, bounded: bool) -> None:
    models = DryModels()
    with pytest.raises(ComponentError, match="without making them"):
        models.answer(ModelRequest("m", [], worst))

    (record,) = models.taken()

    assert (without_bound([record]) is None) is bounded
