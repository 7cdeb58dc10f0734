"""The study's money and pace: no call is made that the budget or a rate limit has no room for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence

from syftr_like.contracts import BudgetExhaustedError
from syftr_like.contracts.model_request import Pace
from syftr_like.ledger import Ledger
from syftr_like.ledger.payments import Payments

from .pacing import Pacer

log = logging.getLogger("syftr_like")


class LedgerAccount:
    """Pays for model calls out of a budget and enters each payment in the ledger. Thread-safe.

    A reservation is committed before it is granted, so that a process killed at any instant leaves
    no call unpaid: what it had reserved and never settled counts in full ever after. One account
    per study is open at a time; it serves all workers. It keeps to the budget as long as no call
    costs more than was reserved for it; one that does is paid, and logged.

    Args:
        ledger: The study's ledger.
        budget_usd: What may be spent over all sessions, None without a limit.
    """

    def __init__(self, ledger: Ledger, budget_usd: float | None) -> None:
        self._payments = Payments(ledger)
        self._budget = budget_usd
        self._lock = threading.Lock()
        self._paid = self._payments.total()
        self._reserved: dict[int, float] = {}  # by this process, not settled yet
        self._pacer = Pacer()
        self._paced: dict[int, str] = {}  # those under a rate limit, by their model
        self._being_reserved = 0.0
        self._held = 0.0

    def spent(self) -> float:
        """Return the dollars spent so far; calls under way count with their worst case."""
        with self._lock:
            return self._paid + self._under_way()

    def remaining(self) -> float | None:
        """Return the dollars that may still be reserved, None without a limit."""
        if self._budget is None:
            return None
        with self._lock:
            return max(0.0, self._budget - self._held - self._paid - self._under_way())

    def hold(self, usd: float) -> None:
        """Set an amount aside for what comes later, such as the holdout; replaces an earlier one.

        Until `release`, reservations beyond the budget less this amount are refused.
        """
        with self._lock:
            self._held = usd

    def release(self) -> None:
        """Let the amount on hold be spent."""
        self.hold(0.0)

    def reserve(self, model: str, worst_usd: float, pace: Pace | None = None) -> int | None:
        """Set aside what a call costs at most: see `contracts.Account.reserve`.

        Raises:
            BudgetExhaustedError: It does not fit, whatever the calls under way turn out to cost.
            StudyError: The ledger cannot be written.
        """
        (answer,) = self.reserve_many([(model, worst_usd, pace)])
        if isinstance(answer, BudgetExhaustedError):
            raise answer
        return answer

    def reserve_many(
        self, requests: Sequence[tuple[str, float, Pace | None]]
    ) -> list[int | BudgetExhaustedError | None]:
        """Answer many requests at once, in one transaction, first come first served.

        Args:
            requests: Model, worst case in dollars, and part in a rate limit, of each.

        Returns:
            For each the reservation, None for `ask again`, or why there is none.

        Raises:
            StudyError: The ledger cannot be written; nothing is reserved.
        """
        answers: list[int | BudgetExhaustedError | None] = []
        granted: list[int] = []
        with self._lock:
            for place, (model, usd, pace) in enumerate(requests):
                refused = self._refused(usd)
                answers.append(refused)
                paced = pace is None or self._pacer.may_begin(model, pace)
                if refused is None and paced and self._fits(usd):
                    self._being_reserved += usd
                    if pace is not None:
                        self._pacer.begin(model, pace)
                    granted.append(place)
        total = sum(requests[place][1] for place in granted)
        try:
            ids = self._payments.add([requests[place][:2] for place in granted])
        except BaseException:
            with self._lock:
                self._forget(total)
                for model, _, pace in (requests[place] for place in granted):
                    if pace is not None:
                        self._pacer.end(model)
            raise
        with self._lock:
            self._forget(total)
            for place, id in zip(granted, ids, strict=True):
                model, usd, pace = requests[place]
                self._reserved[id] = usd
                if pace is not None:
                    self._paced[id] = model
                answers[place] = id
        return answers

    def settle(self, reservation: int, usd: float) -> None:
        """Replace a reservation by what the call cost.

        Raises:
            KeyError: It is not open.
            StudyError: The ledger cannot be written; the reservation stays.
        """
        self.settle_many([(reservation, usd)])

    def settle_many(self, paid: Sequence[tuple[int, float]]) -> None:
        """Settle many reservations in one transaction.

        Raises:
            KeyError, StudyError: As `settle`; none of them is settled.
        """
        with self._lock:
            for reservation, usd in paid:
                reserved = self._reserved[reservation]
                if usd > reserved * (1 + 1e-9):
                    log.warning("a call cost $%g, more than the $%g reserved", usd, reserved)
        self._payments.settle(paid)
        with self._lock:
            for reservation, usd in paid:
                del self._reserved[reservation]
                self._paid += usd
                self._ended(reservation)

    def abandon(self, reservations: Iterable[int]) -> None:
        """Count reservations in full, for nobody is left who knows what the calls cost.

        To be called when a worker is lost; those that were settled are passed over.
        """
        with self._lock:
            for reservation in reservations:
                self._paid += self._reserved.pop(reservation, 0.0)
                self._ended(reservation)

    def _ended(self, reservation: int) -> None:
        model = self._paced.pop(reservation, None)
        if model is not None:
            self._pacer.end(model)

    def _under_way(self) -> float:
        return sum(self._reserved.values()) + self._being_reserved

    def _fits(self, usd: float) -> bool:
        if self._budget is None:
            return True
        return self._paid + self._under_way() + self._held + usd <= self._budget

    def _refused(self, usd: float) -> BudgetExhaustedError | None:
        """Return why there will never be room, None where there is or may be."""
        if self._budget is None or self._paid + self._held + usd <= self._budget:
            return None
        held = f", ${self._held:.6g} of it set aside for the holdout" if self._held else ""
        return BudgetExhaustedError(
            f"the budget of ${self._budget:g}{held} has no room for a call that may cost"
            f" ${usd:.6g}: ${self._paid:.6g} is spent"
        )

    def _forget(self, usd: float) -> None:
        # Not below zero: sums of floats in another order differ in the last place.
        self._being_reserved = max(0.0, self._being_reserved - usd)
