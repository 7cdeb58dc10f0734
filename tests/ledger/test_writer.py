"""The writer: commits soon, loses nothing, and does not hide a failure."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from syftr_like.errors import StudyError
from syftr_like.ledger import EvaluationRecord, Ledger, LedgerWriter

Record = Callable[..., EvaluationRecord]


@pytest.fixture
def writer(ledger: Ledger) -> Iterator[LedgerWriter]:
    made = LedgerWriter(ledger)
    yield made
    made.close()


def test_what_was_flushed_is_there(ledger: Ledger, writer: LedgerWriter, record: Record) -> None:
    for n in range(50):
        writer.submit([record(0, f"q{n}")])
    writer.flush()
    assert ledger.totals()["evaluations"] == 50
    writer.flush()


def test_what_is_left_is_written_at_the_end(ledger: Ledger, record: Record) -> None:
    writer = LedgerWriter(ledger)
    writer.submit(record(0, f"q{n}") for n in range(50))
    writer.close()
    assert ledger.totals()["evaluations"] == 50


def test_it_commits_while_evaluations_keep_coming(
    ledger: Ledger, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They come without a pause as long as the writer waits for more, until some are there."""
    monkeypatch.setattr("syftr_like.ledger.writer.LONGEST_WAIT_S", 1.0)
    writer = LedgerWriter(ledger)
    deadline = time.monotonic() + 20
    n = 0
    while ledger.totals()["evaluations"] == 0:
        assert time.monotonic() < deadline, f"{n} evaluations, and nothing is committed"
        writer.submit([record(0, f"q{n}")])
        n += 1
        time.sleep(0.002)
    writer.close()
    assert n > 1


def test_it_commits_what_came_when_nothing_more_comes(
    ledger: Ledger, writer: LedgerWriter, record: Record
) -> None:
    writer.submit([record()])
    deadline = time.monotonic() + 60
    while ledger.totals()["evaluations"] == 0:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_many_share_a_transaction(
    ledger: Ledger, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []
    add = ledger.add_evaluations

    def counted(batch: Sequence[EvaluationRecord]) -> None:
        batches.append(len(batch))
        add(batch)

    monkeypatch.setattr(ledger, "add_evaluations", counted)
    writer = LedgerWriter(ledger)
    writer.submit([record(0, f"q{n}") for n in range(200)])
    writer.close()
    assert sum(batches) == 200
    assert len(batches) < 100


class TestAFailureToWrite:
    @pytest.fixture
    def failed(self, ledger: Ledger, record: Record) -> LedgerWriter:
        """A writer whose last evaluation could not be written: it is there already."""
        ledger.add_evaluations([record()])
        writer = LedgerWriter(ledger)
        writer.submit([record()])
        return writer

    def test_it_is_raised_by_the_flush(self, failed: LedgerWriter) -> None:
        with pytest.raises(StudyError, match="cannot be written"):
            failed.flush()

    def test_it_is_raised_by_the_next_submit(self, failed: LedgerWriter, record: Record) -> None:
        def go_on() -> None:
            for n in range(600):
                failed.submit([record(0, f"q{n + 2}")])
                time.sleep(0.05)

        with pytest.raises(StudyError, match="cannot be written"):
            go_on()

    def test_nothing_is_written_after_it(
        self, ledger: Ledger, record: Record, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Also not what was handed over before the failure was known: it would hide a gap."""
        begun, handed_over = threading.Event(), threading.Event()
        written: list[str] = []

        def add(batch: Sequence[EvaluationRecord]) -> None:
            begun.set()
            assert handed_over.wait(20)
            if not written:
                written.append("nothing")
                raise StudyError("the disk is full")
            written.extend(record.row["question"] for record in batch)

        monkeypatch.setattr(ledger, "add_evaluations", add)
        writer = LedgerWriter(ledger)
        writer.submit([record()])
        assert begun.wait(20)
        writer.submit([record(question="q2")])
        handed_over.set()
        with pytest.raises(StudyError, match="the disk is full"):
            writer.close()
        assert written == ["nothing"]

    def test_it_is_raised_at_the_end(self, failed: LedgerWriter) -> None:
        with pytest.raises(StudyError, match="cannot be written"):
            failed.close()
