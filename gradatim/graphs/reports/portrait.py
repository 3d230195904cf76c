"""What a report about one learner rests on, read once from the memory, the graph and the kept assessments."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from gradatim.agents.reviews import requests
from gradatim.domain import Assessment, Composite, LearnerEvent, LearnerState, ReviewRequest
from gradatim.graphs.assessor import ASSESSMENTS
from gradatim.graphs.reports.titles import item_titles
from gradatim.kg import ConceptGraph
from gradatim.memory import LearnerMemory, parameters_of
from gradatim.memory.ability import Ability, ability_from_first_answers
from gradatim.memory.bridge import prior_shift
from gradatim.memory.inputs import microseconds
from gradatim.memory.processing.decisions import Decision
from gradatim.memory.processing.policy import Processor
from gradatim.memory.profile.indicators import History, indicators
from gradatim.memory.propagation import Propagation, Strengths
from gradatim.memory.propagation.odds import log_odds
from gradatim.memory.recommendation import (
    Course,
    LearnerRecord,
    Path,
    Recommendation,
    beliefs,
    days_since,
    path_to,
    recommend,
    shown_misconceptions,
)
from gradatim.memory.rights.consent import Consent, Purpose, consents
from gradatim.memory.rights.disputes import without
from gradatim.memory.rights.labels import Label, labels
from gradatim.memory.storage.decisions import DecisionRecord
from gradatim.memory.tracing import ParameterSource
from gradatim.settings import Settings

if TYPE_CHECKING:
    from langgraph.store.base import BaseStore

MOST_ASSESSMENTS = 100
"""Latest assessments whose programs are read."""
_ABILITY_READ = 2_000
_PREFIX = "assessment:"


@dataclass(frozen=True, slots=True)
class Portrait:
    """One learner.

    Attributes:
        state: Without what the learner disputes, unless the learner reads it.
        events: Oldest first.
        labels: Of all kinds and states.
        indicators: The ten.
        next: What to practise next; `None` where the learner does not agree to personalisation.
        decisions: About missing and doubtful data.
        assessments: The latest that are kept, by the id of their event.
        reviews: What reviewers decided.
        waiting: Feedback that waits for a person.
    """

    learner_id: str
    state: LearnerState
    events: tuple[LearnerEvent, ...]
    labels: tuple[Label, ...]
    consents: dict[Purpose, Consent]
    indicators: Composite
    next: tuple[Recommendation, ...] | None
    decisions: tuple[Decision, ...]
    assessments: dict[str, Assessment]
    reviews: tuple[DecisionRecord, ...]
    waiting: tuple[ReviewRequest, ...]
    graph: ConceptGraph
    parameters: ParameterSource
    path: Path | None = None
    """The way to a goal, where one was named."""
    titles: Mapping[str, str] = field(default_factory=dict[str, str])
    """Task → what it is called, as far as that is known."""

    @property
    def disputed(self) -> tuple[Label, ...]:
        """Labels that the learner says are wrong."""
        return tuple(label for label in self.labels if label.status == "disputed")


async def portrait(
    memory: LearnerMemory,
    settings: Settings,
    graph: ConceptGraph,
    learner_id: str,
    *,
    now: str,
    own: bool,
    store: BaseStore | None = None,
    reviews: Collection[DecisionRecord] = (),
    goal: str | None = None,
) -> Portrait | None:
    """What is known about a learner; `None` where nothing is.

    Args:
        memory: Open; behind a guard it raises `NoConsent` for a learner who does not agree to personalisation.
        now: Instant of the report.
        own: For the learner's own eyes: with what they dispute.
        store: Of assessments.
        reviews: Decisions about the learner's feedback.
        goal: Id of a concept to show the way to.
    """
    events = tuple(reversed(await memory.events(learner_id)))
    if not events:
        return None
    parameters = parameters_of(settings)
    names = {item.id: item.name for item in graph.concepts}
    state = await memory.state(learner_id)
    found = labels(events, state, names, parameters=parameters)
    disputed = [label for label in found if label.status == "disputed"]
    used = without(state, disputed)
    agreed = consents(events, settings.assumed_consent)
    mastery = {item.concept: item.probability for item in used.mastery}
    needed: dict[str, list[str]] = {}
    for relation in graph.relations:
        if relation.type == "prerequisite":
            needed.setdefault(relation.target, []).append(relation.source)
    processor = Processor()
    processor.add(learner_id, events, pooled=False)
    kept = await assessments_of(events, store)
    titles = await asyncio.to_thread(item_titles, settings, events)
    titles |= {item.task.id: item.task.title for item in kept.values()}
    following, path = None, None
    if agreed["personalisation"].given:
        course = Course.of(graph, parameters=parameters)
        record = _record(graph, course, used, events, parameters, now)
        following = recommend(course, record, goal=goal, limit=5)
        path = None if goal is None else path_to(course, goal, *beliefs(course, record.mastery))
    return Portrait(
        learner_id=learner_id,
        state=state if own else used,
        events=events,
        labels=found,
        consents=agreed,
        indicators=indicators(History(events, mastery, needed)),
        next=following,
        decisions=processor.finish().report.decisions,
        assessments=kept,
        reviews=tuple(reviews),
        waiting=() if own or store is None else await _waiting(store, learner_id),
        graph=graph,
        parameters=parameters,
        path=path,
        titles=titles,
    )


async def assessments_of(events: Sequence[LearnerEvent], store: BaseStore | None) -> dict[str, Assessment]:
    """The kept assessments behind the latest events, by the id of the event."""
    found: dict[str, Assessment] = {}
    if store is None:
        return found
    told = [event for event in events if event.kind == "assessment" and event.id.startswith(_PREFIX)]
    for event in told[-MOST_ASSESSMENTS:]:
        item = await store.aget(ASSESSMENTS, event.id.removeprefix(_PREFIX))
        if item is not None:
            kept = Assessment.model_validate(item.value)
            if kept.submission.learner_id == event.learner_id:
                found[event.id] = kept
    return found


async def _waiting(store: BaseStore, learner_id: str) -> tuple[ReviewRequest, ...]:
    """Open questions to a person about the learner's feedback."""
    return tuple(item for item in await requests(store) if item.learner_id == learner_id)


def _record(
    graph: ConceptGraph,
    course: Course,
    state: LearnerState,
    events: Sequence[LearnerEvent],
    parameters: ParameterSource,
    now: str,
) -> LearnerRecord:
    """What proposals go by: what is known of this learner alone."""
    moment = microseconds(now)
    known = {item.concept: item for item in state.mastery}
    ability = ability_from_first_answers(events, parameters) if len(events) <= _ABILITY_READ else Ability()
    priors = np.array([log_odds(prior) for prior in course.prior.tolist()], dtype=np.float64)
    propagation = Propagation(course.plan, priors, parameters, Strengths())  # the plan is laid out once
    return LearnerRecord(
        mastery=propagation.propagated(known),
        ability_shift=prior_shift(ability),
        idle_days={item.concept: days_since(item.updated_at, moment) for item in state.mastery},
        misconceptions=shown_misconceptions(
            events[-_ABILITY_READ:], {item.id: item for item in graph.misconceptions}, moment
        ),
    )
