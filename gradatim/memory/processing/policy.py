"""The missing-data policy, kind by kind, over the stored events of many learners.

* Behavioural logs: absence is a signal, coded 0, never imputed.
* Survey items: see `surveys`.
* Assessment scores: never imputed; an incomplete attempt is scored on what is complete, and says so.

Everything that is done is a `Decision`. Learners are taken in one after another, so that only one history is in memory
at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gradatim.domain import LearnerEvent
from gradatim.memory.inputs import microseconds
from gradatim.memory.processing.cleaning import duration
from gradatim.memory.processing.decisions import Decision, DecisionKind, Figure, ProcessingReport
from gradatim.memory.processing.surveys import SurveyAnalysis, analyse_survey
from gradatim.memory.profile.attribute import ATTEMPTS, DAY
from gradatim.memory.profile.reading import IDLE_SECONDS, number, scored, survey_of

COUNTED = ("login", "open", "hint", "help", "message", "reply", "assist", "run", "edit", "practice")
"""Actions of interactions whose absence is coded 0."""
_LOGS = "behavioural logs: absence is a signal, coded 0, never imputed"
_SCORES = "assessment scores: never imputed; an incomplete attempt is scored on what is complete"
_TIMES = f"durations: longer than {IDLE_SECONDS:.0f} s counts as so much, what is no duration is left missing"
_NAMED = 5
"""Ids that a decision names at most."""


@dataclass(frozen=True, slots=True)
class Processed:
    """What came of it.

    Attributes:
        report: Every decision.
        counts: Learner → action → how often, 0 where it never happened.
        surveys: Instrument → analysis.
    """

    report: ProcessingReport
    counts: Mapping[str, Mapping[str, int]]
    surveys: Mapping[str, SurveyAnalysis]


@dataclass(slots=True)
class Processor:
    """Takes in learners' histories and applies the policy."""

    _counts: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])
    _responses: dict[str, dict[str, dict[str, float | None]]] = field(
        default_factory=dict[str, dict[str, dict[str, float | None]]]
    )
    """Instrument → learner → latest answers."""
    _own: list[tuple[str, str, dict[str, float | None]]] = field(
        default_factory=list[tuple[str, str, dict[str, float | None]]]
    )
    """Instrument, learner and complete answers that are looked at by themselves."""
    _decisions: list[Decision] = field(default_factory=list[Decision])

    def add(self, learner: str, events: Sequence[LearnerEvent], *, pooled: bool = True) -> None:
        """Take in a learner.

        Args:
            learner: The learner's id.
            events: All events of this learner, oldest first.
            pooled: Whether the answers to surveys may be looked at together with those of others; where not, an
                incomplete survey leaves, and nobody else's is imputed from this learner's.
        """
        self._logs(learner, events)
        self._attempts(learner, [event for event in events if event.kind in ATTEMPTS])
        self._surveys(learner, [event for event in events if event.kind == "survey"], pooled)

    def finish(self) -> Processed:
        """Apply what needs all learners, and report."""
        names = sorted({*self._responses, *(instrument for instrument, _, _ in self._own)})
        surveys = {name: analyse_survey(name, self._responses.get(name, {})) for name in names}
        for instrument, learner, answers in self._own:
            alone = analyse_survey(instrument, {learner: answers})
            together = surveys[instrument]
            surveys[instrument] = replace(together, scores={**together.scores, **alone.scores})
        decisions = (*self._decisions, *(item for found in surveys.values() for item in found.decisions))
        return Processed(ProcessingReport(tuple(self._counts), decisions), self._counts, surveys)

    def _logs(self, learner: str, events: Sequence[LearnerEvent]) -> None:
        found = Counter(
            action
            for event in events
            if event.kind == "interaction" and isinstance(action := event.payload.get("action"), str)
        )
        self._counts[learner] = {action: found[action] for action in COUNTED}
        absent = [action for action in COUNTED if not found[action]]
        if absent:
            reason = f"{len(absent)} of {len(COUNTED)} counted actions never happened"
            figures: dict[str, Figure] = {"interactions": found.total(), "actions": ", ".join(absent)}
            self._decide("coded 0", "actions that are not in the log", learner, _LOGS, reason, figures)
        if events:
            active = {microseconds(event.at) // DAY for event in events}
            span = max(active) - min(active) + 1
            if span > len(active):
                reason = f"{span - len(active)} of {span} days from the first to the last event have no event"
                figures = {"days": span, "silent_days": span - len(active)}
                self._decide("coded 0", "days without an event", learner, _LOGS, reason, figures)

    def _attempts(self, learner: str, attempts: Sequence[LearnerEvent]) -> None:
        without = [event for event in attempts if scored(event) is None]
        self._few("left missing", "score", learner, _SCORES, "attempts have no score", without, len(attempts))
        partial = [(event, found) for event in attempts if (found := scored(event)) is not None and not found.complete]
        self._few(
            "scored on what is complete", "score of incomplete attempts", learner, _SCORES,
            "attempts are incomplete", [event for event, _ in partial], len(attempts),
            items_done=sum(found.done or 0 for _, found in partial),
            items_total=sum(found.total or 0 for _, found in partial),
        )  # fmt: skip
        timed = [(event, duration(event.payload["seconds"])) for event in attempts if "seconds" in event.payload]
        wrong = [event for event, seconds in timed if seconds is None]
        self._few("left missing", "time", learner, _TIMES, "attempts tell no possible duration", wrong, len(timed))
        capped = [event for event, seconds in timed if seconds is not None and seconds.capped]
        longest = max((number(event.payload, "seconds") or 0.0 for event in capped), default=0.0)
        self._few(
            "capped", "time", learner, _TIMES, "attempts took longer", capped, len(timed),
            cap_seconds=IDLE_SECONDS, longest_seconds=longest,
        )  # fmt: skip

    def _surveys(self, learner: str, events: Sequence[LearnerEvent], pooled: bool) -> None:
        unread = [event for event in events if survey_of(event) is None]
        self._few(
            "excluded", "survey", learner, "surveys: need an instrument, answers and the two ends of the scale",
            "surveys cannot be read", unread, len(events),
        )  # fmt: skip
        latest = {survey.instrument: (event, survey) for event in events if (survey := survey_of(event)) is not None}
        for instrument, (event, survey) in latest.items():
            given: object = event.payload.get("answers")
            off = [
                item
                for item, answer in survey.answers.items()
                if answer is None and isinstance(given, dict) and given.get(item) is not None  # pyright: ignore[reportUnknownMemberType]
            ]
            if off:
                self._decide(
                    "left missing", f"survey {instrument}", learner, "surveys: an answer off the scale is no answer",
                    f"{len(off)} answers are no number on the scale", {"items": ", ".join(sorted(off)[:_NAMED])},
                )  # fmt: skip
            if pooled:
                self._responses.setdefault(instrument, {})[learner] = survey.answers
            elif survey.complete:
                self._own.append((instrument, learner, survey.answers))
            else:
                self._decide(
                    "excluded", f"survey {instrument}", learner, "surveys: no imputation without consent to research",
                    "items have no answer, and only consent to research lets them be looked at together with others'",
                    {"items": len(survey.answers), "missing": sum(item is None for item in survey.answers.values())},
                )  # fmt: skip

    def _few(
        self,
        kind: DecisionKind,
        what: str,
        learner: str,
        rule: str,
        reason: str,
        events: Sequence[LearnerEvent],
        of: int,
        **more: Figure,
    ) -> None:
        """One decision about some of `of` events, if there are any."""
        if events:
            named = ", ".join(event.id for event in events[:_NAMED]) + (", …" if len(events) > _NAMED else "")
            figures: dict[str, Figure] = {"events": len(events), "of": of, **more, "ids": named}
            self._decide(kind, what, learner, rule, f"{len(events)} of {of} {reason}", figures)

    def _decide(
        self, kind: DecisionKind, what: str, learner: str, rule: str, reason: str, figures: Mapping[str, Figure]
    ) -> None:
        self._decisions.append(Decision(kind, what, learner, rule, reason, figures))


def process(histories: Iterable[tuple[str, Sequence[LearnerEvent]]]) -> Processed:
    """Apply the policy to the histories (learner, events oldest first) of some learners."""
    processor = Processor()
    for learner, events in histories:
        processor.add(learner, events)
    return processor.finish()
