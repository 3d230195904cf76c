"""Steps into a value of a known type: `confidence.route`, `execution.passed`, `opinions[0]`.

The state holds plain JSON. Where a step is a property of a noun, which plain JSON does not have, the noun is made from
it first.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, cast, get_args, get_origin, get_type_hints, is_typeddict

from pydantic import BaseModel, TypeAdapter, ValidationError

from gradatim.graphs.workflow.naming import did_you_mean
from gradatim.graphs.workflow.types import item_type, show, without_null

Step = str | int
Take = Callable[[Any], Any]
"""From a value to its part; null where it has none."""


class NoSuchStep(ValueError):
    """A value of this type has no such part."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def step_into(kind: Any, step: Step) -> tuple[Any, Take]:
    """The type of a part, and how to take it.

    Raises:
        NoSuchStep: No value of the type has it.
    """
    if isinstance(step, int):
        item = item_type(kind)
        if item is None:
            raise NoSuchStep(f"{show(kind)} has no places", "only lists have places")
        return item, lambda value: _at(value, step)
    if step.startswith("_"):
        raise NoSuchStep(f"{step!r} is private", "use a public name")
    for member in without_null(kind):
        found = _member_step(member, step)
        if found is not None:
            return found
    raise NoSuchStep(f"{show(kind)} has no {step!r}", _remedy(kind, step))


def _member_step(member: Any, step: str) -> tuple[Any, Take] | None:
    origin: Any = get_origin(member) or member
    if member is Any or member is object:
        return Any, lambda value: _part(value, step)
    if isinstance(origin, type) and issubclass(origin, BaseModel):
        if step in origin.model_fields:
            return origin.model_fields[step].annotation, lambda value: _part(value, step)
        computed = getattr(origin, step, None)
        if isinstance(computed, property):
            hints = get_type_hints(computed.fget) if computed.fget else {}
            return hints.get("return", Any), lambda value: _property(origin, value, step)
        return None
    if is_typeddict(member):
        hints = get_type_hints(member)
        return (hints[step], lambda value: _part(value, step)) if step in hints else None
    if isinstance(origin, type) and issubclass(origin, dict):
        arguments = get_args(member)
        return (arguments[1] if len(arguments) == 2 else Any), lambda value: _part(value, step)
    return None


def _part(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return cast("dict[str, Any]", value).get(step)
    return getattr(value, step, None) if isinstance(value, BaseModel) else None


def _at(value: Any, place: int) -> Any:
    items = cast("list[Any]", value) if isinstance(value, list | tuple) else []
    return items[place] if -len(items) <= place < len(items) else None


def _property(model: type[BaseModel], value: Any, step: str) -> Any:
    try:
        found = getattr(value if isinstance(value, model) else _adapter(model).validate_python(value), step)
    except ValidationError:
        return None  # not such a noun: it has no such part
    return found.model_dump(mode="json") if isinstance(found, BaseModel) else found


@cache
def _adapter(model: type[BaseModel]) -> TypeAdapter[Any]:
    return TypeAdapter(model)


def _remedy(kind: Any, step: str) -> str:
    if item_type(kind) not in (None, Any):
        return "it is a list: write len(…), or a place: …[0]"
    names: list[str] = []
    members: list[Any] = list(without_null(kind))
    for member in members:
        if is_typeddict(member):
            names += get_type_hints(member)
        elif isinstance(member, type) and issubclass(member, BaseModel):
            names += member.model_fields
            names += [name for name in dir(member) if isinstance(getattr(member, name, None), property)]
    return did_you_mean(step, [name for name in names if not name.startswith(("_", "model_"))], "it has")
