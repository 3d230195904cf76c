"""Who rates which work in which order: rounds, overlap, codes and orders, all drawn by one seed."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gradatim.errors import InputError
from gradatim.evals.datasets import Example, load
from gradatim.evals.protocol.study import Phase, Study, Work

_RATER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")


@dataclass(frozen=True, slots=True)
class Design:
    """What a person decides about a study.

    Attributes:
        raters: How many, or their codes (letters and digits; never their names).
        sample: Works of the main round.
        overlap: Share of them that every rater gets.
        training, calibration: Works of the two rounds before it, which every rater gets.
    """

    title: str = "Rating of programs"
    raters: int | Sequence[str] = 3
    sample: int = 200
    overlap: float = 1.0
    training: int = 6
    calibration: int = 14
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Planned:
    """A study with the works that it is about.

    Attributes:
        examples: Code → example.
        notes: What turned out otherwise than asked for.
    """

    study: Study
    examples: dict[str, Example]
    notes: tuple[str, ...] = ()


def plan(design: Design, data: str, path: Path | None = None) -> Planned:
    """Draw the works of a study and share them out.

    The rounds together are one stratified sample of the data set; where it is too small for all, the main round gets
    what the other two leave, and the notes say so.

    Raises:
        InputError: The design asks for what cannot be, or the data hold no programs.
    """
    raters = _raters(design.raters)
    _check(design)
    asked = design.training + design.calibration + design.sample
    examples = [item for item in load(data, path, sample=asked, seed=design.seed) if "submission" in item.inputs]
    if not examples:
        raise InputError(
            "holds no programs to rate",
            place=f"data set {data}",
            remedy="choose examples, folder, refactory or progsnap2",
        )
    rest = len(examples) - design.training - design.calibration
    if rest < 2:
        raise InputError(
            f"holds {len(examples):,} programs; training and calibration alone ask for "
            f"{design.training + design.calibration:,}",
            place=f"data set {data}",
            remedy="ask for fewer with --training and --calibration",
        )
    notes: list[str] = []
    if rest < design.sample:
        notes.append(
            f"The data set holds {len(examples):,} programs: the main round has {rest:,} instead of {design.sample:,}."
        )
    if len(raters) == 1:
        notes.append("There is one rater: no agreement can be computed, and the consensus is that one person's word.")
    # Texts as seeds give the same draw on every machine, and each draw is its own.
    random.Random(f"{design.seed}/rounds").shuffle(examples)
    rounds: tuple[tuple[Phase, int], ...] = (
        ("training", design.training),
        ("calibration", design.calibration),
        ("main", rest),
    )
    phases: list[Phase] = [phase for phase, count in rounds for _ in range(count)]
    numbers = range(1000, 1000 + max(9000, 10 * len(examples)))
    codes = random.Random(f"{design.seed}/codes").sample(numbers, len(examples))
    named: dict[str, tuple[Example, Phase]] = {
        f"W{code}": (item, phase) for code, item, phase in zip(codes, examples, phases, strict=True)
    }
    works = {code: Work(sample=item.id, phase=phase, task=_task(item)) for code, (item, phase) in named.items()}
    study = Study(
        title=design.title,
        data=data,
        path=None if path is None else str(path),
        seed=design.seed,
        overlap=design.overlap,
        works=works,
        raters=_orders(works, raters, design),
    )
    return Planned(study, {code: item for code, (item, _) in named.items()}, tuple(notes))


def _orders(works: dict[str, Work], raters: Sequence[str], design: Design) -> dict[str, tuple[str, ...]]:
    main = [code for code, work in works.items() if work.phase == "main"]
    random.Random(f"{design.seed}/shares").shuffle(main)
    common = math.ceil(design.overlap * len(main) - 1e-9)
    orders: dict[str, tuple[str, ...]] = {}
    for at, rater in enumerate(raters):
        draw = random.Random(f"{design.seed}/order/{rater}")
        own: list[str] = []
        for phase in ("training", "calibration"):
            part = [code for code, work in works.items() if work.phase == phase]
            draw.shuffle(part)
            own += part
        part = [*main[:common], *main[common:][at :: len(raters)]]
        draw.shuffle(part)
        orders[rater] = (*own, *part)
    return orders


def _raters(given: int | Sequence[str]) -> list[str]:
    names = [f"R{number}" for number in range(1, given + 1)] if isinstance(given, int) else list(given)
    if not 1 <= len(names) <= 50:
        raise InputError(f"asks for {len(names)} raters", place="--raters", remedy="ask for 1 to 50; two are needed")
    for name in names:
        if not _RATER.fullmatch(name):
            raise InputError(
                f"{name!r} is no code for a rater",
                place="--raters",
                remedy="use Latin letters, digits, - and _; codes rather than names",
            )
    if len({name.casefold() for name in names}) != len(names):
        raise InputError("two raters have the same code", place="--raters", remedy="give each its own")
    return names


def _check(design: Design) -> None:
    for name, value, least in (
        ("sample", design.sample, 2),
        ("training", design.training, 0),
        ("calibration", design.calibration, 0),
    ):
        if value < least:
            raise InputError(f"is {value}", place=f"--{name}", remedy=f"give a whole number from {least} on")
    if not 0.0 <= design.overlap <= 1.0:
        raise InputError(
            f"is {design.overlap:g}", place="--overlap", remedy="give the share of works that all rate, 0 to 1"
        )


def _task(example: Example) -> str:
    task = example.inputs.get("task")
    return str(task["id"]) if task else str(example.inputs.get("task_id", ""))
