"""A beginner believes that a method called `len` or `str` tells Python what `len()` or `str()` should do.

Python asks for the special method in vain, and the class has one with the plain name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_errors, of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("plain-name-for-special-method",)

_PLAIN = {
    "len": "__len__", "str": "__str__", "repr": "__repr__", "add": "__add__", "sub": "__sub__", "mul": "__mul__",
    "eq": "__eq__", "lt": "__lt__", "iter": "__iter__", "getitem": "__getitem__", "contains": "__contains__",
    "call": "__call__", "bool": "__bool__", "int": "__int__", "float": "__float__", "abs": "__abs__",
}  # fmt: skip
_ASKED = (
    r"object of type '(\w+)' has no len|unsupported operand type\(s\) for .*'(\w+)'|'(\w+)' object is not (?:iterable|"
    r"subscriptable|callable)|argument of type '(\w+)'|not supported between instances of '(\w+)'|operand type for abs"
)


def detect(case: Examination) -> Iterator[Sign]:
    """A method with a plain name where Python asks for the special one."""
    found = [(item, item.fact.message) for item in case.raised("TypeError", _ASKED)]
    shown = {item.test: item.actual or "" for item in case.failing if item.actual is not None}
    for owner in case.program.classes:
        methods = {item.name: item for item in case.program.methods(owner.name)}
        for plain, special in _PLAIN.items():
            if plain not in methods or special in methods:
                continue
            line = methods[plain].line
            said = f"defines a method with a plain name; Python asks for `{special}`."
            raised = [item for item, message in found if f"'{owner.name}'" in message and _meant(plain, message)]
            printed = [
                test for test, text in shown.items() if plain in ("str", "repr") and f"{owner.name} object" in text
            ]
            if raised:
                sign = of_errors(case, "plain-name-for-special-method", line, 0.94, said, raised)
                yield replace(sign, anywhere=True)
            elif printed:
                sign = of_line(case, "plain-name-for-special-method", line, 0.93, said, anywhere=True)
                yield replace(sign, tests=tuple(printed))


def _meant(plain: str, message: str) -> bool:
    """Whether a message is about what the special method of that name does."""
    about = {
        "no len": ("len",),
        "not iterable": ("iter", "getitem"),
        "not subscriptable": ("getitem",),
        "argument of type": ("contains", "iter"),
        "not callable": ("call",),
        "not supported between": ("lt",),
        "for +": ("add",),
        "for -": ("sub",),
        "for *": ("mul",),
        "for abs": ("abs",),
    }
    return any(part in message and plain in names for part, names in about.items())
