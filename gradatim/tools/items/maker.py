"""Makes items of a wanted difficulty: draws programs, looks for the question that fits, executes it."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import dataclass, field, replace

from gradatim.errors import InputError
from gradatim.kg import ConceptGraph
from gradatim.tools.items.arguments import calls
from gradatim.tools.items.corrections import corrections_of
from gradatim.tools.items.difficulty import Estimator
from gradatim.tools.items.duplicates import Fingerprint, Fingerprints, fingerprint
from gradatim.tools.items.families import FAMILIES, Family, Program
from gradatim.tools.items.finishing import Refused, finish
from gradatim.tools.items.item import Difficulty, Item, ItemKind
from gradatim.tools.items.kinds import KINDS, Draft
from gradatim.tools.items.material import Material, examine
from gradatim.tools.items.source import shape
from gradatim.tools.items.steps import typical_steps
from gradatim.tools.items.target import Target
from gradatim.tools.items.testing import TestSet, choose_tests
from gradatim.tools.sandbox import Sandbox

DRAWN = 40
"""Programs drawn for one item, of which the most promising are looked at closely."""
EXAMINED = 6
ROUNDS = 5
NEAR_ENOUGH = 0.04
"""Loss at which the search stops: a fifth of a logit."""
_TRIED = 4
"""Drafts of one round that are executed at most, best first."""
_CALLS = 5
_BY_CODE: tuple[ItemKind, ...] = ("write", "predict", "parsons")
"""Kinds whose items are the same where the right program is."""
_LEARNT = 30
"""Draws by which it is found out which concepts a family is about."""


@dataclass(frozen=True, slots=True)
class Made:
    """An item and what it is compared by with later ones."""

    item: Item
    fingerprint: Fingerprint
    loss: float


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A draft and what it is worth."""

    loss: float
    draft: Draft
    difficulty: Difficulty
    fingerprint: Fingerprint


@dataclass(slots=True)
class Tally:
    """What became of drafts."""

    drawn: int = 0
    executed: int = 0
    refused: dict[str, int] = field(default_factory=dict[str, int])

    def refuse(self, reason: str) -> None:
        kind = reason.partition(" as item-")[0].partition(":")[0].partition(" (")[0].rstrip(",")
        self.refused[kind] = self.refused.get(kind, 0) + 1


class Maker:
    """Makes items from families.

    Args:
        sandbox: Where everything is executed.
        graph: Concepts and misconceptions; families whose concepts it does not have are left out.
        known: Items that must not come again; new ones are added to it.
        families: Templates; all packaged ones when not given.
        estimator: Of difficulties.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        graph: ConceptGraph,
        *,
        known: Fingerprints | None = None,
        families: Sequence[Family] = FAMILIES,
        estimator: Estimator | None = None,
    ) -> None:
        self.sandbox = sandbox
        self.known = known or Fingerprints()
        self.estimator = estimator or Estimator(graph)
        self.tally = Tally()
        self.graph = graph
        self.misconceptions = frozenset(item.id for item in graph.misconceptions)
        here = {concept.id for concept in graph.concepts}
        self._concepts = {family: concepts_of(family) & here for family in families}
        self._families = [family for family, concepts in self._concepts.items() if concepts]
        self.here = here

    @property
    def concepts(self) -> frozenset[str]:
        """Concepts of the graph that items can be about."""
        return frozenset(concept for concepts in self._concepts.values() for concept in concepts)

    async def make(
        self, target: Target, kinds: Collection[ItemKind] = tuple(KINDS), *, seed: int | str | None = None
    ) -> Made:
        """One item that fits, of one of these kinds.

        Args:
            seed: The same seed, with the same known items, gives the same item.

        Raises:
            InputError: No family is about a needed concept, or no more new items can be had.
            SandboxError: Programs cannot be run safely here.
        """
        families = self._suitable(target)
        rng = random.Random(seed)
        for _ in range(ROUNDS):
            kind = rng.choice(sorted(kinds))
            made = await self._round(target, kind, families, rng)
            if made is not None:
                self.known.add(made.item.id, made.fingerprint)
                return made
        reasons = ", ".join(f"{reason} ({count})" for reason, count in self.tally.refused.items())
        raise InputError(
            f"no new item of this kind was found{': ' + reasons if reasons else ''}",
            place="items",
            remedy="ask for other concepts, other kinds or another difficulty",
        )

    async def several(
        self, target: Target, count: int, kinds: Collection[ItemKind] = tuple(KINDS), *, seed: int | str | None = None
    ) -> AsyncGenerator[Made]:
        """Some items, the kinds in turn, each as soon as it is made.

        Raises:
            InputError: As `make` does; those made before were given already.
            SandboxError: Programs cannot be run safely here.
        """
        turns = sorted(kinds, key=list(KINDS).index)
        start = random.Random(seed).randrange(1 << 30)
        for number in range(count):
            yield await self.make(target, (turns[number % len(turns)],), seed=f"{start} {number}")

    def _suitable(self, target: Target) -> list[Family]:
        unknown = target.needed - self.here
        if unknown:
            raise InputError(
                f"the concept graph has no concept {sorted(unknown)[0]!r}",
                place="concept",
                remedy="`gradatim kg search` finds concepts",
            )
        found = [family for family in self._families if not target.needed or target.needed & self._concepts[family]]
        if not found:
            names = ", ".join(sorted(self.concepts)[:12])
            raise InputError(
                f"no template is about {', '.join(sorted(target.needed))}",
                place="concept",
                remedy=f"ask for one of: {names}, … (`gradatim item concepts` lists all)",
            )
        return found

    async def _round(
        self, target: Target, kind: ItemKind, families: Sequence[Family], rng: random.Random
    ) -> Made | None:
        """Draw programs, examine the promising ones, and finish the best draft that holds."""
        promising = self._new(kind, await self._promising(target, kind, families, rng))[:EXAMINED]
        drafts: list[_Candidate] = []
        for program in promising:
            material = await examine(self.sandbox, program, self.misconceptions, rng)
            tests = None if material is None else choose_tests(material, rng)
            if material is None or tests is None:
                self.tally.refuse("too few calls have an answer" if material is None else "the tests are too weak")
                continue
            drafts = sorted(
                [*drafts, *self._candidates(material, tests, target, kind, rng)], key=lambda item: item.loss
            )
            if drafts and (drafts[0].difficulty.value - target.theta) ** 2 < NEAR_ENOUGH:
                break
        found = await self._first(drafts)
        return found if isinstance(found, Made) else None

    async def from_material(
        self, material: Material, tests: TestSet, target: Target, kind: ItemKind, rng: random.Random
    ) -> Made | str:
        """The item of this kind that fits best among those that one program makes, or why there is none.

        Raises:
            SandboxError: Programs cannot be run safely here.
        """
        drafts = self._candidates(material, tests, target, kind, rng)
        return await self._first(sorted(drafts, key=lambda item: item.loss))

    def example(self, concepts: Collection[str], rng: random.Random) -> Program:
        """A program about some concepts, if there is one: what items are made from looks like this."""
        fitting = [family for family in self._families if set(concepts) & self._concepts[family]] or self._families
        return rng.choice(fitting).draw(rng)

    def _candidates(
        self, material: Material, tests: TestSet, target: Target, kind: ItemKind, rng: random.Random
    ) -> list[_Candidate]:
        """Drafts that are no duplicates, with what they would be worth."""
        found: list[_Candidate] = []
        for draft in KINDS[kind](material, tests, rng):
            mark = fingerprint(draft)
            clash = self.known.clash(mark)
            if clash is not None:
                self.tally.refuse(clash.reason)
                continue
            difficulty = self.estimator.difficulty(draft)
            loss = target.loss(difficulty.value, material.program.concepts)
            found.append(_Candidate(loss, draft, difficulty, mark))
        return found

    async def _first(self, drafts: Sequence[_Candidate]) -> Made | str:
        """The first draft that holds when it is executed, or why none of the first few does."""
        corrections = corrections_of(self.graph) if drafts else {}
        reason = "it is a duplicate, or no question of this kind can be made from it"
        for candidate in drafts[:_TRIED]:
            self.tally.executed += 1
            item = await finish(self.sandbox, candidate.draft, candidate.difficulty, corrections)
            if not isinstance(item, Refused):
                return Made(item, candidate.fingerprint, candidate.loss)
            reason = item.reason
            self.tally.refuse(reason)
        return reason

    def _new(self, kind: ItemKind, programs: Sequence[Program]) -> list[Program]:
        """Programs without those that could only make duplicates: the same code again, of this round or an item."""
        found: dict[str, Program] = {}
        for program in programs:
            if kind in _BY_CODE and self.known.knows(kind, program.code):
                self.tally.refuse("the same code, up to names and constants")
            else:
                found.setdefault(shape(program.code), program)
        return list(found.values())

    async def _promising(
        self, target: Target, kind: ItemKind, families: Sequence[Family], rng: random.Random
    ) -> list[Program]:
        """Programs, the most promising first, by what can be said without looking closely; few of one family."""
        programs: list[Program] = []
        while len(programs) < DRAWN:
            drawn = rng.choice(families).draw(rng)
            self.tally.drawn += 1
            kept = tuple(concept for concept in drawn.concepts if concept in self.here)
            if kept and (not target.needed or target.needed & set(kept)):
                programs.append(_with_concepts(drawn, kept))
            elif self.tally.drawn > 100 * DRAWN and not programs:
                break
        asked = [
            (item.code, item.name, calls(item.name, item.arguments, 4 * _CALLS, rng)[-_CALLS:]) for item in programs
        ]
        steps = await typical_steps(self.sandbox, asked)
        scored: list[tuple[float, int, Program]] = []
        for number, (program, taken) in enumerate(zip(programs, steps, strict=True)):
            if taken is not None:
                features = self.estimator.of_program(program.code, taken, program.concepts)
                scored.append((target.loss(self.estimator.guess(kind, features), program.concepts), number, program))
        return [program for _, _, program in sorted(scored, key=lambda item: item[:2])]


def _with_concepts(program: Program, concepts: tuple[str, ...]) -> Program:
    return program if program.concepts == concepts else replace(program, concepts=concepts)


_KNOWN_CONCEPTS: dict[str, frozenset[str]] = {}


def concepts_of(family: Family) -> frozenset[str]:
    """Concepts that programs of a family are about, found by drawing some."""
    if family.id not in _KNOWN_CONCEPTS:
        drawn = (family.draw(random.Random(seed)) for seed in range(_LEARNT))
        _KNOWN_CONCEPTS[family.id] = frozenset(concept for program in drawn for concept in program.concepts)
    return _KNOWN_CONCEPTS[family.id]
