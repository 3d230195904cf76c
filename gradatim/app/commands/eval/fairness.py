"""`gradatim eval fairness`: do figures differ between groups of learners?"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from gradatim.app.console import emit, out, printable, say
from gradatim.app.options import json_option


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--by", required=True, metavar="ATTRIBUTE[,ATTRIBUTE]", help="Groups; of several, crossings as well.")
@click.option("--variant", metavar="NAME", help="Whose runs; full, or the only one.")
@click.option("--model", metavar="NAME", help="Whose runs, where there are several models.")
@click.option("--key", "keys", multiple=True, metavar="SCORE", help="Compare this score of the experiment as well.")
@click.option(
    "--groups",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="CSV with a column submission or learner and one an attribute.",
)
@click.option("--least", type=click.IntRange(5), default=10, show_default=True, help="Units that a group needs.")
@click.option(
    "--md", "markdown", type=click.Path(path_type=Path), metavar="FILE", help="Also write Markdown, or a page (.html)."
)
@json_option
def fairness(
    folder: Path,
    by: str,
    variant: str | None,
    model: str | None,
    keys: tuple[str, ...],
    groups: Path | None,
    least: int,
    markdown: Path | None,
    as_json: bool,
) -> None:
    """Compare scores, confidence, reviews, delivery and errors between groups of an experiment's learners.

    FOLDER is what `gradatim eval run` has written. Differences come with intervals and with p corrected over all
    comparisons; groups that are too small are not reported.

    \b
    Exit codes: 0 computed, whatever came of it; 2 there is nothing to compare.
    """
    from gradatim.evals.fairness import audit, audit_markdown, read_cases, summary
    from gradatim.evals.protocol.printing import write_report
    from gradatim.evals.results import open_results

    results = open_results(folder)
    cases = read_cases(results, variant=variant, model=model, keys=keys, groups=groups)
    found = audit(cases, by, least=least, name=str(results.manifest["name"]))
    text = audit_markdown(found)
    if markdown is not None:
        write_report(text, markdown)
        say(f"{markdown} written")
    if as_json:
        emit({**dataclasses.asdict(found), "summary": summary(found)})
    else:
        out(printable(text.rstrip("\n"), lines=True))
