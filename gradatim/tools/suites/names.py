"""The tests that stand in a test module, read from its text."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass

from gradatim.tools.sandbox.suite import Runner

_CASES = frozenset({"TestCase", "IsolatedAsyncioTestCase"})


@dataclass(frozen=True, slots=True)
class SuiteOutline:
    """What a test module holds.

    Attributes:
        names: `test_name` and `TestClass.test_name`, in the order of the text, with their lines.
        runner: `unittest` where all tests stand in classes of unittest and pytest is not imported, else `pytest`.
        imports_submission: Whether it imports the program at all.
    """

    names: dict[str, int]
    runner: Runner
    imports_submission: bool


def outline(source: str) -> SuiteOutline:
    """Read a test module.

    Raises:
        SyntaxError: It is no Python.
        ValueError: It cannot be read for another reason.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        tree = ast.parse(source)
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    names: dict[str, int] = {}
    plain = _imports(tree, "pytest")
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            names[node.name] = node.lineno
            plain = True
        elif isinstance(node, ast.ClassDef):
            case = _is_case(node, classes)
            if not case and not node.name.startswith("Test"):
                continue
            methods = _methods(node, classes, case)
            names |= {f"{node.name}.{name}": line for name, line in methods.items()}
            plain = plain or (not case and bool(methods))
    return SuiteOutline(names, "pytest" if plain else "unittest", _imports(tree, "submission"))


def _imports(tree: ast.Module, module: str) -> bool:
    """Whether a module is imported anywhere, by a statement or by name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and any(alias.name.split(".")[0] == module for alias in node.names):
            return True
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == module:
            return True
        if isinstance(node, ast.Constant) and node.value == module:
            return True
    return False


def _is_case(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> bool:
    """Whether a class is one of unittest, itself or by a base that stands in the module."""
    seen: set[str] = set()
    pending = [node]
    while pending:
        for base in pending.pop().bases:
            name = base.attr if isinstance(base, ast.Attribute) else base.id if isinstance(base, ast.Name) else ""
            if name in _CASES:
                return True
            if name in classes and name not in seen:
                seen.add(name)
                pending.append(classes[name])
    return False


def _methods(node: ast.ClassDef, classes: dict[str, ast.ClassDef], case: bool) -> dict[str, int]:
    """Test methods of a class, those of bases in the module first."""
    found: dict[str, int] = {}
    for base in node.bases:
        if isinstance(base, ast.Name) and base.id in classes and classes[base.id] is not node:
            found |= _methods(classes[base.id], {k: v for k, v in classes.items() if v is not node}, case)
    for part in node.body:
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) and part.name.startswith("test"):
            found[part.name] = part.lineno
    return found
