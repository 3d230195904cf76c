"""Correct programs of one task, parsed once and found by likeness."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from gradatim.domain import Task
from gradatim.tools.repair.pool.outline import Outline
from gradatim.tools.repair.pool.refactoring import refactored
from gradatim.tools.repair.pool.tokens import split
from gradatim.tools.repair.pool.unit import MODULE, Program

MOST_VARIANTS = 40
"""Ways of rewriting that are kept of one piece."""
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(slots=True)
class Donor:
    """A correct program.

    Attributes:
        number: Its place in the pool.
        outlines: Normal form of each of its pieces.
        good: Whether it passes the tests; `None` where nobody has tried.
    """

    number: int
    program: Program
    outlines: dict[str, Outline]
    good: bool | None = None
    _supports: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict[str, tuple[tuple[str, str], ...]])
    _variants: dict[str, list[Donor]] = field(default_factory=dict[str, "list[Donor]"])

    def support(self, name: str, present: Collection[str]) -> tuple[tuple[str, str], ...]:
        """What a piece needs of its program besides itself, with the name that each part defines.

        Args:
            present: Definitions that need not be brought along.
        """
        found: dict[str, tuple[str, str]] = {}
        waiting = [name]
        seen = {name, *present}
        while waiting:
            for other, text in self._needs(waiting.pop()):
                if other not in seen:
                    seen.add(other)
                    found[other] = (other, text)
                    waiting.append(other)
        return tuple(reversed(found.values()))

    def variants(self, name: str) -> list[Donor]:
        """The same program with one piece rewritten in other structures, each a donor of that piece only."""
        known = self._variants.get(name)
        if known is None:
            known = self._variants[name] = list(self._rewritten(name))
        return known

    def _rewritten(self, name: str) -> Iterator[Donor]:
        node = self.program.definitions.get(name)
        for made in islice(refactored(node), MOST_VARIANTS) if node is not None else ():
            program = Program.parse(ast.unparse(made))
            if program.tree is not None:
                supports = {name: self._needs(name)}
                yield Donor(self.number, program, {name: Outline.of(program.tree.body)}, self.good, supports)

    def _needs(self, name: str) -> tuple[tuple[str, str], ...]:
        known = self._supports.get(name)
        if known is None:
            unit = self.program.unit(name)
            words = unit.words if unit is not None else frozenset(split(name))
            known = tuple((other, text) for other, text in self._globals() if other in words and other != name)
            self._supports[name] = known
        return known

    def _globals(self) -> Iterator[tuple[str, str]]:
        for node in self.program.tree.body if self.program.tree else ():
            if isinstance(node, _Definition):
                yield node.name, ast.unparse(node)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                for alias in node.names:
                    yield (alias.asname or alias.name).split(".")[0], ast.unparse(node)
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        yield target.id, ast.unparse(node)


def outlines(program: Program) -> dict[str, Outline]:
    """Normal form of each piece of a program that compiles."""
    if program.tree is None:
        return {}
    found = {name: Outline.of([node]) for name, node in program.definitions.items()}
    rest = [node for node in program.tree.body if not isinstance(node, _Definition)]
    found[MODULE] = Outline.of(rest)
    return found


@dataclass(frozen=True, slots=True)
class Index:
    """The correct programs of a pool, each normal form once.

    Attributes:
        skipped: Programs that do not compile.
        repeated: Programs that only repeat the normal form of another.
    """

    donors: tuple[Donor, ...]
    skipped: int
    repeated: int

    @classmethod
    def of(cls, programs: Sequence[str], *, verified: bool) -> Index:
        """Parse programs and put them in normal form."""
        donors: list[Donor] = []
        seen: set[object] = set()
        skipped = repeated = 0
        for code in programs:
            program = Program.parse(code)
            if program.tree is None:
                skipped += 1
                continue
            forms = outlines(program)
            key = tuple((name, form.keys) for name, form in sorted(forms.items()))
            if key in seen:
                repeated += 1
                continue
            seen.add(key)
            donors.append(Donor(len(donors), program, forms, True if verified else None))
        return cls(tuple(donors), skipped, repeated)

    def nearest(self, wanted: dict[str, Outline]) -> list[Donor]:
        """All programs, those most like the given one first."""

        def distance(donor: Donor) -> float:
            names = wanted.keys() | donor.outlines.keys()
            empty = Outline((), {}, {})
            return sum(wanted.get(name, empty).distance(donor.outlines.get(name, empty)) for name in names)

        return sorted(self.donors, key=lambda donor: (distance(donor), donor.number))

    def nearest_piece(self, name: str, wanted: Outline) -> list[Donor]:
        """Programs that have such a piece, each normal form of it once, those most like the given one first."""
        found: dict[object, Donor] = {}
        for donor in self.donors:
            if name in donor.outlines and donor.good is not False:
                found.setdefault(donor.outlines[name].keys, donor)
        return sorted(found.values(), key=lambda donor: (wanted.distance(donor.outlines[name]), donor.number))


def required_names(task: Task) -> frozenset[str]:
    """Names that the tests of a task use."""
    texts = [task.test_file or "", task.entry_point or ""]
    texts += [case.call or case.check or "" for case in task.tests]
    return frozenset(token for text in dict.fromkeys(texts) for token in split(text) if token.isidentifier())
