"""`@node`: a Python function becomes a kind of node, typed by its annotations."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast, get_type_hints, is_typeddict, overload

from langgraph.errors import GraphBubbleUp
from langgraph.runtime import Runtime
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, create_model

from gradatim.agents.state import Plain, State
from gradatim.domain import Noun
from gradatim.errors import GradatimError, InputError
from gradatim.graphs.services import Services
from gradatim.graphs.workflow.kinds.kind import Agent, Kind, NoParameters
from gradatim.graphs.workflow.kinds.threads import in_thread
from gradatim.graphs.workflow.plain import finite
from gradatim.graphs.workflow.spec import KEY
from gradatim.graphs.workflow.types import bare, nullable, without_null

F = TypeVar("F", bound=Callable[..., Any])


@overload
def node(function: F, /) -> F: ...
@overload
def node(
    *, key: str | None = None, writes: str | None = None, summary: str | None = None, asks: bool = False
) -> Callable[[F], F]: ...
def node(
    function: Any = None,
    /,
    *,
    key: str | None = None,
    writes: str | None = None,
    summary: str | None = None,
    asks: bool = False,
) -> Any:
    """Make a function a kind of node; it stays the function that it was.

    ```python
    @node
    def word_count(submission: Submission) -> int:
        return len(submission.code.split())
    ```

    A parameter is a state key of the same name, read as its annotation says; one with a default, or that may be
    `None`, is read where it is there. `services: Services` and `runtime: Runtime` are handed in. Keyword-only
    parameters are what `with:` gives. What is returned is written under the function's name; a `TypedDict`, or a
    pydantic model that is no noun of gradatim, stands for several keys. A function that is not async runs in a thread.

    Args:
        key: Name in workflow files; the function's name where nothing is said.
        writes: State key of what is returned.
        summary: What it does, in one line; the first line of the docstring where nothing is said.
        asks: Whether it waits for a person (`langgraph.types.interrupt`).

    Raises:
        InputError: The function cannot be a node; tells why, and on which line it stands.
    """

    def decorate(inner: F) -> F:
        inner.kind = kind_of_function(inner, key, writes, summary, asks)  # pyright: ignore[reportFunctionMemberAccess]
        return inner

    return decorate(function) if function is not None else decorate


@dataclass(frozen=True, slots=True)
class _Signature:
    """What a function takes and gives.

    Attributes:
        keys: Parameter → (type, whether it is needed).
        returned: State key → type of what is returned.
        several: Whether the function returns all keys at once.
    """

    keys: Mapping[str, tuple[Any, bool]]
    services: str | None
    runtime: str | None
    options: type[BaseModel]
    returned: Mapping[str, Any]
    needed: frozenset[str]
    several: bool


def kind_of_function(
    function: Callable[..., Any],
    key: str | None = None,
    writes: str | None = None,
    summary: str | None = None,
    asks: bool = False,
) -> Kind:
    """The kind that a function stands for.

    Raises:
        InputError: It cannot be a node.
    """
    name = key or getattr(function, "__name__", "")
    for given in (name, writes or name):
        if not re.match(KEY, given) and inspect.isfunction(function) and name != "<lambda>":
            raise _refused(function, f"is called {given!r}", "begin its name with a letter")
    signature = _read(function, writes)
    first = (inspect.getdoc(function) or "").partition("\n")[0]
    return Kind(
        name,
        summary or first or f"{name.replace('_', ' ').capitalize()}.",
        lambda services, given: _agent(function, signature, services, given),
        reads={item: kind for item, (kind, needed) in signature.keys.items() if needed},
        optional={item: kind for item, (kind, needed) in signature.keys.items() if not needed},
        writes={item: kind for item, kind in signature.returned.items() if item in signature.needed},
        may_write={item: kind for item, kind in signature.returned.items() if item not in signature.needed},
        parameters=signature.options,
        asks=asks,
    )


def _place(function: Callable[..., Any]) -> str:
    code = getattr(function, "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code is not None else repr(function)


def _refused(function: Callable[..., Any], message: str, remedy: str) -> InputError:
    name = getattr(function, "__name__", repr(function))
    return InputError(f"the node {name!r} {message}", place=_place(function), remedy=remedy)


def _read(function: Callable[..., Any], writes: str | None) -> _Signature:
    if not inspect.isfunction(function) or function.__name__ == "<lambda>":
        raise _refused(function, "is no function with a name", "write `@node` before `def` or `async def`")
    try:
        hints = get_type_hints(function, include_extras=True)
    except Exception as error:
        raise _refused(
            function, f"has annotations that cannot be read: {error}", "import their names at the top of the file"
        ) from error
    keys: dict[str, tuple[Any, bool]] = {}
    options: dict[str, Any] = {}
    services = runtime = None
    for parameter in inspect.signature(function).parameters.values():
        kind = hints.get(parameter.name)
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise _refused(function, f"takes *{parameter.name}", "name each state key that it reads")
        if kind is None:
            raise _refused(function, f"does not say what {parameter.name!r} is", "annotate every parameter")
        if bare(kind) is Services:
            services = parameter.name
        elif bare(kind) is Runtime or getattr(bare(kind), "__origin__", None) is Runtime:
            runtime = parameter.name
        elif parameter.kind is parameter.KEYWORD_ONLY:
            options[parameter.name] = (kind, ... if parameter.default is parameter.empty else parameter.default)
        else:
            needed = parameter.default is parameter.empty and not nullable(kind)
            keys[parameter.name] = (kind, needed)
        _usable(function, kind)
    model: type[BaseModel] = NoParameters
    if options:
        strict = ConfigDict(extra="forbid", frozen=True)
        model = create_model(f"{function.__name__} parameters", __config__=strict, **options)
    returned, needed_keys, several = _returned(function, hints, writes)
    return _Signature(keys, services, runtime, model, returned, needed_keys, several)


def _returned(
    function: Callable[..., Any], hints: Mapping[str, Any], writes: str | None
) -> tuple[dict[str, Any], frozenset[str], bool]:
    if "return" not in hints or without_null(hints["return"]) == ():
        raise _refused(function, "does not say what it returns", "annotate it: `-> int`")
    kind = hints["return"]
    model = bare(kind)
    if writes is None and is_typeddict(model):
        hinted = get_type_hints(model, include_extras=True)  # where annotations are text, the class itself knows less
        found = {key: item.__args__[0] if _form(item) else item for key, item in hinted.items()}
        for item in found.values():
            _usable(function, item)
        known = frozenset(key for key in model.__required_keys__ if _form(hinted[key]) != "NotRequired")
        return found, known | {key for key, item in hinted.items() if _form(item) == "Required"}, True
    _usable(function, kind)
    if writes is None and isinstance(model, type) and issubclass(model, BaseModel) and not issubclass(model, Noun):
        fields = {key: field.annotation for key, field in model.model_fields.items()}
        return fields, frozenset(fields), True
    name = writes or function.__name__
    return {name: kind}, frozenset({name}), False


def _form(kind: Any) -> str:
    """`Required` or `NotRequired` where an entry of a `TypedDict` says so."""
    name = str(getattr(kind, "__origin__", "")).rpartition(".")[2]
    return name if name in ("Required", "NotRequired") else ""


def _usable(function: Callable[..., Any], kind: Any) -> None:
    if bare(kind) is Services or bare(kind) is Runtime or getattr(bare(kind), "__origin__", None) is Runtime:
        return
    try:
        TypeAdapter(kind)
    except Exception as error:
        raise _refused(
            function, f"uses {kind!r}, which is no JSON data: {error}".splitlines()[0],
            "use gradatim's nouns, pydantic models, text, numbers, lists and mappings",
        ) from error  # fmt: skip


def _agent(function: Callable[..., Any], signature: _Signature, services: Services, given: BaseModel) -> Agent:
    adapters: dict[str, TypeAdapter[Any]] = {key: TypeAdapter(kind) for key, (kind, _) in signature.keys.items()}
    writers: dict[str, TypeAdapter[Any]] = {key: TypeAdapter(kind) for key, kind in signature.returned.items()}
    options = {name: getattr(given, name) for name in type(given).model_fields}
    awaits = inspect.iscoroutinefunction(function)

    async def agent(state: State, runtime: Any = None) -> Plain:
        arguments: dict[str, Any] = dict(options)
        for key, adapter in adapters.items():
            if state.get(key) is not None:
                arguments[key] = _taken(function, key, adapter, state[key])
            elif nullable(signature.keys[key][0]) and not _has_default(function, key):
                arguments[key] = None
        if signature.services is not None:
            arguments[signature.services] = services
        if signature.runtime is not None:
            arguments[signature.runtime] = runtime
        try:
            result = await (function(**arguments) if awaits else in_thread(function, **arguments))
        except (GradatimError, GraphBubbleUp, TimeoutError):
            raise
        except (Exception, SystemExit) as error:  # a node that calls `sys.exit` does not end the whole run
            raise _failed(function, error) from error
        values: Mapping[str, Any] = _several(function, result) if signature.several else {next(iter(writers)): result}
        return {key: _given(function, key, writers, value) for key, value in values.items()}

    return agent


def _has_default(function: Callable[..., Any], key: str) -> bool:
    return inspect.signature(function).parameters[key].default is not inspect.Parameter.empty


def _several(function: Callable[..., Any], result: Any) -> Mapping[str, Any]:
    if isinstance(result, BaseModel):
        return {key: getattr(result, key) for key in type(result).model_fields}
    if isinstance(result, Mapping):
        return cast("Mapping[str, Any]", result)
    raise _refused(function, f"returned {_called(result)}", "return what its annotation says")


def _failed(function: Callable[..., Any], error: BaseException) -> InputError:
    trace, line = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == function.__code__.co_filename:
            line = trace.tb_lineno
        trace = trace.tb_next
    place = f"{function.__code__.co_filename}:{line}" if line else _place(function)
    return InputError(
        f"the node {function.__name__!r} failed: {type(error).__name__}: {error}", place=place,
        remedy="correct the function, or give the node `on_error: degrade`",
    )  # fmt: skip


def _taken(function: Callable[..., Any], key: str, adapter: TypeAdapter[Any], value: Any) -> Any:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        raise _refused(
            function, f"cannot read {key!r}: {error.errors()[0]['msg']}", f"look at what writes {key!r}"
        ) from error


def _given(function: Callable[..., Any], key: str, writers: Mapping[str, TypeAdapter[Any]], value: Any) -> Any:
    try:
        adapter = writers[key]
        plain = adapter.dump_python(adapter.validate_python(value), mode="json")
    except (ValidationError, KeyError, ValueError) as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        reason = "it is none of its keys" if isinstance(error, KeyError) else reason
        raise _refused(
            function, f"returned {_called(value)} as {key!r}: {reason}", "return what its annotation says"
        ) from error
    if not finite(plain):
        raise _refused(
            function, f"returned NaN or infinity in {key!r}", "return a number, or null where there is none: `| None`"
        )
    return plain


def _called(value: Any) -> str:
    return "nothing (None)" if value is None else type(value).__name__
