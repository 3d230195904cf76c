"""The search for one program's repair from a pool of correct ones."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

from gradatim.tools.repair.pool.alignment import TreeShape
from gradatim.tools.repair.pool.frame import Piece, assemble, taken
from gradatim.tools.repair.pool.index import Donor, Index, outlines
from gradatim.tools.repair.pool.naming import name_maps
from gradatim.tools.repair.pool.outline import Outline
from gradatim.tools.repair.pool.reduction import Subset, cost, reduce
from gradatim.tools.repair.pool.script import Script, indentation
from gradatim.tools.repair.pool.size import LARGEST_SHARE, changed_lines, share
from gradatim.tools.repair.pool.unit import MODULE, Program, Unit
from gradatim.tools.repair.pool.workpiece import PASSED, SMALL, SURE, Found, Partial, Workpiece, small
from gradatim.tools.repair.trials import Trial, Trials

BATCH = 20
"""Nearest correct pieces that are looked at together."""
_FRAMES = 6
"""Correct programs that are tried as a whole to see which pieces are wrong."""
_MOST_FRAMES = 3
"""Sets of wrong pieces that are repaired."""
_MOST_PIECES = 5
"""Pieces of which every combination is tried."""
_PAIRS = 600
"""Most pairs of differences that are tried for one batch."""
_REDUCED = 6
"""Correct pieces of a batch that are reduced from the whole."""
_REWRITTEN = 12
"""Nearest correct pieces that are also looked at in other structures."""
_IDLE = 2
"""Batches without anything smaller after which the search for a piece ends."""
_CLIMBS = 2
_STARTS = 3
"""Rounds in which the nearest misses are changed further, and how many of them in each."""


@dataclass(frozen=True, slots=True)
class Solution:
    """A whole program that passes every test."""

    lines: tuple[str, ...]
    changed: int
    spelling: int
    sure: bool = True

    @property
    def order(self) -> tuple[bool, int, int, tuple[str, ...]]:
        return not self.sure, self.changed, self.spelling, self.lines


class Search:
    """Looks for repairs of one program.

    Args:
        index: The correct programs.
        trials: Runs candidates.
        student: The wrong program; it compiles.
        required: Names that the tests use.
        module: Whether the tests run the module's own code.
        until: Monotonic time at which to stop.
        agreed: Runs candidates on further calls, on which correct programs agree.
        original: Lines that the size of a change is measured against; the student's where not given.
    """

    def __init__(
        self,
        index: Index,
        trials: Trials,
        student: Program,
        required: frozenset[str],
        module: bool,
        until: float,
        agreed: Trials | None = None,
        original: Sequence[str] | None = None,
    ) -> None:
        self._index = index
        self._trials = trials
        self._agreed = agreed
        self._excused: frozenset[int] = frozenset()
        self._student = student
        self._original = student.physical if original is None else original
        self._required = required
        self._module = module
        self._until = until
        self._outlines = outlines(student)
        self._step = indentation(student.physical)
        self.best: tuple[Trial, str] | None = None
        """The candidate that came nearest to passing every test."""

    async def run(self, most: int) -> list[Solution]:
        """Repairs, the smallest first, each within `LARGEST_SHARE`."""
        frames = await self._frames()
        solutions: dict[tuple[str, ...], Solution] = {}
        for number, (names, donor) in enumerate(frames):
            if not self._time_left() or len(solutions) >= most:
                break
            end = time.monotonic() + (self._until - time.monotonic()) / (len(frames) - number)
            for solution in await self._solve(names, donor, end, most):
                solutions.setdefault(solution.lines, solution)
            if any(s.sure and s.changed <= SMALL for s in solutions.values()):
                break
        return sorted(solutions.values(), key=lambda s: s.order)[:most]

    def _time_left(self) -> bool:
        return time.monotonic() < self._until

    # ------------------------------------------------------------------------------- which pieces are wrong

    async def _frames(self) -> list[tuple[tuple[str, ...], Donor]]:
        """Smallest sets of pieces that have to be replaced, each with a program that they can be taken from."""
        found: dict[tuple[str, ...], tuple[int, Donor]] = {}
        near = self._index.nearest(self._outlines)
        for number, donor in enumerate(near):
            if not self._time_left() or (number >= _FRAMES and found):
                break
            sets = self._sets(donor)
            ranks = await self.ranks(["\n".join(self._swapped(names, donor)) for names in sets])
            if donor.good is None and not any(rank for rank, _ in ranks):
                (alone,) = await self._run([donor.program.code])
                donor.good = alone.ok
            for names, (rank, _) in zip(sets, ranks, strict=True):
                if rank > found.get(names, (0, donor))[0]:
                    found[names] = rank, donor
            smallest = _smallest(found, PASSED)
            if smallest and all(len(names) == 1 and found[names][0] == SURE for names in smallest):
                break
        # Where the tests are content with less than the correct programs' agreement asks for, both are tried.
        chosen = list(dict.fromkeys((*_smallest(found, SURE), *_smallest(found, PASSED))))
        chosen.sort(key=lambda names: (-found[names][0], sum(self._weight(name) for name in names), names))
        return [(names, found[names][1]) for names in chosen[:_MOST_FRAMES]]

    def _sets(self, donor: Donor) -> list[tuple[str, ...]]:
        names = [n for n in donor.program.definitions if n in self._student.definitions or n in self._required]
        missing = [n for n in names if n not in self._student.definitions]
        if self._module:
            names = [MODULE, *names]
            missing = []
        free = [n for n in names if n not in missing]
        if len(free) <= _MOST_PIECES:
            subsets = chain.from_iterable(combinations(free, size) for size in range(len(free) + 1))
        else:
            subsets = ((*c,) for c in [*combinations(free, 1), *combinations(free, 2), tuple(free)])
        sets = [(*missing, *subset) for subset in subsets if missing or subset]
        if not self._module:
            sets.append((MODULE, *names))
        return sets

    def _swapped(self, names: Sequence[str], donor: Donor) -> list[str]:
        pieces: dict[str, Piece] = {}
        present = frozenset(names) | frozenset(self._required & self._student.definitions.keys())
        for name in names:
            piece = taken(donor, name, present)
            if piece is not None:
                pieces[name] = piece
        return assemble(self._student, pieces)

    def _weight(self, name: str) -> int:
        unit = self._student.unit(name)
        return 3 if unit is None else unit.size

    # -------------------------------------------------------------------------------------- one frame

    async def _solve(self, names: tuple[str, ...], donor: Donor, end: float, most: int) -> list[Solution]:
        """Repair each wrong piece while the others are correct, then join what was found."""
        present = frozenset(names) | frozenset(self._required & self._student.definitions.keys())
        others: dict[str, Piece] = {}
        for name in names:
            piece = taken(donor, name, present)
            if piece is not None:
                others[name] = piece
        self._excused = await self._disagreement(assemble(self._student, others))
        found: dict[str, list[Found]] = {}
        todo = [name for name in names if name != MODULE]
        for number, name in enumerate(todo):
            share_of_time = time.monotonic() + (end - time.monotonic()) / (len(todo) - number + (MODULE in names))
            unit = self._student.unit(name)
            if unit is None:
                found[name] = [self._added(name, present, others[name])]
                continue
            found[name] = await self._repair_piece(self._student, name, unit, others, present, share_of_time)
            if not found[name]:
                return []
        solutions = await self._joined(names, found, others, most)
        if MODULE not in names:
            return solutions
        return await self._with_module(solutions, found, others, end)

    async def _disagreement(self, lines: Sequence[str]) -> frozenset[int]:
        """Agreed calls that fail although the wrong pieces are correct: nothing a piece could do about them."""
        if self._agreed is None:
            return frozenset()
        (trial,) = await self._agreed.run(["\n".join(lines)])
        return frozenset(number for number, ok in enumerate(trial.per_test) if not ok)

    def _added(self, name: str, present: frozenset[str], default: Piece) -> Found:
        """A piece that the student lacks: the shortest that there is."""
        best = default
        for donor in self._index.nearest_piece(name, Outline((), {}, {}))[:BATCH]:
            piece = taken(donor, name, present)
            if donor.good and piece is not None and len(piece.support) <= len(best.support):
                best = min(best, piece, key=lambda item: (len(item.support), len(item.lines), item.lines))
        return Found(best, len(best.lines), 0)

    async def _joined(
        self, names: Sequence[str], found: Mapping[str, list[Found]], others: Mapping[str, Piece], most: int
    ) -> list[Solution]:
        first = {name: choices[0] for name, choices in found.items()}
        combos: list[dict[str, Found]] = [first]
        for name, choices in found.items():
            unsure = [choice for choice in choices if not choice.sure]
            combos += [{**first, name: choice} for choice in (*choices[1:most], *unsure[:1])]
        combos.append({name: min(choices, key=lambda item: item.lines) for name, choices in found.items()})
        rest = {MODULE: others[MODULE]} if MODULE in names else {}
        made = [assemble(self._student, {**{n: f.piece for n, f in combo.items()}, **rest}) for combo in combos]
        self._excused = frozenset()
        results = await self.ranks(["\n".join(lines) for lines in made], hurry=False)
        solutions: list[Solution] = []
        for combo, lines, (rank, _) in zip(combos, made, results, strict=True):
            if rank and (rest or share(self._original, lines) <= LARGEST_SHARE):
                solutions.append(self._solution(lines, combo, rank == SURE))
        return sorted(solutions, key=lambda s: s.order)

    def _solution(self, lines: Sequence[str], combo: Mapping[str, Found], sure: bool) -> Solution:
        spelling = sum(choice.spelling for choice in combo.values())
        changed = changed_lines(self._original, lines)
        return Solution(tuple(lines), changed, spelling, sure)

    async def _with_module(
        self, solutions: list[Solution], found: Mapping[str, list[Found]], others: Mapping[str, Piece], end: float
    ) -> list[Solution]:
        """Repair the module's own code in the program whose other pieces are already repaired."""
        pieces = {name: choices[0].piece for name, choices in found.items()}
        repaired = Program.parse("\n".join(assemble(self._student, pieces)))
        unit = repaired.unit(MODULE)
        if unit is None:
            return []
        results: list[Solution] = []
        for choice in await self._repair_piece(repaired, MODULE, unit, {}, frozenset(), end):
            if share(self._original, choice.piece.lines) <= LARGEST_SHARE:
                combo = {**{name: choices[0] for name, choices in found.items()}, MODULE: choice}
                results.append(self._solution(choice.piece.lines, combo, choice.sure))
        return results

    # -------------------------------------------------------------------------------------- one piece

    async def _repair_piece(
        self,
        student: Program,
        name: str,
        unit: Unit,
        others: Mapping[str, Piece],
        present: frozenset[str],
        end: float,
    ) -> list[Found]:
        """Changes of one piece, the smallest first."""
        found: dict[tuple[str, ...], Found] = {}
        wanted = self._outlines[name]
        queue = self._index.nearest_piece(name, wanted)
        context = Workpiece(self, student, name, unit, others)
        batches: list[list[Donor]] = [queue[start : start + BATCH] for start in range(0, len(queue), BATCH)]
        best = None
        idle = 0
        for number in range(len(batches) + 1):
            if time.monotonic() >= end or small(found) or idle >= _IDLE:
                break
            rewritten = number == 1
            donors = self._rewritten(queue[:_REWRITTEN], name, wanted) if rewritten else batches[max(0, number - 1)]
            scripts = self._scripts(student, unit, donors, name, present, end)
            await self._batch(context, scripts, found, end)
            if number == 1:
                await self._climb(context, name, [*queue[:BATCH], *donors], found, present, end)
            order = min((item.order for item in found.values()), default=None)
            idle = idle + 1 if order is not None and order == best else 0
            best = order
        return sorted(found.values(), key=lambda item: item.order)

    async def _climb(
        self,
        context: Workpiece,
        name: str,
        donors: Sequence[Donor],
        found: dict[tuple[str, ...], Found],
        present: frozenset[str],
        end: float,
    ) -> None:
        """Take one more difference, from whichever correct piece, to the changes that came nearest.

        A program may need something of one correct program and something of another.
        """
        start = context.student
        for _ in range(_CLIMBS):
            best = min((item.lines for item in found.values() if item.sure), default=1 << 30)
            ranked = sorted(context.partials.values(), key=lambda item: (-item.near, item.changed, item.piece.lines))
            chosen: dict[float, Partial] = {}
            for partial in ranked:
                if partial.changed + 1 < best and partial.piece.lines not in context.tried:
                    chosen.setdefault(round(partial.near, 3), partial)
            for partial in list(chosen.values())[:_STARTS]:
                if time.monotonic() >= end or small(found):
                    break
                context.tried.add(partial.piece.lines)
                student = Program.parse(partial.source)
                unit = student.unit(name)
                if unit is None:
                    continue
                context.starting_from(student, partial.piece.support)
                tasks: list[tuple[Script, Piece, Subset]] = []
                for script, support in self._scripts(student, unit, donors, name, present, end, maps=1):
                    singles = [frozenset((atom,)) for atom in script.atoms]
                    tasks += [(script, support, subset) for subset in dict.fromkeys([*singles, *script.groups()])]
                await context.ranks(tasks, found)
        context.starting_from(start)

    def _rewritten(self, donors: Sequence[Donor], name: str, wanted: Outline) -> list[Donor]:
        """Correct pieces in other structures, those that come nearer to the student's than they were."""
        nearer: list[tuple[float, int, Donor]] = []
        seen = {donor.outlines[name].keys for donor in donors}
        for donor in donors if name != MODULE else ():
            before = wanted.distance(donor.outlines[name])
            for variant in donor.variants(name):
                outline = variant.outlines[name]
                distance = wanted.distance(outline)
                if distance < before and outline.keys not in seen:
                    seen.add(outline.keys)
                    nearer.append((distance, len(nearer), variant))
        return [variant for _, _, variant in sorted(nearer, key=lambda item: item[:2])[:BATCH]]

    def _scripts(
        self,
        student: Program,
        unit: Unit,
        donors: Sequence[Donor],
        name: str,
        present: frozenset[str],
        end: float,
        maps: int = 2,
    ) -> list[tuple[Script, Piece]]:
        shape = TreeShape(unit.lines)
        made: list[tuple[Script, Piece]] = []
        for donor in donors:
            theirs = donor.program.unit(name)
            if theirs is None or time.monotonic() >= end:
                continue
            shapes = (shape, TreeShape(theirs.lines))
            support = Piece((), () if name == MODULE else donor.support(name, present))
            for names in name_maps(unit, theirs, shapes)[:maps]:
                script = Script.of(unit, student.physical, theirs, names, self._step, shapes)
                if script is not None and script.atoms:
                    made.append((script, support))
        return sorted(made, key=lambda item: (item[0].size + 2 * len(item[1].support), len(item[0].atoms)))

    async def _batch(
        self,
        context: Workpiece,
        scripts: Sequence[tuple[Script, Piece]],
        found: dict[tuple[str, ...], Found],
        end: float,
    ) -> None:
        tasks: list[tuple[Script, Piece, Subset]] = []
        for script, support in scripts:
            tasks.append((script, support, frozenset(script.atoms)))
            singles = [frozenset((atom,)) for atom in script.atoms]
            tasks += [(script, support, subset) for subset in dict.fromkeys([*singles, *script.groups()])]
        wholes: list[tuple[Script, Piece, bool]] = []
        for (script, support, subset), rank in zip(tasks, await context.ranks(tasks, found), strict=True):
            if rank and len(subset) == len(script.atoms):
                wholes.append((script, support, rank == SURE))
        if not small(found) and time.monotonic() < end:
            pairs = [
                (script, support, frozenset(two))
                for script, support in scripts
                for two in combinations(script.atoms, 2)
            ]
            pairs.sort(key=lambda item: cost(item[2]))
            await context.ranks(pairs[:_PAIRS], found)
        for script, support, sure in sorted(wholes, key=lambda item: not item[2])[:_REDUCED]:
            if time.monotonic() >= end or small(found):
                break

            async def verify(
                script: Script, subsets: Sequence[Subset], support: Piece = support, sure: bool = sure
            ) -> list[bool]:
                ranks = await context.ranks([(script, support, subset) for subset in subsets], found)
                return [rank >= (SURE if sure else PASSED) for rank in ranks]

            await reduce(script, frozenset(script.atoms), verify, lambda: time.monotonic() < end)

    # ------------------------------------------------------------------------------------------ trials

    async def _run(self, sources: Sequence[str], *, hurry: bool = True) -> list[Trial]:
        results = await self._trials.run(sources, until=self._until if hurry else None)
        for trial, source in zip(results, sources, strict=True):
            if self.best is None or trial.fitness > self.best[0].fitness:
                self.best = (trial, source)
        return results

    async def ranks(self, sources: Sequence[str], *, hurry: bool = True) -> list[tuple[int, float]]:
        """How good candidates are, and how near they come.

        Args:
            hurry: Whether to stop when the time is over; the few candidates at the end are run in any case.

        Returns:
            For each: `PASSED` when it passes every test, `SURE` when it also agrees with the correct programs, else
            0; and how near it comes, up to 1 by the tests and up to 2 by the agreement.
        """
        trials = await self._run(sources, hurry=hurry)
        if self._agreed is None:
            return [(SURE if trial.ok else 0, trial.fitness) for trial in trials]
        passed = [source for source, trial in zip(sources, trials, strict=True) if trial.ok]
        results = iter(await self._agreed.run(passed, until=self._until if hurry else None))
        found: list[tuple[int, float]] = []
        for trial in trials:
            more = next(results) if trial.ok else None
            rank = 0 if more is None else SURE if self._agrees(more) else PASSED
            found.append((rank, trial.fitness + (0.0 if more is None else more.fitness)))
        return found

    def _agrees(self, trial: Trial) -> bool:
        return all(ok or number in self._excused for number, ok in enumerate(trial.per_test))


def _smallest(found: Mapping[tuple[str, ...], tuple[int, Donor]], rank: int) -> list[tuple[str, ...]]:
    """Sets of at least this rank that hold no other such set."""
    good = [names for names, (own, _) in found.items() if own >= rank]
    return [names for names in good if not any(set(other) < set(names) for other in good)]
