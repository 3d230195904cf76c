"""Types of state keys: whether what one node writes is what another reads, and how to say so.

A state holds plain JSON; the types say what the values are valid as. `Unchecked[T]` marks text that nobody has held
against evidence: it fits only where `Unchecked` is read, so that it cannot reach a learner by mistake.
"""

from __future__ import annotations

import types
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, is_typeddict

from pydantic import BaseModel, JsonValue

T = TypeVar("T")


class UncheckedMark:
    """Stands in `Annotated` for what nobody has checked."""

    def __repr__(self) -> str:
        return "unchecked"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UncheckedMark)

    def __hash__(self) -> int:
        return hash(UncheckedMark)


Unchecked = Annotated[T, UncheckedMark()]
"""`Unchecked[str]`: a text that has not been held against evidence."""

_LISTS = (list, tuple, Sequence, Collection, set, frozenset)
_MAPS = (dict, Mapping)


def is_unchecked(kind: Any) -> bool:
    """Whether a type, or a part of it, is marked as unchecked."""
    if get_origin(kind) is Annotated and any(isinstance(mark, UncheckedMark) for mark in get_args(kind)[1:]):
        return True
    return any(is_unchecked(part) for part in get_args(kind) if part is not kind and not isinstance(part, str))


def bare(kind: Any) -> Any:
    """A type without `Annotated`, `Required` and aliases around it."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif hasattr(kind, "__value__"):  # `type X = …`
            kind = kind.__value__
        else:
            return kind


def alternatives(kind: Any) -> tuple[Any, ...]:
    """The members of a union; the type itself otherwise."""
    kind = bare(kind)
    if get_origin(kind) in (Union, types.UnionType):
        return tuple(inner for member in get_args(kind) for inner in alternatives(member))
    return (type(None) if kind is None else kind,)


def nullable(kind: Any) -> bool:
    """Whether a value of the type may be null."""
    return any(item is type(None) for item in alternatives(kind))


def without_null(kind: Any) -> tuple[Any, ...]:
    """The members of a type that are not null."""
    return tuple(item for item in alternatives(kind) if item is not type(None))


def fits(written: Any, wanted: Any) -> bool:
    """Whether every value of the type `written` may be read as `wanted`."""
    if is_unchecked(written) and not is_unchecked(wanted):
        return False
    return _fits(written, wanted)


def _fits(written: Any, wanted: Any) -> bool:
    ours, theirs = alternatives(written), alternatives(wanted)
    return all(any(_member(mine, their) for their in theirs) for mine in ours)


def _member(mine: Any, their: Any) -> bool:
    if mine is Any or their is Any or mine is object or their is object or mine == their or _loose(mine, their):
        return True
    mine_origin, their_origin = get_origin(mine) or mine, get_origin(their) or their
    if mine_origin is Literal:
        if their_origin is Literal:
            return set(get_args(mine)) <= set(get_args(their))
        return all(_member(type(value), their) for value in get_args(mine))
    if their_origin is Literal:
        return False
    if _is_list(mine_origin) and _is_list(their_origin):
        return _fits(_item(mine), _item(their))
    if _is_map(mine_origin) and _is_map(their_origin):
        return _fits(_value(mine), _value(their))
    if mine_origin is int and their_origin is float:
        return True
    if is_typeddict(their_origin):
        return False  # equal ones and mappings are told above; Python refuses to ask for subclasses of these
    if isinstance(mine_origin, type) and isinstance(their_origin, type):
        return issubclass(mine_origin, their_origin) and not (mine_origin is bool and their_origin is int)
    return False


def _loose(mine: Any, their: Any) -> bool:
    """A noun and a plain mapping: what holds in one may hold in the other."""
    if _is_map(get_origin(their) or their):
        return _is_record(mine)
    if _is_map(get_origin(mine) or mine) and _value(mine) is Any:
        return _is_record(their)
    return False


def _is_record(kind: Any) -> bool:
    return is_typeddict(kind) or (isinstance(kind, type) and issubclass(kind, BaseModel))


def _is_list(origin: Any) -> bool:
    return origin in _LISTS


def _is_map(origin: Any) -> bool:
    return origin in _MAPS


def _item(kind: Any) -> Any:
    arguments = [item for item in get_args(kind) if item is not Ellipsis]
    if not arguments:
        return Any
    return arguments[0] if len(arguments) == 1 else Union[tuple(arguments)]  # noqa: UP007 built at run time


def _value(kind: Any) -> Any:
    arguments = get_args(kind)
    return arguments[1] if len(arguments) == 2 else Any


def item_type(kind: Any) -> Any | None:
    """Type of the elements, where a value of the type is always a list; `Any` where nothing is known."""
    found: list[Any] = []
    for member in without_null(kind):
        if member is Any:
            return Any
        if not _is_list(get_origin(member) or member):
            return None
        found.append(_item(member))
    return found[0] if len(found) == 1 else Any


def show(kind: Any) -> str:
    """A type in a person's words: `Task`, `list of Evidence`, `text or null`."""
    if kind is JsonValue:
        return "any"
    if get_origin(kind) is Annotated and is_unchecked(kind):
        return f"unchecked {show(get_args(kind)[0])}"
    members: list[Any] = list(alternatives(kind))
    if len(members) > 1:
        return " or ".join(show(item) for item in members)
    only = members[0]
    origin = get_origin(only) or only
    if origin is Literal:
        return " | ".join(repr(value) for value in get_args(only))
    if _is_list(origin):
        return "list" if _item(only) is Any else f"list of {show(_item(only))}"
    if _is_map(origin):
        return "mapping" if _value(only) is Any else f"mapping to {show(_value(only))}"
    names = {str: "text", int: "whole number", float: "number", bool: "true or false", type(None): "null", Any: "any"}
    return names.get(only) or str(getattr(only, "__name__", only))


def form_of(kind: Any) -> str:
    """How a value of a type is written, for a person: a model by its fields, the ones that may be left out last."""
    said = show(kind)
    for model in as_models(kind)[:1]:
        fields = model.model_fields.items()
        needed = [field.alias or name for name, field in fields if field.is_required()]
        other = [f"{field.alias or name}?" for name, field in fields if not field.is_required()]
        said += f", a mapping of {', '.join(needed + other)}"
    return said


def as_models(kind: Any) -> tuple[type[BaseModel], ...]:
    """The pydantic models among the members of a type."""
    return tuple(member for member in without_null(kind) if isinstance(member, type) and issubclass(member, BaseModel))
