"""`gradatim trace diff`: where two runs part, or the runs of two files."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradatim.app.commands.trace.asking import from_option, parts_of, run_of
from gradatim.app.console import emit, out, plural, printable, shorten, table
from gradatim.app.options import json_option

if TYPE_CHECKING:
    from gradatim.evals.traces.trace import Trace
    from gradatim.evals.traces.view import Comparison


@click.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@from_option
@click.option(
    "--tolerance", type=click.FloatRange(0), default=5e-4, show_default=True, metavar="X",
    help="Up to which confidences and scores count as equal.",
)  # fmt: skip
@json_option
def diff(first: str, second: str, source: Any, tolerance: float, as_json: bool) -> None:
    """Show where A and B part: path, evidence, statements, verdict, checks, confidence, tokens, times.

    A and B are each FILE#RUN (an id or how it begins, a number, the id of an example) or FILE. Of two files with
    several runs, those are compared that are of the same example and seed, or that stand in the same place where no
    example is known. Times are told and never count as a difference.

    \b
    Exit codes: 0 nothing differs that counts; 1 something does; 2 a file cannot be read, or there is no such run.
    """
    from gradatim.evals.traces.view import compare

    one, other = parts_of(first), parts_of(second)
    singles = [run_of(path, run, source) for path, run in (one, other)]
    if one[1] is None and other[1] is None and any(more for _, more in singles):
        _whole(one[0], other[0], source, tolerance, as_json)
        return
    found = compare(singles[0][0], singles[1][0], tolerance=tolerance)
    if as_json:
        emit(found.plain())
    else:
        out(_text(found))
    sys.exit(0 if found.same else 1)


def _text(found: Comparison) -> str:
    """The differences, a line each, under their aspect."""
    lines = [
        f"A  {printable(found.first.name)} {found.first.id}",
        f"B  {printable(found.second.name)} {found.second.id}",
    ]
    aspect = ""
    for item in found.differences:
        if item.aspect != aspect:
            aspect = item.aspect
            lines += ["", aspect]
        lines.append(f"  {shorten(item.place, 110)}")
        if item.first:
            lines.append(f"    A  {shorten(item.first, 220)}")
        if item.second:
            lines.append(f"    B  {shorten(item.second, 220)}")
    counted = sum(item.counts for item in found.differences)
    lines += ["", "the runs do not differ" if found.same else plural(counted, "difference")]
    return "\n".join(lines)


def _whole(first: Path, second: Path, source: Any, tolerance: float, as_json: bool) -> None:
    from gradatim.evals.traces.view import compare

    tally = _Tally()
    rows: list[tuple[str, ...]] = []
    runs: list[dict[str, Any]] = []
    for key, one, other in _pairs(first, second, source, tally):
        found = compare(one, other, tolerance=tolerance)
        aspects = Counter(item.aspect for item in found.differences if item.counts)
        tally.add(found.same, aspects)
        if as_json:
            runs.append({"run": key, "first": one.id, "second": other.id, "same": found.same, "aspects": dict(aspects)})
        elif not found.same:
            rows.append((shorten(key, 40), ", ".join(f"{aspect} {n}" for aspect, n in aspects.items())))
    same = tally.differing == 0 and not tally.only
    if as_json:
        emit({"same": same, "runs": runs, "only_first": tally.of("A"), "only_second": tally.of("B")})
    else:
        if rows:
            out(table(rows, header=("run", "differs in")) + "\n")
        for side, key in tally.only:
            out(f"only in {side}: {shorten(key, 100)}")
        aspects = ", ".join(f"{aspect} in {n}" for aspect, n in tally.aspects.most_common())
        out(f"{tally.same} of {plural(tally.same + tally.differing, 'pair')} of runs do not differ")
        if aspects:
            out(f"differences: {aspects}")
    sys.exit(0 if same else 1)


@dataclass(slots=True)
class _Tally:
    """What the comparison of two files comes to."""

    same: int = 0
    differing: int = 0
    aspects: Counter[str] = field(default_factory=Counter[str])
    only: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def add(self, same: bool, aspects: Counter[str]) -> None:
        """Count a pair in."""
        self.same += same
        self.differing += not same
        self.aspects.update(aspects.keys())

    def of(self, side: str) -> list[str]:
        """Runs that only one file has."""
        return [key for where, key in self.only if where == side]


def _pairs(first: Path, second: Path, source: Any, tally: _Tally) -> Iterator[tuple[str, Trace, Trace]]:
    """Runs of two files that belong together; only those are kept whose other half has not come yet."""
    from gradatim.evals.traces.formats import open_traces

    sides = (open_traces(first, source), open_traces(second, source))
    waiting: tuple[dict[str, Trace], dict[str, Trace]] = ({}, {})
    seen = (Counter[str](), Counter[str]())
    place = 0
    while True:
        place += 1
        came = [next(side, None) for side in sides]
        if came == [None, None]:
            break
        for side, trace in enumerate(came):
            if trace is None:
                continue
            name = _key(trace, place)
            seen[side][name] += 1
            key = name if seen[side][name] == 1 else f"{name} ({seen[side][name]})"
            match = waiting[1 - side].pop(key, None)
            if match is None:
                waiting[side][key] = trace
            else:
                yield key, *((trace, match) if side == 0 else (match, trace))
    tally.only += [("AB"[side], key) for side in (0, 1) for key in waiting[side]]


def _key(trace: Trace, place: int) -> str:
    sample = trace.attributes.get("sample")
    if sample in (None, ""):
        return f"run {place}"
    seed = trace.attributes.get("seed")
    return str(sample) if seed is None else f"{sample}, seed {seed}"
