"""The image that containers start from: this machine's own interpreter and the fork server, nothing else.

Nothing is pulled. The files of the interpreter that gradatim runs on, and the libraries which that loads, are put
into an archive that the engine imports; the image is made once for each version of interpreter and fork server.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import struct
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO, Any

from gradatim.tools.sandbox.channel import ServerDied
from gradatim.tools.sandbox.docker.engine import Client, is_gone
from gradatim.tools.sandbox.launch import INNER, INSIDE, interpreter

REPOSITORY = "gradatim-sandbox"
LABEL = "gradatim.sandbox"
_KEPT = 3
"""Images of other versions that are left for those who still use them."""
_DIGITS = 16
_SECONDS = 60.0
_LEFT_OUT = frozenset(
    {"site-packages", "dist-packages", "test", "tests", "idle_test", "idlelib", "turtledemo", "ensurepip"}
)
"""Folders of the standard library that tested programs have no use for."""
_ENDINGS_LEFT_OUT = (".opt-1.pyc", ".opt-2.pyc", ".a")
_LIBRARY_CACHE = "/etc/ld.so.cache"
"""Made anew with every change of the machine's libraries."""
_DATA = (_LIBRARY_CACHE, "/etc/localtime", "/usr/share/zoneinfo", "/usr/lib/locale/C.utf8")
_MOUNTED = ("/proc", "/dev", "/sys", "/tmp", "/etc")
"""Folders that have to be there, for the engine to mount on and for programs that look."""

_LIST_FILES = """\
import ctypes, json, os, sys, sysconfig
extensions = sysconfig.get_config_var("DESTSHARED") or ""
names = sorted(os.listdir(extensions)) if os.path.isdir(extensions) else []
for name in [*(os.path.join(extensions, name) for name in names if ".so" in name), "libgcc_s.so.1"]:
    try:
        ctypes.CDLL(name)
    except OSError:
        pass
with open("/proc/self/maps") as maps:
    mapped = {line.split(maxsplit=5)[5].rstrip("\\n") for line in maps if len(line.split()) >= 6}
print(json.dumps({
    "standard": os.path.dirname(os.__file__),
    "extensions": extensions,
    "libraries": sorted(path for path in mapped if path.startswith("/") and ".so" in os.path.basename(path)),
}))
"""


@cache
def image_name() -> str:
    """Name of the image for this interpreter and this fork server: the same for as long as neither changes."""
    digest = hashlib.sha256()
    digest.update(repr((interpreter(), sys.version)).encode())
    for name in (interpreter(), _LIBRARY_CACHE):
        with contextlib.suppress(FileNotFoundError):
            status = os.stat(name)
            digest.update(repr((status.st_size, status.st_mtime_ns)).encode())
    for path in (Path(__file__), *sorted(INNER.glob("*.py"))):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{REPOSITORY}:{digest.hexdigest()[:_DIGITS]}"


def ensure_image(client: Client) -> str:
    """Make the image unless the engine has it; returns its name.

    Raises:
        ServerDied: The engine does not take it.
        docker.errors.DockerException: The engine refused something.
    """
    name = image_name()
    if client.images(name=name):
        return name
    _, _, tag = name.partition(":")
    with tempfile.NamedTemporaryFile(prefix="gradatim-image-", suffix=".tar") as file:
        _write_archive(file)
        file.flush()
        said = str(client.import_image(src=file.name, repository=REPOSITORY, tag=tag, changes=[f"LABEL {LABEL}=image"]))
    last = json.loads(said.strip().splitlines()[-1])
    if "error" in last:
        raise ServerDied(f"the Docker Engine does not take the image: {last['error']}")
    _drop_old_images(client, name)
    return name


def _drop_old_images(client: Client, name: str) -> None:
    """Remove what earlier versions left, but for the youngest few and those in use."""
    others = [
        image for image in client.images(filters={"label": f"{LABEL}=image"}) if name not in (image["RepoTags"] or ())
    ]
    for image in sorted(others, key=lambda item: item["Created"], reverse=True)[_KEPT:]:
        try:
            client.remove_image(image["Id"], noprune=True)
        except Exception as error:
            if not is_gone(error):
                raise


def _write_archive(file: IO[bytes]) -> None:
    """Write the image's files as a tar archive."""
    listed = _files_of_interpreter()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        tree = _Tree(archive)
        tree.add(interpreter())
        for loader in (_loader(interpreter()), *listed["libraries"], *_DATA):
            if loader is not None and os.path.exists(loader):
                tree.add(loader)
                tree.add_links_to(loader)
        for folder in (listed["standard"], listed["extensions"]):
            if folder:
                tree.add(folder)
        for path in sorted(INNER.glob("*.py")):
            tree.add(str(path), f"{INSIDE}/inner/{path.name}")
        for folder in _MOUNTED:
            tree.folder(folder)


def _files_of_interpreter() -> dict[str, Any]:
    """What a bare interpreter tells of itself: its standard library, and all libraries that it can load."""
    try:
        said = subprocess.run(
            (interpreter(), "-I", "-S", "-c", _LIST_FILES), capture_output=True, check=True, timeout=_SECONDS, cwd="/"
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ServerDied(f"no image can be made of the interpreter {interpreter()}: {error}") from error
    return json.loads(said.stdout)


class _Tree:
    """Adds files to an archive under the paths they have here, with all links and folders on the way, owned by root."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive
        self._known: set[str] = {"/"}

    def add(self, path: str, to: str | None = None) -> None:
        """Add a file, or a folder with what is in it; links on the way are kept, so that it is found by both names."""
        if to is None:
            path = self._follow(path)
        name = to or path
        if os.path.isdir(path):
            self.folder(name)
            for entry in sorted(os.scandir(path), key=lambda entry: entry.name):
                if entry.name not in _LEFT_OUT and not entry.name.endswith(_ENDINGS_LEFT_OUT):
                    self._add_entry(entry)
        elif name not in self._known:
            self.folder(os.path.dirname(name))
            self._known.add(name)
            with open(path, "rb") as content:
                status = os.fstat(content.fileno())
                entry = self._entry(name, tarfile.REGTYPE, 0o755 if status.st_mode & stat.S_IXUSR else 0o644)
                entry.size, entry.mtime = status.st_size, int(status.st_mtime)
                self._archive.addfile(entry, content)

    def _add_entry(self, entry: os.DirEntry[str]) -> None:
        if entry.is_symlink() and not os.path.exists(entry.path):
            return
        if entry.is_dir() or (entry.is_file() and os.access(entry.path, os.R_OK)):
            self.add(entry.path)

    def add_links_to(self, path: str) -> None:
        """Add the links beside a library that lead to it: programs ask for it by those names."""
        real = os.path.realpath(path)
        for entry in os.scandir(os.path.dirname(real)):
            if entry.is_symlink() and os.path.realpath(entry.path) == real:
                self.add(entry.path)

    def folder(self, path: str) -> None:
        """Add a folder that everybody may enter, and those above it."""
        if path not in self._known:
            self.folder(os.path.dirname(path))
            self._known.add(path)
            self._archive.addfile(self._entry(path, tarfile.DIRTYPE, 0o755))

    def _follow(self, path: str) -> str:
        """Add the links among a path's parts; returns where it leads."""
        real = "/"
        for part in self._parts(path):
            here = os.path.join(real, part)
            if not os.path.islink(here):
                real = here
                continue
            target = os.readlink(here)
            if here not in self._known:
                self.folder(real)
                self._known.add(here)
                link = self._entry(here, tarfile.SYMTYPE, 0o777)
                link.linkname = target
                self._archive.addfile(link)
            real = self._follow(os.path.join(real, target))
        return real

    @staticmethod
    def _parts(path: str) -> Iterator[str]:
        return (part for part in os.path.normpath(path).split("/") if part)

    @staticmethod
    def _entry(path: str, kind: bytes, mode: int) -> tarfile.TarInfo:
        entry = tarfile.TarInfo(path.lstrip("/"))
        entry.type, entry.mode = kind, mode
        return entry


def _loader(program: str) -> str | None:
    """The dynamic loader that a 64-bit ELF program asks for (`PT_INTERP` in `elf.h`); `None` when it asks for none."""
    with open(program, "rb") as file:
        head = file.read(64)
        if head[:5] != b"\x7fELF\x02":
            return None
        (offset,) = struct.unpack_from("<Q", head, 32)
        size, count = struct.unpack_from("<HH", head, 54)
        for number in range(count):
            file.seek(offset + number * size)
            header = file.read(size)
            kind, _, start = struct.unpack_from("<IIQ", header)
            (length,) = struct.unpack_from("<Q", header, 32)
            if kind == 3:
                file.seek(start)
                return file.read(length).rstrip(b"\0").decode()
    return None
