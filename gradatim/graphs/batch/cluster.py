"""A batch on a Ray cluster: workers on its machines, the data folder and the output where the batch was started."""

from __future__ import annotations

import asyncio
import logging
import os
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from gradatim.errors import ServiceError, SettingsError
from gradatim.graphs.batch.items import Failure, Job, Result
from gradatim.graphs.batch.keeper import Keeper, Part, Reply, raised
from gradatim.graphs.batch.worker import AssessmentWorker, Luggage, Recording
from gradatim.settings import Settings

_LOG = logging.getLogger(__name__)
_Task = asyncio.Task[Any]

DEATHS = 3
"""Workers that die with a job before it is given up."""
STARTS = 5
"""Times in a row that one worker may die before it has done anything."""
ROOM_SECONDS = 120.0
"""How long to wait for the first worker to be ready."""
LANES = 4
"""Jobs under way at a worker when nothing else is said: some wait for the model while one is executed."""


class KeeperActor:
    """The keeper as a Ray actor."""

    def __init__(self, settings: Settings) -> None:
        self._keeper = Keeper(settings)

    async def call(self, part: Part, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Reply:
        return await self._keeper.call(part, method, args, kwargs)

    async def close(self) -> None:
        await self._keeper.close()


class WorkerActor:
    """A worker as a Ray actor."""

    def __init__(self, luggage: Luggage, keeper: Any) -> None:
        async def call(part: Part, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Reply:
            return await keeper.call.remote(part, method, args, kwargs)

        self._worker = AssessmentWorker(luggage, call)

    async def open(self) -> Reply:
        return await self._worker.open()

    async def assess(self, job: Job) -> Result:
        return await self._worker.assess(job)

    async def close(self) -> None:
        await self._worker.close()


@dataclass(slots=True, eq=False)
class _Seat:
    """The place of a worker; whoever sits there may die and be followed by another."""

    actor: Any = None
    ready: bool = False
    load: int = 0
    alone: bool = False
    starts: int = 0


@dataclass(slots=True)
class _Again:
    """A job whose worker died."""

    job: Job
    deaths: int


@dataclass(slots=True)
class _Round:
    """One call of `ClusterEngine.results`."""

    jobs: AsyncIterator[Job]
    seats: list[_Seat]
    more: bool = True
    again: deque[_Again] = field(default_factory=deque[_Again])
    opening: dict[_Task, _Seat] = field(default_factory=dict[_Task, _Seat])
    running: dict[_Task, tuple[_Seat, Any, _Again]] = field(default_factory=dict[_Task, "tuple[_Seat, Any, _Again]"])


class ClusterEngine:
    """Workers on a Ray cluster that is connected already.

    A worker that dies is replaced where there is room; its jobs go to others and go on from their last step. A job
    that was under way at two deaths is tried alone, so that it does not take others with it, and given up at the
    third.

    Args:
        ray: The module, connected.
        keeper: Handle of the `KeeperActor`.
        luggage: For the workers.
        workers: How many, one CPU each.
        lanes: Jobs under way at each.
        recorded: Takes the lines of runs that workers recorded.
    """

    def __init__(
        self,
        ray: Any,
        keeper: Any,
        luggage: Luggage,
        *,
        workers: int,
        lanes: int,
        recorded: Callable[[bytes], object] | None = None,
    ) -> None:
        self._ray = ray
        self._keeper = keeper
        self._luggage = luggage
        self._workers = workers
        self._lanes = lanes
        self._recorded = recorded
        actor: Any = ray.remote(num_cpus=1, max_restarts=0, scheduling_strategy="SPREAD")(WorkerActor)
        self._actor = actor.options(max_concurrency=lanes + 2)

    async def results(self, jobs: AsyncIterator[Job]) -> AsyncGenerator[Result, None]:
        work = _Round(jobs, [_Seat() for _ in range(self._workers)])
        try:
            for seat in work.seats:
                self._start(work, seat)
            while True:
                await self._assign(work)
                if not work.running and not work.again and not work.more:
                    return
                pending = {*work.opening, *work.running}
                patience = None if any(seat.ready for seat in work.seats) else ROOM_SECONDS
                done, _ = await asyncio.wait(pending, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
                if not done:
                    raise self._no_room()
                for task in done:
                    if (seat := work.opening.pop(task, None)) is not None:
                        self._opened(work, seat, task)
                    elif (result := self._finished(work, task)) is not None:
                        yield result
        finally:
            await self._dismiss(work)

    def _start(self, work: _Round, seat: _Seat) -> None:
        seat.actor = self._actor.remote(self._luggage, self._keeper)
        seat.ready, seat.load, seat.alone = False, 0, False
        seat.starts += 1
        work.opening[asyncio.create_task(_awaited(seat.actor.open.remote()))] = seat

    def _opened(self, work: _Round, seat: _Seat, task: _Task) -> None:
        problem: ServiceError
        try:
            reply = task.result()
        except self._ray.exceptions.RayError as error:
            if seat.starts < STARTS:
                self._start(work, seat)
                return
            problem = ServiceError(f"a worker of the cluster does not start: {error}", place=self._place())
        else:
            if reply.failure is None:
                seat.ready = True
                return
            failed = raised(reply.failure)
            problem = failed if isinstance(failed, ServiceError) else ServiceError(str(failed), place=self._place())
        _LOG.warning("a worker cannot be used: %s", problem)
        work.seats.remove(seat)
        if not work.seats:
            raise problem

    async def _assign(self, work: _Round) -> None:
        """Give out jobs while there is room; the next one is only read when somebody can take it."""
        while (seat := self._free(work)) is not None:
            if work.again:
                item = work.again.popleft()
            elif work.more:
                job = await anext(work.jobs, None)
                if job is None:
                    work.more = False
                    continue
                item = _Again(job, 0)
            else:
                return
            seat.load += 1
            seat.alone = item.deaths >= DEATHS - 1
            task = asyncio.create_task(_awaited(seat.actor.assess.remote(item.job)))
            work.running[task] = (seat, seat.actor, item)

    def _free(self, work: _Round) -> _Seat | None:
        """The least loaded seat that can take the job that is next."""
        suspect = bool(work.again) and work.again[0].deaths >= DEATHS - 1
        room = 1 if suspect else self._lanes
        free = [seat for seat in work.seats if seat.ready and not seat.alone and seat.load < room]
        return min(free, key=lambda seat: seat.load, default=None)

    def _finished(self, work: _Round, task: _Task) -> Result | None:
        seat, actor, item = work.running.pop(task)
        same = seat.actor is actor
        if same:
            seat.load -= 1
            seat.alone = False
        try:
            result = task.result()
        except (self._ray.exceptions.RayActorError, self._ray.exceptions.NodeDiedError) as error:
            if same and seat in work.seats:
                self._kill(actor)
                self._start(work, seat)
            item.deaths += 1
            if item.deaths < DEATHS:
                work.again.append(item)
                return None
            told = " ".join(str(error).split())[:200]
            message = f"{DEATHS} workers died while it was assessed ({told})"
            return Result(item.job, failure=Failure("WorkerDied", message, remedy="look at the program"))
        except self._ray.exceptions.RayError as error:
            return Result(item.job, failure=Failure.of(error))
        seat.starts = 0
        if self._recorded is not None and result.traces:
            self._recorded(result.traces)
        return result

    async def _dismiss(self, work: _Round) -> None:
        """Let idle workers close in good order, and end them all."""
        tasks = [*work.opening, *work.running]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        closing = [_awaited(seat.actor.close.remote()) for seat in work.seats if seat.ready]
        with suppress(TimeoutError):
            async with asyncio.timeout(10):
                await asyncio.gather(*closing, return_exceptions=True)
        for seat in work.seats:
            self._kill(seat.actor)

    def _kill(self, actor: Any) -> None:
        with suppress(self._ray.exceptions.RayError, ValueError):
            self._ray.kill(actor, no_restart=True)

    def _place(self) -> str:
        return f"Ray cluster {self._ray.get_runtime_context().gcs_address}"

    def _no_room(self) -> ServiceError:
        return ServiceError(
            f"no worker was ready within {ROOM_SECONDS:.0f} s",
            place=self._place(),
            remedy="see `ray status`: each worker needs a free CPU; or give fewer --workers",
        )


@asynccontextmanager
async def open_cluster(
    settings: Settings,
    *,
    address: str | None = None,
    workers: int | None = None,
    in_flight: int | None = None,
    recording: Callable[[Settings], Recording] | None = None,
    recorded: Callable[[bytes], object] | None = None,
) -> AsyncGenerator[ClusterEngine]:
    """An engine on a Ray cluster.

    Args:
        settings: Of the assessments; the data folder stays on this machine.
        address: `HOST:PORT` of the cluster, or `auto`; a cluster of this machine alone is started when not given.
        workers: How many; one for each CPU of the cluster when not given.
        in_flight: Jobs under way in all; four a worker when not given.
        recording: Makes what records the runs of a worker, on its machine; a class or function of a module.
        recorded: Takes the lines of these runs, here.

    Raises:
        SettingsError: Ray is not installed.
        ServiceError: The cluster does not answer.
    """
    ray = _load()
    connected = bool(ray.is_initialized())
    if not connected:
        await _connect(ray, address, workers)
    try:
        cpus = int(ray.cluster_resources().get("CPU", 0))
        if workers is None and not cpus:
            raise ServiceError("the cluster has no CPUs", place=address, remedy="start workers: ray start --address …")
        count = workers or cpus
        lanes = -(-in_flight // count) if in_flight else LANES
        # one program at a time on the one CPU of a worker
        luggage = await asyncio.to_thread(Luggage.packed, settings.model_copy(update={"workers": 1}), recording)
        here = ray.get_runtime_context().get_node_id()
        strategy: Any = import_module("ray.util.scheduling_strategies").NodeAffinitySchedulingStrategy(here, soft=False)
        actor: Any = ray.remote(num_cpus=0, max_restarts=3, max_task_retries=3)(KeeperActor)
        keeper: Any = actor.options(max_concurrency=1000, scheduling_strategy=strategy).remote(settings)
        try:
            yield ClusterEngine(ray, keeper, luggage, workers=count, lanes=lanes, recorded=recorded)
        finally:
            with suppress(ray.exceptions.RayError, TimeoutError):
                async with asyncio.timeout(30):
                    await _awaited(keeper.close.remote())
            ray.kill(keeper, no_restart=True)
    finally:
        if not connected:
            await asyncio.to_thread(ray.shutdown)


def _load() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        return import_module("ray")
    except ImportError as error:
        raise SettingsError(
            "Ray is not installed", place="--engine ray", remedy="pip install 'gradatim[ray]'"
        ) from error


async def _connect(ray: Any, address: str | None, workers: int | None) -> None:
    local = {} if address else {"num_cpus": workers, "include_dashboard": False}

    def connect() -> None:
        ray.init(
            address=address or "local",
            log_to_driver=False,
            logging_level=logging.ERROR,
            configure_logging=False,
            **local,
        )

    try:
        # in a thread: Ray takes the signal handlers of the main thread, which are ours
        await asyncio.to_thread(connect)
    except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
        raise ServiceError(
            f"the Ray cluster cannot be reached: {error}",
            place=f"--address {address or 'local'}",
            remedy="check `ray status --address HOST:PORT`",
        ) from error


async def _awaited(reference: Any) -> Any:
    return await reference
