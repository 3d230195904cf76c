"""Misconceptions about classes: self, constructors, attributes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

_MISSPELLED = frozenset(
    [
        "_init_",
        "__int__",
        "init",
        "__init",
        "_init",
        "__init_",
        "__ini__",
        "__inti__",
        "_init__",
        "__Init__",
        "__INIT__",
    ]
)


def _constructor(case: Examination, owner: str) -> Function | None:
    return next((item for item in case.program.methods(owner) if item.name == "__init__"), None)


def init_misspelled(case: Examination) -> Iterator[Sign]:
    """A constructor under a name that Python does not look for."""
    for item in case.program.functions:
        if item.owner is None or item.name not in _MISSPELLED or _constructor(case, item.owner) is not None:
            continue
        errors = case.raised(
            "TypeError AttributeError",
            rf"{item.owner}\(\) takes no arguments|'{item.owner}' object has no attribute|takes exactly one argument",
        )
        tests = tuple(test for error in errors for test in error.tests)
        if errors:
            fact = (
                f"Line {item.line}: the method is called `{item.name}`; Python calls only `__init__` "
                "when an object is made."
            )
            yield Sign(
                "init-misspelled",
                (item.line,),
                0.96,
                fact,
                f"{errors[0].fact.type} in {name_tests(tests)}.",
                tests,
                anywhere=True,
            )


def constructor_returns(case: Examination) -> Iterator[Sign]:
    """A value returned from `__init__`."""
    errors = case.raised("TypeError", r"__init__\(\) should return None")
    for item in case.program.functions if errors else ():
        if item.name == "__init__" and item.returns_value:
            line = item.returns[0].lineno
            tests = tuple(test for error in errors for test in error.tests)
            fact = f"Line {line}: `{case.program.line(line)}` returns a value from __init__."
            yield Sign("constructor-returns", (line,), 0.96, fact, f"TypeError in {name_tests(tests)}.", tests)


def attribute_errors(case: Examination) -> Iterator[Sign]:
    """An attribute that the object lacks: stored in a local, set elsewhere, or left to an uncalled constructor."""
    seen: set[tuple[str, str]] = set()
    for found in case.raised("AttributeError", r"^'(\w+)' object has no attribute '(\w+)'"):
        owner, name = found.match.group(1), found.match.group(2)
        node = next((item for item in case.program.classes if item.name == owner), None)
        if node is None or (owner, name) in seen:
            continue
        seen.add((owner, name))
        why = f"AttributeError in {name_tests(found.tests)}."
        constructor = _constructor(case, owner)
        local = constructor.stores(name) if constructor is not None else ()
        plain = [item for item in local if isinstance(item, ast.Name)]
        setters = [item for item in case.program.methods(owner) if _sets(item, name) is not None]
        bases = [item.id for item in node.bases if isinstance(item, ast.Name)]
        inherited = next(
            (c for base in bases if (c := _constructor(case, base)) is not None and _sets(c, name) is not None), None
        )
        if constructor is not None and plain and not setters:
            line = plain[0].lineno
            fact = f"Line {line}: `{case.program.line(line)}` sets a local variable and not an attribute of the object."
            yield Sign("missing-self-prefix", (line,), 0.94, fact, why, found.tests, anywhere=True)
        elif inherited is not None and constructor is not None and not _calls_super(constructor):
            fact = (
                f"Line {constructor.line}: the constructor of {owner} does not call the one of "
                f"{inherited.owner}, which sets `{name}`."
            )
            yield Sign("super-not-called", (constructor.line,), 0.95, fact, why, found.tests, anywhere=True)
        elif setters and constructor not in setters:
            line = _sets(setters[0], name) or setters[0].line
            fact = f"Line {line}: only the method {setters[0].name} sets `{name}`."
            lines = tuple(dict.fromkeys((found.line, line))) if found.line else (line,)
            yield Sign("attribute-before-init", lines, 0.9, fact, why, found.tests, anywhere=True)


def _sets(function: Function, name: str) -> int | None:
    """Line on which a method sets an attribute of its object."""
    for node in function.nodes:
        match node:
            case ast.Attribute(value=ast.Name(id="self"), attr=attribute, ctx=ast.Store()) if attribute == name:
                return node.lineno
            case _:
                continue
    return None


def _calls_super(function: Function) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr == "__init__" for node in function.nodes)


def mutable_class_attribute(case: Examination) -> Iterator[Sign]:
    """A list of the class that every object changes."""
    for node in case.program.classes:
        for statement in node.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.List() | ast.Dict() | ast.Set()):
                    pass
                case _:
                    continue
            methods = case.program.methods(node.name)
            if any(_sets(item, name) is not None for item in methods):
                continue
            if any(_changes_own(item, name) for item in methods):
                fact = (
                    f"Line {statement.lineno}: `{case.program.line(statement.lineno)}` makes one value "
                    f"that all objects of {node.name} share, and a method changes it."
                )
                yield Sign(
                    "mutable-class-attribute",
                    (statement.lineno,),
                    0.92,
                    fact,
                    f"Failing: {name_tests(case.failed_ids)}.",
                    case.failed_ids,
                    anywhere=True,
                )


def class_versus_instance_variable(case: Examination) -> Iterator[Sign]:
    """A value of each object kept in the class, by the class's name."""
    for item in case.functions:
        if item.owner is None:
            continue
        for node in item.nodes:
            match node:
                case ast.Attribute(value=ast.Name(id=owner), attr=name, ctx=ast.Store()) if owner == item.owner:
                    line = node.lineno
                    fact = (
                        f"Line {line}: `{case.program.line(line)}` changes `{name}` of the class, which "
                        "all objects share."
                    )
                    why = f"Failing: {name_tests(case.failed_ids)}."
                    yield Sign("class-versus-instance-variable", (line,), 0.88, fact, why, case.failed_ids)
                case _:
                    continue


def _changes_own(function: Function, name: str) -> bool:
    for node in function.nodes:
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(value=ast.Name(id="self"), attr=attribute), attr=method)
            ):
                if attribute == name and method in ("append", "add", "insert", "extend", "update", "remove", "pop"):
                    return True
            case ast.Subscript(value=ast.Attribute(value=ast.Name(id="self"), attr=attribute), ctx=ast.Store()) if (
                attribute == name
            ):
                return True
            case _:
                continue
    return False


def method_called_on_class(case: Examination) -> Iterator[Sign]:
    """A method called on the class, without an object."""
    for line, found in case.raised_at("TypeError", r"(\w+)\(\) missing 1 required positional argument: 'self'").items():
        tests = tuple(test for item in found for test in item.tests)
        fact = f"Line {line}: `{case.program.line(line)}` calls a method on the class and not on an object."
        yield Sign("method-called-on-class", (line,), 0.93, fact, f"TypeError in {name_tests(tests)}.", tests)
