"""A beginner believes that defining `__eq__` changes nothing else.

An object of such a class goes into a set or is a key.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.classes import single_class
from gradatim.tools.analysis.patterns.telling import of_errors
from gradatim.tools.analysis.sign import Sign

TELLS = ("own-equality-keeps-hash",)


def detect(case: Examination) -> Iterator[Sign]:
    """A TypeError about hashing for a class that has `__eq__` and no `__hash__`."""
    for item in case.raised("TypeError", r"unhashable type: '(\w+)'"):
        owner = single_class(case, item.name)
        methods = {method.name: method for method in case.program.methods(item.name)}
        if owner is not None and "__eq__" in methods and "__hash__" not in methods:
            line = methods["__eq__"].line
            said = f"defines equality, and without `__hash__` the objects of {owner.name} cannot be hashed."
            yield replace(of_errors(case, "own-equality-keeps-hash", line, 0.96, said, [item]), anywhere=True)
