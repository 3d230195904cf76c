"""A program run on many inputs beside its rivals: what tests, wrong programs and distractors are chosen from."""

from __future__ import annotations

import ast
import hashlib
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gradatim.tools.items.arguments import TYPES, argument_of, calls
from gradatim.tools.items.families import Program
from gradatim.tools.items.faults import faulty
from gradatim.tools.items.source import canonical
from gradatim.tools.items.steps import counted
from gradatim.tools.repair.operators import edits
from gradatim.tools.repair.source import Expected, Source
from gradatim.tools.sandbox import Batch, CandidateResult, Probe, ProbeResult, Sandbox, literal
from gradatim.tools.sandbox.answer import candidate_probe
from gradatim.tools.sandbox.values import is_opaque

POOL = 36
"""Calls that all programs are run on."""
STANDARD = 12
"""Calls with arguments that depend on the types of the parameters alone: programs of other families are run on them
too, so that equal behaviour shows."""
MUTANTS = 24
_SECONDS = 0.05
_LONGEST = 400
_LEAST_ANSWERED = 6


@dataclass(frozen=True, slots=True)
class Seen:
    """What a call gave.

    Attributes:
        raw: The same text is the same result.
        value: As a Python literal, with its type; `None` where there is none.
        error: Name of the exception, or `timeout` and the like; `None` where a value came.
    """

    raw: str
    value: str | None = None
    error: str | None = None

    @property
    def short(self) -> str:
        """Value or error, as one text."""
        return self.value if self.value is not None else f"<{self.error}>"


@dataclass(frozen=True, slots=True)
class Rival:
    """A program with the fault of a misconception.

    Attributes:
        seen: What each call of the pool gave.
        apart: Positions in the pool where that is something else than the right program gives.
        behaviour: Digest of what it does with the standard calls.
    """

    code: str
    misconception: str
    seen: tuple[Seen, ...]
    apart: frozenset[int]
    behaviour: str

    @property
    def endless(self) -> bool:
        """Whether some call does not come to an end: such a program costs its whole time in every test."""
        return any(seen.error == "timeout" for seen in self.seen)


@dataclass(frozen=True, slots=True)
class Material:
    """A right program, observed.

    Attributes:
        calls: The pool: calls that the right program has an answer for.
        seen: What each gives.
        steps: How many statements each executes.
        rivals: Programs that behave differently from the right one and from each other.
        mutants: For each of the further mutants: positions in the pool where it differs; those that never do are left
            out as equivalent.
        behaviour: Digest of what the program does with the standard calls.
    """

    program: Program
    calls: tuple[str, ...]
    seen: tuple[Seen, ...]
    steps: tuple[int, ...]
    rivals: tuple[Rival, ...]
    mutants: tuple[frozenset[int], ...]
    behaviour: str


async def examine(
    sandbox: Sandbox, program: Program, known: Collection[str], rng: random.Random, *, pool: int = POOL
) -> Material | None:
    """Run a program, its rivals and its mutants on the same calls.

    Args:
        known: Misconceptions of the concept graph.
        rng: Draws the calls and the mutants.

    Returns:
        `None` where the program has answers for too few calls to make an item of.

    Raises:
        SandboxError: Programs cannot be run safely here.
    """
    drawn = calls(program.name, program.arguments, pool, rng)
    standard = _standard(program)
    wrong = faulty(program.code, known)
    mutants = _mutants(program, {item.code for item in wrong}, rng)
    batch = Batch(
        (program.code, counted(program.code, program.name), *(item.code for item in wrong), *mutants),
        tuple(Probe.call(text, _SECONDS) for text in (*drawn, *standard)),
    )
    found = [_read(result, len(batch.probes)) for result in await sandbox.run_batch(batch)]
    right, steps, *others = found
    if right is None or steps is None:
        return None
    kept = [place for place in range(len(drawn)) if _usable(right[place])]
    if len(kept) < _LEAST_ANSWERED:
        return None
    rivals: list[Rival] = []
    taken: set[tuple[str, ...]] = set()
    for item, seen in zip(wrong, others[: len(wrong)], strict=True):
        if seen is None:
            continue
        own = tuple(seen[place] for place in kept)
        answers = tuple(one.short for one in own)
        apart = frozenset(n for n, place in enumerate(kept) if differs(right[place], seen[place]))
        if apart and answers not in taken:
            taken.add(answers)
            rivals.append(Rival(item.code, item.misconception, own, apart, _digest(program, seen[len(drawn) :])))
    killed = [
        frozenset(n for n, place in enumerate(kept) if differs(right[place], seen[place]))
        for seen in others[len(wrong) :]
        if seen is not None
    ]
    return Material(
        program=program,
        calls=tuple(drawn[place] for place in kept),
        seen=tuple(right[place] for place in kept),
        steps=tuple(int(steps[place].value or 0) for place in kept),
        rivals=tuple(rivals),
        mutants=tuple(item for item in killed if item),
        behaviour=_digest(program, right[len(drawn) :]),
    )


async def seen_by(sandbox: Sandbox, codes: Sequence[str], texts: Sequence[str]) -> list[list[Seen] | None]:
    """What programs give for some calls; `None` for those that do not compile.

    Raises:
        SandboxError: Programs cannot be run safely here.
    """
    found = await sandbox.run_batch(Batch(tuple(codes), tuple(Probe.call(text, _SECONDS) for text in texts)))
    return [_read(result, len(texts)) for result in found]


def _standard(program: Program) -> list[str]:
    usual = [argument_of(item.type) if item.type in TYPES else item for item in program.arguments]
    kinds = ",".join(item.type for item in program.arguments)
    return calls(program.name, usual, STANDARD, random.Random(kinds))


def _digest(program: Program, seen: Sequence[Seen]) -> str:
    kinds = ",".join(item.type for item in program.arguments)
    text = "\x1f".join([kinds, *(item.short for item in seen)])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _mutants(program: Program, without: set[str], rng: random.Random) -> list[str]:
    """Programs one beginner's edit away from the right one, each once, as many as are wanted."""
    source = Source(program.code, Expected({program.name: frozenset({len(program.arguments)})}, (), False))
    candidates = edits(source)
    rng.shuffle(candidates)
    found: dict[str, None] = {}
    for candidate in candidates:
        if len(found) == MUTANTS:
            break
        try:
            text = canonical(candidate.code)
        except SyntaxError:
            continue
        if text != program.code and text not in without:
            found[text] = None
    return list(found)


def _read(result: CandidateResult, probes: int) -> list[Seen] | None:
    """What a candidate gave for each probe; `None` where it does not compile."""
    if result.status == "not-compiled":
        return None
    seen = [_seen(text) for text in result.answers]
    # whoever was stopped has no answer for the rest
    return seen + [Seen("<stopped>", error="timeout")] * (probes - len(seen))


@lru_cache(maxsize=4_000)
def _seen(text: str) -> Seen:
    probe: ProbeResult = candidate_probe(text)
    if probe.status == "raised" and probe.raised is not None:
        return Seen(text, error=probe.raised.type)
    if probe.status != "ok" or is_opaque(probe.value):
        return Seen(
            text, error="timeout" if probe.status == "timeout" else "object" if probe.status == "ok" else probe.status
        )
    return Seen(text, value=literal(probe.value))


@lru_cache(maxsize=20_000)
def differs(right: Seen, other: Seen) -> bool:
    """Whether a test would tell two results apart: values compare by Python's `==`, so that 3 is 3.0."""
    if right.raw == other.raw:
        return False
    if right.value is None or other.value is None:
        return True
    try:
        return bool(ast.literal_eval(right.value) != ast.literal_eval(other.value))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return True  # too long to be written out, or no plain data


def _usable(seen: Seen) -> bool:
    """Whether a call's value can be written into a test."""
    if seen.value is None or len(seen.value) > _LONGEST:
        return False
    try:
        ast.literal_eval(seen.value)
    except (ValueError, SyntaxError):
        return False
    return True
