"""A resumed study runs in another process: nothing may hang on Python's hash seed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from conftest import CONDITIONAL, CONSTRAINTS, OBJECTIVES, space_of
from syftr_like.search import Feedback, make_proposer

space = space_of(CONDITIONAL)
proposer = make_proposer(sys.argv[2], space, OBJECTIVES, CONSTRAINTS, trials=20, seed=0)
for n in range(25):
    proposal = proposer.ask()
    depth = len(proposal.params)
    proposer.tell(proposal.number, Feedback((-depth + n / 10, n / depth), (depth - 7.5,)))
    print(proposal.params)
"""


def proposals(method: str, hash_seed: str) -> str:
    finished = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(Path(__file__).parent), method],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return finished.stdout


@pytest.mark.parametrize("method", ["tpe", "nsga2", "nsga3"])
def test_proposals_are_the_same_in_every_process(method: str) -> None:
    first = proposals(method, "1")
    assert first.count("\n") == 25
    assert proposals(method, "2") == first
