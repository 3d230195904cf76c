"""Data sets by name: what there is, which options each takes, and `load`."""

from __future__ import annotations

import difflib
import importlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradatim.errors import InputError
from gradatim.evals.datasets.example import Example
from gradatim.evals.datasets.grouping import grouped
from gradatim.evals.datasets.sampling import sampled

Loader = Callable[..., Iterator[Example]]


@dataclass(frozen=True, slots=True)
class DataSet:
    """One kind of data set.

    Attributes:
        name: As `load` takes it.
        summary: What it holds, in one sentence.
        target: `module:function` of its loader, which takes a path and keyword-only options.
        needs: What the path leads to.
    """

    name: str
    summary: str
    target: str
    needs: str

    def loader(self) -> Loader:
        """The function that reads it."""
        module, _, function = self.target.partition(":")
        return getattr(importlib.import_module(f"gradatim.evals.datasets.{module}"), function)

    def options(self) -> tuple[str, ...]:
        """Options of its own, besides `sample`, `seed` and `groups`."""
        found = inspect.signature(self.loader()).parameters.values()
        return tuple(item.name for item in found if item.kind is inspect.Parameter.KEYWORD_ONLY)


DATA_SETS: Mapping[str, DataSet] = {
    item.name: item
    for item in (
        DataSet(
            "examples",
            "Beginners' programs in examples/ of the source distribution, with verdict, lines and misconceptions.",
            "folder:load_examples",
            "the folder examples/; may be left out in a checkout",
        ),
        DataSet(
            "folder",
            "Any folder of tasks and submissions; expected.yaml and groups.csv where there are some.",
            "folder:load_folder",
            "a folder with tasks/TASK.yaml and submissions/TASK/*.py",
        ),
        DataSet(
            "refactory",
            "Real student programs with tests and labels (Hu, Ahmed, Mechtaev, Leong and Roychoudhury 2019).",
            "refactory:load_refactory",
            "a folder with question_N.json and question_N.jsonl",
        ),
        DataSet(
            "progsnap2",
            "Programs that were handed in, out of a ProgSnap2 data set (Price et al. 2020).",
            "progsnap:load_progsnap2",
            "a ProgSnap2 folder with MainTable.csv",
        ),
        DataSet(
            "dialogues",
            "Tutoring dialogues: MRBench and BEA 2025, MathDial, CoMTA, or OpenAI messages; the content tells which.",
            "dialogues.load:load_dialogues",
            "a JSON or JSON Lines file",
        ),
        DataSet(
            "responses",
            "Responses of many learners, one example a learner: three-line format or CSV, for knowledge tracing.",
            "responses:load_responses",
            "a file of responses",
        ),
        DataSet(
            "ratings",
            "Ratings of experts (CSV), joined with the submissions of another data set where one is named.",
            "ratings:load_ratings",
            "a CSV file of ratings",
        ),
    )
}
"""Name → data set."""


def data_set(name: str) -> DataSet:
    """The data set of a name.

    Raises:
        InputError: There is none; names the nearest.
    """
    found = DATA_SETS.get(name)
    if found is None:
        raise InputError(
            f"there is no data set {name!r}", place="data", remedy=_did_you_mean(name, DATA_SETS, "data sets")
        )
    return found


def named(name: str, path: Path | None = None) -> tuple[str, Path | None]:
    """Name and place of a data set; a folder that is named alone is one of tasks and submissions."""
    if name not in DATA_SETS and path is None and Path(name).is_dir():
        return "folder", Path(name)
    return name, path


def load(
    name: str,
    path: str | Path | None = None,
    *,
    sample: int | None = None,
    seed: int = 0,
    groups: str | Path | None = None,
    **options: Any,
) -> Iterator[Example]:
    """Examples of a data set, one after another.

    Args:
        name: A key of `DATA_SETS`.
        path: Where it lies; only `examples` can do without.
        sample: So many examples, drawn at random with the verdicts' shares; all when not given.
        seed: Of that draw.
        groups: CSV file with a column `submission` or `learner` and attributes of learners, for fairness audits.
        options: Of the data set's own: `data_set(name).options()`.

    Raises:
        InputError: No such data set or option, or the data cannot be read; names place and remedy. What is wrong with
            the data is told when the reading comes to it.
    """
    chosen = data_set(name)
    known = chosen.options()
    for option in options:
        if option not in known:
            raise InputError(
                f"has no option {option!r}", place=f"data set {name}", remedy=_did_you_mean(option, known, "options")
            )
    if sample is not None and (isinstance(sample, bool) or not isinstance(sample, int) or sample < 1):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InputError(f"sample is {sample!r}", place=f"data set {name}", remedy="give a whole number from 1 on")
    if path is None and name != "examples":
        raise InputError("needs a path", place=f"data set {name}", remedy=f"name {chosen.needs}")
    place = None if path is None else Path(path)
    loader = chosen.loader()

    def source() -> Iterator[Example]:
        found = distinct(loader(place, **options), name)
        return found if groups is None else grouped(found, Path(groups))

    return source() if sample is None else sampled(source, sample, seed)


def distinct(examples: Iterable[Example], name: str) -> Iterator[Example]:
    """The same examples.

    Raises:
        InputError: An id comes a second time.
    """
    seen: set[str] = set()
    for example in examples:
        if example.id in seen:
            raise InputError(
                f"the example {example.id!r} comes twice",
                place=f"data set {name}",
                remedy="results are kept by example: leave one of the two out, or give it another name",
            )
        seen.add(example.id)
        yield example


def _did_you_mean(wrong: str, known: Iterable[str], what: str) -> str:
    names = list(known)
    near = difflib.get_close_matches(wrong, names, n=1, cutoff=0.5)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"{what}: {', '.join(names)}" if names else f"it takes no {what} but sample, seed and groups"
