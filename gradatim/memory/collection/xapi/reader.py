"""Reads xAPI statements: arrays, `{"statements": […]}`, JSON Lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from gradatim.domain import EventKind, LearnerEvent
from gradatim.memory.collection.building import checked, make_event, reaches
from gradatim.memory.collection.files import contains
from gradatim.memory.collection.instants import micros
from gradatim.memory.collection.json_stream import json_elements
from gradatim.memory.collection.json_window import loads
from gradatim.memory.collection.leftover import completed
from gradatim.memory.collection.plain import is_list, is_object, is_text
from gradatim.memory.collection.row import NoEvent, Parsed, ReadingOptions, Rejected, Row, RowError, Sighting, Skipped
from gradatim.memory.collection.words import (
    stable_json_id,
    tail,
)
from gradatim.memory.collection.xapi.parts import concepts_of, payload_of, target_of
from gradatim.memory.collection.xapi.surveys import survey_answer
from gradatim.memory.collection.xapi.vocabulary import (
    ACTIONS,
    EVENT_EXTENSION,
    HANDED_IN,
    HOME_PAGE,
    OUTCOME_VERBS,
    VERDICTS,
    WORK_VERBS,
)

_NOTHING: dict[str, Any] = {}


class XapiReader:
    """Statements as events: outcomes as assessments and submissions, everything else as interactions.

    Args:
        options: What a person adds.
    """

    name = "xapi"

    def __init__(self, options: ReadingOptions) -> None:
        self._options = options
        self._voided: set[str] = set()

    def read(self, path: Path) -> Iterator[Row]:
        """All statements of a file; those that the same file voids tell of no event."""
        self._voided = self._voided_in(path)
        for element in json_elements(path, self._options.position):
            if element.problem is not None:
                yield Rejected(element.number, element.problem, element.raw)
            elif is_object(element.value) and "statements" not in element.value:
                yield self._row(element.value, element.raw, element.number)
            else:
                yield from self._batch(element.value, element.raw, element.number)

    def again(self, raw: bytes, context: Mapping[str, Any], place: int) -> Iterator[Row]:
        """Rows of one statement, or one batch, by itself."""
        value, problem = loads(raw)
        if problem is not None:
            yield Rejected(place, problem, raw, context)
        else:
            yield from self._batch(value, raw, place)

    def two_clocks(self, path: Path) -> bool:
        """Whether statements tell when they were stored."""
        return contains(path, b'"stored"')

    def _voided_in(self, path: Path) -> set[str]:
        if not contains(path, b"/voided"):
            return set()
        found: set[str] = set()
        for element in json_elements(path):
            for statement in _statements(element.value):
                verb, referred = statement.get("verb"), statement.get("object")
                if is_object(verb) and is_object(referred) and _is_voiding(verb):
                    found.add(str(referred.get("id")).lower())
        return found

    def _batch(self, value: Any, raw: bytes, place: int) -> Iterator[Row]:
        if is_object(value) and "statements" not in value:
            yield self._row(value, raw, place)
            return
        listed: Any = value.get("statements") if is_object(value) else value
        if not is_list(listed):
            yield Rejected(place, "it is no statement", raw)
            return
        for statement in listed:
            own = orjson.dumps(statement)
            if is_object(statement):
                yield self._row(statement, own, place)
            else:
                yield Rejected(place, "it is no statement", own)

    def _row(self, statement: dict[str, Any], raw: bytes, place: int) -> Row:
        try:
            return self._parsed(statement, place)
        except RowError as error:
            return Rejected(place, str(error), raw)
        except NoEvent as reason:
            return Skipped(place, str(reason))

    def _parsed(self, statement: dict[str, Any], place: int) -> Parsed:
        part = statement.get
        verb, activity, context = part("verb"), part("object"), part("context") or _NOTHING
        if not is_object(verb) or not is_text(verb.get("id")):
            raise RowError("it has no verb")
        if not is_object(activity) or not is_object(context):
            raise RowError("its object or context is missing or no JSON object")
        identifier = part("id") or stable_json_id("xapi", statement)
        if self._voided and str(identifier).lower() in self._voided:
            raise NoEvent("a later statement voids it")
        if _is_voiding(verb):
            raise NoEvent("it voids another statement")
        learner = self._learner(part("actor"))
        extensions = context.get("extensions") or _NOTHING
        if not is_object(extensions):
            raise RowError("its context extensions are no JSON object")
        at, stored = part("timestamp") or part("stored") or self._options.at, part("stored")
        if type(at) is not str:
            raise RowError("it has no timestamp")
        source = self._source(context)
        result = part("result") or _NOTHING
        if not is_object(result):
            raise RowError("its result is no JSON object")
        if (answer := survey_answer(activity, context, result)) is not None:
            event = make_event(identifier, learner, "survey", at, source=source, payload=answer)
        else:
            event = self._told(identifier, learner, at, source, verb["id"], activity, extensions, result)
        if EVENT_EXTENSION in extensions:
            event = completed(event, extensions[EVENT_EXTENSION])
        elif type(stored) is str and part("timestamp"):
            return Parsed(place, event, Sighting(source or "xapi", micros(at), micros(stored, "stored")))
        return Parsed(place, event)

    def _told(
        self, identifier: str, learner: str, at: str, source: str | None, verb: str, activity: dict[str, Any],
        extensions: dict[str, Any], result: dict[str, Any],
    ) -> LearnerEvent:  # fmt: skip
        target, resource, is_item = target_of(activity)
        if is_item is None:
            is_item = self._options.concepts.find(target) is not None
        word = tail(verb)
        payload = payload_of(result, extensions)
        passed = self._verdict(result, word, payload, target)
        outcome = passed is not None or "score" in payload or "points" in payload
        kind: EventKind = "interaction"
        if word in OUTCOME_VERBS or (outcome and word in WORK_VERBS):
            kind = "submission" if word in HANDED_IN else "assessment"
            if passed is not None:
                payload["passed"] = passed
        else:
            payload["action"] = WORK_VERBS.get(word) or ACTIONS.get(word) or word
            if resource is not None:
                payload["resource"] = resource
            passed = None
            if not is_item:
                target = None
        known = self._options.concepts.find(target)
        concepts = known.concepts if known and known.concepts else concepts_of(extensions, result, activity)
        return make_event(
            identifier,
            learner,
            kind,
            at,
            task=target,
            concepts=concepts,
            correct=passed,
            source=source,
            payload=payload,
        )

    def _verdict(self, result: dict[str, Any], word: str, payload: dict[str, Any], target: str | None) -> bool | None:
        success = result.get("success")
        if success is None:
            success = VERDICTS.get(word)
        elif type(success) is not bool:
            raise RowError(f"its success {success!r:.40} is not a boolean")
        if success is None and "score" in payload:
            item = self._options.concepts.find(target)
            mark = self._options.pass_mark if item is None or item.pass_mark is None else item.pass_mark
            return None if mark is None else reaches(payload["score"], mark)
        return success

    def _learner(self, actor: Any) -> str:
        if not is_object(actor):
            raise RowError("it has no actor")
        if actor.get("objectType") == "Group":
            raise NoEvent("its actor is a group")
        account = actor.get("account")
        if is_object(account):
            name = checked(account.get("name"), "account name")
            home = account.get("homePage")
            return f"{home}#{name}" if self._options.qualify and home != HOME_PAGE else name
        if type(actor.get("mbox")) is str:
            return actor["mbox"].removeprefix("mailto:")
        if type(actor.get("mbox_sha1sum")) is str:
            return f"sha1:{actor['mbox_sha1sum']}"
        return checked(actor.get("openid"), "identifier of the actor")

    def _source(self, context: dict[str, Any]) -> str | None:
        platform = context.get("platform")
        return self._options.source or (platform if type(platform) is str and platform else self.name)


def _is_voiding(verb: Mapping[str, Any]) -> bool:
    return verb.get("id") == "http://adlnet.gov/expapi/verbs/voided"


def _statements(value: Any) -> list[dict[str, Any]]:
    listed = value.get("statements", [value]) if is_object(value) else value
    return [part for part in listed if is_object(part)] if is_list(listed) else []
