"""Runs a batch: reads items, has each piece of work done once, writes each line once, and goes on where it stopped."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, ExitStack, aclosing, closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import gradatim.errors as errors
from gradatim.domain import Submission, stable_id
from gradatim.errors import InputError, ServiceError
from gradatim.graphs.batch.circumstances import circumstances, digest
from gradatim.graphs.batch.engine import Engine
from gradatim.graphs.batch.items import DIGEST_LENGTH, Failure, Item, Job, Result, Status
from gradatim.graphs.batch.ledger import Entry, Ledger
from gradatim.graphs.batch.results import ResultsFile
from gradatim.graphs.batch.rows import assessed_row, failed_row
from gradatim.graphs.batch.sources import Source
from gradatim.graphs.batch.summary import Summary
from gradatim.settings import Settings

PATIENCE = 8
"""Jobs in a row that fail for want of a service before the batch stops instead of failing them all."""
CLAIMS = 5
"""Runs that died while an item was under way before it is given up."""

OpenEngine = Callable[[], AbstractAsyncContextManager[Engine]]
OnProgress = Callable[[int, int], None]
"""Told the items that are done and how many there are."""


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """How a batch is run.

    Attributes:
        restart: Forget ledger and output and assess everything anew.
        again: Have items that ended with these statuses done again; their old lines are removed.
        in_order: When all is done, bring the lines into the order of the input.
        brief: Leave the whole assessment out of the lines.
    """

    restart: bool = False
    again: tuple[Status, ...] = ()
    in_order: bool = False
    brief: bool = False


def ledger_path(out: Path) -> Path:
    """Where the ledger of an output lies."""
    return out.with_name(f"{out.name}.ledger")


class Batch:
    """One run over the items of a source.

    Args:
        source: Read twice: once to know what is to be done, once to do it.
        settings: Of the assessments.
        out: The output, JSON Lines; its ledger lies beside it.
        open_engine: Opens what does the work; only called when there is work.
        on_progress: Told about each step.
    """

    def __init__(
        self,
        source: Source,
        settings: Settings,
        out: Path,
        open_engine: OpenEngine,
        *,
        options: BatchOptions | None = None,
        on_progress: OnProgress | None = None,
    ) -> None:
        self._source = source
        self._out = out.resolve()
        self._open_engine = open_engine
        self._options = options or BatchOptions()
        self._on_progress = on_progress
        self._circumstances = circumstances(settings) | source.tasks | {"brief": str(self._options.brief)}
        self._digest = digest(self._circumstances)
        self._stopping = False
        self._under_way: dict[int, Item] = {}
        self._unsure: list[Result] = []
        self._total = self._done = self._written = self._assessed = 0

    def stop(self) -> None:
        """Take no more items; `run` returns when those under way are finished."""
        self._stopping = True

    async def run(self) -> Summary:
        """Do what is still to be done.

        Returns:
            What became of all items, those of earlier runs included.

        Raises:
            InputError: Input, task or settings are not those with which this output began; or the output cannot
                be written, or is something else.
            ServiceError: What all items need does not work. Finished items are written; the same command goes on.
        """
        self._check_output()
        started = monotonic()
        with ExitStack() as stack:
            ledger = stack.enter_context(Ledger(ledger_path(self._out)))
            if self._options.restart:
                ledger.clear(salt=uuid.uuid4().hex[:8])
                self._out.unlink(missing_ok=True)
            await asyncio.to_thread(ledger.plan, self._source.items(), self._circumstances, self._digest)
            results = stack.enter_context(ResultsFile(self._out, ledger))
            if self._options.again and ledger.reopen(self._options.again):
                results.rewrite()
            self._total = ledger.total
            self._done = self._total - ledger.remaining()
            self._count(0)
            await self._work(ledger, results)
            if self._options.in_order and not ledger.remaining():
                results.rewrite()
            return Summary.of(ledger, written=self._written, seconds=monotonic() - started)

    async def _work(self, ledger: Ledger, results: ResultsFile) -> None:
        self._write_refused(ledger, results)
        if self._stopping or not ledger.remaining():
            return
        async with self._open_engine() as engine:
            left = ledger.remaining()
            while left and not self._stopping:
                await self._pass(engine, ledger, results)
                before, left = left, ledger.remaining()
                if left == before:
                    break

    def _write_refused(self, ledger: Ledger, results: ResultsFile) -> None:
        """What needs no engine: items that could not be taken in."""
        with closing(self._source.items()) as items:
            for item in items:
                entry = ledger.entry(item.position)
                if item.error is not None and entry is not None and entry.status is None:
                    results.append([failed_row(item, entry.key, item.error, "refused")])
                    self._count(1)

    async def _pass(self, engine: Engine, ledger: Ledger, results: ResultsFile) -> None:
        """Once through the input."""
        try:
            async with aclosing(self._jobs(ledger, results)) as jobs, aclosing(engine.results(jobs)) as finished:
                async for result in finished:
                    self._settle(result, ledger, results)
            self._settle_unsure(ledger, results)
        finally:
            ledger.release(self._under_way)
            self._under_way.clear()

    async def _jobs(self, ledger: Ledger, results: ResultsFile) -> AsyncGenerator[Job, None]:
        with closing(self._source.items()) as items:
            while not self._stopping and (item := next(items, None)) is not None:
                entry = ledger.entry(item.position)
                if entry is None or entry.status is not None:
                    continue
                if entry.key != item.key(self._digest):
                    changed = Failure("SubmissionError", "was changed while the batch ran", item.name, "restart it")
                    results.append([failed_row(item, entry.key, changed, "failed")])
                    self._count(1)
                elif item.task is not None and item.code is not None and not self._done_beside(entry, ledger):
                    if ledger.claim(item.position) >= CLAIMS:
                        message = f"{CLAIMS} runs ended abruptly while it was assessed"
                        given_up = Failure("Abrupt", message, item.name, "look at the program; try --again failed")
                        results.append([failed_row(item, entry.key, given_up, "failed")])
                        self._count(1)
                        continue
                    self._under_way[item.position] = item
                    yield self._job(item, item.task.task.id, item.code, entry, ledger)

    def _job(self, item: Item, task_id: str, code: str, entry: Entry, ledger: Ledger) -> Job:
        assert item.task is not None
        thread = stable_id(entry.work, ledger.salt, str(entry.round), length=DIGEST_LENGTH)
        submission = Submission.of(task_id, code, item.name, item.learner_id)
        return Job(item.position, item.task.task, submission, f"batch-{thread}")

    def _done_beside(self, entry: Entry, ledger: Ledger) -> bool:
        """Whether an item with the same work comes first; this one's line is written with that one's."""
        return ledger.open_twins(entry.work)[0].position != entry.position

    def _settle(self, result: Result, ledger: Ledger, results: ResultsFile) -> None:
        if result.failure is not None and result.failure.service:
            self._unsure.append(result)
            if len(self._unsure) >= PATIENCE:
                raise self._given_up()
            return
        if result.assessment is not None:
            self._assessed += 1
        self._settle_unsure(ledger, results)
        self._write(result, ledger, results)

    def _settle_unsure(self, ledger: Ledger, results: ResultsFile) -> None:
        """Service failures count as the items' own once others succeed; where none does, nothing works here."""
        if self._unsure and not self._assessed:
            raise self._given_up()
        for result in self._unsure:
            self._write(result, ledger, results)
        self._unsure.clear()

    def _write(self, result: Result, ledger: Ledger, results: ResultsFile) -> None:
        item = self._under_way.pop(result.job.position)
        entry = ledger.entry(item.position)
        assert entry is not None
        if result.failure is not None:
            refused = result.failure.kind == "SubmissionError"
            rows = [failed_row(item, entry.key, result.failure, "refused" if refused else "failed")]
        else:
            assert result.assessment is not None
            brief = self._options.brief
            rows = [assessed_row(item, entry.key, result.assessment, brief=brief)]
            for twin in ledger.open_twins(entry.work):
                if twin.position != item.position:
                    same = Item(twin.position, twin.name, item.task, item.code, item.learner_id)
                    row = assessed_row(same, twin.key, result.assessment, same_as=item.position, brief=brief)
                    rows.append(row)
        results.append(rows)
        self._count(len(rows))

    def _given_up(self) -> ServiceError:
        last = self._unsure[-1].failure
        assert last is not None
        kind: type[ServiceError] = getattr(errors, last.kind, ServiceError)
        remedy = "run the same command again afterwards: it goes on where it stopped"
        return kind(last.message, place=last.place, remedy=f"{last.remedy}; {remedy}" if last.remedy else remedy)

    def _count(self, lines: int) -> None:
        self._written += lines
        self._done += lines
        if self._on_progress is not None:
            self._on_progress(self._done, self._total)

    def _check_output(self) -> None:
        if self._out.is_dir():
            raise InputError("is a folder", place=str(self._out), remedy="name a file, e.g. results.jsonl")
        if not self._out.parent.is_dir():
            remedy = f"create it first: mkdir -p {self._out.parent}"
            raise InputError("its folder does not exist", place=str(self._out), remedy=remedy)
        for given in self._source.inputs:
            path = Path(given)
            if path.exists() and self._out.exists() and os.path.samefile(path, self._out):
                raise InputError("is an input as well", place=str(self._out), remedy="choose another --out")
