"""The student's side of a suite: holds the program's objects and does with them what the tests ask for.

What is printed meanwhile goes to the real standard output (which the server watches) and, beside each message, to the
tests, where it is printed again: so `capsys` and `redirect_stdout` find it.
"""

from __future__ import annotations

import builtins
import io
import json
import linecache
import math
import operator
import os
import signal
import sys
import types
from collections.abc import Callable
from typing import Any, NoReturn, cast

from . import frames
from .encode import Encoder, base_names, short_repr, type_name
from .program import (
    DEADLINE_SIGNAL,
    MAX_MESSAGE,
    MAX_TRACE,
    compile_error,
)
from .suite_link import MUTABLE, Ends, Json, Link, LinkEnded

MODULE = "submission"
"""The name by which tests import the program."""
SPECIAL = (
    "call", "len", "getitem", "setitem", "delitem", "contains", "iter", "next", "reversed", "bool", "int", "float",
    "complex", "index", "round", "trunc", "floor", "ceil", "abs", "neg", "pos", "invert", "bytes", "format", "enter",
    "exit", "lt", "le", "gt", "ge", "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or",
    "xor", "lshift", "rshift", "radd", "rsub", "rmul", "rtruediv", "rfloordiv", "rmod", "rpow", "rmatmul", "rand",
    "ror", "rxor", "rlshift", "rrshift", "iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ipow", "iand",
    "ior", "ixor",
)  # fmt: skip
"""Special methods that the tests may make use of where a class has them."""
_PLAIN = (int, str, float, list, tuple, dict, set, frozenset, bytes, complex, bytearray)


def _enter(value: Any) -> Any:
    return cast(Any, type(value)).__enter__(value)


def _exit(value: Any, *fault: Any) -> Any:
    return cast(Any, type(value)).__exit__(value, *fault)


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other)


def _unequal(one: Any, other: Any) -> bool:
    return bool(one != other)


_TO_DO: dict[str, Callable[..., Any]] = {
    "getattr": getattr, "setattr": setattr, "delattr": delattr, "call": operator.call, "len": len,
    "getitem": operator.getitem, "setitem": operator.setitem, "delitem": operator.delitem, "iter": iter,
    "contains": operator.contains, "next": next, "reversed": reversed, "bool": bool, "int": int, "float": float,
    "complex": complex, "index": operator.index, "round": round, "trunc": math.trunc,
    "floor": math.floor, "ceil": math.ceil, "abs": abs, "neg": operator.neg,
    "pos": operator.pos, "invert": operator.invert, "bytes": bytes, "format": format, "str": str, "repr": repr,
    "hash": hash, "dir": dir, "enter": _enter, "exit": _exit,
    "eq": _equal, "ne": _unequal, "lt": operator.lt, "le": operator.le,
    "gt": operator.gt, "ge": operator.ge, "divmod": divmod,
    **{name: getattr(operator, f"__{name}__") for name in (
        "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor", "lshift", "rshift",
        "iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ipow", "iand", "ior", "ixor",
    )},
}  # fmt: skip


class Foreign:
    """An object of the tests, as the student's program sees it: it can be called, and gives its public attributes."""

    def __init__(self, student: Student, number: int) -> None:
        object.__setattr__(self, "_gradatim", (student, number))

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._ask("call", *arguments, **named)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._ask("getattr", name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._ask("setattr", name, value)

    def __iter__(self) -> Any:
        return self._ask("iter")

    def __next__(self) -> Any:
        return self._ask("next")

    def __len__(self) -> Any:
        return self._ask("len")

    def __getitem__(self, key: Any) -> Any:
        return self._ask("getitem", key)

    def __bool__(self) -> bool:
        return True

    def _ask(self, do: str, *arguments: Any, **named: Any) -> Any:
        student, number = object.__getattribute__(self, "_gradatim")
        return student.ask({"do": do, "on": number}, arguments, named)


class _Input(io.TextIOBase):
    """Standard input of the program: the tests' standard input, whatever they put there."""

    def __init__(self, student: Student) -> None:
        self._student = student

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> str:
        return self._student.ask({"do": "read", "on": None}, (-1 if size is None else size,), {})

    def readline(self, size: int = -1, /) -> str:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._student.ask({"do": "readline", "on": None}, (), {})


class _Output(io.TextIOBase):
    """A standard stream of the program, kept until the next message."""

    encoding = "utf-8"

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._kept: list[str] = []

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        rest = memoryview(text.encode("utf-8", "surrogatepass"))
        while rest:  # the server ends a program that prints without end
            rest = rest[os.write(self._descriptor, rest) :]
        self._kept.append(text)
        return len(text)

    def drain(self) -> str:
        """What was printed since the last time."""
        text = "".join(self._kept)
        self._kept.clear()
        return text


class Student(Ends):
    """The program within its process.

    Args:
        job: The request as it came.
        results: Descriptor for what the server is told: that the program compiles, and where it stands.
        pipes: Descriptors from and to the tests.
    """

    def __init__(self, job: dict[str, Any], results: int, pipes: tuple[int, int]) -> None:
        self._job = job
        self._results = results
        self._filename: str = job["filename"]
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._link = Link(*pipes, self, self._answer)
        self._code: list[types.CodeType] = []
        self._out, self._err = _Output(1), _Output(2)

    def run(self) -> NoReturn:
        """Compile, then do what the tests ask for until they are done."""
        try:
            signal.signal(DEADLINE_SIGNAL, self._deadline)
            if self._compile():
                sys.stdin, sys.stdout, sys.stderr = _Input(self), self._out, self._err
                sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue, reportConstantRedefinition]
                builtins.input = self._input
                self._link.serve()
        finally:
            os._exit(0)

    def _compile(self) -> bool:
        source: str = self._job["source"]
        try:
            self._code = [
                compile(self._job["setup"], "<setup>", "exec", dont_inherit=True),
                compile(source, self._filename, "exec", dont_inherit=True),
            ]
        except BaseException as error:  # noqa: BLE001 - the compiler meets hostile text here
            frames.write(self._results, b"L", json.dumps(compile_error(error, source)).encode())
            return False
        linecache.cache[self._filename] = (len(source), None, source.splitlines(True), self._filename)
        frames.write(self._results, b"C", b"{}")
        return True

    # ------------------------------------------------------------------ what the tests ask for

    def _answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Do one thing; whatever it raises is the answer."""
        arguments: list[Any] = []
        named: dict[str, Any] = {}
        try:
            arguments = [self._link.decode(item) for item in question["args"]]
            named = {name: self._link.decode(item) for name, item in question["named"].items()}
            before = [self._link.encode(item) if type(item) in MUTABLE else None for item in arguments]
            value = self._do(question["do"], arguments, named)
            found: dict[str, Any] = {"value": self._value(value, arguments[1:])}
        except LinkEnded:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever the program raises is the answer
            found = {"raised": self._raised(error)}
            before = [None] * len(arguments)
        changed: dict[str, Json] = {}
        for place, (item, old) in enumerate(zip(arguments, before, strict=True)):
            if old is not None and (new := self._link.encode(item)) != old:
                changed[str(place)] = new
        return {**found, "changed": changed, **self._printed()}

    def _do(self, do: str, arguments: list[Any], named: dict[str, Any]) -> Any:
        match do:
            case "load":
                return self._load()
            case "class":
                return self._class(arguments[0])
            case "content":
                return Encoded(Encoder().encode(_content(arguments[0])))
            case _:
                return _TO_DO[do](*arguments, **named)

    def _value(self, value: Any, arguments: list[Any]) -> Json:
        if isinstance(value, Encoded):
            return value.data
        if type(value) in MUTABLE:
            for place, item in enumerate(arguments):
                if value is item:
                    return {"^": place}
        return self._link.encode(value)

    def _printed(self) -> dict[str, str]:
        return {key: text for key, text in (("out", self._out.drain()), ("err", self._err.drain())) if text}

    def _load(self) -> Any:
        """Run the program from the beginning, as its import does."""
        module = types.ModuleType(MODULE)
        sys.modules[MODULE] = module
        for code in self._code:
            exec(code, vars(module))
        return module

    def _class(self, kind: type[Any]) -> Encoded:
        """What the tests have to know about a class."""
        own = self._is_own(kind)
        return Encoded(
            {
                "name": type_name(kind),
                "module": MODULE if own else str(kind.__module__)[:200],
                "own": own,
                "bases": [self._number(base) for base in kind.__bases__ if self._is_own(base)],
                "builtin": [n for n in base_names(kind) if n in _EXCEPTIONS and _EXCEPTIONS[n] in kind.__mro__],
                "special": [name for name in SPECIAL if _has(kind, f"__{name}__")],
            }
        )

    def _is_own(self, kind: type[Any]) -> bool:
        return kind.__module__ in (MODULE, "__main__")

    # ------------------------------------------------------------------ references

    def reference(self, value: Any) -> Json:
        """An object that stays here, by its number."""
        if isinstance(value, Foreign):
            return {"~": object.__getattribute__(value, "_gradatim")[1]}
        if isinstance(value, type):
            return {"@c": self._number(value)}
        kind = cast("type[Any]", type(value))
        return {"@": [self._number(value), self._number(kind), _plain_base(kind)]}

    def travels(self, value: Any) -> bool:
        """A library's own subclasses of plain data travel as data, the program's do not: they have methods."""
        kind = cast("type[Any]", type(value))
        return not isinstance(value, Foreign) and not self._is_own(kind)

    def resolve(self, tag: str, content: Any) -> Any:
        """An object of this side by its number, or one of the tests'."""
        if tag == "~":
            return self._objects[content]
        if tag == "@":
            return Foreign(self, content[0])
        if tag == "=":
            return vars(builtins)[content]
        raise ValueError(tag)

    def _number(self, value: Any) -> int:
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self._objects)
            self._objects.append(value)
        return number

    # ------------------------------------------------------------------ asking the tests

    def ask(self, question: dict[str, Any], arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Let the tests' process do something with an object of its own.

        Raises:
            Exception: What that raised there.
        """
        answer = self._link.ask(
            {
                **question,
                "args": [self._link.encode(item) for item in arguments],
                "named": {name: self._link.encode(item) for name, item in named.items()},
                **self._printed(),
            }
        )
        if "raised" in answer:
            fact = answer["raised"]
            if "number" in fact:
                raise self._objects[fact["number"]]
            kind = next((_EXCEPTIONS[name] for name in fact["builtin"] if name in _EXCEPTIONS), RuntimeError)
            raise kind(*[self._link.decode(item) for item in fact["args"]])
        return self._link.decode(answer["value"])

    def _input(self, prompt: object = "", /) -> str:
        return self.ask({"do": "input", "on": None}, (str(prompt),), {})

    # ------------------------------------------------------------------ failures

    def _raised(self, error: BaseException) -> dict[str, Any]:
        kind = type(error)
        lines, function = self._lines(error)
        return {
            "number": self._number(error),
            "class": self._number(kind),
            "args": self._arguments(error),
            "fact": {
                "type": type_name(kind),
                "builtin": [n for n in base_names(kind) if n in _EXCEPTIONS and _EXCEPTIONS[n] in kind.__mro__],
                "names": base_names(kind),
                "message": _message(error),
                "line": lines[-1] if lines else None,
                "lines": lines if len(lines) <= MAX_TRACE else lines[: MAX_TRACE // 2] + lines[-MAX_TRACE // 2 :],
                "function": function,
            },
        }

    def _arguments(self, error: BaseException) -> Json:
        """The exception's arguments as they travel; only its message where they do not."""
        try:
            return self._link.encode(tuple(cast(Any, BaseException).args.__get__(error)))
        except Exception:  # noqa: BLE001 - the program's own code may run here
            return {"t": [_message(error)]}

    def _lines(self, error: BaseException) -> tuple[list[int], str | None]:
        lines: list[int] = []
        function: str | None = None
        step = error.__traceback__
        while step is not None:
            if step.tb_frame.f_code.co_filename == self._filename:
                lines.append(step.tb_lineno)
                function = step.tb_frame.f_code.co_name
            step = step.tb_next
        return lines, None if function == "<module>" else function

    def _deadline(self, number: int, frame: types.FrameType | None) -> None:
        """The server says that time is up: tell where the program stands, and end."""
        where: list[int] = []
        while frame is not None:
            if frame.f_code.co_filename == self._filename:
                where.append(frame.f_lineno)
            frame = frame.f_back
        lines = where[::-1]
        lines = lines if len(lines) <= MAX_TRACE else lines[: MAX_TRACE // 2] + lines[-MAX_TRACE // 2 :]
        frames.write(self._results, b"W", json.dumps({"where": lines}).encode())
        os._exit(0)


class Encoded:
    """An answer that is JSON already."""

    def __init__(self, data: Json) -> None:
        self.data = data


_EXCEPTIONS: dict[str, type[BaseException]] = {
    name: kind for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, BaseException)
}


def _has(kind: type[Any], name: str) -> bool:
    return any(vars(base).get(name) is not None for base in kind.__mro__ if base is not object)


def _plain_base(kind: type[Any]) -> str | None:
    """The plain type that instances of a class compare like, if there is one."""
    for base in kind.__mro__:
        if base in _PLAIN:
            return base.__name__
        if "__eq__" in vars(base):
            return None
    return None


def _content(value: Any) -> Any:
    """The plain content of an instance of a subclass of plain data, read by the base's own methods."""
    base: Any = next((base for base in type(value).__mro__ if base in _PLAIN), None)
    if base is None:
        return None
    if base is dict:
        return dict(cast(Any, dict).items(value))
    if base in (str, bytes, bytearray):
        return base.__getitem__(value, slice(None))
    if base in (int, float):
        return base.__pos__(value)
    return complex(value.real, value.imag) if base is complex else base(base.__iter__(value))


def _message(error: BaseException) -> str:
    try:
        text = str(error)
    except BaseException as other:  # noqa: BLE001 - the program's own code runs here
        return f"<str() of the exception raises {type_name(type(other))}>"
    if isinstance(error, KeyError) and len(error.args) == 1:
        text = short_repr(error.args[0])
    return str.__str__(text)[:MAX_MESSAGE]


def run(job: dict[str, Any], results: int, pipes: tuple[int, int]) -> NoReturn:
    """Be the student's process."""
    Student(job, results, pipes).run()
