"""`gradatim kg check`: every problem of a curriculum."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

from gradatim.app.commands.kg.sizes import size, size_text
from gradatim.app.console import emit, out, plural, printable
from gradatim.app.options import curriculum_option, json_option
from gradatim.kg import Sources, inspect_curriculum
from gradatim.settings import load_settings


@click.command()
@curriculum_option
@json_option
@click.pass_context
def check(ctx: click.Context, curriculum: Path | None, as_json: bool) -> None:
    """List every problem of a curriculum, with file and line.

    Exit codes: 0 it can be used (there may be warnings); 1 there are errors; 2 it cannot be read at all.
    """
    folder = load_settings(curriculum=curriculum).curriculum
    graph, problems = inspect_curriculum(Sources.read(folder or files("gradatim.kg") / "curricula" / "python"))
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    if as_json:
        listed = [{"severity": p.severity, "place": p.place, "message": p.message} for p in problems]
        emit({**size(graph), "errors": errors, "warnings": warnings, "problems": listed})
    else:
        for problem in problems:
            out(f"{problem.severity}: {printable(str(problem))}")
        counts = f"{plural(errors, 'error')}, {plural(warnings, 'warning')}"
        out(f"{graph.name}: {size_text(graph)}; {counts}")
    ctx.exit(1 if errors else 0)
