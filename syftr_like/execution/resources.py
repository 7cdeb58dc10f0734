"""What Ray's nodes offer, and how many trials they hold at a time."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Mapping, Sequence

from syftr_like.errors import InputError

Node = Mapping[str, float]
"""Ray's names of resources (`CPU`, `GPU`, ...) and how much of each there is."""


def check_request(cpus: float, gpus: float, address: str | None) -> None:
    """Check what can be checked of a trial's CPUs and GPUs before Ray is started, or joined.

    On this machine, Ray is told of as many CPUs as all workers want, so that several share a core
    of a small machine; but one trial gets no more than there are. GPUs are never made up. What a
    cluster has is known once it is joined.

    Args:
        cpus: CPUs of a trial.
        gpus: GPUs of a trial.
        address: The cluster that will be joined; None for Ray on this machine.

    Raises:
        InputError: This machine has fewer CPUs or GPUs than one trial wants, or no machine could
            give so many GPUs.
    """
    if gpus > 1 and not gpus.is_integer():
        raise InputError(
            f"no trial can run with workers.gpus_per_trial: {gpus:g}",
            found=f"{gpus:g}",
            expected="a share of one GPU, or a whole number of them",
        )
    if address is not None or _joined_already():
        return
    machine = {"CPU": float(os.cpu_count() or 1)}
    if gpus > 0:
        machine["GPU"] = float(_gpus_here())
    check_nodes([machine], cpus, gpus, where="this machine has")


def check_nodes(nodes: Sequence[Node], cpus: float, gpus: float, *, where: str) -> None:
    """Check that some node can host one trial.

    Args:
        nodes: What each has.
        cpus: CPUs of a trial.
        gpus: GPUs of a trial.
        where: Begins what was found, such as `this machine has`.

    Raises:
        InputError: No node has enough of both; names the setting that asks for too much.
    """
    if places([*nodes], cpus, gpus):
        return
    for key, name, wanted in (("cpus_per_trial", "CPU", cpus), ("gpus_per_trial", "GPU", gpus)):
        most = max((node.get(name, 0.0) for node in nodes), default=0.0)
        if most < wanted:
            raise InputError(
                f"no trial can run with workers.{key}: {wanted:g}",
                found=f"{where} {most:g} {name}{'' if most == 1 else 's'}",
                expected=f"at most {most:g}" if most else f"{key}: 0, or another machine",
            )
    raise InputError(
        f"no node has workers.cpus_per_trial: {cpus:g} and workers.gpus_per_trial: {gpus:g}",
        found="; ".join(f"{n.get('CPU', 0):g} CPUs, {n.get('GPU', 0):g} GPUs" for n in nodes),
        expected="a node with both",
    )


def places(nodes: Sequence[Node], cpus: float, gpus: float) -> int:
    """Return how many trials fit on some nodes at a time; their shares of a GPU lie on one."""
    total = 0
    for node in nodes:
        fit = _times(node.get("CPU", 0.0), cpus)
        if gpus >= 1:
            fit = min(fit, _times(node.get("GPU", 0.0), gpus))
        elif gpus > 0:
            fit = min(fit, math.floor(node.get("GPU", 0.0)) * _times(1.0, gpus))
        total += fit
    return total


def _times(there: float, wanted: float) -> int:
    return math.floor(there / wanted + 1e-9)  # 0.3 holds 0.1 three times


def _joined_already() -> bool:
    # Whoever runs a study from Python may have joined a cluster before, which is then used.
    ray = sys.modules.get("ray")
    return ray is not None and bool(ray.is_initialized())


def _gpus_here() -> int:
    # Ray counts with this when it starts; its public functions need a running Ray.
    from ray._private.accelerators import get_accelerator_manager_for_resource

    manager = get_accelerator_manager_for_resource("GPU")
    if manager is None:
        return 0
    visible = manager.get_current_process_visible_accelerator_ids()  # CUDA_VISIBLE_DEVICES
    count = manager.get_current_node_num_accelerators()
    return count if visible is None else min(count, len(visible))
