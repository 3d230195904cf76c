"""`gradatim kg score`: how good a built graph is, against a gold standard."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import click

from gradatim.app.console import emit, out, plural, printable, table
from gradatim.app.options import json_option
from gradatim.errors import InputError
from gradatim.kg.graphfile import read_graph_file
from gradatim.kg.scoring import Agreement, Finding, Score, Scores, agreement, findings, match, read_annotation, score
from gradatim.kg.scoring.agreement import Segment

_LISTED = 12


@click.command("score")
@click.argument("gold", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--graph", type=click.Path(dir_okay=False, path_type=Path), help="The graph to score.")
@click.option(
    "--annotations",
    nargs=2,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="A B",
    help="Two people's annotations of the same segments (JSON Lines): how far they agree (Cohen's κ).",
)
@click.option("--errors", "listed", is_flag=True, help="List all errors, not only the first of each kind.")
@json_option
def score_command(
    gold: Path | None, graph: Path | None, annotations: tuple[Path, Path] | None, listed: bool, as_json: bool
) -> None:
    """Score a graph against the gold standard GOLD: precision, recall and F1.

    Concepts count when a name or alias is the same (but for case, plural, hyphens and call brackets). Relations count
    when type and direction are right and both ends match; an end may also overlap with the gold one in words (relaxed
    match), exact matches are told beside. Errors are listed by kind.

    Exit codes: 0 whatever the figures; 2 a file is missing or wrong.
    """
    if (gold is None) != (graph is None) or (gold is None and annotations is None):
        raise InputError(
            "a gold standard and a graph belong together",
            place="gradatim kg score",
            remedy="gradatim kg score GOLD.json --graph GRAPH.json, or --annotations A.jsonl B.jsonl",
        )
    data: dict[str, Any] = {}
    agreed = None
    if annotations is not None:
        agreed = _agreement(*annotations)
        data |= _agreement_figures(agreed)
    scores, errors = None, []
    if gold is not None and graph is not None:
        standard, built = read_graph_file(gold), read_graph_file(graph)
        matching = match(built.concepts, standard.concepts)
        scores = score(built, standard, matching)
        errors = findings(built, standard, matching)
        data |= _figures(scores)
    if as_json:
        if scores is not None:
            data["errors"] = [{"kind": item.kind, "text": item.text, "detail": item.detail} for item in errors]
        emit(data)
        return
    if scores is not None:
        _show(scores, errors, listed)
    if agreed is not None:
        _show_agreement(agreed)


def _agreement(first: Path, second: Path) -> Agreement:
    left, right = read_annotation(first), read_annotation(second)
    candidates = _candidates(left) if all(item.text for item in left) else None
    return agreement(left, right, candidates)


def _candidates(segments: list[Segment]) -> list[set[tuple[str, ...]]]:
    from gradatim.kg.construction.candidates import candidates

    return [set(candidates(item.text)) for item in segments]


def _figures(scores: Scores) -> dict[str, Any]:
    named: dict[str, Score] = {
        "concepts": scores.concepts,
        **scores.relations,
        **{f"{kind}_exact": item for kind, item in scores.exact_relations.items()},
        "related": scores.untyped,
    }
    return {
        f"{name}_{measure}": value
        for name, item in named.items()
        for measure, value in (
            ("precision", round(item.precision, 4)),
            ("recall", round(item.recall, 4)),
            ("f1", round(item.f1, 4)),
            ("found", item.found),
            ("gold", item.gold),
            ("right", item.right),
        )
    }


def _agreement_figures(agreed: Agreement) -> dict[str, Any]:
    return {
        "segments": agreed.segments,
        "concept_kappa": round(agreed.concept_kappa, 4),
        "concept_agreement_f1": round(agreed.concept_f1, 4),
        "relation_kappa": round(agreed.relation_kappa, 4),
        **{f"{kind}_agreement_f1": round(value, 4) for kind, value in agreed.relation_f1.items()},
    }


def _show(scores: Scores, errors: list[Finding], listed: bool) -> None:
    def row(name: str, item: Score) -> tuple[str, ...]:
        return (
            name,
            f"{item.precision:.3f}",
            f"{item.recall:.3f}",
            f"{item.f1:.3f}",
            f"{item.right}",
            f"{item.found}",
            f"{item.gold}",
        )

    rows = [row("concepts (exact)", scores.concepts)]
    rows += [row(f"{kind} (relaxed)", item) for kind, item in scores.relations.items()]
    rows += [row(f"{kind} (exact)", item) for kind, item in scores.exact_relations.items()]
    rows.append(row("related at all", scores.untyped))
    out(table(rows, header=("", "P", "R", "F1", "right", "found", "gold")))
    by_kind: dict[str, list[Finding]] = defaultdict(list)
    for item in errors:
        by_kind[item.kind].append(item)
    for kind, items in by_kind.items():
        out()
        out(f"{kind}: {len(items)}")
        shown = items if listed else items[:_LISTED]
        for item in shown:
            detail = f"  ({item.detail[:100]})" if item.detail else ""
            out(f"  {printable(item.text + detail)}")
        if len(shown) < len(items):
            out(f"  and {len(items) - len(shown)} more (--errors lists them)")


def _show_agreement(agreed: Agreement) -> None:
    out()
    out(f"two annotations of {plural(agreed.segments, 'segment')}")
    rows = [("concepts", f"κ {agreed.concept_kappa:.3f}", f"F1 {agreed.concept_f1:.3f}")]
    rows.append(("relations", f"κ {agreed.relation_kappa:.3f}", ""))
    rows += [(kind, "", f"F1 {value:.3f}") for kind, value in agreed.relation_f1.items()]
    out(table(rows))
