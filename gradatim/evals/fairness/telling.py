"""An audit in plain words and tables. It says what differs, by how much and how surely; it names no cause."""

from __future__ import annotations

from gradatim.evals.fairness.audit import ECE, Audit, Divided, Odds
from gradatim.evals.fairness.comparing import FOUR_FIFTHS, Comparison, Figure
from gradatim.evals.fairness.measures import Measure
from gradatim.evals.protocol.printing import markdown_table
from gradatim.evals.statistics import Estimate

NO_CAUSE = (
    "A difference says that groups differ in these runs. It does not say why: tasks, courses, teaching and earlier "
    "knowledge may differ as well as the system. No difference found does not show that there is none: the intervals "
    "say what cannot be ruled out."
)


def summary(audit: Audit, alpha: float = 0.05) -> list[str]:
    """What was found, a sentence each."""
    found = audit.found(alpha)
    lines = [_sentence(item, audit.measures[item.measure]) for item in found]
    if not audit.tests:
        lines.append("Nothing could be compared: no attribute has two groups that are big enough.")
    elif not found:
        lines.append(
            f"Among {audit.tests} comparisons, no difference was found that chance does not explain "
            f"(Holm-corrected p < {alpha:g})."
        )
        lines += _widest(audit)
    below = [
        item
        for part in audit.divided
        for item in part.comparisons
        if audit.measures[
            item.measure
        ].benefit  # the rule is about what people want: a share of errors is no such thing
        and item.ratio is not None
        and item.ratio.high is not None
        and item.ratio.high < FOUR_FIFTHS
    ]
    lines += [
        f"By the four-fifths rule, {audit.measures[item.measure].name} ({item.attribute}: {item.group} and "
        f"{item.other}) differs materially: ratio {item.ratio}."
        for item in below
    ]
    if any(part.suppressed for part in audit.divided):
        lines.append(
            f"Groups with fewer than {audit.least} {_units(audit)} are not reported, nor what would give them away."
        )
    lines.append(NO_CAUSE)
    return lines


def audit_markdown(audit: Audit) -> str:
    """The whole audit as Markdown."""
    model = f", model {audit.model}" if audit.model else ""
    lines = [
        f"# Fairness audit: {audit.name or 'experiment'}",
        "",
        f"Variant {audit.variant}{model}: {audit.runs:,} runs of {audit.units:,} {_units(audit)} in groups "
        f"that are reported; smallest: {audit.least}. Intervals of 95 %; p corrected over {audit.tests} comparisons "
        "(Holm; FDR by Benjamini and Hochberg).",
    ]
    if audit.failed:
        lines.append(f"{audit.failed:,} runs have no figures (they failed, or are no assessments).")
    lines += ["", "## In short", "", *(f"* {line}" for line in summary(audit)), ""]
    for part in audit.divided:
        lines += _section(audit, part)
    return "\n".join(lines).rstrip() + "\n"


def _section(audit: Audit, part: Divided) -> list[str]:
    sizes = ", ".join(f"{name} ({size})" for name, size in part.sizes.items()) or "none that is big enough"
    lines = [f"## By {part.attribute}", "", f"Groups: {sizes}."]
    if part.suppressed:
        lines.append(
            f"Some groups have fewer than {audit.least} {_units(audit)}, or would give one away, and are not reported."
        )
    if part.unknown:
        lines.append("Units of which this is not known are left out.")
    lines.append("")
    if not part.figures:
        return lines
    names = list(part.sizes)
    by = {(item.measure, item.group): item for item in (*part.figures, *part.calibration)}
    keys = [key for key in (*audit.measures, ECE) if any((key, name) in by for name in names)]
    rows = [[_named(audit, key), *(_cell(by.get((key, name))) for name in names)] for key in keys]
    lines += markdown_table(["Measure", *names], rows)
    if part.comparisons:
        lines += ["", "### Differences", ""]
        lines += markdown_table(
            [
                "Measure",
                "Groups",
                "Difference [95 %]",
                "Within tasks [95 %]",
                "Ratio [95 %]",
                "Hedges' g",
                "p",
                "p (Holm)",
                "p (FDR)",
            ],
            [
                [
                    _named(audit, item.measure),
                    f"{item.group} − {item.other}",
                    _interval(item.difference),
                    "" if item.within is None else _interval(item.within),
                    "" if item.ratio is None else str(item.ratio),
                    "" if item.effect is None else str(item.effect),
                    *(_p(p) for p in (item.p, item.holm, item.fdr)),
                ]
                for item in part.comparisons
            ],
        )
    if part.odds:
        lines += ["", "### Equalised odds", "", *(f"* {_odds(item)}" for item in part.odds)]
    return [*lines, ""]


def _sentence(item: Comparison, measure: Measure) -> str:
    """One difference in words."""
    value, low, high = item.difference.value, item.difference.low, item.difference.high
    if value is None:
        return f"{item.attribute}: {measure.name} differs between {item.group} and {item.other} (p {_p(item.holm)})."
    among = f" among {measure.among}" if measure.among else ""
    size = _points(value, measure)
    reach = "" if low is None or high is None else f", interval {_points(low, measure)} to {_points(high, measure)}"
    more = "higher" if value > 0 else "lower"
    side = ""
    if measure.benefit is not None:
        side = ", to the advantage of the former" if (value > 0) == measure.benefit else ", to its disadvantage"
    return (
        f"{item.attribute}: {measure.name}{among} is {more} for {item.group} than for {item.other} by "
        f"{size.lstrip('+-')}{side} ({size}{reach}; corrected p {_p(item.holm)}).{_within(item, measure)}"
    )


def _within(item: Comparison, measure: Measure) -> str:
    """What is left of a difference within tasks, as a further sentence."""
    left = item.within
    if left is None or left.value is None or left.low is None or left.high is None:
        return ""
    ends = f"interval {_points(left.low, measure)} to {_points(left.high, measure)}"
    return f" Within the same tasks it is {_points(left.value, measure)} ({ends})."


def _widest(audit: Audit) -> list[str]:
    """What the intervals of figures that matter to learners do not rule out."""
    bounds: dict[str, float] = {}
    for part in audit.divided:
        for item in part.comparisons:
            if item.difference.low is not None and item.difference.high is not None:
                reach = max(abs(item.difference.low), abs(item.difference.high))
                bounds[item.measure] = max(bounds.get(item.measure, 0.0), reach)
    told = [
        f"{_named(audit, key)} {_points(bounds[key], measure).lstrip('+')}"
        for key, measure in audit.measures.items()
        if key in bounds and measure.benefit is not None
    ]
    return [f"Not ruled out are differences up to: {'; '.join(told)}."] if told else []


def _points(value: float, measure: Measure) -> str:
    if measure.kind == "share":
        return f"{100 * value:+.1f} percentage points"
    return f"{value:+.3f}"


def _odds(item: Odds) -> str:
    return (
        f"{item.decision}: false positives differ by {_interval(item.false_positive)}, true positives by "
        f"{_interval(item.true_positive)}; the wider one between {item.between[0]} and {item.between[1]}"
        + ("." if item.difference is None else f" (equalised odds difference {item.difference:.3f}).")
    )


def _named(audit: Audit, key: str) -> str:
    if key == ECE:
        return "expected calibration error"
    measure = audit.measures[key]
    return f"{measure.name}, {measure.among}" if measure.among else measure.name


def _units(audit: Audit) -> str:
    return "learners" if audit.learners else "submissions"


def _cell(found: Figure | None) -> str:
    return "not reported" if found is None else f"{found.estimate} (n = {found.estimate.n})"


def _interval(estimate: Estimate) -> str:
    return str(estimate)


def _p(p: float | None) -> str:
    if p is None:
        return "–"
    return "< .001" if p < 0.001 else f"{p:.3f}".lstrip("0") if p < 1 else "1"
