"""Who does the work of a batch: the protocol, and asyncio on one machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Protocol

from gradatim.errors import GradatimError, ServiceError
from gradatim.graphs.assessor import Assessor
from gradatim.graphs.batch.items import Failure, Job, Result

ATTEMPTS = 3
"""Times a job is tried while a service does not answer."""
PAUSE_SECONDS = 0.5
"""Before the second attempt; doubled before the third."""


class Engine(Protocol):
    """Assesses jobs, several at a time."""

    def results(self, jobs: AsyncIterator[Job]) -> AsyncGenerator[Result, None]:
        """Results as they are finished, one for each job.

        Jobs are taken only when there is room for them; when there are no more, those under way are finished.
        Closing the generator leaves them where they are: the same job later goes on there.

        Raises:
            ServiceError: The engine itself cannot work.
        """
        ...


class LocalEngine:
    """One assessor in this process.

    Args:
        assessor: Stays open.
        in_flight: Jobs under way at a time.
    """

    def __init__(self, assessor: Assessor, in_flight: int) -> None:
        self._assessor = assessor
        self._in_flight = in_flight

    async def results(self, jobs: AsyncIterator[Job]) -> AsyncGenerator[Result, None]:
        running: set[asyncio.Task[Result]] = set()
        more = True
        try:
            while True:
                while more and len(running) < self._in_flight:
                    job = await anext(jobs, None)
                    if job is None:
                        more = False
                    else:
                        running.add(asyncio.create_task(assess_job(self._assessor, job)))
                if not running:
                    return
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    yield task.result()
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)


async def assess_job(assessor: Assessor, job: Job) -> Result:
    """One job; whatever goes wrong is its result."""
    pause = PAUSE_SECONDS
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return Result(job, await assessor.assess(job.task, job.submission, thread=job.thread))
        except ServiceError as error:
            if attempt == ATTEMPTS:
                return Result(job, failure=Failure.of(error))
        except GradatimError as error:
            return Result(job, failure=Failure.of(error))
        except Exception as error:  # noqa: BLE001 one program that nobody foresaw must not stop thousands
            return Result(job, failure=Failure.of(error))
        await asyncio.sleep(pause)
        pause *= 2
    raise AssertionError("unreachable")
