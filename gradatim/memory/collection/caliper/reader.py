"""Reads Caliper envelopes, and bare events, as arrays or JSON Lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from gradatim.domain import EventKind, LearnerEvent
from gradatim.memory.collection.building import make_event, reaches
from gradatim.memory.collection.caliper.entities import (
    NOTHING,
    add_score,
    answers_of,
    concepts_of,
    entity,
    id_of,
    number,
    scale_of,
    seconds_between,
    text_list_of,
    type_of,
)
from gradatim.memory.collection.files import contains
from gradatim.memory.collection.instants import micros
from gradatim.memory.collection.json_stream import json_elements
from gradatim.memory.collection.json_window import loads
from gradatim.memory.collection.plain import is_flag, is_list, is_object, is_text
from gradatim.memory.collection.row import NoEvent, Parsed, ReadingOptions, Rejected, Row, RowError, Sighting, Skipped
from gradatim.memory.collection.words import PAYLOAD, payload_value, stable_json_id, tail

GRADE_MARK = 0.5
"""Share of the points from which a grade counts as passed where nobody gives another mark."""
_ENVELOPE = ("sensor", "sendTime", "dataVersion")
_HANDED_IN = frozenset({"submitted", "completed", "responded"})
_VERDICTS = frozenset({"correct", "iscorrect", "is_correct", "success", "passed"})
_ITEM_EVENTS = frozenset({"assessmentitemevent"})
_WORK_EVENTS = frozenset({"assessmentevent", "assignableevent"})
_QUESTION_EVENTS = frozenset({"questionnaireitemevent"})
_ACTIONS = {
    "loggedin": "login", "loggedout": "logout", "timedout": "logout", "navigatedto": "open", "viewed": "open",
    "launched": "open", "opened": "open", "markedasread": "open", "retrieved": "open", "started": "start",
    "paused": "pause", "resumed": "resume", "restarted": "restart", "ended": "close", "closed": "close",
    "skipped": "skip", "abandoned": "abandon", "reviewed": "review", "used": "use", "searched": "search",
    "commented": "message", "modified": "edit", "submitted": "submit", "completed": "complete", "reset": "restart",
}  # fmt: skip
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class CaliperReader:
    """Item and grade events as assessments, submitted work as submissions, questionnaires as surveys, the rest as
    interactions.

    Args:
        options: What a person adds.
    """

    name = "caliper"

    def __init__(self, options: ReadingOptions) -> None:
        self._options = options

    def read(self, path: Path) -> Iterator[Row]:
        """All events of a file."""
        for element in json_elements(path, self._options.position):
            if element.problem is not None:
                yield Rejected(element.number, element.problem, element.raw, _context(element.around))
            else:
                yield from self._rows(element.value, element.raw, element.around, element.number)

    def again(self, raw: bytes, context: Mapping[str, Any], place: int) -> Iterator[Row]:
        """Rows of one event, or one envelope, by itself."""
        value, problem = loads(raw)
        if problem is not None:
            yield Rejected(place, problem, raw, context)
        else:
            yield from self._rows(value, raw, context, place)

    def two_clocks(self, path: Path) -> bool:
        """Whether there are envelopes that tell when they were sent."""
        return contains(path, b'"sendTime"')

    def _rows(self, value: Any, raw: bytes, around: Mapping[str, Any], place: int) -> Iterator[Row]:
        if is_object(value) and is_list(value.get("data")):
            for part in value["data"]:
                yield from self._rows(part, orjson.dumps(part), _context(value), place)
        elif is_list(value):
            for part in value:
                yield from self._rows(part, orjson.dumps(part), around, place)
        elif not is_object(value):
            yield Rejected(place, "it is no Caliper event", raw, _context(around))
        else:
            try:
                yield self._parsed(value, around, place)
            except RowError as error:
                yield Rejected(place, str(error), raw, _context(around))
            except NoEvent as reason:
                yield Skipped(place, str(reason))

    def _parsed(self, given: dict[str, Any], around: Mapping[str, Any], place: int) -> Parsed:
        action = given.get("action")
        if action is None and "eventTime" not in given:
            raise NoEvent("it describes an entity")
        if not is_text(action):
            raise RowError("it has no action")
        at = given.get("eventTime") or self._options.at
        if not is_text(at):
            raise RowError("it has no eventTime")
        sensor = around.get("sensor")
        source = (
            self._options.source or id_of(given.get("edApp")) or (sensor if is_text(sensor) and sensor else self.name)
        )
        event = self._told(given, id_of(given) or stable_json_id("caliper", given), at, action, source)
        sent = around.get("sendTime")
        if not is_text(sent):
            return Parsed(place, event)
        clock = sensor if is_text(sensor) and sensor else source
        return Parsed(place, event, Sighting(clock, micros(at, "eventTime"), micros(sent, "sendTime")))

    def _told(self, given: dict[str, Any], identifier: str, at: str, action: str, source: str) -> LearnerEvent:
        kind, word = type_of(given), tail(action)
        target, generated = entity(given.get("object")), entity(given.get("generated"))
        payload = _extended(given, generated)
        if kind == "gradeevent":
            return self._grade(given, identifier, at, source, payload)
        learner = _learner(given)
        if kind in _QUESTION_EVENTS and word == "completed":
            return self._survey(identifier, learner, at, source, target, generated)
        task = id_of(target)
        if (kind in _ITEM_EVENTS or kind in _WORK_EVENTS) and word in _HANDED_IN:
            self._work(kind, target, generated, payload)
            passed = self._verdict(payload, task, None)
            told: EventKind = "assessment" if kind in _ITEM_EVENTS else "submission"
            concepts = self._concepts(task, target, given)
            return make_event(
                identifier, learner, told, at, task=task, concepts=concepts, correct=passed, source=source,
                payload=payload,
            )  # fmt: skip
        is_work = kind in _ITEM_EVENTS or kind in _WORK_EVENTS
        payload["action"] = _action(kind, action, target)
        if kind != "sessionevent" and task is not None:
            payload["resource"] = task
        if not is_work and self._options.concepts.find(task) is None:
            task = None
        return make_event(identifier, learner, "interaction", at, task=task, source=source, payload=payload)

    def _grade(
        self, given: dict[str, Any], identifier: str, at: str, source: str, payload: dict[str, Any]
    ) -> LearnerEvent:
        generated = entity(given.get("generated"))
        attempt = entity(given.get("object"))
        if type_of(attempt) not in ("attempt", "") or not attempt.get("assignee"):
            inner = entity(generated.get("attempt"))
            attempt = inner if inner.get("assignee") else attempt
        learner = id_of(attempt.get("assignee")) or id_of(attempt.get("actor")) or id_of(generated.get("assignee"))
        if learner is None:
            raise RowError("it does not tell whose attempt was graded")
        work = entity(attempt.get("assignable"))
        task = id_of(work)
        if task is None:
            raise RowError("it does not tell what was graded")
        add_score(generated, payload)
        seconds = seconds_between(attempt)
        if seconds is not None:
            payload["seconds"] = seconds
        passed = self._verdict(payload, task, GRADE_MARK)
        concepts = self._concepts(task, work, given)
        return make_event(
            identifier, learner, "assessment", at, task=task, concepts=concepts, correct=passed, source=source,
            payload=payload,
        )  # fmt: skip

    def _survey(
        self, identifier: str, learner: str | None, at: str, source: str, target: dict[str, Any], given: dict[str, Any]
    ) -> LearnerEvent:  # fmt: skip
        question = entity(target.get("question")) or target
        name = id_of(target) or id_of(question) or "item"
        answers = [number(part) for part in answers_of(given)]
        payload: dict[str, Any] = {
            "instrument": id_of(target.get("isPartOf")) or name,
            "answers": {name: answers[0] if len(answers) == 1 else None},
        }
        if scale := scale_of(question):
            payload["scale"] = scale
        return make_event(identifier, learner, "survey", at, source=source, payload=payload)

    def _work(self, kind: str, target: dict[str, Any], generated: dict[str, Any], payload: dict[str, Any]) -> None:
        """What a piece of work tells of itself: its score, its answers, its time, how many items it has."""
        add_score(generated, payload)
        seconds = seconds_between(generated)
        if seconds is not None:
            payload["seconds"] = seconds
        texts = [part for part in answers_of(generated) if is_text(part)]
        if texts:
            payload["response"] = "; ".join(texts)
        if kind == "assessmentevent" and (items := text_list_of(target.get("items"))):
            payload.setdefault("items_total", len(items))

    def _verdict(self, payload: dict[str, Any], task: str | None, mark: float | None) -> bool | None:
        if "passed" in payload or "score" not in payload:
            return payload.get("passed")
        item = self._options.concepts.find(task)
        if item is not None and item.pass_mark is not None:
            mark = item.pass_mark
        elif self._options.pass_mark is not None:
            mark = self._options.pass_mark
        if mark is None:
            return None
        payload["passed"] = reaches(payload["score"], mark)
        return payload["passed"]

    def _concepts(self, task: str | None, target: dict[str, Any], given: dict[str, Any]) -> tuple[str, ...]:
        item = self._options.concepts.find(task)
        return item.concepts if item is not None and item.concepts else concepts_of(target, given)


def _learner(given: dict[str, Any]) -> str | None:
    actor = entity(given.get("actor"))
    if type_of(actor) == "softwareapplication":  # a session that timed out is told of by the application
        user = entity(given.get("object")).get("user") or entity(given.get("session")).get("user")
        if id_of(user) is None:
            raise NoEvent("its actor is an application")
        return id_of(user)
    if type_of(actor) in ("group", "organization", "courseoffering", "coursesection"):
        raise NoEvent("its actor is a group")
    return id_of(actor)


def _action(kind: str, action: str, target: dict[str, Any]) -> str:
    word = tail(action)
    if kind == "messageevent" and word == "posted":
        return "reply" if target.get("replyTo") else "message"
    if word in _ACTIONS:
        return _ACTIONS[word]
    name = action
    for mark in "/#:":
        name = name.rpartition(mark)[2]
    return _WORD.sub("-", name).lower() or word


def _extended(given: dict[str, Any], generated: dict[str, Any]) -> dict[str, Any]:
    """Payload keys and verdicts among the extensions of an event and of what it generated."""
    payload: dict[str, Any] = {}
    for holder in (generated, given):
        extensions = holder.get("extensions") or NOTHING
        if is_list(extensions):  # version 1.0 lists objects
            extensions = {key: value for part in extensions if is_object(part) for key, value in part.items()}
        if not is_object(extensions):
            raise RowError("its extensions are no JSON object")
        for key, value in extensions.items():
            name = tail(key).replace("-", "_")
            if name in _VERDICTS and is_flag(value):
                payload["passed"] = value
            elif name in PAYLOAD:
                payload[name] = payload_value(name, value)
    return payload


def _context(around: Mapping[str, Any]) -> dict[str, Any]:
    return {name: around[name] for name in _ENVELOPE if name in around}
