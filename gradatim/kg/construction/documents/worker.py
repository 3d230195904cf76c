"""The process in which documents are parsed: whatever a parser does, it does it here.

It gets a document, answers with its blocks, and waits for the next. It ends when its parent does, and by itself when
a document left it too large, so that every document has the same memory.
"""

from __future__ import annotations

import json
import os
import resource
import signal
from dataclasses import asdict
from pathlib import Path

from gradatim.kg.construction.documents.frames import packed, receive, send
from gradatim.kg.construction.documents.limits import Limits
from gradatim.kg.construction.documents.model import CourseDocument, Skipped
from gradatim.kg.construction.documents.parsing import parse

_STATM = Path("/proc/self/statm")
_SPENT = 0.25
"""Part of a document's memory that may stay with the process before it makes room for a new one."""
_MORE_SECONDS = 5
"""Of processor time, beyond the limit: the parent stops this process long before, if it is still there."""


def order(name: str, limits: Limits) -> bytes:
    """What the worker is told before the bytes of a document."""
    return json.dumps({"name": name, "limits": asdict(limits)}).encode()


def main() -> None:
    """Answer until the parent is gone."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):  # whatever a parser prints must not get between the answers
        os.dup2(nothing, standard)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a person who stops the program stops the parent
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # no parser has anything to write
    start = _address_space()
    try:
        send(answers, b"ready")
        while (request := receive(requests)) is not None and (data := receive(requests)) is not None:
            told = json.loads(request)
            limits = Limits(**told["limits"])
            read, exhausted = _confined(data, told["name"], limits)
            del data
            spent = exhausted or _address_space() - start > _SPENT * limits.memory_bytes
            send(answers, packed(read, spent=spent))
            if spent:
                break
    except OSError:  # the parent is gone
        pass


def _confined(data: bytes, name: str, limits: Limits) -> tuple[CourseDocument | Skipped, bool]:
    """The document, and whether the memory did not suffice."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _soft_limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + limits.seconds) + _MORE_SECONDS)
    before = _address_space()
    if before:
        _soft_limit(resource.RLIMIT_AS, before + limits.memory_bytes)
    try:
        return parse(data, name, limits), False
    except MemoryError:
        return Skipped(name, out_of_memory(limits)), True
    finally:
        _soft_limit(resource.RLIMIT_AS, resource.RLIM_INFINITY)


def out_of_memory(limits: Limits) -> str:
    """Why a document was given up that wanted more memory."""
    return f"reading the document takes more than {limits.memory_bytes / (1 << 20):,.0f} MiB of memory (split it)"


def _soft_limit(what: int, value: int) -> None:
    """Set a limit that can be raised again, as far as this process may."""
    hard = resource.getrlimit(what)[1]
    allowed = hard if value == resource.RLIM_INFINITY else value
    if hard != resource.RLIM_INFINITY and allowed != resource.RLIM_INFINITY:
        allowed = min(allowed, hard)
    resource.setrlimit(what, (allowed, hard))


def _address_space() -> int:
    """Bytes; 0 where the system does not tell."""
    try:
        return int(_STATM.read_text().split()[0]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        return 0
