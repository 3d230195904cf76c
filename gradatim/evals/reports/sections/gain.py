"""What simulated learners gained in either arm of a pre/post design, beside what is known to be true of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import orjson

from gradatim.evals.reports.document import Block, Cell, Note, Section, Table, Tone, missing
from gradatim.evals.reports.wording import counted, estimate_cell, number, probability
from gradatim.evals.statistics.estimate import Estimate

DESIGN = "pre-post"
_FILE = "gains.json"
_NOTES = (
    "Gain: the share of what could be gained that an arm gained on average (Hake, 1998). Effect: points of the "
    "post-test (share of items that were right) that the treatment adds, by ANCOVA post ~ pre + treatment with HC3 "
    "errors (Long and Ervin, 2000); p is of that. Truth: what the treatment adds to the expected post-test of all "
    "learners, which a simulation knows. g: Hedges' g of the gains (1981). p (Welch): of their difference (1947).",
    "Learners are randomised, and n counts them; a learner of another seed is another person. Each seed is the whole "
    "experiment once more, so that p is not corrected for how many there are: read how often the interval holds the "
    "truth.",
    "Simulated learners show that a design and its analysis work; they do not show that people learn.",
)


def gain(folder: Path, *, finished: bool) -> Section:
    """The section.

    Args:
        folder: Of the results; what `gradatim eval run` computed is read.
        finished: Whether all runs are there; else what is there was computed of others.
    """
    if not finished:
        return _nothing("it is computed when every run of the experiment has ended")
    try:
        found: Any = orjson.loads((folder / _FILE).read_bytes())
        rows = [_row(item) for item in _objects(found)]
        arms = [str(name) for name in _objects(found)[0]["arms"]] if rows else []
    except OSError:
        return _nothing(f"there is no {_FILE}; it is written by `gradatim eval run` when every run has ended")
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError, IndexError):
        return _nothing(f"{_FILE} is not what `gradatim eval run` writes; run the experiment again")
    if not rows:
        return _nothing(f"{_FILE} is empty")
    held = [item.get("recovered") for item in _objects(found)]
    known = sum(value is not None for value in held)
    header = ("seed", *(f"gain, {arm}" for arm in arms), "effect", "p", "truth", "holds the truth", "g", "p (Welch)")
    table = Table(f"Gain of “{arms[-1]}” against “{arms[0]}”, with intervals of 95 %", header, tuple(rows), _NOTES)
    said: list[Block] = []
    if known:
        held_in = sum(bool(value) for value in held)
        said.append(Note(f"The interval of the effect holds the truth in {held_in} of {counted(known, 'experiment')}."))
    return Section("gain", "Learning gain", (*said, table))


def _nothing(why: str) -> Section:
    return Section("gain", "Learning gain", (Note(f"The gain was not measured: {why}.", "warn"),))


def _objects(value: Any) -> Sequence[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in cast("list[Any]", value)):
        raise TypeError("no list of objects")
    return cast("list[Mapping[str, Any]]", value)


def _row(item: Mapping[str, Any]) -> tuple[Cell, ...]:
    gains = item["gain"]
    held, truth = item.get("recovered"), item.get("truth")
    tone: Tone = "" if held is None or held else "warn"
    return (
        Cell(str(item["seed"]), str(item["model"]) if item["model"] != "none" else ""),
        *(estimate_cell(_estimate(gains[arm])) for arm in item["arms"]),
        estimate_cell(_estimate(item["ancova"]), sign=True),
        Cell(probability(_number(item.get("ancova_p")))),
        missing("nothing is known of it") if truth is None else Cell(number(_number(truth), sign=True)),
        Cell("–" if held is None else "yes" if held else "no", "", tone),
        estimate_cell(_estimate(item["hedges_g"]), sign=True),
        Cell(probability(_number(item["welch"]["p"]))),
    )


def _estimate(plain: Mapping[str, Any]) -> Estimate:
    value, low, high = (_number(plain[name]) for name in ("value", "low", "high"))
    return Estimate(value, low, high, int(plain["n"]), float(plain["level"]), str(plain["method"]))


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
