"""Behavioural patterns: sessions, time on task, persistence, resources and engagement."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from gradatim.memory.profile.attribute import ATTEMPTS, DAY, MEAN, SHARE, Attribute
from gradatim.memory.profile.averages import (
    TODAY,
    Average,
    Daily,
    Measured,
    as_mean,
    as_share,
    average,
    daily,
    observe,
    per_day,
    turn,
)
from gradatim.memory.profile.dimensions.packing import Accumulators
from gradatim.memory.profile.reading import SESSION_GAP

MINUTE = 60_000_000
"""Microseconds."""
IDLE_GAP = 10 * MINUTE
"""A longer gap between two events of a session counts as so much time on task."""
DAILY_MINUTES = 30.0
"""Minutes on task a day that count as full in the composite of engagement."""
OPEN_TASKS = 100
"""Unsolved tasks whose attempts are counted; the one tried longest ago gives way."""
RESOURCES = 32
"""Different resources opened last that the next one is compared with."""
_DAYS = "decay over the days (UTC) from the first event to today, silent days as 0"

ATTRIBUTES = (
    Attribute(
        "success_rate",
        "behavioural patterns",
        "Share of recent attempts that were correct, 0 to 1.",
        "decay over attempts with an outcome; observed = 1 if correct, else 0",
        ATTEMPTS,
        SHARE,
    ),
    Attribute(
        "attempts_to_success",
        "behavioural patterns",
        "Attempts that a task took until it was solved, 1 or more.",
        "decay over solved tasks; observed = attempts on the task up to and including the correct one "
        f"(a solved task starts afresh; so does one with {OPEN_TASKS} other unsolved tasks tried since)",
        ATTEMPTS,
        MEAN,
        low=1.0,
        high=None,
    ),
    Attribute(
        "persistence",
        "behavioural patterns",
        "How often a failed attempt is followed by another on the same task, 0 to 1.",
        "decay over attempts that follow a failed one; observed = 1 if on the same task, else 0",
        ATTEMPTS,
        SHARE,
    ),
    Attribute(
        "completion",
        "behavioural patterns",
        "How far what was begun is completed, 0 to 1.",
        "decay; observed = `items_done` / `items_total` of an attempt that tells them; else 1 for a solved task and 0 "
        "for a failed one that is left for another",
        ATTEMPTS,
        SHARE,
    ),
    Attribute(
        "session_minutes",
        "behavioural patterns",
        "Minutes from the first to the last event of a session.",
        "decay over ended sessions (30 minutes without an event end one)",
        ("any",),
        MEAN,
        high=None,
    ),
    Attribute(
        "task_minutes",
        "behavioural patterns",
        "Minutes on task in a session.",
        "decay over ended sessions; observed = Σ over events of the greater of the gap before it (at most 10 minutes) "
        "and its `seconds` (at most 30 minutes)",
        ("any",),
        MEAN,
        high=None,
    ),
    Attribute(
        "resource_use",
        "behavioural patterns",
        "Resources opened in a session, 0 or more.",
        "decay over ended sessions; observed = interactions that name a resource (none counts as 0)",
        ("any",),
        MEAN,
        high=None,
    ),
    Attribute(
        "resource_variety",
        "behavioural patterns",
        "Share of openings that open something else than before, 0 to 1.",
        "decay over interactions that name a resource; observed = 1 if it is none of the "
        f"{RESOURCES} different ones opened last, else 0",
        ("interaction",),
        SHARE,
    ),
    Attribute(
        "engagement",
        "behavioural patterns",
        "Share of recent days with any activity, 0 to 1.",
        "decay over the days (UTC) from the first event to today; observed = 1 on a day with an event, else 0",
        ("any",),
        SHARE,
    ),
    Attribute("activity", "behavioural patterns", "Events a day, recently.", f"{_DAYS}; observed = events of the day",
              ("any",), MEAN, high=None),
    Attribute(
        "daily_minutes", "behavioural patterns", "Minutes on task a day, recently.",
        f"{_DAYS}; observed = time on task of the day, as for task_minutes", ("any",), MEAN, high=None,
    ),
    Attribute(
        "voluntary_practice", "behavioural patterns", "Share of recent days with voluntary practice, 0 to 1.",
        f"{_DAYS}; observed = 1 on a day with the action `practice`, else 0", ("any",), SHARE,
    ),
    Attribute(
        "engagement_composite",
        "behavioural patterns",
        "Engagement as a whole, 0 to 1: how often, how long, how completely, how freely.",
        f"¼ · (engagement + min(1, daily_minutes / {DAILY_MINUTES:.0f}) + completion + voluntary_practice); the first "
        "is login frequency, for nobody leaves an event without a login; what the log is silent about counts as 0",
        ("any",),
        "¼ · √(Σ error²) of the four, as if they were independent",
    ),
)  # fmt: skip


@dataclass(slots=True)
class Behaviour(Accumulators):
    """What behavioural patterns are computed from."""

    success: Average = field(default_factory=average)
    tries: Average = field(default_factory=average)
    persistence: Average = field(default_factory=average)
    completion: Average = field(default_factory=average)
    sessions: Average = field(default_factory=average)
    task_time: Average = field(default_factory=average)
    openings: Average = field(default_factory=average)
    variety: Average = field(default_factory=average)
    recent: list[str] = field(default_factory=list[str])
    """Resources opened last, each once, the latest last."""
    active: Daily = field(default_factory=daily)
    events: Daily = field(default_factory=daily)
    minutes: Daily = field(default_factory=daily)
    practice: Daily = field(default_factory=daily)
    failed_told: bool = False
    """Whether the latest failed attempt told how many of its items were done."""
    opened: int = 0
    """Resources opened in the present session."""
    on_task: int = 0
    """Microseconds on task in the present session."""

    def end_session(self, length: int) -> None:
        """A session ends that was so many microseconds long."""
        observe(self.sessions, length / MINUTE)
        observe(self.task_time, self.on_task / MINUTE)
        observe(self.openings, float(self.opened))
        self.on_task = self.opened = 0

    def turn_day(self, days: int) -> None:
        """A day begins, so many days after the day of the event before."""
        for kept in (self.active, self.events, self.minutes, self.practice):
            turn(kept, days)
        self.active[TODAY] = 1.0

    def work(self, time: int) -> None:
        """So many microseconds on task."""
        self.on_task += time
        self.minutes[TODAY] += time / MINUTE

    def open(self, resource: str) -> None:
        """A resource is opened."""
        self.opened += 1
        recent = self.recent
        if resource in recent:
            recent.remove(resource)
            observe(self.variety, 0.0)
        else:
            observe(self.variety, 1.0)
            if len(recent) == RESOURCES:
                del recent[0]
        recent.append(resource)

    def measured(self, now: int, last: int | None, began: int) -> dict[str, Measured]:
        """The attributes at an instant.

        Args:
            now: Microseconds since 1970.
            last: Instant of the latest event, or `None` without events.
            began: When the session of that event began.
        """
        found = {
            "success_rate": as_share(self.success),
            "attempts_to_success": as_mean(self.tries),
            "persistence": as_share(self.persistence),
            "completion": as_share(self.completion),
            "resource_variety": as_share(self.variety),
        }
        if last is None:
            return found
        sessions = (
            (self.sessions, (last - began) / MINUTE),
            (self.task_time, self.on_task / MINUTE),
            (self.openings, float(self.opened)),
        )
        for name, (kept, present) in zip(("session_minutes", "task_minutes", "resource_use"), sessions, strict=True):
            if now - last > SESSION_GAP:  # the present session has ended by now
                kept = list(kept)
                observe(kept, present)
            found[name] = as_mean(kept)
        silent = max(0, now // DAY - last // DAY)
        found["engagement"] = per_day(self.active, silent, share=True)
        found["activity"] = per_day(self.events, silent)
        found["daily_minutes"] = per_day(self.minutes, silent)
        found["voluntary_practice"] = per_day(self.practice, silent, share=True)
        found["engagement_composite"] = _composite(found)
        return found


def _composite(found: dict[str, Measured]) -> Measured:
    minutes = found["daily_minutes"]
    # Beyond the full time more of it changes nothing, so that how much more there is adds no doubt either.
    share = minutes._replace(
        value=min(1.0, (minutes.value or 0.0) / DAILY_MINUTES),
        error=(minutes.error or 0.0) / DAILY_MINUTES if (minutes.value or 0.0) < DAILY_MINUTES else 0.0,
    )
    parts = (found["engagement"], share, found["completion"], found["voluntary_practice"])
    value = sum(part.value or 0.0 for part in parts) / len(parts)
    error = math.sqrt(sum((part.error or 0.0) ** 2 for part in parts)) / len(parts)
    return Measured(value, error, found["engagement"].observations)
