"""The flows that a study would begin with, as its proposer would propose them."""

from __future__ import annotations

from dataclasses import dataclass

from syftr_like.search import make_proposer
from syftr_like.space.flow_config import FlowConfig
from syftr_like.study.loading import LoadedStudy

MOST_FLOWS = 200
"""Proposals looked at; a longer study is taken to go on in the same way."""

_UNLEARNING = ("random", "grid")


@dataclass(frozen=True, slots=True)
class PlannedFlows:
    """What would be tried.

    Attributes:
        method: How it is searched.
        trials: Trials of the study; fewer than asked for where the space holds no more.
        flows: The first of them.
        adaptive: Whether later proposals depend on results, so that others may come.
    """

    method: str
    trials: int
    flows: tuple[FlowConfig, ...]
    adaptive: bool


def planned_flows(loaded: LoadedStudy) -> PlannedFlows:
    """Ask the study's proposer for its first proposals; nothing is told to it.

    Raises:
        InputError: The space cannot be searched in the way asked for.
    """
    search = loaded.file.search
    proposer = make_proposer(
        search.method,
        loaded.space,
        loaded.objectives,
        loaded.constraints,
        trials=search.trials,
        seed=search.seed,
    )
    flows = []
    for _ in range(min(search.trials, MOST_FLOWS)):
        proposal = proposer.ask()
        if proposal is None:
            break
        flows.append(loaded.space.decode(proposal.params))
    whole = len(flows) == min(search.trials, MOST_FLOWS)
    return PlannedFlows(
        proposer.method,
        search.trials if whole else len(flows),
        tuple(flows),
        proposer.method not in _UNLEARNING,
    )
