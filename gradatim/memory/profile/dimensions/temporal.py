"""Temporal dynamics: when a learner works, how regularly, and at which hours it goes best.

Hours are those of the learner's clock where an instant told its offset from UTC (`…+01:00`; the latest told one stands
for the instants that do not tell any), else UTC.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from gradatim.memory.profile.attribute import ATTEMPTS, DAY, MEAN, SHARE, Attribute
from gradatim.memory.profile.averages import Average, Measured, as_mean, as_share, average, effective_size, observe
from gradatim.memory.profile.circular import DAY_MINUTES, Circular, as_time, circular, observe_minute
from gradatim.memory.profile.dimensions.packing import Accumulators

MINUTE = 60_000_000
"""Microseconds."""
WINDOWS = ("night", "morning", "afternoon", "evening")
"""Six hours each, from midnight on."""
LEAST_ATTEMPTS = 5
"""Attempts in a window of hours before it is compared with others."""
_TIMES = {
    "night": "0:00 to 6:00",
    "morning": "6:00 to 12:00",
    "afternoon": "12:00 to 18:00",
    "evening": "18:00 to 24:00",
}

ATTRIBUTES = (
    Attribute(
        "recency_days",
        "temporal dynamics",
        "Days since the last event, 0 or more.",
        "(now − instant of the latest event) / 1 day",
        ("any",),
        "none: it is read off the clock",
        high=None,
    ),
    Attribute(
        "usual_hour",
        "temporal dynamics",
        "Hour of the day around which the learner begins to work, 0 to 24, local time where known.",
        "circular mean, with decay, of the times of day at which sessions begin",
        ("any",),
        "circular standard error √((1 − ρ₂) / 2R² / effective number of sessions), hours (Fisher and Lewis, 1983)",
        high=24.0,
    ),
    Attribute(
        "rhythm",
        "temporal dynamics",
        "How much the sessions begin at the same time of day, 0 (at any) to 1 (always at the same).",
        "mean resultant length R of the times of day at which sessions begin, with decay",
        ("any",),
        "√((1 + ρ₂ − 2R²) / 2 / effective number of sessions) (Mardia and Jupp, 2000)",
    ),
    Attribute(
        "days_between_sessions",
        "temporal dynamics",
        "Days from the begin of a session to the begin of the next.",
        "decay over sessions; observed = days since the session before began",
        ("any",),
        MEAN,
        high=None,
    ),
    Attribute(
        "regularity",
        "temporal dynamics",
        "How alike the distances between sessions are, 0 to 1 (always the same).",
        "1 / (1 + weighted standard deviation / mean) of the days between sessions, at least two of them",
        ("any",),
        "value² · CV · √((½ + CV²) / effective number of observations) (delta method for the coefficient of variation)",
    ),
    Attribute(
        "weekend_share",
        "temporal dynamics",
        "Share of recent sessions that began on a Saturday or Sunday, 0 to 1, local time where known.",
        "decay over sessions; observed = 1 at the weekend, else 0",
        ("any",),
        SHARE,
    ),
    *(
        Attribute(
            f"success_{window}",
            "temporal dynamics",
            f"Share of recent attempts from {_TIMES[window]} that were correct, 0 to 1, local time where known.",
            "decay over attempts with an outcome in these hours; observed = 1 if correct, else 0",
            ATTEMPTS,
            SHARE,
        )
        for window in WINDOWS
    ),
    Attribute(
        "best_hours",
        "temporal dynamics",
        "Middle of the six hours of the day in which attempts succeed most often: 3, 9, 15 or 21.",
        f"argmax of success_… over windows with at least {LEAST_ATTEMPTS} attempts, when there are two or more",
        ATTEMPTS,
        "told by best_hours_lead: a lead that is small beside its error says that no hours are better",
        low=3.0,
        high=21.0,
    ),
    Attribute(
        "best_hours_lead",
        "temporal dynamics",
        "By how much the best hours are better than the next best, 0 to 1.",
        "difference of the two greatest success_… that best_hours compares",
        ATTEMPTS,
        "√(error² + error²) of the two",
    ),
)


@dataclass(slots=True)
class Temporal(Accumulators):
    """What temporal dynamics are computed from."""

    begins: Circular = field(default_factory=circular)
    between: Average = field(default_factory=average)
    weekend: Average = field(default_factory=average)
    night: Average = field(default_factory=average)
    morning: Average = field(default_factory=average)
    afternoon: Average = field(default_factory=average)
    evening: Average = field(default_factory=average)
    offset: int = 0
    """Minutes by which the learner's clock is ahead of UTC."""

    def begin(self, at: int, before: int | None) -> None:
        """A session begins; `before` is when the one before it did."""
        minute = at // MINUTE + self.offset
        observe_minute(self.begins, minute % DAY_MINUTES)
        # 1970 began on a Thursday.
        observe(self.weekend, float((minute // DAY_MINUTES + 3) % 7 >= 5))
        if before is not None:
            observe(self.between, (at - before) / DAY)

    def attempt(self, at: int, correct: bool) -> None:
        """An attempt with an outcome."""
        hour = (at // MINUTE + self.offset) // 60 % 24
        if hour < 12:
            window = self.night if hour < 6 else self.morning
        else:
            window = self.afternoon if hour < 18 else self.evening
        observe(window, 1.0 if correct else 0.0)

    def measured(self, now: int, last: int | None) -> dict[str, Measured]:
        found: dict[str, Measured] = {}
        if last is not None:
            found["recency_days"] = Measured(max(0, now - last) / DAY, None, 1)
        usual, count = as_time(self.begins), int(self.begins[4])
        if usual is not None:
            found["usual_hour"] = Measured(usual.hour, usual.error, count)
            found["rhythm"] = Measured(usual.concentration, usual.concentration_error, count)
        found["days_between_sessions"] = as_mean(self.between)
        if self.between[2] > 1 and self.between[0] > 0.0:
            count = int(self.between[2])
            size = effective_size(count)
            variation = math.sqrt(max(0.0, self.between[1]) / (1.0 - 1.0 / size)) / self.between[0]
            regular = 1.0 / (1.0 + variation)
            error = regular**2 * variation * math.sqrt((0.5 + variation**2) / size)
            found["regularity"] = Measured(regular, error, count)
        found["weekend_share"] = as_share(self.weekend)
        return found | self._hours()

    def _hours(self) -> dict[str, Measured]:
        found = {
            f"success_{window}": as_share(kept)
            for window, kept in zip(WINDOWS, (self.night, self.morning, self.afternoon, self.evening), strict=True)
        }
        seen = [
            (measured.value, 3.0 + 6.0 * place, measured)
            for place, measured in enumerate(found.values())
            if measured.value is not None and measured.observations >= LEAST_ATTEMPTS
        ]
        if len(seen) > 1:
            (first, hour, best), (second, _, next_best) = sorted(seen, key=lambda item: (-item[0], item[1]))[:2]
            count = sum(measured.observations for _, _, measured in seen)
            error = math.hypot(best.error or 0.0, next_best.error or 0.0)
            found["best_hours"] = Measured(hour, None, count)
            found["best_hours_lead"] = Measured(first - second, error, count)
        return found
