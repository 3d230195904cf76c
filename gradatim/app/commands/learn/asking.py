"""What the commands of `gradatim learn` have in common."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from gradatim.app.console import say
from gradatim.errors import InputError

Command = TypeVar("Command", bound=Callable[..., Any])

MODEL_NAMES = ("skill-mean", "irt", "pfa", "bkt", "copy-rule", "bkt-individual", "combined")
"""As in `gradatim.memory.tracing.models.saved`, repeated so that help needs no import of numpy."""

FILE = click.Path(dir_okay=False, path_type=Path)


def skip_bad_option(command: Command) -> Command:
    """`--skip-bad-rows`."""
    return click.option(
        "--skip-bad-rows",
        "skip_bad",
        is_flag=True,
        help="Leave out rows of a CSV file that cannot be used, and say so.",
    )(command)


def kind_option(command: Command) -> Command:
    """`--model NAME`."""
    return click.option(
        "--model",
        "kind",
        type=click.Choice(MODEL_NAMES),
        default="combined",
        show_default=True,
        help="Kind of model, from the simplest to the most accurate.",
    )(command)


def prerequisites_option(command: Command) -> Command:
    """`--prerequisites FILE`."""
    return click.option(
        "--prerequisites",
        type=FILE,
        metavar="FILE",
        help="CSV of two columns, a skill and one that is needed before it: evidence for the combined model.",
    )(command)


def read_data(path: Path, skip_bad: bool) -> Any:
    """The responses of a file; says what was left out.

    Raises:
        InputError: The file cannot be used; names file and line.
    """
    from gradatim.memory.tracing.data import read_sequences

    read = read_sequences(path, skip_bad=skip_bad)
    if read.left_out:
        say(read.left_out)
    return read.data


def read_prerequisites(path: Path | None) -> Mapping[str, Sequence[str]]:
    """Skill → skills that are needed before it.

    Raises:
        InputError: A row does not name two skills; names file and line.
    """
    from gradatim.memory.tracing.data.lines import read_text

    needed: dict[str, list[str]] = {}
    if path is None:
        return needed
    reader = csv.reader(read_text(path).splitlines())
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells) or [cell.casefold() for cell in cells] == ["skill", "prerequisite"]:
                continue
            if len(cells) != 2 or not all(cells):
                raise InputError(
                    "does not name a skill and a prerequisite",
                    place=f"{path}:{reader.line_num}",
                    remedy="write two skills a row: `fractions,division`",
                )
            needed.setdefault(cells[0], []).append(cells[1])
    except csv.Error as error:
        raise InputError(f"is not CSV: {error}", place=f"{path}:{reader.line_num}", remedy="correct the row") from error
    return needed
