"""The ledger, on SQLite and on PostgreSQL: what is written is there, and nothing is lost."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syftr_like.contracts import Answer, Chunk, NodeRecord, Passage
from syftr_like.errors import InputError, StudyError
from syftr_like.evaluation import Evaluation
from syftr_like.ledger import EvaluationRecord, Ledger
from syftr_like.ledger.payments import Payments
from syftr_like.results import TrialState

from .conftest import make_call, make_evaluation

Open = Callable[..., Ledger]
Record = Callable[..., EvaluationRecord]


class TestStudies:
    def test_a_new_study_is_entered_with_its_lock(self, open_ledger: Open) -> None:
        lock = {"study": {"trials": 3}, "prices": {"usd_per_cpu_hour": 0.04}, "ü": ["ö", None]}
        ledger = open_ledger("fresh")
        ledger.create(lock)
        study = ledger.study()
        assert (study["name"], study["lock"], study["ended"]) == ("fresh", lock, "")
        ledger.end_study("interrupted", 12.5)
        assert (ledger.study()["ended"], ledger.study()["seconds"]) == ("interrupted", 12.5)

    def test_a_study_is_not_entered_twice(self, ledger: Ledger) -> None:
        with pytest.raises(StudyError, match="already holds the study"):
            ledger.create({})
        assert len(ledger.trials()) == 1

    def test_one_that_is_not_there_is_an_error(self, open_ledger: Open) -> None:
        with pytest.raises(StudyError, match=r"the ledger .* cannot be read"):
            open_ledger("nowhere").study()


class TestFresh:
    def test_an_earlier_study_is_kept_under_another_name(
        self, open_ledger: Open, database: Callable[[], str], record: Record
    ) -> None:
        url = database()
        earlier = open_ledger("again", url=url)
        earlier.create({"run": 1})
        earlier.start_trial(0, "key", {}, {})
        earlier.add_evaluations([record()])
        earlier.close()
        ledger = open_ledger("again", url=url)
        ledger.rename_study("again.1")
        ledger.create({"run": 2})
        assert ledger.study()["lock"] == {"run": 2}
        assert ledger.trials() == []
        kept_url = url[:-3] + ".again.1.db" if url.startswith("sqlite") else url
        kept = open_ledger("again.1", url=kept_url)
        assert (kept.study()["name"], kept.study()["lock"]) == ("again.1", {"run": 1})
        assert [row["question"] for row in kept.evaluations()] == ["q1"]
        assert kept.totals()["model_calls"] == 1

    def test_nothing_is_renamed_where_there_is_nothing(self, open_ledger: Open) -> None:
        ledger = open_ledger("first")
        ledger.rename_study("first.1")
        ledger.create({})
        assert ledger.study()["name"] == "first"

    def test_a_name_that_is_taken_is_an_error_and_nothing_is_changed(
        self, open_ledger: Open, database: Callable[[], str]
    ) -> None:
        url = database()
        for run in (1, 2):
            open_ledger("busy", url=url).create({"run": run})
            if run == 1:
                open_ledger("busy", url=url).rename_study("busy.1")
        with pytest.raises(StudyError, match="exists"):
            open_ledger("busy", url=url).rename_study("busy.1")
        assert open_ledger("busy", url=url).study()["lock"] == {"run": 2}
        assert open_ledger("busy", url=url).study()["name"] == "busy"


class TestTrials:
    def test_a_trial_runs_and_ends(self, ledger: Ledger) -> None:
        params = {"passages.bm25.k": 3, "answer": "reader", "w": 0.1, "on": True, "x": None}
        ledger.start_trial(7, "the key", params, {"nodes": [{"name": "ä"}], "output": "a"})
        running = ledger.trial(7)
        assert (running.key, running.params, running.state) == (
            "the key", params, TrialState.RUNNING,
        )  # fmt: skip
        assert running.flow == {"nodes": [{"name": "ä"}], "output": "a"}
        assert running.finished_at is None
        ledger.record_index(7, seconds=1.5, usd=0.25, paid_usd=0.125, calls=[])
        ledger.set_state(7, TrialState.COMPLETE)
        ended = ledger.trial(7)
        assert ended.state is TrialState.COMPLETE
        assert (ended.index_seconds, ended.index_usd, ended.index_paid_usd) == (1.5, 0.25, 0.125)
        assert ended.error is None
        assert ended.finished_at is not None
        assert ended.finished_at >= ended.started_at

    def test_one_that_was_lost_says_why(self, ledger: Ledger) -> None:
        ledger.set_state(0, TrialState.INTERRUPTED, error="lost \0 worker \ud800")
        assert ledger.trial(0).state is TrialState.INTERRUPTED
        assert ledger.trial(0).error == "lost \ufffd worker \ufffd"

    def test_one_that_goes_on_has_no_end_and_no_reason_for_it(self, ledger: Ledger) -> None:
        for state in (TrialState.RUNNING, TrialState.PAUSED):
            ledger.set_state(0, TrialState.STOPPED, error="others were better")
            assert ledger.trial(0).finished_at is not None
            ledger.set_state(0, state)
            row = ledger.trial(0)
            assert (row.state, row.error, row.finished_at) == (state, None, None)

    def test_one_outside_of_a_changed_space_ended_when_it_did(self, ledger: Ledger) -> None:
        ledger.set_state(0, TrialState.COMPLETE)
        ended = ledger.trial(0).finished_at
        ledger.set_state(0, TrialState.OUTSIDE)
        assert ledger.trial(0).finished_at == ended
        ledger.set_state(0, TrialState.PAUSED)  # it had not ended
        ledger.set_state(0, TrialState.OUTSIDE)
        assert ledger.trial(0).finished_at is not None

    def test_a_rung_is_entered_once(self, ledger: Ledger) -> None:
        ledger.add_rung(0, 6, "continue")
        ledger.add_rung(0, 3, "pause")
        (low, high) = first = ledger.rungs(0)
        ledger.add_rung(0, 3, "stop")
        assert [(r.questions, r.verdict) for r in (low, high)] == [(3, "pause"), (6, "continue")]
        assert ledger.rungs(0) == ledger.rungs() == first

    def test_they_come_in_order_of_proposal(self, ledger: Ledger) -> None:
        for number in (3, 1, 2):
            ledger.start_trial(number, str(number), {}, {})
        assert [trial.number for trial in ledger.trials()] == [0, 1, 2, 3]

    def test_there_is_none_of_that_number(self, ledger: Ledger) -> None:
        with pytest.raises(KeyError):
            ledger.trial(99)


class TestEvaluations:
    def test_they_come_by_trial_split_and_question(self, ledger: Ledger, record: Record) -> None:
        ledger.start_trial(1, "other", {}, {})
        keys = list(itertools.product((1, 0), ("tune", "holdout"), ("q2", "q10", "q1")))
        ledger.add_evaluations([record(t, q, split=split) for t, split, q in keys])
        rows = list(ledger.evaluations())
        assert [(r["trial"], r["split"], r["question"]) for r in rows] == sorted(keys)
        assert [r["question"] for r in ledger.evaluations(1, "tune")] == ["q1", "q10", "q2"]
        assert len(list(ledger.evaluations(trial=0))) == 6
        assert len(list(ledger.evaluations(split="holdout"))) == 6

    def test_one_question_counts_once(self, ledger: Ledger, record: Record) -> None:
        ledger.add_evaluations([record()])
        with pytest.raises(StudyError, match="cannot be written"):
            ledger.add_evaluations([record(question="q2"), record()])
        assert [row["question"] for row in ledger.evaluations()] == ["q1"], "all or nothing"

    def test_none_without_its_trial(self, ledger: Ledger, record: Record) -> None:
        with pytest.raises(StudyError):
            ledger.add_evaluations([record(5)])

    def test_totals_count_what_was_evaluated_and_paid(self, ledger: Ledger, record: Record) -> None:
        assert ledger.totals() == {
            "evaluations": 0, "failures": 0, "model_calls": 0, "cache_hits": 0, "index_builds": 0,
            "usd": 0.0,
        }  # fmt: skip
        two = (NodeRecord("a", "b", 0.1, 0, 0, (make_call(), make_call())),)
        ledger.add_evaluations(
            [
                record(question="q1"),
                record(question="q2", error="ValueError", answer=None, model_usd=0.5, nodes=two),
                record(question="q1", split="holdout", nodes=(), model_usd=0.0),
            ]
        )
        paid = make_call(usd=1.0)
        ledger.record_index(0, seconds=1.0, usd=9.0, paid_usd=1.0, calls=[paid], builds=2)
        reported = 0.25 + 2 * 0.25 + 1.0
        assert ledger.totals() == {
            "evaluations": 3, "failures": 1, "model_calls": 4, "cache_hits": 0, "index_builds": 2,
            "usd": reported,
        }  # fmt: skip

    def test_totals_count_payments_and_what_died_unsettled_in_full(
        self, ledger: Ledger, record: Record
    ) -> None:
        settled, left = Payments(ledger).add([("acme:small", 2.0), ("acme:small", 0.5)])
        Payments(ledger).settle([(settled, 0.25)])
        paid, found = make_call(usd=0.25, request="a"), make_call(usd=4.0, request="b", cached=True)
        nodes = (NodeRecord("a", "b", 0.1, 0, 0, (paid, found)),)
        ledger.add_evaluations([record(nodes=nodes)])
        totals = ledger.totals()
        assert totals["usd"] == 0.25 + 0.5, "asked for first, so that the call itself adds nothing"
        assert (totals["model_calls"], totals["cache_hits"]) == (1, 1)
        assert left != settled

    def test_calls_that_an_index_rests_on_are_listed_once(self, ledger: Ledger) -> None:
        made, found = make_call(usd=1.0), make_call(usd=2.0, cached=True)
        for _ in range(2):  # by the trial's first worker, and by one that goes on with it
            ledger.record_index(0, seconds=1.0, usd=3.0, paid_usd=1.0, calls=[found])
        ledger.record_index(0, seconds=1.0, usd=3.0, paid_usd=1.0, calls=[found, made])
        rows = [(row["split"], row["usd"], row["cached"]) for row in ledger.model_calls(0)]
        assert rows == [("index", 2.0, True), ("index", 1.0, False)]

    def test_no_evaluations_are_no_transaction(self, open_ledger: Open) -> None:
        open_ledger("nothing-there").add_evaluations([])


TEXT = st.text(st.characters(codec=None) | st.sampled_from("\0\ud800\udfff\n\\'\"%😀"), max_size=40)
ID = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
AMOUNT = st.floats(0, 1e12)
PASSAGES = st.lists(
    st.builds(
        Passage,
        st.builds(Chunk, ID, st.integers(0, 9), st.integers(10, 10**9), TEXT),
        st.floats(),
    ),
    max_size=3,
).map(tuple)
EVALUATIONS = st.builds(
    make_evaluation,
    question=ID,
    answer=st.none()
    | st.builds(Answer, TEXT, st.booleans(), st.none() | st.floats(0, 1))
    | st.just(Answer("x" * 100_000)),
    error=st.none() | TEXT,
    latency_s=AMOUNT,
    cpu_s=AMOUNT,
    usd=AMOUNT,
    model_usd=AMOUNT,
    input_tokens=st.integers(0, 2**31 - 1),
    output_tokens=st.integers(0, 2**31 - 1),
    scores=st.dictionaries(st.text("abc_", min_size=1), NUMBER, max_size=4),
    retrieved=st.dictionaries(ID, PASSAGES, max_size=2),
    nodes=st.lists(
        st.builds(
            NodeRecord, ID, ID, AMOUNT, AMOUNT, AMOUNT,
            st.lists(st.builds(make_call, model=TEXT, usd=AMOUNT), max_size=2).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
)  # fmt: skip


def shown(text: str | None) -> str | None:
    """A text as it is read back."""
    if text is None:
        return None
    return "".join("\ufffd" if c == "\0" or "\ud800" <= c <= "\udfff" else c for c in text)


_trials = itertools.count()


@pytest.fixture(scope="module")
def filling(open_ledger: Open) -> Ledger:
    ledger = open_ledger()
    ledger.create({})
    return ledger


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(evaluation=EVALUATIONS)
def test_what_is_written_is_read_back(filling: Ledger, evaluation: Evaluation) -> None:
    trial = next(_trials)
    filling.start_trial(trial, "key", {}, {})
    record = EvaluationRecord.of(
        Evaluation(trial, evaluation.split, evaluation.outcome, evaluation.scores)
    )
    before = filling.totals()["model_calls"]
    filling.add_evaluations([record])
    (row,) = filling.evaluations(trial)
    assert row == record.row
    assert filling.totals()["model_calls"] - before == len(record.model_calls)
    outcome = evaluation.outcome
    answer = outcome.answer
    assert row["answer"] == (shown(answer.text) if answer else None)
    assert row["abstained"] == (answer.abstained if answer else None)
    assert row["confidence"] == (answer.confidence if answer else None)
    assert row["error"] == shown(outcome.error)
    assert row["scores"] == evaluation.scores
    assert row["question"] == outcome.question_id
    for name in ("latency_s", "cpu_s", "usd", "model_usd", "input_tokens", "output_tokens"):
        assert row[name] == getattr(outcome, name)
    for node, passages in outcome.retrieved.items():
        for (document, start, end, score), passage in zip(
            row["retrieved"][node], passages, strict=True
        ):
            chunk = passage.chunk
            assert (document, start, end) == (chunk.document, chunk.start, chunk.end)
            assert score == passage.score or score is None


@pytest.mark.parametrize("score", [float("nan"), float("inf"), float("-inf")])
def test_a_score_that_is_no_number_is_none(ledger: Ledger, record: Record, score: float) -> None:
    passages = (Passage(Chunk("d1", 0, 10, ""), score),)
    answer = Answer("Paris", confidence=score)
    ledger.add_evaluations([record(retrieved={"passages": passages}, answer=answer)])
    (row,) = ledger.evaluations()
    assert row["retrieved"] == {"passages": [["d1", 0, 10, None]]}
    assert row["confidence"] is None


def test_a_reader_in_the_midst_of_reading_does_not_hold_up_the_writer(
    open_ledger: Open, database: Callable[[], str], record: Record
) -> None:
    url = database()
    writing = open_ledger("in-the-midst", url=url)
    writing.create({})
    writing.start_trial(0, "key", {}, {})
    writing.add_evaluations([record(0, f"q{n}") for n in range(100)])
    rows = open_ledger("in-the-midst", url=url).evaluations()
    next(rows)
    writing.add_evaluations([record(0, "later")])
    assert writing.totals()["evaluations"] == 101
    assert len(list(rows)) == 99, "the reader sees what there was when it began"


def test_readers_read_while_the_writer_writes(
    open_ledger: Open, database: Callable[[], str], record: Record
) -> None:
    url = database()
    writing = open_ledger("read-while", url=url)
    writing.create({})
    writing.start_trial(0, "key", {}, {})
    reading = open_ledger("read-while", url=url)
    seen: list[float] = []
    errors: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                seen.append(reading.totals()["evaluations"])
                assert len(list(reading.evaluations())) >= seen[-1]
        except Exception as error:
            errors.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for batch in range(60):
        writing.add_evaluations([record(0, f"q{batch}-{n}") for n in range(5)])
    done.set()
    reader.join()
    assert errors == []
    assert seen == sorted(seen)
    assert reading.totals()["evaluations"] == 300


class TestErrors:
    PASSWORD = "pa55-w0rd"

    @pytest.mark.parametrize(
        "url",
        [
            "postgresql+psycopg://me:{}@127.0.0.1:1/study",
            "postgresql://me:{}@127.0.0.1:1/study",
            "postgresql+psycopg://me:{}@127.0.0.1:port/study",
            "me:{}@127.0.0.1/study",
            "oracle+nothing://me:{}@127.0.0.1/study",
        ],
    )
    @pytest.mark.parametrize(
        "use",
        [
            lambda ledger: ledger.create({}),
            lambda ledger: ledger.study(),
            lambda ledger: ledger.trials(),
            lambda ledger: ledger.rename_study("study.1"),
        ],
        ids=["create", "study", "trials", "rename"],
    )
    def test_a_password_never_appears(self, url: str, use: Callable[[Ledger], Any]) -> None:
        with pytest.raises((StudyError, InputError)) as caught:
            use(Ledger(url.format(self.PASSWORD), "study"))
        assert self.PASSWORD not in str(caught.value)

    def test_a_wrong_password_is_told_without_it(self, postgresql: str) -> None:
        url = postgresql.replace("tester@", f"tester:{self.PASSWORD}@")
        with pytest.raises(StudyError, match="password authentication failed") as caught:
            Ledger(url, "study").create({})
        assert self.PASSWORD not in str(caught.value)
        assert "tester:***@" in str(caught.value)

    def test_what_was_to_be_written_is_not_quoted(self, ledger: Ledger, record: Record) -> None:
        ledger.add_evaluations([record()])
        with pytest.raises(StudyError) as caught:
            ledger.add_evaluations([record(answer=Answer("confidential"))])
        assert "confidential" not in str(caught.value)
        assert "INSERT" not in str(caught.value)

    def test_a_folder_that_does_not_exist(self, tmp_path: Path) -> None:
        with pytest.raises(StudyError, match="cannot be written: unable to open database file"):
            Ledger(f"sqlite:///{tmp_path}/nowhere/ledger.db", "study").create({})

    def test_a_name_that_postgresql_would_cut(self, postgresql: str) -> None:
        with pytest.raises(InputError, match="too long for a ledger in PostgreSQL"):
            Ledger(postgresql, "x" * 64)
        with pytest.raises(InputError, match="too long for a ledger in PostgreSQL"):
            Ledger(postgresql, "x" * 63).rename_study("x" * 63 + ".1")

    def test_a_short_postgresql_address_takes_the_installed_driver(self, postgresql: str) -> None:
        ledger = Ledger(postgresql.replace("postgresql+psycopg", "postgresql"), "short-address")
        ledger.create({})
        assert ledger.study()["name"] == "short-address"
        ledger.close()
