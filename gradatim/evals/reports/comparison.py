"""Compares two versions of an agent on the same examples: what got worse or better, and what could have been seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from gradatim.errors import InputError
from gradatim.evals.reports.difference import Difference, least_pairs, settled
from gradatim.evals.reports.gathering import Cell, Gathered, Series, Variant, gather
from gradatim.evals.reports.knowledge import COMPLETED, about, circumstantial
from gradatim.evals.reports.matching import match
from gradatim.evals.reports.testing import differences, means
from gradatim.evals.statistics import mcnemar

ALPHA = 0.01
_TIME = "it hangs on what else the machine did, and on what was run before; name the key to have it judged"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison.

    Attributes:
        variant: The one that is compared; `None` for all of them, each with its namesake.
    """

    gathered: Gathered
    variant: str | None

    @property
    def unfinished(self) -> bool:
        """Whether the manifest says that runs are missing."""
        manifest = self.gathered.results.manifest
        return "finished" in manifest and not manifest["finished"]

    @property
    def name(self) -> str:
        """As a person would name it."""
        folder = str(self.gathered.results.folder)
        return f"{folder}#{self.variant}" if self.variant else folder


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came out.

    Attributes:
        alpha: Probability of calling anything different if nothing is (Holm, over all that are judged).
        notes: What has to be known about the data.
    """

    old: str
    new: str
    alpha: float
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]

    def of(self, verdict: str) -> tuple[Difference, ...]:
        """Differences with a verdict."""
        return tuple(item for item in self.differences if item.verdict == verdict)

    @property
    def worse(self) -> bool:
        """Whether something got significantly worse."""
        return bool(self.of("worse"))

    @property
    def blind(self) -> bool:
        """Whether nothing could have come out significant: a build server must not take that for good news."""
        return not any(item.judged and item.verdict != "too few pairs" for item in self.differences)

    @property
    def least(self) -> int:
        """Examples that both have to have, for anything to be significant."""
        return least_pairs(self.alpha)

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "old": self.old,
            "new": self.new,
            "alpha": self.alpha,
            "correction": "Holm (1979)",
            "judged": sum(item.judged for item in self.differences),
            "worse": self.worse,
            "blind": self.blind,
            "differences": [item.plain() for item in self.differences],
            "notes": list(self.notes),
        }


def side_of(text: str) -> Side:
    """What `FOLDER` or `FOLDER#VARIANT` names.

    Raises:
        InputError: There are no results, or there is no such variant in them.
    """
    folder, hash_, variant = text.rpartition("#")
    if not hash_ or Path(text).exists():
        return Side(gather(Path(text)), None)
    gathered = gather(Path(folder))
    if variant not in gathered.variants:
        known = ", ".join(gathered.variants) or "none"
        raise InputError(f"there is no variant {variant!r}", place=folder, remedy=f"choose from: {known}")
    return Side(gathered, variant)


def compare(old: Side, new: Side, *, keys: Sequence[str] = (), alpha: float = ALPHA) -> Comparison:
    """Compare two versions, scorer by scorer.

    Args:
        old, new: What is compared.
        keys: Only these scorers; all that both have, and whether runs ended without error, when empty.
        alpha: Family-wise level.

    Raises:
        InputError: They have no variant or no scores in common, or there is no such key.
    """
    if not 0.0 < alpha < 1.0:
        raise InputError(f"{alpha:g} is not between 0 and 1", place="--alpha", remedy="give 0.01, say")
    notes = [f"{side.name}: {note}" for side in (old, new) for note in side.gathered.notes]
    notes += _versions(old, new)
    notes += [f"{side.name}: the experiment is not finished." for side in (old, new) if side.unfinished]
    pairs = _variants(old, new, notes)
    _check(keys, pairs)
    found: list[Difference] = []
    lonely: dict[str, list[str]] = {}
    for left, right in pairs:
        name = right.name if left.name == right.name else f"{left.name} → {right.name}"
        found += variants_compared(left, right, name, keys)
        for told in _lonely(left, right, keys):
            lonely.setdefault(told, []).append(name)
    notes += [f"{', '.join(names)}: {told}" for told, names in lonely.items()]
    if not found:
        raise InputError(
            "there is no score that both have",
            place=f"{old.name}, {new.name}",
            remedy="score both with the same scorers: gradatim eval score",
        )
    return Comparison(old.name, new.name, alpha, tuple(settled(found, alpha)), tuple(dict.fromkeys(notes)))


def variants_compared(old: Variant, new: Variant, name: str, keys: Sequence[str] = ()) -> Iterator[Difference]:
    """All differences of two variants, not yet corrected."""
    if not keys or COMPLETED in keys:
        sides = [{cell: 0.0 if cell in variant.failed else 1.0 for cell in variant.cells} for variant in (old, new)]
        shared = {"key": COMPLETED, "variant": name, "higher_is_better": True, "unit": None}
        yield means(sides[0], sides[1], True, shared)
    for key, series in old.series.items():
        other = new.series.get(key)
        if other is None or (keys and key not in keys):
            continue
        info = about(key)
        for item in differences(series, other, info, name):
            why = _flattered(series, other, old.failed.keys() | new.failed.keys())
            if circumstantial(info) and not keys:
                item = replace(item, judged=False, why=_TIME)
            elif not series.values and not other.values:
                item = replace(item, judged=False, why=f"neither side was judged: {_commonest(series)}")
            elif told := "; ".join(filter(None, (why, _judges(series, other)))):
                item = replace(item, why=told)
            yield item


def _variants(old: Side, new: Side, notes: list[str]) -> list[tuple[Variant, Variant]]:
    mine, theirs = old.gathered.variants, new.gathered.variants
    for side, variants in ((old, mine), (new, theirs)):
        if not variants:
            raise InputError("holds no scores", place=side.name, remedy="run the experiment: gradatim eval run")
    left = [old.variant] if old.variant else list(mine)
    right = [new.variant] if new.variant else list(theirs)
    if len(left) == 1 and len(right) == 1:
        return [(mine[left[0]], theirs[right[0]])]
    shared = [name for name in left if name in right]
    if not shared:
        raise InputError(
            f"no variant has the same name: {', '.join(left)} and {', '.join(right)}",
            place=f"{old.name}, {new.name}",
            remedy="say which to compare: FOLDER#VARIANT",
        )
    for side, names in ((old, left), (new, right)):
        if alone := [name for name in names if name not in shared]:
            notes.append(f"{side.name}: {', '.join(alone)} {'has' if len(alone) == 1 else 'have'} no namesake.")
    return [(mine[name], theirs[name]) for name in shared]


def _check(keys: Sequence[str], pairs: Sequence[tuple[Variant, Variant]]) -> None:
    shared = {key for old, new in pairs for key in old.series if key in new.series} | {COMPLETED}
    for key in keys:
        if key not in shared:
            near = get_close_matches(key, sorted(shared), n=1)
            guess = f" (did you mean {near[0]!r}?)" if near else ""
            raise InputError(
                f"{key!r} is not scored on both sides{guess}",
                place="--key",
                remedy=f"choose from: {', '.join(sorted(shared))}",
            )


def _versions(old: Side, new: Side) -> Iterator[str]:
    before, after = (str(side.gathered.results.manifest.get("version", "")) for side in (old, new))
    if before != after:
        yield f"The old results are of gradatim {before or '?'}, the new ones of {after or '?'}."


def _lonely(old: Variant, new: Variant, keys: Sequence[str]) -> Iterator[str]:
    """What has no partner."""
    matching = match(old.cells, new.cells)
    for side, other, alone in ((old, new, matching.alone_old), (new, old, matching.alone_new)):
        if alone:
            label = "old" if side is old else "new"
            missing = len(side.samples - other.samples)
            yield (
                f"{alone:,} of {len(side.cells):,} {label} runs have no partner "
                f"({missing:,} examples are only there); they take no part."
            )
    if matching.samples and matching.level != "sample × seed × model":
        differs = "seeds" if matching.level == "sample × model" else "seeds and models"
        yield f"the two sides share no {differs}; the means of each example are paired."
    if not keys:
        for label, only in (
            ("old", [key for key in old.series if key not in new.series]),
            ("new", [key for key in new.series if key not in old.series]),
        ):
            if only:
                yield f"only scored on the {label} side: {', '.join(only)}."


def _flattered(old: Series, new: Series, failed: Set[Cell]) -> str:
    """Whether many more scores are missing on one side: what is left may flatter it. Runs that failed are told of by
    `completed`."""
    cells = (old.values.keys() | old.unjudged.keys()) & (new.values.keys() | new.unjudged.keys()) - failed
    lost = sum(cell in old.values and cell in new.unjudged for cell in cells)
    gained = sum(cell in old.unjudged and cell in new.values for cell in cells)
    if not lost and not gained:
        return ""
    before: list[float] = [float(cell in old.values) for cell in cells]
    after: list[float] = [float(cell in new.values) for cell in cells]
    p = mcnemar(before, after).p
    if p is None or p >= ALPHA:
        return ""
    side, series = ("new", new) if lost > gained else ("old", old)
    return (
        f"{abs(lost - gained):,} more scores are missing on the {side} side (p {p:.2g}), which may flatter it: "
        f"{_commonest(series)}"
    )


def _judges(old: Series, new: Series) -> str:
    """What has to be known of the judges behind two series of scores, where a model gave them."""
    if not old.judged and not new.judged:
        return ""
    if old.judged == new.judged:
        return old.judged
    return f"judged differently: old {old.judged or 'by a rule'}; new {new.judged or 'by a rule'}"


def _commonest(series: Series) -> str:
    reasons = series.reasons(1)
    return reasons[0][0] if reasons else "no reason was given"
