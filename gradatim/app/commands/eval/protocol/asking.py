"""What the commands of a rating study share: options, reading a study, telling a result."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradatim.app.console import out, plural, printable, say
from gradatim.errors import InputError

if TYPE_CHECKING:
    from gradatim.evals.protocol import Collected, Study

folder_argument = click.argument("folder", type=click.Path(path_type=Path))
phase_option = click.option(
    "--phase",
    type=click.Choice(("training", "calibration", "main")),
    default="main",
    show_default=True,
    help="Round that is looked at.",
)
exclude_option = click.option(
    "--exclude-rater", "excluded", multiple=True, metavar="RATER", help="Leave a rater out; state the reason."
)
encoding_option = click.option("--encoding", default="utf-8", show_default=True, help="Of files that are not UTF-8.")
markdown_option = click.option(
    "--md", "markdown", type=click.Path(path_type=Path), metavar="FILE", help="Also write Markdown, or a page (.html)."
)


def collected(folder: Path, excluded: tuple[str, ...], encoding: str) -> tuple[Study, Collected]:
    from gradatim.evals.protocol import collect, read_study

    study = read_study(folder)
    return study, collect(study, folder, exclude=excluded, encoding=encoding)


def usable(folder: Path, excluded: tuple[str, ...], encoding: str) -> tuple[Study, Collected]:
    """As `_collected`, for whoever computes: says what is left out, and goes on only where something is left."""
    study, found = collected(folder, excluded, encoding)
    if not found.scores:
        first = next(iter(found.problems), None)
        raise InputError(
            first.message if first else "no rating is given yet",
            place=first.place if first else str(folder),
            remedy=first.remedy if first else "wait for the raters' files; `gradatim eval protocol check` tells more",
        )
    if found.problems:
        say(
            f"{plural(len(found.problems), 'problem')} with the ratings; what they concern is left out "
            f"(gradatim eval protocol check {folder})"
        )
    return study, found


def tell(text: str, markdown: Path | None, as_json: bool) -> None:
    from gradatim.evals.protocol.printing import write_report

    if markdown is not None:
        write_report(text, markdown)
        say(f"{markdown} written")
    if not as_json:
        out(printable(text.rstrip("\n"), lines=True))
