"""Answers to surveys: xAPI activities whose interaction type is `likert`."""

from __future__ import annotations

from typing import Any

from gradatim.memory.collection.plain import is_list, is_object, is_text


def survey_answer(activity: dict[str, Any], context: dict[str, Any], result: dict[str, Any]) -> dict[str, Any] | None:
    """The payload of a survey event; `None` for any other activity.

    The answer is the place of the response among the steps of the scale, from 1; `None` where it is not among them. The
    instrument is the activity that the item is part of, or the item itself.
    """
    definition = activity.get("definition")
    item = activity.get("id")
    if not is_text(item) or not is_object(definition) or definition.get("interactionType") != "likert":
        return None
    steps = [step.get("id") for step in _listed(definition.get("scale")) if is_object(step)]
    response = result.get("response")
    place = steps.index(response) + 1 if is_text(response) and response in steps else None
    payload: dict[str, Any] = {"instrument": _parent(context) or item, "answers": {item: place}}
    if len(steps) > 1:
        payload["scale"] = [1, len(steps)]
    elif place is None and is_text(response) and response.strip().isdecimal():
        payload["answers"] = {item: int(response) if len(response) < 10 else None}
    return payload


def _parent(context: dict[str, Any]) -> str | None:
    activities = context.get("contextActivities")
    if not is_object(activities):
        return None
    parents = activities.get("parent") or activities.get("grouping")
    for parent in _listed(parents) or [parents]:  # earlier versions give one object instead of a list
        if is_object(parent) and is_text(parent.get("id")):
            return parent["id"]
    return None


def _listed(value: Any) -> list[Any]:
    return value if is_list(value) else []
