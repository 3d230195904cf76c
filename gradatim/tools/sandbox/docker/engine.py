"""Reaching a Docker Engine, and saying what is wrong with one that cannot be used."""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import socket
from collections.abc import Generator, Iterator
from typing import Any

from gradatim.settings import Settings
from gradatim.tools.sandbox.channel import ServerDied

SECONDS = 30.0
"""How long the engine may take to answer one request."""

_NO_SDK = "install the docker client library (pip install 'gradatim[docker]')"
_NO_ENGINE = (
    "start the Docker Engine (systemctl start docker), or say where it listens: "
    "GRADATIM_DOCKER_HOST=unix:///path/to/docker.sock"
)
_NO_PERMISSION = (
    "let this user use the engine's socket (usermod -aG docker, then log in anew), or run a rootless engine and name "
    "its socket in GRADATIM_DOCKER_HOST"
)
_NO_RUNTIME = "name the runtime in the engine's daemon.json, or take GRADATIM_DOCKER_RUNTIME away"
_REFUSED = "see the engine's own log (journalctl -u docker), or take another sandbox: GRADATIM_SANDBOX=auto"

Client = Any
"""`docker.APIClient`; the library carries no types."""


def engine_version(settings: Settings) -> str:
    """Version of the engine that the settings name.

    Raises:
        ServerDied: None can be reached; says why and what to do.
    """
    with connected(settings) as client:
        return str(client.version()["Version"])


@contextlib.contextmanager
def connected(settings: Settings) -> Generator[Client]:
    """A client of the engine for a few requests, all of whose errors are told as `ServerDied`.

    Raises:
        ServerDied: The engine cannot be reached or refused something; says why and what to do.
    """
    try:
        docker = importlib.import_module("docker")
        utils = importlib.import_module("docker.utils")
    except ImportError as error:
        raise ServerDied(f"the docker client library is missing ({error})", remedy=_NO_SDK) from error
    environment = dict(os.environ)
    if settings.docker_host is not None:
        environment["DOCKER_HOST"] = settings.docker_host
    address = environment.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
    client: Client = None
    try:
        _knock(address)
        client = docker.APIClient(version="auto", timeout=SECONDS, **utils.kwargs_from_env(environment))
        yield client
    except (docker.errors.DockerException, OSError) as error:
        raise _told(error, address) from error
    finally:
        if client is not None:
            client.close()


def _knock(address: str) -> None:
    """See whether anybody listens at a socket of this machine; the client library forgets to close one that fails.

    Raises:
        OSError: Nobody does, or this user may not ask.
    """
    scheme, _, path = address.partition("://")
    if scheme in ("unix", "http+unix") and path:
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(SECONDS)
            door.connect(path)


def is_gone(error: Exception) -> bool:
    """Whether an engine's error says that the thing is not there, or is just being removed."""
    return getattr(getattr(error, "response", None), "status_code", None) in (404, 409)


def _told(error: Exception, address: str) -> ServerDied:
    explanation = getattr(error, "explanation", None)
    if explanation:
        text = str(explanation)
        return ServerDied(f"the Docker Engine says: {text}", remedy=_NO_RUNTIME if "runtime" in text else _REFUSED)
    numbers = {cause.errno for cause in _causes(error) if isinstance(cause, OSError)}
    if numbers & {errno.EACCES, errno.EPERM}:
        return ServerDied(f"the Docker Engine's socket {address} may not be used", remedy=_NO_PERMISSION)
    if numbers & {errno.ENOENT, errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ETIMEDOUT}:
        return ServerDied(f"no Docker Engine answers at {address}", remedy=_NO_ENGINE)
    return ServerDied(f"the Docker Engine at {address} cannot be used: {error}", remedy=_NO_ENGINE)


def _causes(error: object, depth: int = 8) -> Iterator[BaseException]:
    """An exception and all that it wraps, whether as its cause or among its arguments."""
    if depth and isinstance(error, BaseException):
        yield error
        for inner in (error.__cause__, error.__context__, *error.args):
            yield from _causes(inner, depth - 1)
