"""`gradatim languages`: which languages learners can be spoken to in, and what is missing in one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from gradatim.app.console import emit, out, plural, printable, table
from gradatim.app.options import json_option
from gradatim.languages import available, language
from gradatim.languages.completeness import Gaps, gaps
from gradatim.settings import load_settings

SHOWN = 20
"""Missing phrases that a person is shown; the JSON has all."""


@click.command()
@click.argument("code", required=False)
@json_option
@click.pass_context
def languages(ctx: click.Context, code: str | None, as_json: bool) -> None:
    """List the languages that learners are spoken to in, or say what the language CODE lacks.

    A language is a folder of files (`docs/languages.md`); further folders are named by the setting `languages`
    (GRADATIM_LANGUAGES).

    \b
    Exit codes: 0 nothing that is said to a learner is missing; 1 something is; 2 there is no such language.
    """
    load_settings()  # names the folders
    chosen = [code] if code is not None else list(available())
    found = [_gaps(item) for item in chosen]
    if as_json:
        emit({"languages": [_row(item) for item in found]})
    elif code is None:
        rows = [(item.code, language(item.code).name, _short(item)) for item in found]
        out(table(rows, header=("code", "name", "state")))
    else:
        out("\n".join(map(printable, _told(found[0]))))
    ctx.exit(0 if code is None or found[0].complete else 1)


def _gaps(code: str) -> Gaps:
    from gradatim.agents.prompts import CASE_PROMPTS
    from gradatim.kg import packaged_curriculum

    graph = packaged_curriculum()
    return gaps(
        code,
        concepts=[concept.id for concept in graph.concepts],
        misconceptions=[item.id for item in graph.misconceptions],
        prompts=CASE_PROMPTS,
    )


def _row(item: Gaps) -> dict[str, Any]:
    known = language(item.code)
    more = {"name": known.name, "folder": str(known.folder), "falls_back": known.falls_back, "complete": item.complete}
    return asdict(item) | more


def _short(item: Gaps) -> str:
    if item.complete:
        return "complete"
    lacking = len(item.missing) + len(item.uneven) + len(item.labels)
    return f"{plural(lacking, 'thing')} missing: gradatim languages {item.code}"


def _told(item: Gaps) -> list[str]:
    known = language(item.code)
    lines = [
        f"{item.code}  {known.name}  {known.folder}",
        f"{item.phrases - len(item.missing)} of {item.phrases} phrases",
    ]
    for title, keys in (
        ("missing", item.missing),
        ("filled in with other values", item.uneven),
        ("English has no such phrase", item.unknown),
        ("without a name or correction", item.labels),
        ("asked in English", item.prompts),
    ):
        lines += [f"{title}: {key}" for key in keys[:SHOWN]]
        if len(keys) > SHOWN:
            lines.append(f"{title}: … and {len(keys) - SHOWN} more")
    if item.undefined and item.code != "en":
        lines.append(f"concepts that are named but not defined in it: {item.undefined}")
    if not item.reads:
        lines.append("sentences of a model or a person are not read for claims (no claims.yaml)")
    if known.falls_back:
        lines.append("what is missing is said in English")
    return lines
