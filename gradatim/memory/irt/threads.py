"""One thread for numpy's matrix products.

The products here are small. OpenBLAS would split each of them over all cores and wait for the slowest, which on a
machine that is busy with something else takes ten times as long as doing the work in one go.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np

_PREFIXES = ("scipy_openblas", "openblas")
_SUFFIXES = ("64_", "")

_lock = threading.Lock()
_inside = 0
_before = 0


@contextmanager
def single_threaded() -> Generator[None]:
    """While inside, numpy's OpenBLAS uses one thread; where numpy has another library, nothing changes.

    The setting is one for the whole process: it is put back when the last caller leaves.
    """
    global _inside, _before
    controls = _controls()
    if controls is None:
        yield
        return
    get, put = controls
    with _lock:
        if not _inside:
            _before = get()
            put(1)
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside:
                put(_before)


@cache
def _controls() -> tuple[Callable[[], int], Callable[[int], object]] | None:
    """How many threads OpenBLAS uses, and how to change that; `None` without OpenBLAS."""
    package = Path(np.__file__).parent
    for folder in (package.with_name("numpy.libs"), package / ".dylibs"):
        for path in sorted(folder.glob("*openblas*")):
            try:
                library = ctypes.CDLL(str(path))
            except OSError:
                continue
            for prefix in _PREFIXES:
                for suffix in _SUFFIXES:
                    get = getattr(library, f"{prefix}_get_num_threads{suffix}", None)
                    put = getattr(library, f"{prefix}_set_num_threads{suffix}", None)
                    if get is not None and put is not None:
                        get.argtypes, get.restype = [], ctypes.c_int
                        put.argtypes, put.restype = [ctypes.c_int], None
                        return get, put
    return None
