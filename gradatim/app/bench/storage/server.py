"""A PostgreSQL server to measure and to test on, made in a folder, reached through a socket, ended with its data."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, LiteralString, cast

from gradatim.errors import ServiceError

START_SECONDS = 60.0
_USERS = ("postgres", "nobody")
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "deadlock_timeout": "200ms",
}


class NoPostgres(ServiceError):
    """No PostgreSQL is to be had here; says why."""


@dataclass(slots=True)
class PostgresServer:
    """A running server.

    Attributes:
        url: Of its first database.
        folder: Holds data and socket; `None` for somebody else's server.
        durable: Whether it asks the disk at each commit.
    """

    url: str
    folder: Path | None = None
    program: Path | None = None
    user: str | None = None
    durable: bool = True
    process: subprocess.Popen[bytes] | None = None
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def database(self) -> str:
        """Address of a new, empty database."""
        name = f"gradatim_{os.getpid()}_{next(self._numbers)}"
        self._do(f"CREATE DATABASE {name}")
        head, mark, options = self.url.partition("?")
        return f"{head.rpartition('/')[0]}/{name}{mark}{options}"

    def drop(self, url: str) -> None:
        """Drop a database, whoever is still connected."""
        name = url.partition("?")[0].rpartition("/")[2]
        self._do(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def start(self) -> None:
        """Start it, and wait until it answers.

        Raises:
            NoPostgres: It does not; says why.
        """
        import psycopg

        assert self.folder is not None
        assert self.program is not None
        settings = _SETTINGS | {"fsync": "on" if self.durable else "off"}
        chosen = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            command = [self.program / "postgres", "-D", self.folder / "data", "-k", self.folder, *chosen]
            started = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **_as(self.user))
        process = self.process = cast("subprocess.Popen[bytes]", started)
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.url).close()
                return
            except psycopg.OperationalError as error:
                if process.poll() is not None or time.monotonic() > until:
                    told = (self.folder / "log").read_text(errors="replace").strip().splitlines() or ["it says nothing"]
                    raise NoPostgres(f"postgres does not start here: {told[-1][-300:]}") from error
                time.sleep(0.05)

    def kill(self) -> None:
        """End it as a power failure would: the server and all that belongs to it, at once."""
        assert self.folder is not None
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        self.process.kill()
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)
        self.process.wait()
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)

    def stop(self) -> None:
        """End it without waiting for anybody."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def _do(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(cast(LiteralString, statement))


@contextlib.contextmanager
def postgres_server(*, durable: bool = True) -> Generator[PostgresServer]:
    """A server in a temporary folder.

    Args:
        durable: Whether it asks the disk at each commit.

    Raises:
        NoPostgres: There is none here; says why.
    """
    if importlib.util.find_spec("psycopg") is None:
        raise NoPostgres("the package psycopg is not installed", remedy="pip install 'gradatim[postgres]'")
    program, user = _programs(), _user()
    folder = Path(tempfile.mkdtemp(prefix="gradatim-postgres-"))
    try:
        if user is not None:
            shutil.chown(folder, user)
        command = [program / "initdb", "-D", folder / "data", "-A", "trust", "-U", "gradatim", "-E", "UTF8"]
        made = cast(
            "subprocess.CompletedProcess[bytes]",
            subprocess.run(
                [*command, "--no-locale", "--no-sync"], capture_output=True, check=False, cwd=folder, **_as(user)
            ),
        )
        if made.returncode:
            raise NoPostgres(f"initdb fails here: {made.stderr.decode(errors='replace').strip()[-300:]}")
        server = PostgresServer(f"postgresql://gradatim@/postgres?host={folder}", folder, program, user, durable)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """Folder of the newest version that is installed."""
    versions = sorted(
        (path for path in Path("/usr/lib/postgresql").glob("*/bin/postgres") if path.parts[-3].isdigit()),
        key=lambda path: int(path.parts[-3]),
    )
    on_path = shutil.which("postgres")
    found = versions[-1] if versions else Path(on_path).resolve() if on_path else None
    if found is None:
        raise NoPostgres("PostgreSQL is not installed", remedy="apt-get install postgresql")
    return found.parent


def _user() -> str | None:
    """As whom it runs, since it refuses to run as root; `None`: as we do."""
    if os.geteuid() != 0:
        return None
    for name in _USERS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise NoPostgres("PostgreSQL does not run as root, and there is no user postgres or nobody here")


def _as(user: str | None) -> dict[str, Any]:
    """Arguments of a process that runs as somebody else."""
    return {} if user is None else {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
