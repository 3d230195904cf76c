"""What there is to launch with: the environment that has vLLM, graphics processors, memory."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from gradatim.errors import InputError, ModelError
from gradatim.serving.launch.command import MODULES

_PROBE = """
import importlib.metadata, importlib.util, json, os, sys
spec = importlib.util.find_spec("vllm")
folder = next(iter(spec.submodule_search_locations or ()), None) if spec else None
modules = [
    name for name in json.loads(sys.argv[1])
    if folder and os.path.isfile(os.path.join(os.path.dirname(folder), *name.split(".")) + ".py")
]
names = importlib.metadata.packages_distributions().get("vllm", []) if folder else []
version = importlib.metadata.version(names[0]) if names else None
print(json.dumps({
    "vllm": version if folder else None, "found": bool(folder), "modules": modules,
    "gradatim": importlib.util.find_spec("gradatim") is not None, "python": sys.version.split()[0],
}))
"""
_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Installation:
    """An environment with vLLM in it."""

    python: str
    """Its interpreter."""
    version: str
    """vLLM's, or `unknown`."""
    module: str
    """What `python -m` starts the server with."""
    plugin: bool
    """Whether gradatim is installed there too, which controlled decoding and the guard of the interface need."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """A graphics processor as `nvidia-smi` sees it."""

    name: str
    memory_gib: float
    free_gib: float


def find_installation(python: str | None = None) -> Installation:
    """Look for vLLM in an environment, without importing it (which takes seconds).

    Args:
        python: Interpreter of the environment, or the environment's folder; this one's when not given.

    Raises:
        InputError: There is no such interpreter.
        ModelError: vLLM is not installed there.
    """
    interpreter = _interpreter(python)
    arguments = [interpreter, "-c", _PROBE, json.dumps(MODULES)]
    try:
        # the working directory may hold a folder called vllm
        done = subprocess.run(
            arguments, capture_output=True, text=True, timeout=_SECONDS, check=True, cwd=Path(interpreter).anchor
        )
        found: Any = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise InputError(
            f"this is no Python interpreter that works: {error}",
            place=f"--python {interpreter}",
            remedy="name the interpreter of the environment that has vLLM (…/bin/python)",
        ) from error
    facts = cast("dict[str, Any]", found)
    if not facts["modules"]:
        what = "vLLM there has no OpenAI-compatible server" if facts["found"] else "vLLM is not installed there"
        raise ModelError(
            what,
            place=interpreter,
            remedy="run pip install 'gradatim[serving]' in it, or name an environment that has vLLM with --python",
        )
    return Installation(
        python=interpreter,
        version=facts["vllm"] or "unknown",
        module=facts["modules"][0],
        plugin=bool(facts["gradatim"]),
    )


def _interpreter(given: str | None) -> str:
    if given is None:
        return sys.executable
    path = Path(given).expanduser()
    if path.is_dir():
        path = path / "bin" / "python"
    # not resolved: an environment's interpreter is a link, and knows its environment by the link's place
    if path.is_file():
        return str(path.absolute())
    found = shutil.which(given)
    if found is None:
        raise InputError(
            "there is no such interpreter",
            place=f"--python {given}",
            remedy="name the interpreter of the environment that has vLLM (…/bin/python)",
        )
    return found


def find_gpus() -> tuple[Gpu, ...]:
    """NVIDIA's graphics processors here; none where its driver does not answer."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return ()
    query = [tool, "--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, timeout=_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(gpu for line in done.stdout.splitlines() if (gpu := _gpu(line)) is not None)


def _gpu(line: str) -> Gpu | None:
    name, *sizes = (field.strip() for field in line.rsplit(",", 2))
    try:
        total, free = (float(size) / 1024 for size in sizes)
    except ValueError:  # a part of a partitioned processor has no figures of its own
        return None
    return Gpu(name=name, memory_gib=total, free_gib=free)


def available_memory() -> int | None:
    """Bytes of memory that a new process can have, by machine and control group; `None` where neither says."""
    limits = [_machine_memory(), _group_memory(Path("/sys/fs/cgroup"))]
    return min((limit for limit in limits if limit is not None), default=None)


def _machine_memory() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)


def _group_memory(group: Path) -> int | None:
    try:
        most = (group / "memory.max").read_text().strip()
        used = int((group / "memory.current").read_text())
        lines = (group / "memory.stat").read_text().splitlines()
    except (OSError, ValueError):
        return None
    # files in the cache count as used, and go when somebody needs their room
    cached = next((int(line.split()[1]) for line in lines if line.startswith("inactive_file ")), 0)
    return max(0, int(most) - used + cached) if most.isdigit() else None
