"""Problem-solving approach: how much of the way to a right solution the program has gone.

Two things are looked at, each only where it can be: the share of the program that the smallest verified repair
leaves as it is (all of it when every test passes), and the share of the constructs asked for by the task that the
program uses.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Mapping

from gradatim.domain import Diagnosis, Execution, Submission, Task
from gradatim.tools.rubric.finding import Finding

_HARD_CODED = "hard-coded-answer"


def approach(task: Task, submission: Submission, execution: Execution, diagnosis: Diagnosis) -> Finding:
    """Mean of what could be looked at; 0 for a program that only looks answers up."""
    coded = next((match for match in diagnosis.misconceptions if match.id == _HARD_CODED), None)
    if coded is not None:
        return Finding(0.0, "the program holds the answers of the tests instead of working them out", coded.evidence)
    values: list[float] = []
    texts: list[str] = []
    cited: tuple[str, ...] = ()
    if execution.passed:
        values.append(1.0)
        texts.append("every test passes")
    elif diagnosis.repair is not None:
        lines = [number for number, text in enumerate(submission.code.splitlines(), 1) if text.strip()]
        touched = set(diagnosis.repair.lines)
        values.append(sum(line not in touched for line in lines) / max(1, len(lines)))
        texts.append(f"a verified repair changes {len(touched)} of {len(lines)} lines")
        cited = tuple(item.id for item in diagnosis.evidence if item.kind == "repair")[:1]
    wanted, used = _constructs(task, submission.code)
    if wanted:
        values.append(len(used) / len(wanted))
        lacking = ", ".join(sorted(wanted - used))
        texts.append(
            f"it uses {len(used)} of {len(wanted)} constructs of the task" + (f" (not: {lacking})" * bool(lacking))
        )
    if not values:
        return Finding(None, "not measured: no repair was found, and the task asks for no construct")
    return Finding(sum(values) / len(values), "; ".join(texts), cited)


def _constructs(task: Task, code: str) -> tuple[set[str], set[str]]:
    """Constructs among the task's concepts, and those of them that the program uses."""
    wanted = {name for name in task.concepts if name in _USES}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(), set()
    return wanted, {name for name in wanted if _USES[name](tree)}


def _has(*kinds: type[ast.AST]) -> Callable[[ast.Module], bool]:
    return lambda tree: any(isinstance(node, kinds) for node in ast.walk(tree))


def _calls(name: str) -> Callable[[ast.Module], bool]:
    return lambda tree: any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        for node in ast.walk(tree)
    )


def _recursive(tree: ast.Module) -> bool:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            inside = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
            inside |= {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
            if function.name in inside:
                return True
    return False


_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_USES: Mapping[str, Callable[[ast.Module], bool]] = {
    "for-loop": _has(ast.For, *_COMPREHENSIONS),
    "while-loop": _has(ast.While),
    "recursion": _recursive,
    "if-statement": _has(ast.If, ast.IfExp),
    "function": _has(ast.FunctionDef),
    "class": _has(ast.ClassDef),
    "list-comprehension": _has(ast.ListComp),
    "dictionary": lambda tree: _has(ast.Dict, ast.DictComp)(tree) or _calls("dict")(tree),
    "f-string": _has(ast.JoinedStr),
    "range": _calls("range"),
    "input-function": _calls("input"),
    "print-function": _calls("print"),
    "try-except": _has(ast.Try),
}
"""Concepts of the curriculum that name a construct whose use can be seen in the tree."""
