"""What each variant differs by from the full one: the form of the source's Table 8."""

from __future__ import annotations

from collections.abc import Sequence

from gradatim.errors import InputError
from gradatim.evals.reports.comparison import ALPHA, variants_compared
from gradatim.evals.reports.difference import Difference, settled
from gradatim.evals.reports.document import Block, Cell, Note, Picture, Section, Table, Tone, missing
from gradatim.evals.reports.gathering import Gathered
from gradatim.evals.reports.knowledge import COMPLETED, about, circumstantial
from gradatim.evals.reports.published import ABLATION, AGREEMENT, OTHER
from gradatim.evals.reports.wording import ends, number, probability, readable
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
    table = Table(
        f"Table 8. Differences to “{full}”, with intervals of 95 %",
        ("variant and score", full, "variant", "difference", "p", "p (Holm)", "d", "pairs", ""),
        tuple(row for name in names if name != full for row in _rows(name, found)),
        (
            f"Pairs are examples (the mean of their runs). Holm's correction is over all {_tested(found)} figures of "
            f"the table in which some pair differs; what is significant at {ALPHA:g} is marked. d is Cohen's d of the "
            "paired differences. “From” is the smallest difference that would have been found with a probability of "
            "80 %.",
            *_published(found),
        ),
    )
    blocks: list[Block] = [table, *(_picture(place, full, found) for place in _pictured(found))]
    return Section("ablation", "Ablation", tuple(blocks))


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
    mine = [item for item in found if item.variant == name]
    heading = (Cell(name), *(Cell("") for _ in range(8)))
    return [heading, *(_row(item) for item in mine)]


def _row(item: Difference) -> tuple[Cell, ...]:
    label = readable(item.key) if item.measure in ("mean", "share") else f"{readable(item.key)} ({item.measure})"
    first = Cell(f"– {label}", item.why)
    if item.difference.value is None:
        blanks = (Cell(""),) * 5
        return (first, Cell(number(item.old)), Cell(number(item.new)), missing(item.difference.method), *blanks)
    effect = item.effect.value if item.effect is not None else None
    return (
        first,
        Cell(number(item.old, unit=item.unit)),
        Cell(number(item.new, unit=item.unit)),
        Cell(
            number(item.difference.value, unit=item.unit, sign=True),
            ends(item.difference, unit=item.unit, sign=True),
            _TONES.get(item.verdict, ""),
        ),
        Cell(probability(item.test.p)),
        Cell(probability(item.adjusted)),
        Cell("–" if effect is None else f"{effect:+.2f}"),
        Cell(f"{item.pairs:,}", "" if item.runs == item.pairs else f"{item.runs:,} runs"),
        Cell(item.verdict, _from(item), _TONES.get(item.verdict, "")),
    )


def _from(item: Difference) -> str:
    if item.verdict != "no difference" or item.detectable is None:
        return ""
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
    axis = "variant minus full" + ("" if direction is None else f" ({'right' if direction else 'left'} is better)")
    words = f"{title}. " + "; ".join(
        f"{item.variant} {number(item.difference.value, sign=True)} {ends(item.difference, sign=True)}" for item in mine
    )
    return Picture(lambda form: forest(branches, title=title, x=axis, words=words, format=form), words)
