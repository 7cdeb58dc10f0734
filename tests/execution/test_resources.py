"""CPUs and GPUs of a trial: what fits, what is refused, and what Ray is told."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import ray

from syftr_like.errors import InputError
from syftr_like.execution.resources import check_nodes, check_request, places

NO_GPU = pytest.mark.skipif(
    ray._private.accelerators.get_accelerator_manager_for_resource(
        "GPU"
    ).get_current_node_num_accelerators()
    > 0,
    reason="this machine has a GPU",
)


class TestPlaces:
    @pytest.mark.parametrize(
        ("nodes", "cpus", "gpus", "expected"),
        [
            ([{"CPU": 4.0}], 1, 0, 4),
            ([{"CPU": 4.0}], 1.5, 0, 2),
            ([{"CPU": 0.3}], 0.1, 0, 3),
            ([{"CPU": 3.0}, {"CPU": 1.0}], 2, 0, 1),
            ([{"CPU": 8.0, "GPU": 1.0}, {"CPU": 1.0, "GPU": 1.0}], 1, 0.25, 5),
            ([{"CPU": 8.0}, {"GPU": 1.0}], 1, 1, 0),
            ([{"CPU": 8.0, "GPU": 2.0}], 1, 0.6, 2),
            ([{"CPU": 8.0, "GPU": 5.0}], 1, 2, 2),
            ([], 1, 0, 0),
        ],
    )
    def test_a_trial_lies_on_one_node(
        self, nodes: list[dict[str, float]], cpus: float, gpus: float, expected: int
    ) -> None:
        assert places(nodes, cpus, gpus) == expected

    def test_who_asks_for_too_much_is_told_of_what(self) -> None:
        nodes = [{"CPU": 4.0, "GPU": 1.0}, {"CPU": 8.0}]
        for cpus, gpus, expected in (
            (9, 0, r"workers.cpus_per_trial: 9\n.*a node has 8 CPUs\n.*at most 8"),
            (1, 2, r"workers.gpus_per_trial: 2\n.*a node has 1 GPU\n.*at most 1"),
            (5, 1, r"cpus_per_trial: 5 and .*gpus_per_trial: 1\n.*4 CPUs, 1 GPUs; 8 CPUs, 0 GPUs"),
        ):
            with pytest.raises(InputError, match=expected):
                check_nodes(nodes, cpus, gpus, where="a node has")


class TestThisMachine:
    def test_it_has_the_cores_that_it_has(self) -> None:
        cores = os.cpu_count() or 1
        check_request(cores, 0, None)
        with pytest.raises(InputError, match="this machine has"):
            check_request(cores + 1, 0, None)

    @pytest.mark.parametrize("address", [None, "10.0.0.1:6379"], ids=["here", "cluster"])
    def test_no_machine_gives_one_gpu_and_a_half(self, address: str | None) -> None:
        with pytest.raises(InputError, match=r"gpus_per_trial: 1\.5\n.*\n.*a whole number of them"):
            check_request(1, 1.5, address)

    @NO_GPU
    @pytest.mark.parametrize(
        "setting", [{"workers.gpus_per_trial": "0.2"}, {"workers.cpus_per_trial": "999"}]
    )
    def test_what_it_has_not_is_refused_before_anything_is_written(
        self, run: Callable[..., Any], setting: dict[str, str], tmp_path: Path
    ) -> None:
        with pytest.raises(InputError, match=next(iter(setting))):
            run(workers=2, settings=setting)
        assert not list(tmp_path.glob("run-*/runs/tiny"))


@pytest.mark.usefixtures("ray_cluster")
class TestACluster:
    def test_more_workers_than_fit_are_fewer(self, run: Callable[..., Any]) -> None:
        done = run(workers=3, settings={"search.trials": "3", "workers.cpus_per_trial": "0.8"})
        assert len(done.result.trials) == 3
        told = "searching; 2 trials run at a time: no more of 3 fit on Ray"
        assert told in done.watcher.of("phase"), "a person sees it"
        assert f"WARNING {told}" in (done.folder / "log.txt").read_text(encoding="utf-8")

    def test_a_trial_for_which_no_node_is_large_enough_is_refused(
        self, run: Callable[..., Any]
    ) -> None:
        with pytest.raises(InputError, match=r"cpus_per_trial: 4\n.*its largest node has 2 CPUs"):
            run(workers=1, settings={"workers.cpus_per_trial": "4", "workers.ray_address": "auto"})

    def test_one_that_was_joined_before_counts_and_not_this_machine(
        self, run: Callable[..., Any]
    ) -> None:
        with pytest.raises(InputError, match="its largest node has 2 CPUs"):
            run(workers=1, settings={"workers.cpus_per_trial": "999"})

    def test_so_is_one_for_a_gpu_that_no_node_has(self, run: Callable[..., Any]) -> None:
        with pytest.raises(InputError, match="gpus_per_trial"):
            run(workers=1, settings={"workers.gpus_per_trial": "1", "workers.ray_address": "auto"})
