"""`gradatim eval compare`: whether a change made the agents better or worse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gradatim.app.console import emit, out, plural, printable, shorten, table
from gradatim.app.options import json_option
from gradatim.errors import InputError

if TYPE_CHECKING:
    from gradatim.evals.reports.comparison import Comparison
    from gradatim.evals.reports.difference import Difference

SHOWN = "no difference shown"
_MARKS = {"worse": "✗", "better": "✓", "different": "≠"}


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--key", "keys", multiple=True, metavar="KEY", help="Only this score (again for more); also `completed`.")
@click.option(
    "--alpha",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.01,
    show_default=True,
    help="Probability of calling anything different if nothing is, over all scores together.",
)
@click.option("--all", "show_all", is_flag=True, help="Also list the scores in which no difference was shown.")
@json_option
def compare(old: str, new: str, keys: tuple[str, ...], alpha: float, show_all: bool, as_json: bool) -> None:
    """Compare the results in OLD with those in NEW, score by score, on the examples that both have.

    Each is a folder that `gradatim eval run` wrote, or FOLDER#VARIANT. Runs of the same example, seed and model are
    pairs; several runs of an example count as one. p values are corrected for how many scores are compared (Holm).
    Times are shown, and judged only when named by --key.

    \b
    Exit codes: 0 nothing got significantly worse; 1 something did; 2 bad input, or too few examples to tell anything.
    """
    from gradatim.evals.reports.comparison import compare as compared
    from gradatim.evals.reports.comparison import side_of

    found = compared(side_of(old), side_of(new), keys=keys, alpha=alpha)
    if as_json:
        emit(found.plain())
    else:
        _show(found, show_all or bool(keys))
    if found.blind and as_json:
        raise click.exceptions.Exit(InputError.exit_code)  # the data say so themselves
    if found.blind:
        raise InputError(
            f"no figure has pairs enough to be significant at {alpha:g}: nothing was compared",
            place=f"{found.old}, {found.new}",
            remedy=f"compare results that share {found.least} examples or more, or allow more by --alpha",
        )
    if found.worse:
        raise click.exceptions.Exit(1)


def _show(found: Comparison, show_all: bool) -> None:
    shown = [item for item in found.differences if show_all or item.verdict in _MARKS]
    if shown:
        several = len({item.variant for item in shown}) > 1
        rows = [_row(item, several) for item in shown]
        header = ("", *(("variant",) if several else ()), "score", "old", "new", "difference", "p (Holm)", "d", "pairs")
        out(table(rows, header=(*header, "verdict")))
        out()
    judged = [item for item in found.differences if item.judged]
    counts = {verdict: len(found.of(verdict)) for verdict in ("worse", "better", "different", "too few pairs")}
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count) or SHOWN
    colour = "red" if counts["worse"] else "green" if counts["better"] else None
    out(f"{plural(len(judged), 'figure')} compared at α = {found.alpha:g} (Holm): {told}", colour=colour)
    _limits(found)
    for item in found.differences:
        if item.why and (show_all or item.judged):
            out(f"note: {printable(item.key)}: {shorten(item.why, 300)}")
    for note in found.notes:
        out(f"note: {shorten(note, 300)}")
    if not show_all and any(item.verdict == SHOWN for item in found.differences):
        out("(--all also lists where no difference was shown, and the smallest that would have been seen)")


def _limits(found: Comparison) -> None:
    """What it is worth that no difference was shown."""
    quiet = [
        item.detectable
        for item in found.of(SHOWN)
        if item.detectable is not None
        and item.unit is None
        and item.measure in ("mean", "share")
        and item.old is not None
        and item.new is not None
        and 0.0 <= min(item.old, item.new) <= max(item.old, item.new) <= 1.0
    ]
    if quiet:
        low, high = number(min(quiet)), number(max(quiet))
        told = f"from {low} on" if low == high else f"from {low} to {high} on, by score,"
        out(
            f"Where no difference was shown, in scores in [0, 1], differences {told} would have been seen with 80 % "
            "probability; smaller ones could hide."
        )


def _row(item: Difference, several: bool) -> list[str]:
    return [
        _MARKS.get(item.verdict, ""),
        *([item.variant] if several else []),
        item.key if item.measure in ("mean", "share") else f"{item.key} ({item.measure})",
        number(item.old),
        number(item.new),
        _interval(item),
        _probability(item),
        "–" if item.effect is None or item.effect.value is None else f"{item.effect.value:+.2f}",
        f"{item.pairs:,}",
        _verdict(item),
    ]


def _interval(item: Difference) -> str:
    estimate = item.difference
    if estimate.value is None:
        return "–"
    if estimate.low is None or estimate.high is None:
        return number(estimate.value, sign=True)
    ends = f"[{number(estimate.low, sign=True)}, {number(estimate.high, sign=True)}]"
    return f"{number(estimate.value, sign=True)} {ends}"


def _probability(item: Difference) -> str:
    p: Any = item.adjusted if item.adjusted is not None else item.test.p
    if p is None:
        return "–"
    text = f"{p:.4f}" if p >= 0.0001 else "< 0.0001"
    return text if item.adjusted is not None else f"({text})"


def _verdict(item: Difference) -> str:
    if item.verdict == SHOWN and item.detectable is not None:
        return f"{SHOWN} (from {number(item.detectable)} on it would have been seen)"
    return item.verdict


def number(value: float | None, *, sign: bool = False) -> str:
    """A figure with three places, or as many digits as tell something."""
    if value is None:
        return "–"
    form = f"{'+' if sign else ''},.0f" if abs(value) >= 1000 else f"{'+' if sign else ''}.3f"
    return f"{value:{form}}"
