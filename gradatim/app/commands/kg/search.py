"""`gradatim kg search`: concepts and misconceptions by what one calls them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from gradatim.app.commands.kg.asking import ask
from gradatim.app.commands.kg.matching import matches
from gradatim.app.console import emit, out, plural, say, shorten, table
from gradatim.app.options import curriculum_option, json_option
from gradatim.errors import InputError


@click.command()
@click.argument("text", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=15, show_default=True, help="Matches to show at most.")
@curriculum_option
@json_option
@click.pass_context
def search(ctx: click.Context, text: tuple[str, ...], limit: int, curriculum: Path | None, as_json: bool) -> None:
    """Find concepts and misconceptions that TEXT may mean, the likeliest first, each with the reason.

    TEXT is a name, the beginning of one, a name with a typing mistake, or a sentence that names concepts; code stands
    in `backquotes` there.

    Exit codes: 0 something was found; 1 nothing was; 2 there is nothing to look for.
    """
    wanted = " ".join(text).strip()
    if not wanted:
        raise InputError("there is nothing to look for", place="TEXT", remedy="give a name, or a part of one")
    found = matches(ask(curriculum, lambda store: store.snapshot()), wanted)
    if as_json:
        listed = [{**asdict(match), "score": round(match.score, 4)} for match in found[:limit]]
        emit({"text": wanted, "found": len(found), "matches": listed})
    elif not found:
        out(f"nothing is called like {shorten(wanted)!r}")
    else:
        rows = [(match.id, match.kind, shorten(match.name, 48), shorten(match.reason, 80)) for match in found[:limit]]
        out(table(rows))
        if len(found) > limit:
            say(f"{plural(len(found) - limit, 'match is', 'matches are')} not shown (--limit)")
    ctx.exit(0 if found else 1)
