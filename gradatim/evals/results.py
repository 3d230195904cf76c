"""The folder of an experiment: who writes it, and who reads it, agree on this page.

```
experiment.yaml   the experiment as it was read, with nothing left out
manifest.json     {"name", "version", "started", "samples", "variants", "models", "seeds", "scorers", "digest"}
traces.jsonl      one trace a cell (variant × model × seed × sample), as cells end
scores.jsonl      one line a score: {"trace", "variant", "model", "seed", "sample", "groups", "key", "score", "comment",
                  "metadata"}
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import orjson

from gradatim.errors import InputError

EXPERIMENT, MANIFEST, TRACES, SCORES = "experiment.yaml", "manifest.json", "traces.jsonl", "scores.jsonl"


@dataclass(frozen=True, slots=True)
class Scored:
    """One score with the cell that it belongs to.

    Attributes:
        trace: Id of the trace.
        variant: Name of the variant of the workflow.
        sample: Id of the example; runs of the same sample (and seed) are pairs.
        groups: Attribute of the learner → value, for fairness audits.
        score: A number, or `None` where it could not be judged; `True` is 1.
    """

    trace: str
    variant: str
    model: str
    seed: int
    sample: str
    key: str
    score: float | None
    comment: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])
    groups: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Results:
    """A folder of results.

    Attributes:
        manifest: What is said of the experiment.
    """

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def traces(self) -> Path:
        """File of the traces."""
        return self.folder / TRACES

    def scores(self) -> Iterator[Scored]:
        """All scores, as a stream.

        Raises:
            InputError: A line is not a score; names it.
        """
        path = self.folder / SCORES
        try:
            with path.open("rb") as file:
                for number, line in enumerate(file, 1):
                    if line.strip():
                        yield _scored(line, f"{path}:{number}")
        except OSError as error:
            raise InputError(
                f"cannot be read: {error.strerror}", place=str(path), remedy="run the experiment: gradatim eval run"
            ) from error


def open_results(folder: Path) -> Results:
    """The results of an experiment.

    Raises:
        InputError: The folder holds none.
    """
    path = folder / MANIFEST
    remedy = "name a folder that `gradatim eval run` has written"
    try:
        value: Any = orjson.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"holds no results: {error.strerror}", place=str(path), remedy=remedy) from error
    except orjson.JSONDecodeError as error:
        raise InputError(f"is not JSON: {error}", place=str(path), remedy=remedy) from error
    if not isinstance(value, dict) or "name" not in value:
        raise InputError("is not an experiment's manifest", place=str(path), remedy=remedy)
    return Results(folder, cast("dict[str, Any]", value))


def line_of(scored: Scored) -> bytes:
    """A score as one line of `scores.jsonl`."""
    return orjson.dumps(scored, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS) + b"\n"


def cut_off(path: Path, error: InputError) -> bool:
    """Whether an error of a file of lines is about its last line, which does not end as a line does: whoever wrote it
    was stopped, or still writes.

    Args:
        error: As readers of lines raise it; its place ends with the number of the line.
    """
    number = (error.place or "").rpartition(":")[2]
    with path.open("rb") as file:
        lines, ended = 0, True
        for line in file:
            lines, ended = lines + 1, line.endswith(b"\n")
    return number == str(lines) and not ended


_TEXTS = ("trace", "variant", "model", "sample", "key", "comment")


def _scored(line: bytes, place: str) -> Scored:
    remedy = "run the experiment again: gradatim eval run"
    try:
        value: Any = orjson.loads(line)
        if not isinstance(value, dict):
            raise TypeError("it is no object")
        return _checked(cast("dict[str, Any]", value))
    except KeyError as error:
        raise InputError(f"is not a score: {error} is missing", place=place, remedy=remedy) from error
    except (orjson.JSONDecodeError, TypeError, ValueError) as error:
        raise InputError(f"is not a score: {error}", place=place, remedy=remedy) from error


def _checked(value: dict[str, Any]) -> Scored:
    """A score whose parts are what they have to be: figures are made of them, and people may have edited the file."""
    score, seed = value["score"], value["seed"]
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise TypeError("its seed is no whole number")
    if score is not None and not isinstance(score, int | float):
        raise TypeError("its score is no number")
    for name in _TEXTS:
        if not isinstance(value.get(name, ""), str):
            raise TypeError(f"its {name} is no text")
    for name in ("metadata", "groups"):
        if value.get(name) is None:
            value[name] = {}
        elif not isinstance(value[name], dict):
            raise TypeError(f"its {name} is no object")
    plain: dict[str, Any] = {**value, "score": None if score is None else float(score)}
    return Scored(**plain)
