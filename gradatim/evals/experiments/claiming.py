"""Who may write to a folder of results: one process at a time, and nobody who only looks."""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import shutil
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from gradatim.errors import InputError
from gradatim.evals.experiments.folder import CACHE, STALE, ResultsFolder, seconds_of, unwritable
from gradatim.evals.results import EXPERIMENT, MANIFEST, TRACES, Scored
from gradatim.evals.traces import Trace

_LOCK = ".lock"


class _Peeked(ResultsFolder):
    """A folder that is only looked at; what has to be written somewhere is written elsewhere."""

    def __init__(self, path: Path, elsewhere: Path) -> None:
        super().__init__(path)
        self._elsewhere = elsewhere

    @property
    def cache(self) -> Path:
        return self._elsewhere / CACHE

    def sort(self, wanted: Collection[str], failed: Callable[[Trace], bool]) -> dict[str, float | None]:
        known, kept = set(wanted), dict[str, float | None]()
        for _, trace in itertools.chain(self._lines(TRACES), self._lines(STALE)):
            if trace.id in known and not failed(trace):
                kept.setdefault(trace.id, seconds_of(trace))
        return kept

    def rescore(self, scores: Callable[[Trace], Iterator[Scored]], keys: Collection[str]) -> None:
        """Nothing is scored."""


@contextmanager
def peeked(path: Path) -> Generator[ResultsFolder]:
    """A folder of results that is looked at and not changed; it need not be there.

    Raises:
        InputError: It holds something else.
    """
    if path.is_dir():
        _ours(path)
    with TemporaryDirectory(prefix="gradatim-") as elsewhere:
        yield _Peeked(path, Path(elsewhere))


@contextmanager
def opened(path: Path, name: str) -> Generator[ResultsFolder]:
    """A folder of results, made when it is not there; if then nothing comes to be run in it, it is gone again.

    Args:
        name: Of the experiment.

    Raises:
        InputError: It holds something else, or another process runs an experiment in it.
        StorageError: It cannot be made or written.
    """
    fresh = not path.exists()
    above = [parent for parent in path.parents if not parent.exists()]
    try:
        path.mkdir(parents=True, exist_ok=True)
        _ours(path)
        lock = (path / _LOCK).open("wb")
    except OSError as error:
        raise unwritable(path, error) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(
                "another process runs an experiment here", place=str(path), remedy="wait for it, or name another --out"
            ) from error
        folder = ResultsFolder(path)
        try:
            if not (path / MANIFEST).exists():  # from now on it is known whose folder this is
                folder.write_manifest({"name": name})
            yield folder
        except BaseException:
            if fresh and not (path / EXPERIMENT).exists():
                shutil.rmtree(path, ignore_errors=True)
                with contextlib.suppress(OSError):  # somebody else may have put something there
                    for parent in above:
                        parent.rmdir()
            raise
        finally:
            folder.close()
            with contextlib.suppress(OSError):
                fcntl.flock(lock, fcntl.LOCK_UN)


def _ours(path: Path) -> None:
    foreign = next((item for item in path.iterdir() if not item.name.startswith(".")), None)
    if foreign is not None and not (path / MANIFEST).exists():
        raise InputError(
            f"holds something else ({foreign.name})", place=str(path), remedy="name a new folder with --out"
        )
