"""Thread counts on made-up machines."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gradatim.serving.embedded.cores import cpu_quota, default_threads, physical_cores

Core = tuple[int, int]


def machine(root: Path, cores: dict[int, Core]) -> Path:
    """Topology files: logical CPU → (socket, core)."""
    for cpu, (socket, core) in cores.items():
        write(root, f"sys/devices/system/cpu/cpu{cpu}/topology/physical_package_id", f"{socket}\n")
        write(root, f"sys/devices/system/cpu/cpu{cpu}/topology/core_id", f"{core}\n")
    return root


def write(root: Path, path: str, text: str) -> None:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)


FOUR_CORES = {cpu: (0, cpu % 4) for cpu in range(8)}
TWO_SOCKETS = {cpu: (cpu // 4, cpu % 4) for cpu in range(8)}


def test_hyperthreads_are_not_counted(tmp_path: Path) -> None:
    assert default_threads(machine(tmp_path, FOUR_CORES), range(8)) == 4


def test_equal_core_numbers_of_two_sockets_are_two_cores(tmp_path: Path) -> None:
    assert default_threads(machine(tmp_path, TWO_SOCKETS), range(8)) == 8


@pytest.mark.parametrize(("allowed", "threads"), [({0, 4}, 1), ({0, 1}, 2), ({1, 2, 5, 6}, 2)])
def test_only_allowed_cpus_count(tmp_path: Path, allowed: set[int], threads: int) -> None:
    assert default_threads(machine(tmp_path, FOUR_CORES), allowed) == threads


def test_only_the_fast_cores_of_a_mixed_processor_count(tmp_path: Path) -> None:
    # two fast cores with two threads each, four slow ones
    root = machine(tmp_path, {0: (0, 0), 1: (0, 0), 2: (0, 4), 3: (0, 4), **{cpu: (0, cpu + 8) for cpu in range(4, 8)}})
    write(root, "sys/devices/cpu_core/cpus", "0-3\n")
    assert default_threads(root, range(8)) == 2
    assert default_threads(root, {4, 5, 6}) == 3  # none of the fast ones may be used


def test_cpuinfo_where_there_is_no_topology(tmp_path: Path) -> None:
    blocks = [f"processor\t: {cpu}\nphysical id\t: {cpu // 4}\ncore id\t\t: {cpu % 2}\n" for cpu in range(8)]
    write(tmp_path, "proc/cpuinfo", "\n".join(blocks))
    assert default_threads(tmp_path, range(8)) == 4


def test_a_machine_that_tells_nothing(tmp_path: Path) -> None:
    assert default_threads(tmp_path, range(6)) == 6
    write(tmp_path, "proc/cpuinfo", "processor : 0\n\nprocessor : 1\n")  # ARM
    assert physical_cores({0, 1}, tmp_path) == 2


@pytest.mark.parametrize(
    ("limit", "threads"), [("250000 100000", 2), ("50000 100000", 1), ("max 100000", 4), ("800000 100000", 4), ("", 4)]
)
def test_the_quota_of_the_control_group_holds(tmp_path: Path, limit: str, threads: int) -> None:
    root = machine(tmp_path, FOUR_CORES)
    write(root, "proc/self/cgroup", "0::/work/job\n")
    write(root, "sys/fs/cgroup/work/job/cpu.max", limit)
    assert default_threads(root, range(8)) == threads


def test_the_smallest_quota_on_the_way_up_holds(tmp_path: Path) -> None:
    write(tmp_path, "proc/self/cgroup", "0::/a/b\n")
    write(tmp_path, "sys/fs/cgroup/a/b/cpu.max", "400000 100000\n")
    write(tmp_path, "sys/fs/cgroup/a/cpu.max", "150000 100000\n")
    assert cpu_quota(tmp_path) == 1.5


@pytest.mark.parametrize("folder", ["cpu,cpuacct", "cpu"])
def test_quota_of_the_old_hierarchy(tmp_path: Path, folder: str) -> None:
    write(tmp_path, "proc/self/cgroup", "12:memory:/x\n4:cpu,cpuacct:/x\n0::/x\n")
    write(tmp_path, f"sys/fs/cgroup/{folder}/x/cpu.cfs_quota_us", "300000\n")
    write(tmp_path, f"sys/fs/cgroup/{folder}/x/cpu.cfs_period_us", "100000\n")
    write(tmp_path, f"sys/fs/cgroup/{folder}/cpu.cfs_quota_us", "-1\n")
    assert cpu_quota(tmp_path) == 3.0


def test_this_machine() -> None:
    assert 1 <= default_threads() <= (os.cpu_count() or 1)
