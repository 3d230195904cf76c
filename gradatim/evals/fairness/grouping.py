"""Groups that are big enough to be told of, and crossings of attributes.

Small groups are not reported: a figure about four people is a figure about people. Nor is what would give them away:
where one single crossing of a row is too small, its figures follow from the row's and the others', so a second one
goes with it (complementary suppression; Cox 1980).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gradatim.errors import InputError
from gradatim.evals.fairness.cases import Unit

BETWEEN = " & "
"""Between the values of a crossing."""


@dataclass(frozen=True, slots=True)
class Division:
    """Units by the groups of one attribute, or of several crossed.

    Attributes:
        attribute: Its name; `language & course` for a crossing.
        groups: Value → units, biggest first; only those that may be reported.
        suppressed: Whether there were groups too small to be reported.
        unknown: Whether there were units of which the attribute is not known.
    """

    attribute: str
    groups: Mapping[str, tuple[Unit, ...]]
    suppressed: bool
    unknown: bool


def divisions(units: Sequence[Unit], by: Sequence[str], least: int) -> list[Division]:
    """Units divided by each attribute, then by each pair of attributes.

    Args:
        units: All of them.
        by: Attributes.
        least: Units a group must have to be reported.

    Raises:
        InputError: No unit has such an attribute.
    """
    known = sorted({attribute for unit in units for attribute in unit.groups})
    for attribute in by:
        if attribute not in known:
            raise InputError(
                f"no run names a group of {attribute!r}",
                place="--by",
                remedy=f"attributes: {', '.join(known)}"
                if known
                else "give groups with --groups FILE, or in the data set",
            )
    single = [_divided(units, (attribute,), least) for attribute in by]
    crossed = [_divided(units, (one, other), least) for at, one in enumerate(by) for other in by[at + 1 :]]
    return [*single, *crossed]


def _divided(units: Sequence[Unit], attributes: tuple[str, ...], least: int) -> Division:
    cells: dict[tuple[str, ...], list[Unit]] = defaultdict(list)
    unknown = False
    for unit in units:
        if all(attribute in unit.groups for attribute in attributes):
            cells[tuple(unit.groups[attribute] for attribute in attributes)].append(unit)
        else:
            unknown = True
    kept = reportable({cell: len(members) for cell, members in cells.items()}, least)
    ordered = sorted(kept, key=lambda cell: (-len(cells[cell]), cell))
    groups = {BETWEEN.join(cell): tuple(cells[cell]) for cell in ordered}
    return Division(BETWEEN.join(attributes), groups, len(kept) < len(cells), unknown)


def reportable(sizes: Mapping[tuple[str, ...], int], least: int) -> set[tuple[str, ...]]:
    """Cells that may be reported, of a table with one or two attributes.

    Of two attributes, a row or column with exactly one cell that is too small loses its smallest other cell as well,
    until no such row is left.
    """
    kept = {cell for cell, size in sizes.items() if size >= least}
    width = len(next(iter(sizes), ()))
    if width < 2:
        return kept
    margins = [Counter[str]() for _ in range(width)]
    for cell, size in sizes.items():
        for axis, value in enumerate(cell):
            margins[axis][value] += size
    while (exposed := _exposed(sizes, kept, margins, least)) is not None:
        kept.discard(exposed)
    return kept


def _exposed(
    sizes: Mapping[tuple[str, ...], int], kept: set[tuple[str, ...]], margins: Sequence[Counter[str]], least: int
) -> tuple[str, ...] | None:
    """The cell to leave out so that no single small one follows from its row; `None` where none does."""
    for axis, margin in enumerate(margins):
        for value in sorted(margin):
            row = [cell for cell in sizes if cell[axis] == value]
            lost, told = [cell for cell in row if cell not in kept], [cell for cell in row if cell in kept]
            if margin[value] >= least and len(lost) == 1 and told:
                return min(told, key=lambda cell: (sizes[cell], cell))
    return None


def attributes_of(text: str | Iterable[str]) -> list[str]:
    """Attributes from `language,course`, each once."""
    parts = text.split(",") if isinstance(text, str) else list(text)
    found = list(dict.fromkeys(part.strip() for part in parts if part.strip()))
    if not found:
        raise InputError("names no attribute", place="--by", remedy="name one or more, with commas between them")
    return found
