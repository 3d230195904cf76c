"""The differences between a student's piece and a correct one, of which any subset can be applied."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from gradatim.tools.repair.pool.alignment import Pairs, TreeShape, align, label_cost
from gradatim.tools.repair.pool.expressions import Place, places, replaced
from gradatim.tools.repair.pool.lines import JUMPS, Line
from gradatim.tools.repair.pool.naming import NameMap, renamed
from gradatim.tools.repair.pool.printing import Element, Printer
from gradatim.tools.repair.pool.tokens import meaning, split
from gradatim.tools.repair.pool.unit import Unit

AtomKind = Literal["delete", "insert", "change"]


@dataclass(frozen=True, slots=True)
class Atom:
    """One difference.

    Attributes:
        student: Position of the student's line; -1 for an insertion.
        donor: Position of the correct piece's line; -1 for a deletion.
        place: Which of the places in which the two lines differ, for a change.
    """

    kind: AtomKind
    student: int
    donor: int
    place: int = 0


class Script:
    """All differences between two pieces.

    Args:
        student: The student's piece.
        physical: Lines of the student's file.
        donor: The correct piece.
        names: How its names read in the student's.
        pairs: Which lines correspond.
        unit: White space of one step of indentation.
    """

    def __init__(
        self, student: Unit, physical: Sequence[str], donor: Unit, names: NameMap, pairs: Pairs, step: str
    ) -> None:
        self.student = student
        self.donor = donor
        self._physical = physical
        self._step = step
        self._pairs = pairs
        self._back = {a: b for b, a in pairs.items()}
        self.texts = ["".join(renamed(item, names)) for item in donor.lines]
        self._own = [_own_spelling(item, physical) for item in student.lines]
        self._changes: dict[int, tuple[Place, ...]] = {}
        self.atoms: tuple[Atom, ...] = tuple(self._atoms())
        self._merged = self._merge()
        self._place = {element: place for place, element in enumerate(self._merged)}
        self._groups = _groups(student)

    @classmethod
    def of(
        cls,
        student: Unit,
        physical: Sequence[str],
        donor: Unit,
        names: NameMap,
        step: str,
        shapes: tuple[TreeShape, TreeShape] | None = None,
    ) -> Script | None:
        """The differences along the cheapest alignment; `None` when the pieces are too large."""
        labels = [item.label for item in student.lines]
        others = [meaning(renamed(item, names)) for item in donor.lines]
        pairs = align(
            student.lines,
            donor.lines,
            lambda a, b: label_cost(student.lines[a].kind, labels[a], donor.lines[b].kind, others[b]),
            shapes,
        )
        return None if pairs is None else cls(student, physical, donor, names, pairs, step)

    @property
    def size(self) -> int:
        """Lines that all differences together touch."""
        return len({(atom.student, atom.donor) for atom in self.atoms})

    def _atoms(self) -> Iterable[Atom]:
        for b, a in sorted(self._pairs.items()):
            whole = self.student.lines[a].kind in ("block", "module")
            if not whole and self.student.lines[a].label != meaning(split(self.texts[b])):
                self._changes[a] = places(self._own[a], self.texts[b])
                yield from (Atom("change", a, b, number) for number in range(len(self._changes[a])))
        yield from (Atom("delete", a, -1) for a in range(len(self.student.lines)) if a not in self._back)
        yield from (Atom("insert", -1, b) for b in range(len(self.donor.lines)) if b not in self._pairs)

    def _merge(self) -> list[Element]:
        """All lines of both in one order that respects both."""
        result: list[Element] = []
        at_a = at_b = 0
        for b, a in [*sorted(self._pairs.items()), (len(self.donor.lines), len(self.student.lines))]:
            ours = [(True, x) for x in range(at_a, a)]
            jump = next((n for n, (_, x) in enumerate(ours) if self.student.lines[x].kind in JUMPS), len(ours))
            result += [*ours[:jump], *((False, y) for y in range(at_b, b)), *ours[jump:]]
            if a < len(self.student.lines):
                result.append((True, a))
            at_a, at_b = a + 1, b + 1
        return result

    def groups(self) -> list[frozenset[Atom]]:
        """Differences that belong together: a header with all under it, a line's changes, neighbours."""
        found: list[frozenset[Atom]] = []
        for lines, of in ((self.donor.lines, "insert"), (self.student.lines, "delete")):
            positions = {
                (atom.donor if of == "insert" else atom.student): atom for atom in self.atoms if atom.kind == of
            }
            under: dict[int, set[Atom]] = {position: {atom} for position, atom in positions.items()}
            for position in sorted(positions, reverse=True):
                parent = lines[position].parent
                if parent in under:
                    under[parent] |= under[position]
            found += [frozenset(members) for members in under.values() if len(members) > 1]
        by_line: dict[int, set[Atom]] = {}
        for atom in self.atoms:
            if atom.kind == "change":
                by_line.setdefault(atom.student, set()).add(atom)
        found += [frozenset(members) for members in by_line.values() if len(members) > 1]
        return found + self._runs()

    def _runs(self) -> list[frozenset[Atom]]:
        """Lines inserted or deleted one after the other."""
        loose = {
            (atom.kind != "insert", max(atom.student, atom.donor)): atom for atom in self.atoms if atom.kind != "change"
        }
        found: list[frozenset[Atom]] = []
        run: list[Atom] = []
        for element in [*self._merged, None]:
            atom = None if element is None else loose.get(element)
            if atom is not None:
                run.append(atom)
                continue
            if len(run) > 1:
                found.append(frozenset(run))
            run = []
        return found

    # ------------------------------------------------------------------------------ applying a subset

    def render(self, applied: Collection[Atom]) -> list[str] | None:
        """Lines of the student's piece with some differences applied; untouched lines stay as they are.

        Returns:
            `None` where some header would have nothing under it.
        """
        gone = {atom.student for atom in applied if atom.kind == "delete"}
        new = {atom.donor for atom in applied if atom.kind == "insert"}
        texts: dict[int, str] = {}
        for position in {atom.student for atom in applied if atom.kind == "change"}:
            chosen = {atom.place for atom in applied if atom.kind == "change" and atom.student == position}
            parts = [part for number, part in enumerate(self._changes[position]) if number in chosen]
            texts[position] = replaced(self._own[position], parts)
        present = [e for e in self._merged if (e[1] not in gone if e[0] else e[1] in new)]
        parents = self._parents(present)
        children: dict[Element, list[Element]] = {element: [] for element in present}
        for element in present:
            if element in parents:
                children[parents[element]].append(element)
        if not all(children[e] for e in present if self._line(e).text.endswith(":") and self._line(e).kind != "module"):
            return None
        return Printer(self, texts, parents, children).lines(present)

    def _line(self, element: Element) -> Line:
        return (self.student if element[0] else self.donor).lines[element[1]]

    def _parents(self, present: list[Element]) -> dict[Element, Element]:
        """Who stands under whom; where both programs say something, the nearer header counts."""
        here = set(present)
        parents: dict[Element, Element] = {}
        ours = [e for e in present if e[0] and e[1] in self._back and e != (True, 0)]
        for element in ours:
            above = self._above_student(element[1], here), self._above_donor(self._back[element[1]], here)
            parents[element] = max(above, key=self._place.__getitem__)
        for element in present:
            if not element[0]:
                parents[element] = self._parent_of_new(element[1], here, parents)
        for element in present:
            if element[0] and element[1] not in self._back:
                parents[element] = self._parent_of_kept(element[1], here, parents)
        return parents

    def _above_student(self, position: int, here: Collection[Element]) -> Element:
        parent = self.student.lines[position].parent
        while (True, parent) not in here:
            parent = self.student.lines[parent].parent
        return (True, parent)

    def _of_donor(self, position: int) -> Element:
        return (True, self._pairs[position]) if position in self._pairs else (False, position)

    def _above_donor(self, position: int, here: Collection[Element]) -> Element:
        parent = self.donor.lines[position].parent
        while self._of_donor(parent) not in here:
            parent = self.donor.lines[parent].parent
        return self._of_donor(parent)

    @cached_property
    def _siblings(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for position, item in enumerate(self.donor.lines):
            found.setdefault(item.parent, []).append(position)
        return found

    def _parent_of_new(self, position: int, here: Collection[Element], parents: dict[Element, Element]) -> Element:
        above = self._above_donor(position, here)
        row = self._siblings[self.donor.lines[position].parent]
        at = row.index(position)
        for other in (*reversed(row[:at]), *row[at + 1 :]):
            neighbour = parents.get(self._of_donor(other))
            if neighbour is not None:
                return max(above, neighbour, key=self._place.__getitem__)
        return above

    def _parent_of_kept(self, position: int, here: Collection[Element], parents: dict[Element, Element]) -> Element:
        above = self._above_student(position, here)
        before = [p for p in range(position) if self.student.lines[p].parent == self.student.lines[position].parent]
        after = [
            p
            for p in range(position + 1, len(self.student.lines))
            if self.student.lines[p].parent == self.student.lines[position].parent
        ]
        left = next((parents[True, p] for p in reversed(before) if (True, p) in parents), None)
        right = next((parents[True, p] for p in after if (True, p) in parents), None)
        return left if left is not None and left == right else above

    # ----------------------------------------------------------------------------------- for the printer

    def own_text(self, position: int) -> str:
        """A student's line in the student's own spelling, without indentation."""
        return self._own[position]

    @property
    def physical(self) -> Sequence[str]:
        """Lines of the student's file."""
        return self._physical

    @property
    def step(self) -> str:
        """White space of one step of indentation."""
        return self._step

    def shares(self, position: int) -> frozenset[int]:
        """Positions of the student's lines that stand on the same lines of the file, this one included."""
        return self._groups[position]


def _own_spelling(item: Line, physical: Sequence[str]) -> str:
    """A student's line in its own spelling where that says the same as the normal spelling, else in the normal one."""
    if not item.first:
        return item.text
    tokens = split("\n".join(physical[item.first - 1 : item.last]).strip())
    while tokens and (tokens[-1].isspace() or tokens[-1].startswith("#")):
        tokens = tokens[:-1]
    return "".join(tokens) if _plain(meaning(tokens)) == _plain(item.label) else item.text


def _plain(label: Sequence[str]) -> list[str]:
    """Tokens without the brackets that many write where none are needed."""
    return [token for token in label if token not in ("(", ")")]


def _groups(unit: Unit) -> list[frozenset[int]]:
    found: list[set[int]] = []
    of: list[int] = []
    last = -1
    for position, item in enumerate(unit.lines):
        if item.kind != "module" and item.first and item.first <= last:
            found[-1].add(position)
        else:
            found.append({position})
        last = max(last, item.last) if item.kind != "module" else last
        of.append(len(found) - 1)
    return [frozenset(found[number]) for number in of]


def indentation(physical: Sequence[str]) -> str:
    """The step of indentation that a program uses: the first that it takes, or four spaces."""
    for text in physical:
        match = re.match(r"[ \t]+(?=\S)", text)
        if match and not text.strip().startswith("#"):
            return match[0] if len(match[0]) <= 8 else "    "
    return "    "
