"""The tests' side of a suite: the student's program as a module whose functions, classes and objects are remote.

How remote objects behave in a test:

* Plain data (numbers, texts, lists, …) come as what they are, exactly typed; lists and the like that a call changes
  are changed here, too.
* Anything else stays in the student's process. Attributes, calls, iteration, `len`, `str` and the like ask there.
* `==` is decided there only between two remote objects. With plain data a remote object compares by the plain data
  that its class extends (`class Stack(list)`), as long as that class has no `__eq__` of its own; else it is unequal.
* Operators with another operand (`<`, `+`, `in`, …) go there only for classes that the test file names; an object of
  a class that the tests know nothing of takes part in none, so it can neither see an expected value nor agree with it.
"""

from __future__ import annotations

import builtins
import importlib.abc
import importlib.machinery
import operator
import os
import sys
import types
from collections.abc import Callable
from typing import Any, cast

from .suite_link import MUTABLE, Ends, Json, Link, LinkEnded, update_in_place

MODULE = "submission"
LINK_ENDED = 66
"""Exit status of the tests' process when the student's process has ended, or speaks nonsense."""
_WITHOUT_OPERAND = frozenset(
    {"call", "len", "getitem", "setitem", "delitem", "iter", "next", "reversed", "bool", "int", "float", "complex",
     "index", "round", "trunc", "floor", "ceil", "abs", "neg", "pos", "invert", "bytes", "enter", "exit"}
)  # fmt: skip
"""Special methods that tell something without being told what is expected (or what a call tells anyway)."""
_EXCEPTIONS: dict[str, type[BaseException]] = {
    name: kind for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, BaseException)
}
_NEVER_RAISED = (KeyboardInterrupt, GeneratorExit, StopAsyncIteration)
"""Exceptions that would steer the process of the tests itself."""
FACT = "__gradatim_fact__"
"""Attribute of an exception that came from the student's program: what is known about it."""


class _Doc:
    """`__doc__` of a remote class or object."""

    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        return cast(Any, owner)._gradatim_tests.ask("getattr", owner if instance is None else instance, "__doc__")


class RemoteClass(type):
    """A class of the student's program."""

    _gradatim_tests: Tests
    _gradatim_class: int

    def __new__(cls, name: str, bases: tuple[type, ...], space: dict[str, Any]) -> Any:
        if bases and "_gradatim_tests" not in space:
            raise TypeError("a class of the student's program cannot be extended in a test file")
        return super().__new__(cls, name, bases, space)

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        return cls._gradatim_tests.ask("call", cls, *arguments, **named)

    def __getattr__(cls, name: str) -> Any:
        if "_gradatim_tests" not in type.__getattribute__(cls, "__dict__"):
            raise AttributeError(name)
        return cls._gradatim_tests.ask("getattr", cls, name)

    def __setattr__(cls, name: str, value: Any) -> None:
        cls._gradatim_tests.ask("setattr", cls, name, value)

    def __delattr__(cls, name: str) -> None:
        cls._gradatim_tests.ask("delattr", cls, name)

    def __iter__(cls) -> Any:
        return cls._gradatim_tests.ask("iter", cls)

    def __len__(cls) -> int:
        return cls._gradatim_tests.ask("len", cls)

    def __getitem__(cls, key: Any) -> Any:
        return cls._gradatim_tests.ask("getitem", cls, key)

    def __contains__(cls, item: Any) -> bool:
        return cls._gradatim_tests.ask("contains", cls, item)

    def __bool__(cls) -> bool:
        return True

    def __dir__(cls) -> list[str]:
        return cls._gradatim_tests.ask("dir", cls)


class RemoteObject(metaclass=RemoteClass):
    """An object of the student's program."""

    __slots__ = ("__weakref__", "_gradatim_number", "_gradatim_plain")
    _gradatim_number: int
    _gradatim_plain: str | None

    def __getattr__(self, name: str) -> Any:
        return _tests_of(self).ask("getattr", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        _tests_of(self).ask("setattr", self, name, value)

    def __delattr__(self, name: str) -> None:
        _tests_of(self).ask("delattr", self, name)

    def __dir__(self) -> list[str]:
        return _tests_of(self).ask("dir", self)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, RemoteObject):
            return _tests_of(self).ask("eq", self, other) is True
        plain: str | None = object.__getattribute__(self, "_gradatim_plain")
        if plain is None or type(cast(Any, other)).__name__ != plain:
            return False
        return _tests_of(self).ask("content", self) == other

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return _tests_of(self).ask("hash", self)

    def __repr__(self) -> str:
        return _tests_of(self).ask("repr", self)

    def __str__(self) -> str:
        return _tests_of(self).ask("str", self)

    def __format__(self, spec: str) -> str:
        return _tests_of(self).ask("format", self, spec)

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("an object of the student's program cannot be copied or pickled in a test")


def _tests_of(value: Any) -> Tests:
    return type.__getattribute__(cast("type[Any]", type(value)), "_gradatim_tests")


def _forwarded(name: str) -> Callable[..., Any]:
    def method(self: Any, *arguments: Any, **named: Any) -> Any:
        return _tests_of(self).ask(name, self, *arguments, **named)

    return method


def _reflected(name: str) -> Callable[..., Any]:
    def method(self: Any, other: Any) -> Any:
        return _tests_of(self).ask(name, other, self)

    return method


_REFLECTED = frozenset(
    {"radd", "rsub", "rmul", "rtruediv", "rfloordiv", "rmod", "rpow", "rmatmul", "rand", "ror", "rxor", "rlshift",
     "rrshift"}
)  # fmt: skip


def _special(names: list[str], known: bool) -> dict[str, Callable[..., Any]]:
    """The special methods that a class's remote objects have."""
    usable = [name for name in names if known or name in _WITHOUT_OPERAND]
    return {f"__{name}__": _reflected(name[1:]) if name in _REFLECTED else _forwarded(name) for name in usable}


class _Loader(importlib.abc.Loader):
    """Loads the student's program, and again when a test reloads it."""

    def __init__(self, tests: Tests) -> None:
        self._tests = tests

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return RemoteModule(self._tests)

    def exec_module(self, module: types.ModuleType) -> None:
        self._tests.load()


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, tests: Tests) -> None:
        self._loader = _Loader(tests)

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        return importlib.machinery.ModuleSpec(fullname, self._loader) if fullname == MODULE else None


_OF_IMPORT = frozenset({"__spec__", "__loader__", "__package__", "__path__", "__file__", "__cached__", "__class__"})


class _Number:
    """A remote object of which only the number is known yet."""

    def __init__(self, number: int) -> None:
        self.number = number


class RemoteModule(types.ModuleType):
    """The student's program as the tests import it."""

    def __init__(self, tests: Tests) -> None:
        super().__init__(MODULE)
        object.__setattr__(self, "_tests", tests)

    def __getattr__(self, name: str) -> Any:
        tests: Tests = object.__getattribute__(self, "_tests")
        if name in _OF_IMPORT or tests.module is None:
            raise AttributeError(f"module {MODULE!r} has no attribute {name!r}")
        if name == "__all__":  # what `from submission import *` takes
            return [public for public in tests.ask("dir", tests.module) if not public.startswith("_")]
        return tests.ask("getattr", tests.module, name)

    def __setattr__(self, name: str, value: Any) -> None:
        tests: Tests = object.__getattribute__(self, "_tests")
        if name in _OF_IMPORT or tests.module is None:
            object.__setattr__(self, name, value)
        else:
            tests.ask("setattr", tests.module, name, value)

    def __delattr__(self, name: str) -> None:
        tests: Tests = object.__getattribute__(self, "_tests")
        tests.ask("delattr", tests.module, name)

    def __dir__(self) -> list[str]:
        tests: Tests = object.__getattribute__(self, "_tests")
        return tests.ask("dir", tests.module)


class Tests(Ends):
    """The tests' end of the link.

    Args:
        pipes: Descriptors from and to the student's process.
        names: Names that the test file uses: classes called so are known to the tests.
    """

    __test__ = False

    def __init__(self, pipes: tuple[int, int], names: frozenset[str]) -> None:
        self._names = names
        self._classes: dict[int, type[Any]] = {}
        self._remote: dict[int, Any] = {}
        self._own: list[Any] = []
        self._own_numbers: dict[int, int] = {}
        self._link = Link(*pipes, self, self._answer)
        self._arguments: tuple[Any, ...] = ()
        self.module: Any = None

    def install(self) -> None:
        """Let `import submission` find the student's program."""
        sys.meta_path.insert(0, _Finder(self))

    def load(self) -> None:
        """Run the student's program from the beginning.

        Raises:
            BaseException: What it raises.
        """
        self.module = None
        self.module = self.ask("load")

    def ask(self, do: str, *arguments: Any, **named: Any) -> Any:
        """Let the student's process do something.

        Raises:
            BaseException: What it raises there.
        """
        question = {
            "do": do,
            "args": [self._link.encode(item) for item in arguments],
            "named": {name: self._link.encode(item) for name, item in named.items()},
        }
        try:
            answer = self._link.ask(question)
            self._print(answer)
            for place, data in cast("dict[str, Json]", answer["changed"]).items():
                item = arguments[int(place)]
                if type(item) in MUTABLE:
                    update_in_place(item, self._link.decode(data))
            if "raised" not in answer:
                return self._value(answer["value"], arguments)
            error = self._error(answer["raised"])
        except (LinkEnded, TypeError, ValueError, KeyError, IndexError, AttributeError):
            # The student's process ended or speaks nonsense: the server sees to what this means for the test.
            os._exit(LINK_ENDED)
        raise error

    def _value(self, data: Json, arguments: tuple[Any, ...]) -> Any:
        if isinstance(data, dict) and "^" in data:
            return arguments[1 + int(cast("dict[str, Any]", data)["^"])]
        return self._link.decode(data)

    @staticmethod
    def _print(message: dict[str, Any]) -> None:
        for key, stream in (("out", sys.stdout), ("err", sys.stderr)):
            if key in message:
                stream.write(str(message[key]).encode("utf-8", "backslashreplace").decode())

    # ------------------------------------------------------------------ references

    def reference(self, value: Any) -> Json:
        """A remote object by its number there; one of the tests' own by its number here."""
        if isinstance(value, _Number):
            return {"~": value.number}
        if isinstance(value, RemoteClass):
            return {"~": type.__getattribute__(value, "_gradatim_class")}
        if isinstance(value, RemoteObject) or FACT in getattr(value, "__dict__", {}):
            return {"~": object.__getattribute__(value, "_gradatim_number")}
        if isinstance(value, RemoteModule) and self.module is not None:
            return self.reference(self.module)
        if isinstance(value, type | types.BuiltinFunctionType) and vars(builtins).get(value.__name__) is value:
            return {"=": value.__name__}
        number = self._own_numbers.get(id(value))
        if number is None:
            number = self._own_numbers[id(value)] = len(self._own)
            self._own.append(value)
        return {"@": [number, 0, None]}

    def travels(self, value: Any) -> bool:
        """Subclasses of plain data are sent as that data, remote objects never are."""
        return not isinstance(value, RemoteObject | RemoteClass)

    def resolve(self, tag: str, content: Any) -> Any:
        """A remote object or class by its number."""
        if tag == "~":
            return self._own[content]
        if tag == "@c":
            return self._class(content)
        if tag != "@":
            raise ValueError(tag)
        number, kind, plain = content
        if number not in self._remote:
            self._remote[number] = self._object(int(number), self._class(kind, of_instance=True), plain)
        return self._remote[number]

    def _object(self, number: int, kind: type[Any], plain: Any) -> Any:
        if issubclass(kind, BaseException):
            error = BaseException.__new__(kind)
            vars(error).update({"_gradatim_number": number, FACT: {"message": self.ask("str", _Number(number))}})
            return error
        found = object.__new__(kind)
        object.__setattr__(found, "_gradatim_number", number)
        object.__setattr__(found, "_gradatim_plain", plain if isinstance(plain, str) else None)
        return found

    def _class(self, number: int, *, of_instance: bool = False) -> type[Any]:
        """The class with this number; for a builtin one itself, or (for its instances) a class of remote objects."""
        key = ~number if of_instance else number
        if key not in self._classes:
            facts = self.ask_class(number)
            own = facts["own"] is True
            native = None if own else vars(builtins).get(str(facts["name"]))
            if isinstance(native, type) and facts["module"] == "builtins" and not of_instance:
                self._classes[key] = native
            elif own:
                self._classes[number] = self._classes[~number] = self._made(number, facts)
            else:
                self._classes[key] = self._made(number, facts)
        return self._classes[key]

    def ask_class(self, number: int) -> dict[str, Any]:
        """What the student's process says about a class."""
        answer = self._link.ask({"do": "class", "args": [{"~": number}], "named": {}})
        self._print(answer)
        return answer["value"]

    def _made(self, number: int, facts: dict[str, Any]) -> type[Any]:
        name = str(facts["name"])[:200]
        bases = [self._class(int(base)) for base in facts["bases"]]
        native = next((_EXCEPTIONS[n] for n in facts["builtin"] if n in _EXCEPTIONS), None)
        if native is not None:
            if issubclass(native, _NEVER_RAISED):
                native = BaseException
            bases = [base for base in bases if issubclass(base, BaseException)] or [native]
            space: dict[str, Any] = {"__getattr__": _exception_attribute, "__str__": _exception_text}
        else:
            bases = [base for base in bases if issubclass(base, RemoteObject)] or [RemoteObject]
            known = name in self._names or any(self._is_known(base) for base in bases)
            space = _special([str(item) for item in facts["special"]], known)
            space |= {"_gradatim_known": known, "__slots__": ()}
        space |= {
            "_gradatim_tests": self, "_gradatim_class": number, "__doc__": _Doc(), "__qualname__": name,
            "__module__": str(facts["module"])[:200],
        }  # fmt: skip
        return cast("type[Any]", type.__call__(RemoteClass, name, tuple(dict.fromkeys(bases)), space))

    @staticmethod
    def _is_known(kind: type[Any]) -> bool:
        return any(vars(base).get("_gradatim_known") is True for base in kind.__mro__)

    def _error(self, raised: dict[str, Any]) -> BaseException:
        """The exception to raise here for one that was raised there."""
        kind = self._class(int(raised["class"]))
        fact: dict[str, Any] = raised["fact"]
        number = int(raised["number"])
        if number in self._remote and isinstance(self._remote[number], BaseException):
            return self._remote[number].with_traceback(None)
        given = self._link.decode(raised["args"])
        arguments = cast("tuple[Any, ...]", given) if isinstance(given, tuple) else (str(fact["message"]),)
        if not issubclass(kind, BaseException) or issubclass(kind, _NEVER_RAISED):
            kind = BaseException
        try:
            error = BaseException.__new__(kind, *arguments)
            if not isinstance(kind, RemoteClass):
                error = kind(*arguments)
        except Exception:  # noqa: BLE001 - some builtin exceptions take special arguments only
            error = RuntimeError(f"{fact['type']}: {fact['message']}")
        vars(error).update({"_gradatim_number": number, FACT: fact})
        if isinstance(kind, RemoteClass):
            self._remote[number] = error
        return error

    # ------------------------------------------------------------------ what the program asks for

    def _answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Do what the student's program asks of an object of the tests, or of standard input."""
        self._print(question)
        try:
            arguments = [self._link.decode(item) for item in question["args"]]
            named = {str(name): self._link.decode(item) for name, item in question["named"].items()}
            if question["on"] is None:
                value = _standard_input(str(question["do"]), arguments)
            else:
                value = _do(str(question["do"]), self._own[question["on"]], arguments, named)
            return {"value": self._link.encode(value)}
        except LinkEnded:
            raise
        except BaseException as error:  # noqa: BLE001 - raised again in the student's process
            if FACT in getattr(error, "__dict__", {}):
                return {"raised": {"number": vars(error)["_gradatim_number"]}}
            names = [kind.__name__ for kind in type(error).__mro__]
            texts: list[Any] = [item for item in error.args if isinstance(item, str | int | float)]
            return {"raised": {"builtin": names, "args": [self._link.encode(item) for item in texts]}}


def _exception_text(self: Any) -> str:
    return str(getattr(self, FACT)["message"])


def _exception_attribute(self: Any, name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return _tests_of(self).ask("getattr", self, name)


def _standard_input(do: str, arguments: list[Any]) -> Any:
    """Read from what the test put in place of `input` or of standard input."""
    match do:
        case "input":
            return str(builtins.input(*arguments))
        case "readline":
            return str(sys.stdin.readline())
        case "read":
            return str(sys.stdin.read(*arguments))
        case _:
            raise ValueError(do)


def _do(do: str, target: Any, arguments: list[Any], named: dict[str, Any]) -> Any:
    """What the student's program may do with an object that a test handed it: call it, and use it as an object."""
    if do == "call":
        return target(*arguments, **named)
    if do in ("getattr", "setattr"):
        name = str(arguments[0])
        if name.startswith("_") or isinstance(
            target, type | types.FunctionType | types.MethodType | types.ModuleType | types.FrameType | types.CodeType
            | types.GeneratorType
        ):  # fmt: skip
            raise AttributeError(name)
        return getattr(target, name) if do == "getattr" else setattr(target, name, arguments[1])
    plain: dict[str, Callable[..., Any]] = {"iter": iter, "next": next, "len": len, "getitem": operator.getitem}
    return plain[do](target, *arguments)
