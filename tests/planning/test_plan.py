"""A plan against what the study then takes, and what it does not do: call, pay, write."""

from __future__ import annotations

from pathlib import Path

import pytest

from syftr_like import Study
from syftr_like.contracts import BudgetExhaustedError
from syftr_like.errors import StudyError
from syftr_like.flow import IndexStore, PreparedFlow, build_flow
from syftr_like.planning.interval import Interval
from syftr_like.planning.plan import make_plan
from syftr_like.planning.probe import CappedAccount, Probe
from syftr_like.search.hyperband import Hyperband
from syftr_like.space.flow_config import FlowConfig
from syftr_like.study.loading import load_study

from ..components.llms.openai_server import Server
from ..study.tiny_study import write_tiny_study
from .conftest import PRICED_SPACE

QUICKSTART = Path(__file__).parents[2] / "studies" / "quickstart.yaml"
SMALL = {"search.trials": 20, "workers.count": 0, "tracking.mlflow": None}


def holds(interval: Interval, value: float) -> bool:
    return interval.low <= value <= interval.high


@pytest.mark.timeout(600)
def test_the_intervals_hold_what_20_trials_of_the_quickstart_then_take(tmp_path: Path) -> None:
    loaded = load_study(QUICKSTART, SMALL)
    plan = make_plan(loaded, runs=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()

    result = Study.from_yaml(QUICKSTART, settings=SMALL).optimize(runs=tmp_path / "runs").result

    tune = sum(trial.evaluations for trial in result.trials)
    store = IndexStore()
    for trial in result.trials:
        flow = build_flow(FlowConfig.from_json(trial.flow))
        PreparedFlow(flow, loaded.dataset.documents, store)
    assert holds(plan.totals.tune_evaluations, tune)
    assert holds(plan.totals.evaluations, result.spent.evaluations)
    assert holds(plan.totals.index_builds, store.builds)
    assert plan.totals.usd == plan.totals.calls == Interval(0, 0, 0)

    # Now there is a run, the resolution rests on it.
    again = make_plan(loaded, runs=tmp_path / "runs")
    assert {r.source for r in plan.resolutions} == {"assumed"}
    assert {r.source for r in again.resolutions} == {"measured on an earlier run"}
    assert {r.split for r in again.resolutions if r.metric == "answer_match"} == {"tune", "holdout"}


def test_the_holdout_is_planned_as_early_stopping_leaves_a_front(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    few = load_study(QUICKSTART, {"search.trials": 8})
    holdout = len(few.split.holdout)

    totals = make_plan(few).totals
    assert totals.holdout_evaluations.low >= holdout
    assert totals.holdout_evaluations.high <= 8 * holdout

    # It is asked, not copied: where it lets no trial go on, none is evaluated there.
    monkeypatch.setattr(Hyperband, "_goes_on", lambda self, number: False)
    monkeypatch.setattr(Hyperband, "_promotable", lambda self: None)
    none = make_plan(few).totals
    assert none.holdout_evaluations == Interval(0, 0, 0)
    assert none.tune_evaluations == Interval(8 * 14, 8 * 14, 8 * 14)


def test_priced_models_cost_something_in_the_plan_and_nothing_for_it(
    priced: Path, server: Server
) -> None:
    before = sorted(priced.parent.iterdir())

    plan = make_plan(load_study(priced), runs=priced.parent / "runs")

    assert server.requests == []
    assert sorted(priced.parent.iterdir()) == before
    assert plan.rehearsal.not_run == {}
    assert 0 < plan.totals.usd.low < plan.totals.usd.likely < plan.totals.usd.high
    assert plan.totals.minutes.low > 0
    # Eight trials on eight questions and a front of one to eight; an embedded question or two.
    assert 8 * 8 <= plan.totals.calls.low <= plan.totals.calls.high <= 2 * (8 * 8 + 8 * 8) + 2


def test_a_budget_is_used_up_after_some_of_the_trials(priced: Path, server: Server) -> None:
    free = make_plan(load_study(priced)).totals
    half = load_study(priced, {"budget.usd": free.usd.low / 2})
    ample = load_study(priced, {"budget.usd": free.usd.high * 10})

    (short,) = make_plan(half).totals.limits
    (enough,) = make_plan(ample).totals.limits

    assert short.used_up > 0.9
    assert short.trials is not None
    assert 0 <= short.trials.likely < 8
    assert (enough.used_up, enough.trials) == (0, None)
    assert server.requests == []


def test_a_probe_pays_no_more_than_it_says_and_measures(priced: Path, server: Server) -> None:
    server.usage = {"prompt_tokens": 70, "completion_tokens": 3, "total_tokens": 73}
    told: list[Probe] = []

    plan = make_plan(load_study(priced), probe=2, on_probe=told.append)

    assert plan.probe is not None
    assert plan.probe.errors == {}
    assert plan.probe.flows == 2
    # It asks what was rehearsed: of one flow an answer to each question, the questions' vectors
    # and those of the documents; of the other an answer where its words found a passage.
    rehearsed = [c for f in told[0].plan.flows for c in f.all_calls]
    assert len(server.requests) == len(rehearsed) >= 3 + 3 + 1
    answers = sum(call.model == "openai:small" for call in rehearsed)
    assert 0 < plan.probe.spent_usd <= plan.probe.bound_usd == told[0].plan.bound_usd
    model = plan.probe.measured["openai:small"]
    assert (model.calls, model.reply_tokens) == (answers, 3)
    assumed = make_plan(load_study(priced)).totals
    assert plan.totals.usd.high < assumed.usd.high  # replies of 3 tokens, not of up to 100
    assert plan.totals.output_tokens.high <= 3 * 2 * 8 * 8


def test_what_a_probe_may_cost_is_told_before_it_begins(priced: Path, server: Server) -> None:
    def stop(probe: Probe) -> None:
        assert probe.plan.bound_usd > 0
        assert server.requests == []
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_plan(load_study(priced), probe=1, on_probe=stop)
    assert server.requests == []


def test_a_study_of_which_no_flow_can_be_run_is_not_planned(
    priced: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = load_study(priced)
    monkeypatch.delenv("OPENAI_API_KEY")

    for probe in (0, 1):
        with pytest.raises(StudyError) as told:
            make_plan(loaded, probe=probe)
        first, *reasons = str(told.value).splitlines()
        assert first.endswith("for no flow can be run:")
        assert sum(int(reason.split()[0]) for reason in reasons) == 8
        assert all("cannot be used" in reason for reason in reasons)
    assert server.requests == []


WITH_A_FREE_READER = PRICED_SPACE.replace(
    "      - llm_answer:", "      - extractive_reader\n      - llm_answer:"
).replace("      - dense: {{embedder: vectors, k: {{int: [1, 4]}}}}\n", "")


def test_a_probe_of_flows_that_call_no_model_says_which_others_cannot_be_run(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = WITH_A_FREE_READER.format(url=server.url)
    loaded = load_study(write_tiny_study(tmp_path, space=space), {"search.trials": 8})
    monkeypatch.delenv("OPENAI_API_KEY")

    plan = make_plan(loaded)
    left_out = sum(plan.rehearsal.not_run.values())
    assert (plan.rehearsal.tried, 0 < left_out < 8) == (8, True)
    with pytest.raises(
        StudyError, match=r"nothing can be probed.*The others:\n  \d flows?: "
    ) as told:
        make_plan(loaded, probe=1)
    assert "cannot be used" in str(told.value)


def test_a_probe_that_gets_no_answer_has_failed(priced: Path, server: Server) -> None:
    server.statuses = [401] * 1000

    with pytest.raises(StudyError, match="no flow of the probe could be run; up to") as told:
        make_plan(load_study(priced), probe=2)

    assert server.requests
    assert "\n  " in str(told.value)


def test_a_probe_that_gets_some_answers_has_measured(priced: Path, server: Server) -> None:
    server.statuses = [401]

    plan = make_plan(load_study(priced), probe=2)

    assert plan.probe is not None
    assert plan.probe.errors
    assert plan.probe.ran >= 1
    assert "openai:small" in plan.probe.measured


def test_the_probes_account_refuses_what_does_not_fit() -> None:
    account = CappedAccount(1.0)
    first = account.reserve("m", 0.8)
    assert first is not None
    assert account.reserve("m", 0.5) is None  # may fit later
    account.settle(first, 0.1)
    assert account.reserve("m", 0.9) is not None
    with pytest.raises(BudgetExhaustedError):
        account.reserve("m", 0.95)
