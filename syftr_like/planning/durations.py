"""How long a study takes: what its flows take, and what is done around them.

The constants say what is done around the flows of `quickstart` (100 trials, SQLite, MLflow in a
file), measured with timers in sessions on one machine of two cores. They are scaled by nothing: a
faster machine takes less, a ledger or a tracking server that is far away more. A draw takes all of
them to be off by one factor.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

START_S, END_S = 3.5, 1.0
"""To import, load and open a study; to write its files."""

RAY_START_S = 9.0
"""To start Ray (4 s) and its workers, which import the components (3.5 s), and to end them."""

PROPOSE_S, PROPOSE_MORE_S = 0.01, 0.0006
"""To propose a trial and to make its job: 14 ms at first. More for each earlier one that the search
is told of: it was 70 ms after 87 of them."""

REPORT_S = 0.01
"""To commit what a trial reports, to summarize it and to decide about it."""

ACTOR_START_S = 3.5
"""To start a worker. A trial that waits for one takes another that is free meanwhile, and Ray Tune
drops the one that was being started: where trials are much shorter than this, a second worker
hardly ever comes up. On the quickstart one of two did all the work."""

STEP_S, STEP_CPU_S = 0.06, 0.04
"""Between a worker's report and its next work on Ray, the driver's part left out: how long, and how
much computing by Ray and the inbox."""

PREPARE_S, KEEP_S = 0.015, 0.015
"""To build a flow and to look its indexes up in the cache, also when a paused trial goes on; to
write an index to the cache."""

TRACK_S, TRACK_FRONT_S = 0.025, 0.5
"""To write to MLflow where a trial stands, at each report and at its beginning; to write a front
flow with its answers, traces and model, after the last trial."""

LEARNED = (0.5, 1.05)
"""What local computing the questions of a search that learns take, of what its first flows take: on
the quickstart .6, for it looks for cheap flows and they are the ones that go on."""

HELD_UP = 0.5
"""By how much of the time that MLflow's thread works the others of its process wait for it: taken
to be a half, for it writes to SQLite without holding them up, and makes what it writes in turns."""


@dataclass(frozen=True, slots=True)
class Machinery:
    """What carries a study out.

    Attributes:
        workers: Trials at a time on Ray; 0 for trials in the driver's process.
        in_flight: Questions at a time, each.
        cores: Cores that driver and workers share; None for a cluster's.
        tracked: Whether trials are written to MLflow.
        learning: Whether proposals rest on what earlier trials scored.
    """

    workers: int
    in_flight: int
    cores: int | None
    tracked: bool
    learning: bool

    def wall(self, calls_s: Floats, local_s: Floats) -> Floats:
        """Return how long each trial keeps its worker.

        Waits for models overlap, and local computing goes on meanwhile; the longer one counts.
        """
        import numpy as np

        wall: Floats = np.maximum(calls_s / self.in_flight, local_s)
        return wall


@dataclass(frozen=True)
class Work:
    """What trials take, in their order.

    Attributes:
        calls_s: Waits for models, added up.
        local_s: Local computing.
        judged: How often each reports.
        begun: How often each is handed to a worker.
        proposed: Whether they have to be proposed; the front is there.
    """

    calls_s: Floats
    local_s: Floats
    judged: Floats
    begun: Floats
    proposed: bool = True


def elapsed(work: Work, machinery: Machinery, slower: float) -> Floats:
    """Return how long it takes until each of some trials has ended.

    Workers wait for the driver, which decides about one report at a time; what they compute shares
    the cores with the driver, with Ray and with MLflow's client.

    Args:
        work: The trials.
        machinery: What carries them out.
        slower: By which factor everything around the flows is slower than measured.
    """
    import numpy as np

    m = machinery
    busy = np.cumsum(m.wall(work.calls_s, work.local_s))
    local = np.cumsum(work.local_s)
    driving = REPORT_S * work.judged
    if work.proposed:
        driving = driving + PROPOSE_S + PROPOSE_MORE_S * np.arange(len(driving)) * m.learning
    track = np.cumsum(TRACK_S * (1 + work.judged)) * slower * m.tracked
    driver = np.cumsum(driving) * slower + HELD_UP * track
    found: Floats
    if m.workers == 0:
        found = busy + driver
        return found
    steps = np.cumsum(work.judged) * slower
    each = busy + driver + STEP_S * steps
    found = np.maximum(each / _at_work(m.workers, each[-1] / work.begun.sum()), driver)
    if m.cores is not None:
        computed = local + driver + (1 - HELD_UP) * track + STEP_CPU_S * steps
        found = np.maximum(found, computed / m.cores)
    return found


def _at_work(workers: int, job_s: float) -> float:
    """Return how many workers have trials, on average, if one holds a worker for so long."""
    return 1 + (workers - 1) * min(1.0, job_s / ACTOR_START_S)


def around(machinery: Machinery, front: int) -> float:
    """Return the seconds before the first trial and after the last."""
    start = START_S + (RAY_START_S if machinery.workers else 0.0)
    return start + END_S + (TRACK_FRONT_S * front if machinery.tracked else 0.0)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
