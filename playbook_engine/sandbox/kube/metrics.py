"""What the pods' processes use, as metrics.k8s.io tells it: read from the kernel, averaged over their lives."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from playbook_engine.sandbox.kube.objects import CONTAINER
from playbook_engine.sandbox.kube.store import Object
from playbook_engine.sandbox.stamps import object_time

API = "metrics.k8s.io/v1beta1"


def of_pods(pods: Sequence[Object], pids: Mapping[str, int]) -> list[dict[str, Any]]:
    """Measure each pod whose process runs."""
    found = []
    for pod in pods:
        used = _usage(pids.get(pod["metadata"]["name"]))
        if used is not None:
            containers = [{"name": CONTAINER, "usage": _quantities(*used)}]
            meta = {key: pod["metadata"][key] for key in ("name", "namespace", "labels")}
            found.append({**_measured("PodMetrics", meta), "containers": containers})
    return found


def of_nodes(nodes: Sequence[Object], pods: Sequence[Object], pids: Mapping[str, int]) -> list[dict[str, Any]]:
    """Measure each node: the sum of its pods."""
    found = []
    for node in nodes:
        name = node["metadata"]["name"]
        own = [pod for pod in pods if pod["spec"].get("nodeName") == name]
        used = [usage for pod in own if (usage := _usage(pids.get(pod["metadata"]["name"]))) is not None]
        cpu, memory = sum(one[0] for one in used), sum(one[1] for one in used)
        found.append({**_measured("NodeMetrics", {"name": name}), "usage": _quantities(cpu, memory)})
    return found


def _measured(kind: str, meta: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "apiVersion": API, "metadata": dict(meta), "timestamp": object_time(), "window": "30s"}


def _quantities(nanocores: int, memory: int) -> dict[str, str]:
    return {"cpu": f"{nanocores}n", "memory": f"{memory // 1024}Ki"}


def _usage(pid: int | None) -> tuple[int, int] | None:
    """Return processor time per second in billionths, and bytes of memory; None when the process is gone."""
    if pid is None:
        return None
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        up = float(Path("/proc/uptime").read_text(encoding="utf-8").split()[0])
    except OSError:
        return None
    ticks = os.sysconf("SC_CLK_TCK")
    alive = max(up - int(fields[19]) / ticks, 0.01)
    busy = (int(fields[11]) + int(fields[12])) / ticks
    return int(busy / alive * 1e9), int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
