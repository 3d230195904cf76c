"""What a continuous-batching engine does with requests, without a model: tokens at a fixed rate, in arrival order.

At most `slots` sequences run at once (a request with `n` samples is `n` of them); others wait, first come first served.
New prompts are read first, one after the other; the rest of the time all sequences write, sharing the rate equally.
One sequence alone cannot have it all: on real hardware its speed is bounded by how fast the weights can be read, and a
server is fully used only when enough sequences run beside each other. All of it is plain arithmetic; the caller brings
the clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Job:
    """One request on its way; instants are seconds of the caller's clock.

    Attributes:
        prefill: Tokens of the prompt that still have to be read (those known from before are not among them).
        lengths: Tokens of each sample.
        written: Tokens of each sample that are written so far, with fractions.
        limit: Tokens of each sample after which the job is ended early; `None` for never.
    """

    arrived: float
    prefill: float
    lengths: tuple[int, ...]
    written: list[float] = field(default_factory=list[float])
    limit: float | None = None
    started: float | None = None
    ended: float | None = None

    def __post_init__(self) -> None:
        self.written = [0.0] * len(self.lengths)

    @property
    def samples(self) -> int:
        return len(self.lengths)

    def goal(self, sample: int) -> float:
        """Tokens that this sample will have."""
        whole = float(self.lengths[sample])
        return whole if self.limit is None else min(whole, self.limit)


class Engine:
    """Serves jobs.

    Args:
        rate: Tokens written a second, of all sequences together.
        prefill_rate: Tokens of prompts read a second.
        slots: Sequences that run at once.
        sequence_rate: Tokens that one sequence gets a second at most; the whole rate when not given.
        now: The clock's reading at the start.
    """

    def __init__(
        self, rate: float, prefill_rate: float, slots: int, *, sequence_rate: float | None = None, now: float = 0.0
    ) -> None:
        self.rate = rate
        self.prefill_rate = prefill_rate
        self.slots = slots
        self.sequence_rate = rate if sequence_rate is None else sequence_rate
        self.used = 0.0
        """Seconds of its whole capacity that were used: a second with half of the rate in use counts as half."""
        self.tokens = 0.0
        """Tokens written."""
        self.read = 0.0
        """Tokens of prompts read."""
        self.waiting: deque[Job] = deque()
        self.running: list[Job] = []
        self._now = now

    @property
    def used_slots(self) -> int:
        return sum(min(job.samples, self.slots) for job in self.running)

    def submit(self, job: Job, now: float) -> list[Job]:
        """Take a job in; gives the jobs that ended up to now."""
        ended = self.advance(now)
        self.waiting.append(job)
        self._admit()
        return ended

    def drop(self, job: Job, now: float) -> list[Job]:
        """Forget a job whose client is gone; gives the jobs that ended up to now."""
        ended = self.advance(now)
        if job in self.running:
            self.running.remove(job)
            self._admit()
        elif job in self.waiting:
            self.waiting.remove(job)
        return ended

    def advance(self, now: float) -> list[Job]:
        """Do the work of the time since the last call; gives the jobs that ended, with the instant."""
        ended: list[Job] = []
        left = now - self._now
        while left > 0 and self.running:
            spent = self._step(left)
            left -= spent
            for job in [job for job in self.running if _done(job)]:
                self.running.remove(job)
                job.ended = now - left
                ended.append(job)
            self._now = now - left
            self._admit()
        self._now = max(self._now, now)
        return ended

    def next_end(self) -> float | None:
        """Seconds until the next prompt is read or sequence ends, if nothing else comes; `None` without work."""
        if not self.running:
            return None
        reading = next((job for job in self.running if job.prefill > 0), None)
        if reading is not None:
            return reading.prefill / self.prefill_rate
        writing = list(self._writing())
        return min(job.goal(at) - job.written[at] for job, at in writing) / self._share(len(writing))

    def _step(self, left: float) -> float:
        """Work until something ends or the time is up; gives the seconds."""
        reading = next((job for job in self.running if job.prefill > 0), None)
        if reading is not None:
            needed = reading.prefill / self.prefill_rate
            if needed <= left:
                self.read += reading.prefill
                self.used += needed
                reading.prefill = 0.0
                return needed
            self.read += left * self.prefill_rate
            self.used += left
            reading.prefill -= left * self.prefill_rate
            return left
        writing = list(self._writing())
        share = self._share(len(writing))
        shortest = min(job.goal(at) - job.written[at] for job, at in writing)
        spent = min(left, shortest / share)
        self.used += spent * share * len(writing) / self.rate
        ending = spent * share >= shortest
        for job, at in writing:
            gained = min(spent * share, job.goal(at) - job.written[at])
            # what ends now ends exactly, whatever the last digit of the product
            rest = job.goal(at) - job.written[at] - gained
            job.written[at] = job.goal(at) if rest <= 1e-9 or (ending and rest <= 1e-6) else job.written[at] + gained
            self.tokens += gained
        return spent

    def _share(self, sequences: int) -> float:
        """Tokens a second for each of so many sequences."""
        return min(self.rate / sequences, self.sequence_rate)

    def _writing(self) -> Iterator[tuple[Job, int]]:
        for job in self.running:
            if job.prefill <= 0:
                for at in range(job.samples):
                    if job.written[at] < job.goal(at):
                        yield job, at

    def _admit(self) -> None:
        while self.waiting:
            wanted = min(self.waiting[0].samples, self.slots)
            if self.running and self.used_slots + wanted > self.slots:
                return
            job = self.waiting.popleft()
            job.started = self._now
            self.running.append(job)


def _done(job: Job) -> bool:
    return job.prefill <= 0 and all(job.written[at] >= job.goal(at) for at in range(job.samples))
