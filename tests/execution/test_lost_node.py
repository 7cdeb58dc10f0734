"""A cluster of several nodes, one of which dies. A file of its own: a process joins one cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ray
from ray.cluster_utils import Cluster

from syftr_like.ledger import EvaluationRecord
from syftr_like.results import TrialResult, TrialState

from .watcher import Watcher


def node_of_inbox() -> str:
    # The public list of actors needs Ray's dashboard.
    (node,) = {
        actor["Address"]["NodeID"]
        for actor in ray._private.state.actors().values()
        if actor["ActorClassName"] == "Inbox"
    }
    return str(node)


def test_a_cluster_that_loses_a_node_costs_no_answer(
    run: Callable[..., Any], readers: Callable[[str], str], third_party: Path, tmp_path: Path
) -> None:
    """Two trials wait on two nodes, each at one question, until one node is known to be dead."""
    gate = tmp_path / "gate"
    waiting = f"{{troubled_reader: {{trouble: wait, at: {{choose: [ferry, hull]}}, gate: {gate}}}}}"
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    head = cluster.head_node.node_id
    mortal, _ = (cluster.add_node(num_cpus=1) for _ in range(2))

    class Fate(Watcher):
        def evaluated(self, records: Sequence[EvaluationRecord]) -> None:
            before = self.trials()
            super().evaluated(records)
            if len(before) < len(self.trials()) == 2:
                self.events.append(("inbox", node_of_inbox()))
                cluster.remove_node(mortal, allow_graceful=False)

        def trial_started(self, trial: TrialResult) -> None:
            super().trial_started(trial)
            if len(self.of("started")) == 3:
                gate.touch()

        def trials(self) -> set[int]:
            return {row["trial"] for row in self.of("evaluated")}

    settings = {
        "search.method": "grid",
        "search.early_stopping": "{method: none}",
        "dataset.split": "{tune: 0.9, holdout: 0.1, seed: 1}",
        "workers.ray_address": cluster.address,
        "limits.question_timeout_s": "120",
    }
    try:
        done = run(
            space=readers(f"[{waiting}]"),
            workers=2,
            settings=settings,
            watcher=Fate(),
        )
    finally:
        cluster.shutdown()
    assert [trial.state for trial in done.result.trials] == [TrialState.COMPLETE] * 2
    assert [trial.failures for trial in done.result.trials] == [0, 0]
    assert done.watcher.of("inbox") == [head], "it cannot be lost with another"
    assert sorted(done.ledger.trial(number).starts for number in (0, 1)) == [1, 2]
    asked = [
        (row["trial"], row["question"])
        for row in done.watcher.of("evaluated")
        if row["split"] == "tune"
    ]
    assert len(asked) == len(set(asked)) == 2 * done.result.dataset["tune"]
