"""`gradatim report class`: a report about a class."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradatim.app.commands.learner.asking import named, with_memory
from gradatim.app.commands.report.asking import checked_since, hand_out, now, report_options
from gradatim.app.console import plural, printable, say
from gradatim.errors import InputError
from gradatim.languages import speaking
from gradatim.memory import LearnerMemory
from gradatim.settings import Settings, load_settings

if TYPE_CHECKING:
    from gradatim.graphs.reports import Document

_LIMIT = 1_000_000
"""Bytes of a list of learners."""
ALL = "all"


@click.command("class")
@click.option(
    "--learners",
    "who",
    default=ALL,
    show_default=True,
    metavar="FILE|all",
    help="A file with one learner a line, or everybody in the memory.",
)
@click.option("--published", is_flag=True, help="Without single learners: no names, no reasons for help.")
@report_options
def class_(
    who: str,
    published: bool,
    form: str | None,
    target: Path | None,
    since: str | None,
    language: str | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Write a report about a class.

    How mastery of each concept is spread, the most common misconceptions, how difficult tasks are, and who may need
    help and why. Tables hold learners who agree to research, and no groups of fewer than five; learners are named only
    where they may need help, in the order of their names. Whoever is forgotten takes the file with them.

    Exit codes: 0 written; 2 a list cannot be read, nobody in it is remembered, or the file cannot be written.
    """
    settings = load_settings(data_dir=data_dir, language=language)
    wanted = None if who == ALL else [named(item, data_dir) for item in _listed(Path(who))]
    since = checked_since(since)
    with speaking(settings.language):
        document = with_memory(
            data_dir, lambda memory: _document(memory, settings, wanted, since, published=published)
        )  # fmt: skip
        hand_out(document, form, target, settings, as_json)


def _listed(path: Path) -> list[str]:
    """The learners of a file: one a line, empty lines and comments (`#`) passed over.

    Raises:
        InputError: It cannot be read, or names nobody.
    """
    try:
        if path.stat().st_size > _LIMIT:
            raise InputError(f"has more than {_LIMIT:,} bytes", place=str(path), remedy="give one learner a line")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}", place=str(path), remedy="give a readable file, or `all`"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8", place=str(path), remedy="save it as UTF-8") from error
    found = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not found:
        raise InputError("names no learner", place=str(path), remedy="give one learner a line")
    return list(dict.fromkeys(found))


async def _document(
    memory: LearnerMemory, settings: Settings, wanted: Sequence[str] | None, since: str | None, *, published: bool
) -> Document:
    from gradatim.graphs.reports import class_report
    from gradatim.graphs.reports.classmates import classmates
    from gradatim.graphs.reports.titles import item_titles
    from gradatim.kg import opened_graph

    moment = now()
    async with opened_graph(settings) as store:
        graph = await store.snapshot()
    found = await classmates(memory, settings, graph, wanted, now=moment)
    if wanted is not None:
        missing = [item for item in wanted if item not in {mate.learner_id for mate in found}]
        if missing:
            say(f"nothing is remembered about {plural(len(missing), 'learner')}: {printable(', '.join(missing[:5]))}")
    if not found:
        raise InputError(
            "nothing is remembered about any of these learners",
            place="learners",
            remedy="`gradatim learner list` names the learners",
        )
    titles = item_titles(settings, (event for mate in found for event in mate.events))
    return class_report(found, graph, now=moment, since=since, published=published, titles=titles)
