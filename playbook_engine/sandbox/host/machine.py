"""The host as its programs see it: `machine.json` in its folder, which the environment names."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FOLDER = "DEMO_HOST"
_FILE = "machine.json"
MIB = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A disk of so many bytes at a place in the host's folder; what lies there takes its space."""

    device: str
    place: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """How large the host is, and which ports of its processes are reached under another number."""

    memory: int = 128 * MIB
    system_memory: int = 48 * MIB
    cores: int = 1
    mounts: Sequence[Mount] = (
        Mount(device="/dev/vda1", place="/", size=512 * MIB),
        Mount(device="/dev/vdb1", place="/var", size=64 * MIB),
    )
    ports: Sequence[int] = field(default_factory=tuple)

    def write(self, folder: Path) -> None:
        """Let the host in this folder be so."""
        (folder / _FILE).write_text(json.dumps(asdict(self)), encoding="utf-8")


def here() -> tuple[Path, Machine]:
    """Return the folder of the host that this program runs on, and how the host is."""
    folder = Path(os.environ[FOLDER])
    read: dict[str, Any] = json.loads((folder / _FILE).read_text(encoding="utf-8"))
    mounts = tuple(Mount(**mount) for mount in read.pop("mounts"))
    return folder, Machine(**{**read, "mounts": mounts, "ports": tuple(read["ports"])})


def used(folder: Path, mount: Mount, others: Sequence[Mount]) -> int:
    """Return how many bytes the files below a mount have, without those of the mounts within it."""
    top = folder / mount.place.strip("/")
    inner = {folder / other.place.strip("/") for other in others if other is not mount}
    total = 0
    for where, below, names in os.walk(top):
        below[:] = [name for name in below if Path(where, name) not in inner]
        for name in names:
            try:
                total += os.lstat(Path(where, name)).st_size
            except FileNotFoundError:
                continue  # it was there a moment ago
    return total


def mount_of(folder: Path, path: Path, mounts: Sequence[Mount]) -> Mount:
    """Return the mount that a path lies on; paths of the host may be written as the host's own or the machine's."""
    absolute = Path(os.path.normpath(Path.cwd() / path))
    inside = absolute.relative_to(folder) if absolute.is_relative_to(folder) else absolute.relative_to("/")
    deepest = sorted(mounts, key=lambda mount: len(mount.place), reverse=True)
    return next(mount for mount in deepest if inside.is_relative_to(mount.place.strip("/")))
