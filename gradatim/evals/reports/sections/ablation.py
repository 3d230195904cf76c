"""What each variant differs by from the full one: the form of the source's Table 8."""

from __future__ import annotations

from collections.abc import Sequence

from gradatim.errors import InputError
from gradatim.evals.reports.comparison import ALPHA, variants_compared
from gradatim.evals.reports.difference import Difference, settled
from gradatim.evals.reports.document import Block, Cell, Note, Picture, Section, Table, Tone
from gradatim.evals.reports.gathering import Gathered
from gradatim.evals.reports.knowledge import COMPLETED, about, circumstantial
from gradatim.evals.reports.published import ABLATION, AGREEMENT, OTHER
from gradatim.evals.reports.wording import counted, ends, number, probability, readable, shortened
from gradatim.memory.pictures.forest import Branch, forest

FULL = ("full", "baseline", "default", "control")
"""Names of the variant that the others are compared with, where there is one of them; else it is the first."""
HEADLINES = (
    "expert_agreement", "objective_coverage", "precision_rubric", "claim_support_audited", "diagnosis_named",
    "fault_line_told_top1", "misconception_told_top1", "calibration",
)  # fmt: skip
"""What ablations are judged by, where it was scored: few questions asked beforehand are worth more than many. What a
variant's own checks say of it (`claim_support`, `hallucination`) is not among them: without a verifier it has none."""
OWN = ("claim_support", "hallucination", "hallucination_told")
"""Taken instead of the audit where nothing was audited."""
_MOST = 20
"""Variants that are told of in words."""
_TONES: dict[str, Tone] = {"worse": "bad", "better": "good", "different": "warn", "too few pairs": "soft"}


def ablation(gathered: Gathered, baseline: str | None = None) -> Section:
    """The section.

    Args:
        baseline: Variant that the others are compared with.

    Raises:
        InputError: There is no such variant.
    """
    names = list(gathered.variants)
    if baseline is not None and baseline not in names:
        raise InputError(
            f"there is no variant {baseline!r}", place="--baseline", remedy=f"choose from: {', '.join(names) or 'none'}"
        )
    if len(names) < 2:
        why = "the experiment has one variant only" if names else "nothing was run"
        return Section("ablation", "Ablation", (Note(f"Ablations were not measured: {why}."),))
    full = baseline or next((name for name in FULL if name in names), names[0])
    keys = _keys(gathered)
    raw = [
        item
        for name in names
        if name != full
        for item in variants_compared(gathered.variants[full], gathered.variants[name], name, keys)
    ]
    found = settled(raw, ALPHA)
    rest = [name for name in names if name != full]
    measured = [item for item in found if item.difference.value is not None]
    notes = [
        "Pairs are examples (the mean of their runs, over seeds and models). Holm's correction is over all "
        f"{_tested(found)} figures here in which some pair differs; what is significant at {ALPHA:g} is marked. "
        "d is Cohen's d of the paired differences. “From” is the smallest difference that would have been found with a "
        "probability of 80 %: “no difference shown” does not rule out smaller ones.",
        *_missing(found),
        *(f"{readable(key)}: {about(key).summary}" for key in dict.fromkeys(item.key for item in measured)),
        *_published(found),
    ]
    table = Table(
        f"Table 8. Differences to “{full}”, with intervals of 95 %",
        ("variant and score", full, "variant", "difference", "p", "p (Holm)", "d", "pairs", "reading"),
        tuple(row for name in rest for row in _rows(name, measured)),
        tuple(notes),
    )
    said = [Note(_said(name, measured)) for name in rest[:_MOST]]
    blocks: list[Block] = [*said, table, *(_picture(place, full, found) for place in _pictured(found))]
    return Section("ablation", "Ablation", tuple(blocks))


def _said(name: str, measured: Sequence[Difference]) -> str:
    """What the rows of a variant come to, in words."""
    mine = [item for item in measured if item.variant == name]
    parts = [
        f"{verdict} in {', '.join(told)}"
        for verdict in ("worse", "better", "different")
        if (told := [f"{_label(item)} ({_value(item)})" for item in mine if item.verdict == verdict])
    ]
    quiet = sum(item.verdict == "no difference shown" for item in mine)
    few = sum(item.verdict == "too few pairs" for item in mine)
    if quiet:
        parts.append(f"no difference shown in {'any of ' if not parts and not few else ''}{counted(quiet, 'figure')}")
    if few:
        parts.append(f"too few pairs to tell in {counted(few, 'figure')}")
    return f"{name}: {'; '.join(parts) or 'nothing was measured'}."


def _missing(found: Sequence[Difference]) -> list[str]:
    """What cannot be compared, and why."""
    groups: dict[str, dict[str, None]] = {}
    for item in found:
        if item.difference.value is None:
            groups.setdefault(shortened(item.why or item.difference.method), {})[_label(item)] = None
    return [f"Not compared: {', '.join(labels)} ({why})." for why, labels in groups.items()]


def _label(item: Difference) -> str:
    return readable(item.key) if item.measure in ("mean", "share") else f"{readable(item.key)} ({item.measure})"


def _value(item: Difference) -> str:
    return number(item.difference.value, unit=item.unit, sign=True)


def _tested(found: Sequence[Difference]) -> int:
    return sum(item.judged and not item.same and item.test.p is not None for item in found)


def _keys(gathered: Gathered) -> tuple[str, ...]:
    scored = gathered.keys
    chosen = [key for key in HEADLINES if key in scored]
    if "claim_support_audited" not in scored:
        chosen += [key for key in OWN if key in scored]
    steady = [key for key in scored if not circumstantial(about(key))]
    quality = [key for key in steady if about(key).family != "trajectory"]
    return (*(chosen or quality or steady), COMPLETED)


def _rows(name: str, found: Sequence[Difference]) -> list[tuple[Cell, ...]]:
    heading = (Cell(name), *(Cell("") for _ in range(8)))
    return [heading, *(_row(item) for item in found if item.variant == name)]


def _row(item: Difference) -> tuple[Cell, ...]:
    effect = item.effect.value if item.effect is not None else None
    return (
        Cell(f"– {_label(item)}", shortened(item.why)),
        Cell(number(item.old, unit=item.unit)),
        Cell(number(item.new, unit=item.unit)),
        Cell(_value(item), ends(item.difference, unit=item.unit, sign=True), _TONES.get(item.verdict, "")),
        Cell(probability(item.test.p)),
        Cell(probability(item.adjusted)),
        Cell("–" if effect is None else f"{effect:+.2f}"),
        Cell(f"{item.pairs:,}", "" if item.runs == item.pairs else f"{item.runs:,} runs"),
        Cell(item.verdict, _from(item), _TONES.get(item.verdict, "")),
    )


def _from(item: Difference) -> str:
    if item.verdict != "no difference shown":
        return ""
    if item.detectable is None:
        return "the same in every pair" if item.same else ""
    return f"from {number(item.detectable, unit=item.unit)}"


def _published(found: Sequence[Difference]) -> list[str]:
    if not any(item.key == AGREEMENT and item.difference.value is not None for item in found):
        return []
    told = "; ".join(f"{words} {value:+.3f}" for _, words, value in ABLATION)
    return [f"The source reports for r with experts: {told} (theirs). {OTHER}"]


def _pictured(found: Sequence[Difference]) -> list[tuple[str, str]]:
    """Scores (and what is compared of them) for which there is a difference to draw, the most telling first."""
    known = [item for item in found if item.difference.value is not None and item.key != COMPLETED]
    least: dict[tuple[str, str], float] = {}
    for item in known:
        place = (item.key, item.measure)
        least[place] = min(least.get(place, 1.0), 1.0 if item.adjusted is None else item.adjusted)
    return sorted(least, key=lambda place: least[place])[:4]


def _picture(place: tuple[str, str], full: str, found: Sequence[Difference]) -> Picture:
    mine = [item for item in found if (item.key, item.measure) == place and item.difference.value is not None]
    branches = [
        Branch(
            item.variant,
            item.difference.value,
            item.difference.low,
            item.difference.high,
            strong=item.verdict in ("worse", "better", "different"),
            told=f"{number(item.difference.value, sign=True)}, p {probability(item.adjusted)}",
        )
        for item in mine
    ]
    key, measure = place
    title = f"Difference to {full}: {readable(key)}" + ("" if measure in ("mean", "share") else f" ({measure})")
    direction = mine[0].higher_is_better
    axis = f"variant minus {full}" + ("" if direction is None else f" ({'right' if direction else 'left'} is better)")
    words = f"{title}. " + "; ".join(
        f"{item.variant} {number(item.difference.value, sign=True)} {ends(item.difference, sign=True)}" for item in mine
    )
    return Picture(lambda form: forest(branches, title=title, x=axis, words=words, format=form), words)
