"""A rehearsal of a workflow: every way that a run could go, walked before anything runs.

A run of LangGraph goes in supersteps: all active nodes work side by side, then their edges make the next ones active;
a join remembers who has arrived until all have. What is active, together with what the joins remember, is called a
marking here (Petri, 1962). All markings that can be reached are gone through, with every way of every route, whatever
its condition. For each marking two sets are kept, and made smaller or larger until nothing changes any more: the keys
that are written on every way to it, and the nodes that may have worked before.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from gradatim.graphs.workflow.spec import END, START
from gradatim.graphs.workflow.wiring import Wiring

MOST_MARKINGS = 5_000
"""Situations from which a workflow is too tangled to be gone through."""
MOST_STEPS = 20_000
"""Steps between situations, likewise."""
MOST_TAKES = 200_000
"""How often what is known may be carried over a step, until nothing changes."""


class TooTangled(Exception):
    """There are more situations than can be gone through."""


class Marking(NamedTuple):
    """What is going on between two supersteps.

    Attributes:
        active: Nodes that work next.
        arrived: Place of a join → who has arrived there; only joins that wait.
    """

    active: frozenset[str]
    arrived: frozenset[tuple[int, frozenset[str]]]


class Step(NamedTuple):
    """One superstep."""

    to: Marking
    failed: frozenset[str]
    """Nodes that could not do their work and went their way for errors."""
    bounded: bool
    """Whether a way with a bound was taken."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rehearsal has to know of a node.

    Attributes:
        writes: State keys that it always writes.
        on_error: Where it goes when it cannot do its work.
    """

    writes: frozenset[str] = frozenset()
    on_error: str | None = None


@dataclass(slots=True)
class Rehearsal:
    """What the rehearsal saw.

    Attributes:
        written: Marking → keys written on every way to it, before its nodes work.
        before: Marking → nodes that may have worked before it, since a way with a bound was last taken.
        came_from: Marking → the one before it on a shortest way.
        endings: Markings after which nothing works.
    """

    written: dict[Marking, frozenset[str]] = field(default_factory=dict[Marking, frozenset[str]])
    before: dict[Marking, frozenset[str]] = field(default_factory=dict[Marking, frozenset[str]])
    came_from: dict[Marking, Marking | None] = field(default_factory=dict[Marking, Marking | None])
    lost: dict[tuple[Marking, str], Marking] = field(default_factory=dict[tuple[Marking, str], Marking])
    endings: list[Marking] = field(default_factory=list[Marking])

    @property
    def reached(self) -> frozenset[str]:
        """Nodes that some way leads to."""
        return frozenset(name for marking in self.written for name in marking.active)

    def way(self, marking: Marking, missing: str | None = None) -> str:
        """A way to a marking, for a person; one on which `missing` is not written."""
        steps: list[str] = []
        seen: set[Marking] = set()
        here: Marking | None = marking
        while here is not None and here not in seen:
            seen.add(here)
            if here.active:
                steps.append(" ∥ ".join(sorted(here.active)))
            before = self.came_from[here]
            here = self.lost.get((here, missing), before) if missing is not None else before
        steps.reverse()
        if len(steps) > 8:
            steps = [*steps[:3], "…", *steps[-4:]]
        return " → ".join(steps)


def rehearse(wiring: Wiring, facts: Mapping[str, Facts], given: frozenset[str]) -> Rehearsal:
    """Go through every way that a run could go.

    Args:
        given: State keys that are there from the start.

    Raises:
        TooTangled: There are too many; nothing is said then.
    """
    walk = _Walk(wiring, facts)
    found = Rehearsal()
    queue: deque[Marking] = deque()
    for first in walk.first():
        found.written[first], found.before[first], found.came_from[first] = given, frozenset(), None
        queue.append(first)
    steps_from: dict[Marking, tuple[Step, ...]] = {}
    total = takes = 0
    waiting = set(queue)
    while queue:
        marking = queue.popleft()
        waiting.discard(marking)
        if marking not in steps_from:
            steps_from[marking] = walk.steps(marking)
            total += len(steps_from[marking])
            if len(steps_from) > MOST_MARKINGS or total > MOST_STEPS:
                raise TooTangled
            if not marking.active:
                found.endings.append(marking)
        takes += len(steps_from[marking])
        if takes > MOST_TAKES:
            raise TooTangled
        for step in steps_from[marking]:
            if _take(found, marking, step, facts) and step.to not in waiting:
                waiting.add(step.to)
                queue.append(step.to)
    return found


def _take(found: Rehearsal, marking: Marking, step: Step, facts: Mapping[str, Facts]) -> bool:
    """Carry what is known over one step; whether that told anything new of where it leads."""
    done = (facts[name].writes for name in marking.active if name not in step.failed)
    written = found.written[marking].union(*done)
    before = frozenset[str]() if step.bounded else found.before[marking] | marking.active
    if step.to not in found.written:
        found.written[step.to], found.before[step.to], found.came_from[step.to] = written, before, marking
        return True
    kept, more = found.written[step.to] & written, found.before[step.to] | before
    for key in found.written[step.to] - kept:
        found.lost[step.to, key] = marking
    if kept == found.written[step.to] and more == found.before[step.to]:
        return False
    found.written[step.to], found.before[step.to] = kept, more
    return True


class _Walk:
    """Supersteps of one workflow."""

    def __init__(self, wiring: Wiring, facts: Mapping[str, Facts]) -> None:
        self.wiring = wiring
        self.facts = facts
        self.joins_of: dict[str, list[int]] = {}
        for number, join in enumerate(wiring.joins):
            for source in join.sources:
                self.joins_of.setdefault(source, []).append(number)

    def first(self) -> Iterator[Marking]:
        """Markings in which a run can begin."""
        for targets, _, _ in self._choices(START):
            yield Marking(frozenset(targets) - {END}, frozenset())

    def _choices(self, name: str) -> list[tuple[frozenset[str], bool, bool]]:
        """Where a node can lead: targets, whether by a way with a bound, whether by failing."""
        always = frozenset(self.wiring.follows.get(name, ()))
        ways = self.wiring.routes.get(name)
        if ways:
            found = [(always | frozenset(way.targets), way.bound is not None, False) for way in ways if way.bound != 0]
        else:
            found = [(always, False, False)]
        facts = self.facts.get(name)
        if facts is not None and facts.on_error is not None:
            found.append((frozenset({facts.on_error}), False, True))
        return list(dict.fromkeys(found))

    def steps(self, marking: Marking) -> tuple[Step, ...]:
        """Every superstep that can follow."""
        if not marking.active:
            return ()
        names = sorted(marking.active)
        choices = [self._choices(name) for name in names]
        count = 1
        for options in choices:
            count *= len(options)
        if count > MOST_STEPS:
            raise TooTangled
        return tuple(dict.fromkeys(self._step(marking, names, chosen) for chosen in itertools.product(*choices)))

    def _step(self, marking: Marking, names: list[str], chosen: tuple[tuple[frozenset[str], bool, bool], ...]) -> Step:
        active: set[str] = set()
        arrived = dict(marking.arrived)
        failed: set[str] = set()
        for name, (targets, _, fails) in zip(names, chosen, strict=True):
            active |= targets
            if fails:
                failed.add(name)
                continue
            for number in self.joins_of.get(name, ()):
                arrived[number] = arrived.get(number, frozenset()) | {name}
        for number, who in list(arrived.items()):
            join = self.wiring.joins[number]
            if len(who) == len(join.sources):
                active.add(join.target)
                del arrived[number]
        to = Marking(frozenset(active) - {END}, frozenset(arrived.items()))
        return Step(to, frozenset(failed), any(bounded for _, bounded, _ in chosen))


def unbounded_cycle(wiring: Wiring, facts: Mapping[str, Facts]) -> list[str] | None:
    """A circle of nodes on which no way has a bound, if there is one: such a run might never end."""
    after: dict[str, list[str]] = {}
    for source, target, _ in wiring.arrows(bounded=False):
        after.setdefault(source, []).append(target)
    for name, known in facts.items():
        if known.on_error is not None:
            after.setdefault(name, []).append(known.on_error)
    done: set[str] = set()
    for start in wiring.nodes:
        if start in done:
            continue
        trail: list[str] = [start]
        on_trail = {start}
        branches = [iter(after.get(start, ()))]
        while branches:
            following = next(branches[-1], None)
            if following is None:
                branches.pop()
                left = trail.pop()
                on_trail.discard(left)
                done.add(left)
            elif following in on_trail:
                return [*trail[trail.index(following) :], following]
            elif following not in done and following != END:
                trail.append(following)
                on_trail.add(following)
                branches.append(iter(after.get(following, ())))
    return None


def longest_run(wiring: Wiring, facts: Mapping[str, Facts]) -> int:
    """Supersteps that a run can take at most, where no circle is without a bound.

    Each superstep is caused by one before it; along that chain at most `turns` ways with a bound are taken, and between
    two of them no node comes twice.
    """
    order: dict[str, int] = {}
    after: dict[str, set[str]] = {}
    for source, target, _ in wiring.arrows(bounded=False):
        if target != END:
            after.setdefault(source, set()).add(target)
    for name, known in facts.items():
        if known.on_error is not None:
            after.setdefault(name, set()).add(known.on_error)

    def depth(name: str) -> int:
        # deepest first, without recursion: a workflow may be a long line
        stack = [name]
        while stack:
            here = stack[-1]
            open_ = [item for item in after.get(here, ()) if item not in order]
            if open_:
                stack += open_
                continue
            order[here] = 1 + max((order[item] for item in after.get(here, ())), default=0)
            stack.pop()
        return order[name]

    longest = max((depth(name) for name in wiring.nodes), default=1)
    return longest * (1 + wiring.turns)
