"""The search for repairs: all single edits first, then further edits on the candidates that came nearest."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field

from gradatim.domain import Execution, Repair, Submission, Task
from gradatim.tools.execution import execute
from gradatim.tools.repair.candidate import Candidate
from gradatim.tools.repair.mapping import line_before
from gradatim.tools.repair.operators import edits
from gradatim.tools.repair.operators.syntax import mended
from gradatim.tools.repair.pool import Pool
from gradatim.tools.repair.pool.wording import FROM_POOL, repair
from gradatim.tools.repair.ranking import as_repair, normal_form
from gradatim.tools.repair.source import Expected, Source, names_of
from gradatim.tools.repair.suspicion import Suspicion, spectrum
from gradatim.tools.repair.trials import Trial, Trials
from gradatim.tools.sandbox.protocol import Sandbox

Agreement = Callable[[str], Awaitable[float | None]]
"""Share of inputs on which a program agrees with the task's reference, in [0, 1]; `None` where there are none."""

MOST_TRIES = 40_000
"""Candidates that one search tries at most."""
POOL_SHARE = 0.6
"""Share of the time that the pool gets first."""
_CHUNK = 150
_DEEPEST = 4
_LIKELY = 0.12
"""Single edits of at least this weight are tried before any second edit."""
_PER_ROUND = 0.03
"""How much fitness a partial candidate has to be ahead of another for each round of edits tried on it in vain."""
_PER_STEP = 0.02
_MORE_ROUNDS = 2
"""Rounds of edits that are tried for a more natural repair once there is one of several edits."""
_ALIKE = 2
"""Partial candidates with the same test results that are taken further."""
_REPEATED = 1.5
"""What an edit of the same kind as one before is worth: the same mistake is often made in two places."""
_PER_NODE = 700
"""Edits of one partial candidate that are tried."""
_ENOUGH = 0.25
"""A repair ends the search for others whose weight could not reach this share of its own."""
_BESIDE_POOL = 0.7
"""What the weight of an edit counts beside repairs of the pool, which more often hold beyond the tests."""
_AGREED = 8
"""Repairs whose agreement is asked for."""


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What a search gave.

    Attributes:
        repairs: Best first.
        gains: Line of the program → the most failing tests that any single edit of it made pass.
        tried: Candidates that were run.
        seconds: Wall-clock time.
    """

    repairs: tuple[Repair, ...] = ()
    gains: Mapping[int, int] = field(default_factory=dict[int, int])
    tried: int = 0
    seconds: float = 0.0


async def find_repairs(
    sandbox: Sandbox,
    task: Task,
    submission: Submission,
    execution: Execution,
    *,
    seconds: float,
    pool: Pool | None = None,
    suspicion: Mapping[int, float] | None = None,
    agreement: Agreement | None = None,
    most: int = 5,
    seed: int = 0,
) -> tuple[Repair, ...]:
    """The most natural changes of a wrong program that make every test pass; see `search_repairs`."""
    report = await search_repairs(
        sandbox,
        task,
        submission,
        execution,
        seconds=seconds,
        pool=pool,
        suspicion=suspicion,
        agreement=agreement,
        most=most,
        seed=seed,
    )
    return report.repairs


async def search_repairs(
    sandbox: Sandbox,
    task: Task,
    submission: Submission,
    execution: Execution,
    *,
    seconds: float,
    pool: Pool | None = None,
    suspicion: Mapping[int, float] | None = None,
    agreement: Agreement | None = None,
    most: int = 5,
    seed: int = 0,
    most_tries: int = MOST_TRIES,
) -> RepairReport:
    """Search changes of a wrong program that make every test pass.

    Candidates are tried in the same order for the same seed; how far the search comes depends on the time.

    Args:
        sandbox: Where candidates run.
        task: Its tests decide.
        submission: The wrong program.
        execution: What its tests showed.
        seconds: Wall-clock time.
        pool: Correct programs of others.
        suspicion: Suspiciousness of lines, in [0, 1]; traced where it is not given.
        agreement: Asked about the best repairs; those that agree with the reference come first.
        most: Repairs to give.
        seed: Decides among edits of the same weight.
        most_tries: Candidates to run at most.

    Returns:
        Repairs that each passed every test in an execution of their own.

    Raises:
        SandboxError: Programs cannot be run safely here.
    """
    began = time.monotonic()
    if execution.passed or seconds <= 0:
        return RepairReport()
    trials = await Trials.of(sandbox, task, submission, execution)
    found: list[Repair] = []
    nearest: _Node | None = None
    if pool is not None:
        given = await pool.search(trials, submission.code, task, seconds=POOL_SHARE * seconds, most=most)
        found += _falling(given.repairs)
        if given.closest is not None and given.trial is not None:
            nearest = _Node(given.closest, given.trial, (_taken_over(given.closest),), (submission.code,))
    if suspicion is None:
        suspicion = await spectrum(sandbox, task, submission, execution)
    search = _Search(trials, task, submission, suspicion, began + seconds, most_tries, seed)
    await search.run(bool(found), nearest)
    found += search.repairs()
    repairs = await _confirmed(sandbox, task, _ranked(found), 2 * most if agreement is not None else most)
    if agreement is not None:
        repairs = await _agreeing(repairs, agreement)
    return RepairReport(tuple(repairs[:most]), search.gains, trials.tried, time.monotonic() - began)


def _ranked(repairs: list[Repair]) -> list[Repair]:
    """Best first, each program once: a small repair from the pool before one that could hold for the tests alone."""
    best: dict[str, Repair] = {}
    for item in repairs:
        form = normal_form(item.code)
        if form not in best or best[form].weight < item.weight:
            best[form] = item
    pooled = any(item.origin == "pool" for item in repairs)

    def key(item: Repair) -> tuple[float, int, str]:
        share = _BESIDE_POOL if pooled and item.origin == "search" else 1.0
        return -share * item.weight, item.edits[0].line, item.code

    return sorted(best.values(), key=key)


def _falling(repairs: Iterable[Repair]) -> list[Repair]:
    """The pool's repairs with weights that keep its order: it knows which agree with other correct programs."""
    found: list[Repair] = []
    for item in repairs:
        weight = min(item.weight, found[-1].weight) if found else item.weight
        found.append(item.model_copy(update={"weight": weight}))
    return found


async def _confirmed(sandbox: Sandbox, task: Task, repairs: list[Repair], most: int) -> list[Repair]:
    """Those that pass every test in an execution of their own."""
    found: list[Repair] = []
    for item in repairs:
        if len(found) >= most:
            break
        execution = await execute(sandbox, task, Submission.of(task.id, item.code), give_up=1)
        if execution.passed:
            found.append(item)
    return found


async def _agreeing(repairs: list[Repair], agreement: Agreement) -> list[Repair]:
    """Those that agree with the reference first."""
    shares = await asyncio.gather(*(agreement(item.code) for item in repairs[:_AGREED]))
    told = [
        item if share is None else item.model_copy(update={"generalises": share >= 1.0})
        for item, share in zip(repairs, shares, strict=False)
    ]
    order = sorted(range(len(told)), key=lambda n: (-(shares[n] or 0.0), n))
    return [*(told[n] for n in order), *repairs[_AGREED:]]


@dataclass(slots=True)
class _Open:
    """A partial candidate with those of its edits that are still to be tried."""

    node: _Node
    queue: list[tuple[float, Candidate]] = field(default_factory=list[tuple[float, Candidate]])
    begun: bool = False
    rounds: int = 0
    order: tuple[float, int] = (0.0, 0)

    @property
    def best(self) -> float:
        """Weight of the next edit; 0 when there is none."""
        return self.queue[0][0] if self.queue else 0.0

    def take(self) -> list[Candidate]:
        """The next edits."""
        chunk, self.queue = self.queue[:_CHUNK], self.queue[_CHUNK:]
        self.rounds += 1
        return [item for _, item in chunk]

    def rank(self) -> float:
        """Smaller is more promising: near to passing, natural so far, and not much tried yet."""
        unnatural = 1 - _prior(self.node) * 2 ** len(self.node.steps)
        return _PER_ROUND * self.rounds + _PER_STEP * len(self.node.steps) + 0.05 * unnatural - self.node.trial.fitness

    def __lt__(self, other: _Open) -> bool:
        return self.order < other.order


@dataclass(frozen=True, slots=True)
class _Node:
    """A partial candidate: the program after some edits, with the programs that each edit was made on."""

    code: str
    trial: Trial
    steps: tuple[Candidate, ...] = ()
    before: tuple[str, ...] = ()


class _Search:
    """The edits of one program."""

    def __init__(
        self,
        trials: Trials,
        task: Task,
        submission: Submission,
        suspicion: Mapping[int, float],
        until: float,
        most_tries: int,
        seed: int,
    ) -> None:
        self._trials = trials
        self._task = task
        self._expected = Expected.of(task)
        self._given = names_of(task.setup)
        self._root = Source(submission.code, self._expected, self._given)
        self._suspicion = suspicion
        self._until = until
        self._last_try = trials.tried + most_tries
        self._random = random.Random(seed)
        self._seen: set[str] = {self._root.text}
        self._found: list[_Node] = []
        self._heap: list[_Open] = []
        self._alike: dict[tuple[float, ...], int] = {}
        self._count = itertools.count()
        self.gains: dict[int, int] = {}

    async def run(self, has_repair: bool, nearest: _Node | None = None) -> None:
        """Search until the time is over or nothing better can be found.

        Args:
            has_repair: Whether the pool gave a repair: then single edits are enough.
            nearest: The nearest miss of the pool, where it gave none.
        """
        baseline = (await self._trials.run([self._root.text]))[0]
        root = _Node(self._root.text, baseline)
        starts = [root]
        if self._root.program.tree is None or self._root.program.fault is not None:
            starts = await self._mended(root)
        for node in starts:
            await self._first_round(node)
        if nearest is not None:
            self._push([nearest])
        rounds = _MORE_ROUNDS
        while self._heap and not self._over() and not has_repair:
            if self._found:
                if not rounds:
                    break
                rounds -= 1
            await self._advance(heapq.heappop(self._heap))

    async def _first_round(self, node: _Node) -> None:
        """All likely single edits, before any second edit."""
        opened = _Open(node, self._ordered(node))
        while opened.queue and opened.best >= _LIKELY and not self._over() and not self._settled(opened.best):
            self._push(await self._try(node, opened.take()))
        self._push_open(opened)

    async def _advance(self, opened: _Open) -> None:
        """The next edits of the most promising partial candidate."""
        if not opened.queue:
            if opened.begun or self._alike.get(opened.node.trial.near, 0) >= _ALIKE:
                return
            self._alike[opened.node.trial.near] = self._alike.get(opened.node.trial.near, 0) + 1
            opened.queue = self._ordered(opened.node)
        opened.begun = True
        if not opened.queue or self._settled(opened.best):
            return
        self._push(await self._try(opened.node, opened.take()))
        if opened.queue:
            self._push_open(opened)

    def _push(self, nodes: Iterable[_Node]) -> None:
        for node in nodes:
            if len(node.steps) < _DEEPEST:
                self._push_open(_Open(node))

    def _push_open(self, opened: _Open) -> None:
        opened.order = (opened.rank(), next(self._count))
        heapq.heappush(self._heap, opened)

    def _over(self) -> bool:
        return time.monotonic() >= self._until or self._trials.tried >= self._last_try

    def _settled(self, next_weight: float) -> bool:
        """Whether what was found is so natural that the rest need not be tried."""
        return bool(self._found) and next_weight < _ENOUGH * max(_prior(node) for node in self._found)

    def _ordered(self, node: _Node) -> list[tuple[float, Candidate]]:
        """Edits of a candidate with their weights, best first."""
        source = self._root if not node.steps else Source(node.code, self._expected, self._given)
        failing = [n for n, ok in enumerate(node.trial.per_test) if not ok]
        suspicion = Suspicion(source.program, self._task, failing, self._suspicion if not node.steps else None)
        fresh = [item for item in edits(source) if item.code not in self._seen]
        self._random.shuffle(fresh)
        again = {step.operator for step in node.steps}
        weighted: list[tuple[float, Candidate]] = []
        for item in fresh:
            repeated = _REPEATED if item.operator in again else 1.0
            weighted.append((item.prior * repeated * (0.15 + 0.85 * suspicion.of(item.line)), item))
        weighted.sort(key=lambda pair: -pair[0])
        return weighted if not node.steps else weighted[:_PER_NODE]

    async def _try(self, node: _Node, candidates: list[Candidate]) -> list[_Node]:
        """Run edits of a candidate; keeps what passes, returns what came nearer."""
        new = [item for item in candidates if item.code not in self._seen]
        self._seen.update(item.code for item in new)
        trials = await self._trials.run([item.code for item in new], until=self._until)
        better: list[_Node] = []
        for item, trial in zip(new, trials, strict=True):
            child = _Node(item.code, trial, (*node.steps, item), (*node.before, node.code))
            if trial.ok:
                self._found.append(child)
            elif trial.fitness > node.trial.fitness + 1e-9:
                better.append(child)
            if not node.steps:
                gain = sum(now and not then for now, then in zip(trial.per_test, node.trial.per_test, strict=True))
                if gain:
                    self.gains[item.line] = max(gain, self.gains.get(item.line, 0))
        return better

    async def _mended(self, root: _Node) -> list[_Node]:
        """Programs that compile, one or two edits away from one that does not."""
        options = mended(self._root)
        self._seen.update(item.code for item in options)
        trials = await self._trials.run([item.code for item in options], until=self._until)
        nodes = [_Node(item.code, trial, (item,), (root.code,)) for item, trial in zip(options, trials, strict=True)]
        self._found += [node for node in nodes if node.trial.ok]
        return [] if self._found else sorted(nodes, key=lambda node: -node.trial.fitness)[:4]

    def repairs(self) -> list[Repair]:
        """What was found, as it is shown."""
        found: list[Repair] = []
        for node in sorted(self._found, key=_prior, reverse=True)[:40]:
            lines = tuple(
                line_before(self._root.text, before, step.line)
                for step, before in zip(node.steps, node.before, strict=True)
            )
            if node.steps[0].operator == FROM_POOL:
                found.append(_from_pool(self._root, node))
            else:
                found.append(as_repair(self._root.text, node.code, node.steps, lines))
        return found


def _taken_over(code: str) -> Candidate:
    """What the pool changed, as a first step."""
    return Candidate(code, FROM_POOL, 0.3, 1, "several places")


def _from_pool(root: Source, node: _Node) -> Repair:
    """A repair that the pool began and further edits brought to its end."""
    whole = repair(root.text, "\n", root.text.removesuffix("\n").split("\n"), node.code.removesuffix("\n").split("\n"))
    return whole.model_copy(update={"weight": round(whole.weight * _prior(node) / 0.15, 4)})


def _prior(node: _Node) -> float:
    product = 1.0
    for step in node.steps:
        product *= 0.5 * step.prior * (0.02 if step.overfits else 1.0)
    return product
