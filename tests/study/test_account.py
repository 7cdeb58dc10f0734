"""The study's money: whatever happens at the same time, the budget is never exceeded."""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syftr_like.contracts import BudgetExhaustedError
from syftr_like.ledger import Ledger
from syftr_like.ledger.payments import Payments
from syftr_like.study.account import LedgerAccount

_numbers = itertools.count()
NEARLY = 1e-9


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def new_ledger(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Ledger]]:
    opened: list[Ledger] = []
    folder = tmp_path_factory.mktemp("ledgers")
    server = request.getfixturevalue("postgresql") if request.param == "postgresql" else None

    def create() -> Ledger:
        number = next(_numbers)
        opened.append(Ledger(server or f"sqlite:///{folder}/{number}.db", f"money-{number}"))
        opened[-1].create({})
        return opened[-1]

    yield create
    for ledger in opened:
        ledger.close()


def test_a_reservation_counts_until_it_is_settled_for_less(new_ledger) -> None:
    ledger = new_ledger()
    account = LedgerAccount(ledger, 1.0)
    reservation = account.reserve("acme:small", 0.4)
    assert (account.spent(), account.remaining()) == (0.4, 0.6)
    account.settle(reservation, 0.1)
    assert account.spent() == pytest.approx(0.1)
    assert account.remaining() == pytest.approx(0.9)
    assert Payments(ledger).total() == pytest.approx(0.1)


def test_it_is_in_the_ledger_before_it_is_granted(new_ledger) -> None:
    ledger = new_ledger()
    reservation = LedgerAccount(ledger, 1.0).reserve("acme:small", 0.4)
    assert Payments(ledger).unsettled() == [(reservation, 0.4)]


def test_what_fits_in_no_case_is_refused_in_words(new_ledger) -> None:
    account = LedgerAccount(new_ledger(), 1.0)
    account.settle(account.reserve("acme:small", 0.5), 0.5)
    with pytest.raises(BudgetExhaustedError, match=r"\$1 .* may cost \$0.6: \$0.5 is spent"):
        account.reserve("acme:small", 0.6)


def test_what_may_fit_later_is_neither_granted_nor_refused(new_ledger) -> None:
    account = LedgerAccount(new_ledger(), 1.0)
    first = account.reserve("acme:small", 0.8)
    assert account.reserve("acme:small", 0.6) is None
    account.settle(first, 0.1)
    assert account.reserve("acme:small", 0.6) is not None


def test_the_reserve_for_the_holdout_is_kept_until_it_is_released(new_ledger) -> None:
    account = LedgerAccount(new_ledger(), 1.0)
    account.hold(0.3)
    assert account.remaining() == pytest.approx(0.7)
    with pytest.raises(BudgetExhaustedError, match=r"\$0.3 of it set aside for the holdout"):
        account.reserve("acme:small", 0.8)
    account.release()
    assert account.reserve("acme:small", 0.8) is not None


def test_many_are_answered_in_their_order(new_ledger) -> None:
    account = LedgerAccount(new_ledger(), 1.0)
    wishes = [("a", 0.5), ("b", 2.0), ("c", 0.4), ("d", 0.3), ("e", 0.1)]
    answers = account.reserve_many([(model, usd, None) for model, usd in wishes])
    assert [type(answer) for answer in answers] == [
        int, BudgetExhaustedError, int, type(None), int,
    ]  # fmt: skip
    assert account.remaining() == pytest.approx(0)
    account.settle_many([(answers[0], 0.1), (answers[2], 0.2)])
    assert account.spent() == pytest.approx(0.4)


def test_without_a_budget_all_is_granted_and_counted(new_ledger) -> None:
    account = LedgerAccount(new_ledger(), None)
    assert account.remaining() is None
    for _ in range(3):
        account.settle(account.reserve("acme:large", 1000.0), 900.0)
    assert account.spent() == pytest.approx(2700)


def test_a_lost_workers_reservations_are_spent(new_ledger) -> None:
    account = LedgerAccount(new_ledger(), 1.0)
    lost, settled = account.reserve("a", 0.4), account.reserve("a", 0.4)
    account.settle(settled, 0.1)
    account.abandon([lost, settled])
    assert account.spent() == pytest.approx(0.5)
    with pytest.raises(BudgetExhaustedError):
        account.reserve("a", 0.6)  # nothing is under way that could be given back


def test_a_call_that_costs_more_than_reserved_is_paid_and_told(new_ledger, caplog) -> None:
    account = LedgerAccount(new_ledger(), 1.0)
    account.settle(account.reserve("a", 0.1), 0.2)
    assert account.spent() == pytest.approx(0.2)
    assert "more than the $0.1 reserved" in caplog.text


def test_settling_twice_is_a_defect(new_ledger) -> None:
    account = LedgerAccount(new_ledger(), 1.0)
    reservation = account.reserve("a", 0.1)
    account.settle(reservation, 0.1)
    with pytest.raises(KeyError):
        account.settle(reservation, 0.1)
    assert account.spent() == pytest.approx(0.1)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    budget=st.floats(0.1, 3.0),
    held=st.floats(0.0, 0.5),
    calls=st.lists(
        st.lists(st.tuples(st.floats(0.001, 0.6), st.floats(0.0, 1.0)), max_size=8),
        min_size=2,
        max_size=6,
    ),
    seed=st.integers(0, 1000),
)
def test_the_budget_is_never_exceeded(new_ledger, budget, held, calls, seed) -> None:
    """Threads reserve and settle shares of their worst cases; some die before they settle."""
    ledger = new_ledger()
    account = LedgerAccount(ledger, budget)
    account.hold(held)
    seen: list[float] = []

    def spend(worker: int, mine: list[tuple[float, float]]) -> None:
        draw = random.Random(f"{seed}-{worker}")
        for worst, share in mine:
            try:
                reservation = account.reserve("acme:small", worst)
            except BudgetExhaustedError:
                continue
            seen.append(Payments(ledger).total())
            if reservation is not None and draw.random() < 0.8:
                time.sleep(draw.random() * 0.002)
                account.settle(reservation, share * worst)

    threads = [threading.Thread(target=spend, args=work) for work in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(seen, default=0.0) <= max(0.0, budget - held) + NEARLY
    assert account.spent() == pytest.approx(Payments(ledger).total())
    # What was not settled counts in full for the process that comes after.
    after = LedgerAccount(ledger, budget)
    assert after.spent() == pytest.approx(account.spent())
    open_dollars = sum(usd for _, usd in Payments(ledger).unsettled())
    assert after.remaining() == pytest.approx(max(0.0, budget - after.spent()))
    assert open_dollars <= after.spent() + NEARLY


KILLED = """
import sys
from syftr_like.ledger import Ledger
from syftr_like.study.account import LedgerAccount
account = LedgerAccount(Ledger(sys.argv[1], "money"), 1000.0)
while True:
    print(account.reserve("acme:small", 0.25), flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9 here")
def test_what_a_killed_process_had_been_granted_is_spent(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    ledger = Ledger(url, "money")
    ledger.create({})
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, url], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        granted = [process.stdout.readline() for _ in range(40)]
        os.kill(process.pid, signal.SIGKILL)
        granted += process.stdout.readlines()
    ids = {int(line) for line in granted if line.endswith("\n")}
    known = {id for id, _ in Payments(ledger).unsettled()}
    assert ids <= known
    assert LedgerAccount(ledger, 1000.0).spent() == pytest.approx(0.25 * len(known))
    ledger.close()
