"""The table `payments`: money set aside before calls are made, and what they cost."""

from __future__ import annotations

import time
from collections.abc import Sequence

from sqlalchemy import bindparam, func, insert, select, update

from . import schema
from .ledger import Ledger


class Payments:
    """Writes and sums the payments of a study.

    Every method raises StudyError when the database cannot be reached, read or written.

    Args:
        ledger: The study's ledger, whose tables exist.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def add(self, reservations: Sequence[tuple[str, float]]) -> list[int]:
        """Commit reservations, each a model and its dollars, and return their ids in order.

        Once this has returned, they outlive the process however it ends.
        """
        if not reservations:
            return []
        now = time.time()
        rows = [{"model": model, "reserved_usd": usd, "at": now} for model, usd in reservations]
        entering = insert(schema.payments).returning(
            schema.payments.c.id, sort_by_parameter_order=True
        )
        with self._ledger._writing() as connection:
            return list(connection.execute(entering, rows).scalars())

    def settle(self, paid: Sequence[tuple[int, float]]) -> None:
        """Enter what calls cost, each a reservation and its dollars."""
        if not paid:
            return
        entering = (
            update(schema.payments)
            .where(schema.payments.c.id == bindparam("reservation"))
            .values(paid_usd=bindparam("usd"))
        )
        rows = [{"reservation": reservation, "usd": usd} for reservation, usd in paid]
        with self._ledger._writing() as connection:
            connection.execute(entering, rows)

    def total(self) -> float:
        """Return the dollars paid; what was never settled counts as reserved."""
        at = schema.payments.c
        counted = select(func.sum(func.coalesce(at.paid_usd, at.reserved_usd)))
        with self._ledger._reading() as connection:
            return float(connection.execute(counted).scalar_one() or 0.0)

    def unsettled(self) -> list[tuple[int, float]]:
        """Return the reservations that were never settled, each with its dollars."""
        at = schema.payments.c
        open_ones = select(at.id, at.reserved_usd).where(at.paid_usd.is_(None)).order_by(at.id)
        with self._ledger._reading() as connection:
            return [(id, usd) for id, usd in connection.execute(open_ones)]
