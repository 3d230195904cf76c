"""How many CPU threads a model can use: the physical cores that are really this process's own.

Matrix arithmetic keeps a core's units busy by itself, so a second hyperthread on it adds waiting and no speed; and
threads wait for each other at every layer, so that one thread too many costs more than one too few.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

_CPUS = "sys/devices/system/cpu"
_GROUPS = "sys/fs/cgroup"


def default_threads(root: Path = Path("/"), allowed: Iterable[int] | None = None) -> int:
    """Threads for a model: distinct physical cores that this process may run on, within its CPU quota.

    Where the processor has cores of two kinds, only the fast ones count: all threads would wait for the slow ones.

    Args:
        root: Where the system's files are.
        allowed: Logical CPUs that the process may use; asked of the system when not given.
    """
    cpus = set(_affinity() if allowed is None else allowed)
    cores = physical_cores(cpus, root)
    quota = cpu_quota(root)
    return max(1, cores if quota is None else min(cores, int(quota)))


def physical_cores(cpus: set[int], root: Path = Path("/")) -> int:
    """Distinct physical cores among logical CPUs; where the system tells nothing, each CPU counts as one."""
    fast = _listed(root / "sys/devices/cpu_core/cpus") & cpus
    usable = fast or cpus
    found = {cpu: _core(cpu, root) for cpu in usable}
    if None in found.values():
        told = _cpuinfo(root)
        found = {cpu: told.get(cpu) for cpu in usable}
    return len({(cpu, "alone") if core is None else core for cpu, core in found.items()})


def cpu_quota(root: Path = Path("/")) -> float | None:
    """CPUs that the control groups of this process grant it altogether; `None` where they set no limit.

    Every group on the way from the process's own to the topmost one can set a limit; the smallest holds.
    """
    limits: list[float] = []
    for line in _read(root / "proc/self/cgroup").splitlines():
        number, _, rest = line.partition(":")
        kinds, _, path = rest.partition(":")
        if number == "0" and not kinds:
            base, limit = root / _GROUPS, _unified
        elif "cpu" in kinds.split(","):
            named = root / _GROUPS / kinds
            base, limit = named if named.is_dir() else root / _GROUPS / "cpu", _old
        else:
            continue
        own = Path(path.lstrip("/"))
        limits += [value for part in (own, *own.parents) if (value := limit(base / part)) is not None]
    return min(limits, default=None)


def _affinity() -> set[int]:
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))


def _core(cpu: int, root: Path) -> tuple[str, str] | None:
    """What names a CPU's physical core: the socket (and die) it is on, and its number there."""
    topology = root / _CPUS / f"cpu{cpu}" / "topology"
    core = _read(topology / "core_id").strip()
    if not core or core == "-1":
        return None
    socket = [_read(topology / name).strip() for name in ("physical_package_id", "die_id")]
    return "/".join(socket), core


def _cpuinfo(root: Path) -> dict[int, tuple[str, str] | None]:
    """The same from `/proc/cpuinfo`, which some containers show without the topology files."""
    found: dict[int, tuple[str, str] | None] = {}
    for block in _read(root / "proc/cpuinfo").split("\n\n"):
        fields = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in block.splitlines())}
        if fields.get("processor", "").isdigit():
            core = fields.get("core id")
            found[int(fields["processor"])] = None if core is None else (fields.get("physical id", "0"), core)
    return found


def _unified(group: Path) -> float | None:
    """Limit of a group of the unified hierarchy: `cpu.max` holds quota and period, or "max" for no quota."""
    quota, _, period = _read(group / "cpu.max").strip().partition(" ")
    return _share(quota, period)


def _old(group: Path) -> float | None:
    return _share(_read(group / "cpu.cfs_quota_us").strip(), _read(group / "cpu.cfs_period_us").strip())


def _share(quota: str, period: str) -> float | None:
    if quota.isdigit() and period.isdigit() and int(period):  # "max" and -1 stand for no limit
        return int(quota) / int(period)
    return None


def _listed(path: Path) -> set[int]:
    """CPUs of a list such as `0-3,8`."""
    found: set[int] = set()
    for part in _read(path).strip().split(","):
        first, _, last = part.partition("-")
        if first.isdigit():
            found.update(range(int(first), int(last if last.isdigit() else first) + 1))
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:  # not on this system, or not shown in this container
        return ""
