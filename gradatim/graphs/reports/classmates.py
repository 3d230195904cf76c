"""The learners of a class, read from the memory one after another: each with what they agreed to."""

from __future__ import annotations

from collections.abc import Collection

from gradatim.graphs.reports.classroom import Classmate
from gradatim.kg import ConceptGraph
from gradatim.memory import LearnerMemory, parameters_of
from gradatim.memory.formative import FormativePolicy, Trigger, firings, load_policy, with_status
from gradatim.memory.rights.consent import NoConsent, agreement
from gradatim.memory.rights.disputes import without
from gradatim.memory.rights.labels import labels
from gradatim.settings import Settings


async def classmates(
    memory: LearnerMemory,
    settings: Settings,
    graph: ConceptGraph,
    learners: Collection[str] | None,
    *,
    now: str,
    policy: FormativePolicy | None = None,
) -> list[Classmate]:
    """The learners of whom something is remembered, by id.

    A learner who agrees neither to research nor to personalisation is counted and nothing of theirs is read.

    Args:
        memory: Open.
        learners: Only these; all when not given.
        now: Instant at which formative requests are open or not.
        policy: Of the formative trigger; the packaged one when not given.
    """
    parameters = parameters_of(settings)
    assumed = settings.assumed_consent
    research = await agreement(memory, "research", assumed)
    personal = await agreement(memory, "personalisation", assumed)
    rules = policy or load_policy()
    names = {item.id: item.name for item in graph.concepts}
    found: list[Classmate] = []
    for summary in await memory.learners():
        learner = summary.learner_id
        if learners is not None and learner not in learners:
            continue
        counted, helped = learner in research, learner in personal
        if not (counted or helped):
            found.append(Classmate.unread(learner))
            continue
        try:
            events = tuple(reversed(await memory.events(learner)))
            state = await memory.state(learner)
        except NoConsent:  # behind a guard nothing is read without consent to personalisation
            found.append(Classmate.unread(learner))
            continue
        own = labels(events, state, names, parameters=parameters)
        used = without(state, [label for label in own if label.status == "disputed"])
        requests = ()
        if helped:
            trigger = Trigger(learner, rules, parameters, "personalisation" in assumed)
            requests = tuple(
                item for item in with_status(firings(trigger, events), events, now) if item.status == "open"
            )
        found.append(Classmate(learner, used, events, own, requests, counted, helped))
    return found
