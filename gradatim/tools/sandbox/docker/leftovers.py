"""Finding containers that a host left behind when it was killed."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from gradatim.tools.sandbox.docker.engine import Client, is_gone
from gradatim.tools.sandbox.docker.image import LABEL

OWNER = f"{LABEL}.owner"
"""Label that tells which process a container belongs to."""


def owner() -> str:
    """This process as a label: machine and process namespace, then process and when it was started."""
    return f"{_home()}/{os.getpid()}/{_started(os.getpid())}"


@cache
def _home() -> str:
    """This boot of this machine, and the process namespace within it: process numbers mean something within these."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}/{os.stat('/proc/self/ns/pid').st_ino}"


def _started(pid: int) -> str | None:
    """When a process was started, in ticks since boot (field 22 of `/proc/PID/stat`); `None` when there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return None


def _is_left(label: str) -> bool:
    """Whether a container's owner lived here and has ended; of owners elsewhere nothing can be said."""
    home, _, rest = label.rpartition("/")[0].rpartition("/")
    started = label.rpartition("/")[2]
    return home == _home() and rest.isdecimal() and _started(int(rest)) != started


def remove_leftovers(client: Client) -> list[str]:
    """Remove the containers whose owner has ended; returns their ids.

    Raises:
        docker.errors.DockerException: The engine refused.
    """
    removed: list[str] = []
    for container in client.containers(all=True, filters={"label": f"{LABEL}=server"}):
        if _is_left(container["Labels"].get(OWNER, "")):
            try:
                client.remove_container(container["Id"], force=True)
            except Exception as error:
                if not is_gone(error):
                    raise
            else:
                removed.append(container["Id"])
    return removed
