"""Groups that are big enough to be told of, and crossings of attributes.

Small groups are not reported: a figure about four people is a figure about people. Nor is what would give them away:
a row's figures less those of its reported crossings are the figures of the rest, so the rest of a row has to be big
enough as well, and where it is not, another crossing goes with it (complementary suppression; Cox 1980). Two attributes
divide the same units: where what they report differs by too few, those are left out of both. All of this holds for
each measure by itself, for a group of many may have few units with a known verdict.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from gradatim.errors import InputError
from gradatim.evals.fairness.cases import Unit

BETWEEN = " & "
"""Between the values of a crossing."""

Cell = tuple[str | None, ...]
"""Values of the attributes; `None` where one is not known."""


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


def check_attributes(units: Iterable[Unit], by: Iterable[str]) -> None:
    """Refuse attributes that no unit has.

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


def divisions(
    units: Sequence[Unit], by: Sequence[str], least: int, *, among: Sequence[Division] | None = None
) -> list[Division]:
    """Units divided by each attribute, then by each pair of attributes.

    Args:
        units: Those that have what is reported.
        by: Attributes.
        least: Units a group must have to be reported.
        among: Divisions of all units: no other groups are reported.
    """
    axes = [(name,) for name in by] + [(one, other) for at, one in enumerate(by) for other in by[at + 1 :]]
    allowed = [None] * len(axes) if among is None else [set(part.groups) for part in among]
    units = _aligned(units, by, least, allowed)
    return [_divided(units, attributes, least, names) for attributes, names in zip(axes, allowed, strict=True)]


def _aligned(
    units: Sequence[Unit], by: Sequence[str], least: int, allowed: Sequence[set[str] | None]
) -> Sequence[Unit]:
    """Units without those few that one attribute reports and another does not.

    The sums over two attributes' groups would otherwise differ by what those few did.
    """
    while True:
        parts = [_divided(units, (name,), least, names) for name, names in zip(by, allowed, strict=False)]
        told = [{unit.id for members in part.groups.values() for unit in members} for part in parts]
        apart = [one ^ other for at, one in enumerate(told) for other in told[at + 1 :] if one and other]
        few = set[str]().union(*(ids for ids in apart if len(ids) < least))
        if not few:
            return units
        units = [unit for unit in units if unit.id not in few]


def _divided(
    units: Sequence[Unit], attributes: tuple[str, ...], least: int, allowed: set[str] | None = None
) -> Division:
    cells: dict[Cell, list[Unit]] = defaultdict(list)
    for unit in units:
        cells[tuple(unit.groups.get(attribute) for attribute in attributes)].append(unit)
    sizes = {cell: len(members) for cell, members in cells.items()}
    names = {cell: BETWEEN.join(value for value in cell if value is not None) for cell in cells if None not in cell}
    kept = reportable(sizes, least, None if allowed is None else {cell for cell in names if names[cell] in allowed})
    ordered = sorted(kept, key=lambda cell: (-sizes[cell], names[cell]))
    groups = {names[cell]: tuple(cells[cell]) for cell in ordered}
    return Division(BETWEEN.join(attributes), groups, len(kept) < len(names), len(names) < len(cells))


def reportable(sizes: Mapping[Cell, int], least: int, among: Collection[Cell] | None = None) -> set[Cell]:
    """Cells that may be reported, of a table with one or two attributes.

    Of two attributes, a row or column loses its smallest reported cell as well where the rest of it is a single cell
    or has too few units together, until there is no such row left.

    Args:
        sizes: Cell → units; `None` in a cell where an attribute is not known.
        least: Units a cell must have.
        among: The only ones that may be, where not all may.
    """
    kept = {cell for cell, size in sizes.items() if size >= least and None not in cell}
    if among is not None:
        kept &= set(among)
    if len(next(iter(sizes), ())) > 1:
        while (exposed := _exposed(sizes, kept, least)) is not None:
            kept.discard(exposed)
    return kept


def _exposed(sizes: Mapping[Cell, int], kept: set[Cell], least: int) -> Cell | None:
    """The cell to leave out so that the rest of its row does not follow from it; `None` where none does."""
    for axis in (0, 1):
        rows: dict[str, list[Cell]] = defaultdict(list)
        for cell in sizes:
            if (value := cell[axis]) is not None:
                rows[value].append(cell)
        for _, row in sorted(rows.items()):
            rest, told = [cell for cell in row if cell not in kept], [cell for cell in row if cell in kept]
            if not rest or not told:
                continue
            alone = len(rest) == 1 and None not in rest[0]
            if alone or sum(sizes[cell] for cell in rest) < least:
                return min(told, key=lambda cell: (sizes[cell], tuple(map(str, cell))))
    return None


def attributes_of(text: str | Iterable[str]) -> list[str]:
    """Attributes from `language,course`, each once."""
    parts = text.split(",") if isinstance(text, str) else list(text)
    found = list(dict.fromkeys(part.strip() for part in parts if part.strip()))
    if not found:
        raise InputError("names no attribute", place="--by", remedy="name one or more, with commas between them")
    return found
