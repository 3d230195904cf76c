"""Formative requests of the learners in a memory: all that fired, and what fires as events come in.

Nothing is stored: requests follow from the event log, which is encrypted, exported and forgotten as ever. A request is
*taken* by an event that names it (`taken_up`), and *lapsed* when nobody took it in time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from gradatim.domain import LearnerEvent
from gradatim.memory.formative.policy import FormativePolicy
from gradatim.memory.formative.request import ACTION, FormativeRequest
from gradatim.memory.formative.trigger import DAY, HOUR, WEEK, Trigger, firings
from gradatim.memory.inputs import microseconds
from gradatim.memory.protocol import LearnerMemory, LearnerSummary
from gradatim.memory.rights.consent import agreement, require
from gradatim.memory.tracing import ParameterSource


async def formative_requests(
    memory: LearnerMemory,
    learner_id: str,
    policy: FormativePolicy,
    parameters: ParameterSource,
    assumed: Collection[str],
    *,
    now: str,
    run: str | None = None,
) -> tuple[FormativeRequest, ...]:
    """All requests about a learner, oldest first, each with its status.

    Args:
        assumed: Purposes that hold before a learner says anything (setting `assumed_consent`).
        now: Instant at which the status holds.
        run: Id of a run; what it took up itself is still open to it.

    Raises:
        NoConsent: The learner does not agree to personalisation.
    """
    await require(memory, learner_id, "personalisation", assumed)
    events = await memory.events(learner_id)
    trigger = Trigger(learner_id, policy, parameters, "personalisation" in assumed)
    return with_status(firings(trigger, events), events, now, run)


def with_status(
    requests: Iterable[FormativeRequest], events: Iterable[LearnerEvent], now: str, run: str | None = None
) -> tuple[FormativeRequest, ...]:
    """Requests of one learner as they stand at an instant.

    Args:
        events: All events of the learner.
        run: Id of a run; what it took up itself is still open to it.
    """
    taken = {
        str(event.payload.get("request"))
        for event in events
        if is_taking(event) and (run is None or event.payload.get("run") != run)
    }
    moment = microseconds(now)
    return tuple(
        request.model_copy(update={"status": "taken"})
        if request.id in taken
        else request.model_copy(update={"status": "lapsed" if microseconds(request.expires_at) <= moment else "open"})
        for request in requests
    )


def is_taking(event: LearnerEvent) -> bool:
    """Whether an event takes up a request."""
    return event.kind == "interaction" and event.payload.get("action") == ACTION


@dataclass(slots=True)
class _Course:
    """Where one learner's trigger stands."""

    trigger: Trigger
    events: int
    last_at: str
    found: list[FormativeRequest] = field(default_factory=list[FormativeRequest])
    taken: list[LearnerEvent] = field(default_factory=list[LearnerEvent])

    def take(self, events: Sequence[LearnerEvent]) -> None:
        """Take in events in the order of time."""
        for event in events:
            if is_taking(event):
                self.taken.append(event)
            if (request := self.trigger.advance(event)) is not None:
                self.found.append(request)


class Watch:
    """Looks at a memory again and again and tells what is new.

    A learner's new events cost as much as there are of them; one that comes late has the learner's log replayed. What
    was told stays told, and together with it the budget holds, whatever late events change.

    Args:
        memory: Open; behind a guard or not.
        policy: When something fires.
        parameters: Of knowledge tracing, as the memory uses them.
        assumed: Purposes that hold before a learner says anything.
        learners: Only these; all when not given.
    """

    def __init__(
        self,
        memory: LearnerMemory,
        policy: FormativePolicy,
        parameters: ParameterSource,
        assumed: Collection[str],
        learners: Collection[str] | None = None,
    ) -> None:
        self._memory = memory
        self._policy = policy
        self._parameters = parameters
        self._assumed = tuple(assumed)
        self._only = None if learners is None else frozenset(learners)
        self._courses: dict[str, _Course] = {}
        self._told: dict[str, dict[str, int]] = {}
        self.without_consent = 0
        """Learners passed over at the latest look."""

    async def poll(self, now: str) -> list[FormativeRequest]:
        """What fired since the last call, by instant, each with its status at `now`; at the first call, all."""
        agreed = await agreement(self._memory, "personalisation", self._assumed)
        found: list[FormativeRequest] = []
        self.without_consent = 0
        for summary in await self._memory.learners():
            if self._only is not None and summary.learner_id not in self._only:
                continue
            if summary.learner_id not in agreed:
                self.without_consent += 1
                self._courses.pop(summary.learner_id, None)
                continue
            course = await self._course(summary)
            fresh = self._fresh(summary.learner_id, course.found)
            found += with_status(fresh, course.taken, now)
        return sorted(found, key=lambda item: (microseconds(item.at), item.learner_id, item.id))

    async def _course(self, summary: LearnerSummary) -> _Course:
        learner = summary.learner_id
        course = self._courses.get(learner)
        if course is not None and (course.events, course.last_at) == (summary.events, summary.last_at):
            return course
        if course is not None and summary.events > course.events:
            events = (await self._memory.events(learner, limit=summary.events - course.events))[::-1]
            if events and (microseconds(events[0].at), events[0].id) > course.trigger.last:
                course.take(events)
                course.events, course.last_at = summary.events, summary.last_at
                return course
        everything = (await self._memory.events(learner))[::-1]
        trigger = Trigger(learner, self._policy, self._parameters, "personalisation" in self._assumed)
        course = self._courses[learner] = _Course(trigger, len(everything), summary.last_at)
        course.take(everything)
        return course

    def _fresh(self, learner: str, found: Sequence[FormativeRequest]) -> list[FormativeRequest]:
        """What was not told yet and fits into the budget beside what was."""
        told = self._told.setdefault(learner, {})
        fresh: list[FormativeRequest] = []
        for request in found:
            at = microseconds(request.at)
            if request.id not in told and self._affordable(at, list(told.values())):
                told[request.id] = at
                fresh.append(request)
        return fresh

    def _affordable(self, at: int, told: Sequence[int]) -> bool:
        budget = self._policy.budget
        return (
            sum(abs(at - other) < DAY for other in told) < budget.per_day
            and sum(abs(at - other) < WEEK for other in told) < budget.per_week
            and all(abs(at - other) >= budget.cool_down_hours * HOUR for other in told)
        )
