"""How many steps a call takes: programs that count the statements they execute."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from gradatim.tools.items.source import written
from gradatim.tools.sandbox import Batch, Probe, Sandbox
from gradatim.tools.sandbox.answer import candidate_probe

_COUNTER = "steps_"
_SECONDS = 0.2


class _Counting(ast.NodeTransformer):
    """Puts an addition before every statement of every function, and renames the function that is called."""

    def __init__(self, name: str) -> None:
        self._name = name

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(f"{node.id}_", node.ctx) if node.id == self._name else node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        if node.name == self._name:
            node.name = f"{node.name}_"
        _count(node)
        return node


def _count(owner: ast.AST) -> None:
    for name in ("body", "orelse"):
        block: list[ast.stmt] | None = getattr(owner, name, None)
        if isinstance(block, list):
            counting: list[ast.stmt] = []
            for statement in block:
                counting += [ast.parse(f"{_COUNTER}[0] += 1").body[0], statement]
                _count(statement)
            setattr(owner, name, counting)
    for handler in getattr(owner, "handlers", ()):
        _count(handler)


def counted(code: str, name: str) -> str:
    """A program whose function of this name gives how many statements the call executed.

    Args:
        code: A program of functions alone.
        name: The function that is called.
    """
    tree = _Counting(name).visit(ast.parse(code))
    return (
        f"{_COUNTER} = [0]\n\n{written(tree)}\n"
        f"def {name}(*arguments):\n    {_COUNTER}[0] = 0\n    {name}_(*arguments)\n    return {_COUNTER}[0]\n"
    )


async def typical_steps(sandbox: Sandbox, programs: Sequence[tuple[str, str, Sequence[str]]]) -> list[float | None]:
    """How many statements each of some programs executes on the average of some calls.

    Args:
        programs: Code, name of the function, calls.

    Returns:
        `None` where the program has no answer to one of the calls.

    Raises:
        SyntaxError: A program is no Python.
        SandboxError: Programs cannot be run safely here.
    """
    sources = [
        f"{counted(code, name)}\ndef all_():\n    return [{', '.join(calls)}]\n" for code, name, calls in programs
    ]
    found = await sandbox.run_batch(Batch(tuple(sources), (Probe.call("all_()", _SECONDS),)))
    values = [candidate_probe(item.answers[0]).value if item.answers else None for item in found]
    return [sum(value) / len(value) if isinstance(value, list) and value else None for value in values]  # type: ignore[arg-type]
