"""What a format has no place for, so that an event survives being written and read again.

A writer writes what the format can say, reads that as anybody would, and adds the difference to the event.
"""

from __future__ import annotations

from typing import Any

from gradatim.domain import LearnerEvent
from gradatim.memory.collection.building import restore
from gradatim.memory.collection.plain import is_object, is_texts, same
from gradatim.memory.collection.row import RowError

_FIELDS = ("id", "learner_id", "kind", "at", "task_id", "observations", "source")


def leftover(event: LearnerEvent, told: LearnerEvent) -> dict[str, Any]:
    """What has to be added to `told`, an event as a reader understands a written record, to give `event`.

    Returns:
        Fields with other values; under `payload` keys with other values; under `without` keys to take away.
    """
    meant, understood = event.plain(), told.plain()
    extra = {name: meant[name] for name in _FIELDS if meant[name] != understood[name]}
    has, says = meant["payload"], understood["payload"]
    changed = {key: value for key, value in has.items() if key not in says or not same(says[key], value)}
    if changed:
        extra["payload"] = changed
    if missing := sorted(set(says) - set(has)):
        extra["without"] = missing
    return extra


def completed(told: LearnerEvent, extra: Any) -> LearnerEvent:
    """The event that `leftover` was taken of.

    Raises:
        RowError: The addition does not fit.
    """
    if not is_object(extra):
        raise RowError("its addition by gradatim is no JSON object")
    if not extra:
        return told
    payload, without = extra.get("payload", {}), extra.get("without", [])
    if not is_object(payload) or not is_texts(without):
        raise RowError("its addition by gradatim is broken")
    fields = {name: extra[name] if name in extra else getattr(told, name) for name in _FIELDS}
    kept = {key: value for key, value in told.payload.items() if key not in without}
    return restore({**fields, "payload": kept | payload})
