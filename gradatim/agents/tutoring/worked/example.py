"""Worked examples: a small program with a fault, and the same without it, both run before they are shown."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from gradatim.agents.tutoring.worked.families import families
from gradatim.domain import Evidence, stable_id
from gradatim.tools.claims.code import parse
from gradatim.tools.sandbox import Job, Probe, ProbeResult, Sandbox

_SECONDS = 1.0
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """A worked example with what both programs did.

    Attributes:
        family: Kind of fault.
        wrong: The program with the fault.
        right: The program without it.
        gives: What the wrong one printed, or the name of the exception that ended it.
        needed: What the right one printed.
        raised: Whether `gives` names an exception.
    """

    family: str
    wrong: str
    right: str
    gives: str
    needed: str
    raised: bool

    def evidence(self, wrong: str, right: str) -> Evidence:
        """The example as evidence that the learner may see.

        Args:
            wrong: The program with the fault as it is shown; `right`: the other one.
        """
        return Evidence(
            id=f"passage:worked-{self.family}",
            kind="passage",
            summary="A small program with a fault of this kind, and the same without it; both were run.",
            detail={
                "example": right, "looks_like": wrong, "output": self.needed, "gives": self.gives,
                "family": self.family,
            },
            source="sandbox",
        )  # fmt: skip


async def worked_example(sandbox: Sandbox, family: str | None, program: str = "") -> WorkedExample | None:
    """The worked example of a family, told in other names than the learner's program has.

    Args:
        program: The learner's program, whose names the example must not share.

    Returns:
        `None` where there is none, or where the two programs do not differ in what they do.

    Raises:
        SandboxError: Programs cannot be run.
    """
    found = families().get(family or "")
    if found is None:
        return None
    wrong, right = (_renamed(code, program) for code in (found.wrong, found.right))
    gives, raised = _told(await _run(sandbox, wrong))
    needed, failed = _told(await _run(sandbox, right))
    if failed or (gives, raised) == (needed, failed):
        return None
    return WorkedExample(found.name, wrong.rstrip(), right.rstrip(), gives, needed, raised)


async def run_snippet(sandbox: Sandbox, code: str) -> tuple[str, bool]:
    """What a small program prints, or the name of the exception that ends it and `True`.

    Raises:
        SandboxError: Programs cannot be run.
    """
    return _told(await _run(sandbox, code))


async def _run(sandbox: Sandbox, code: str) -> ProbeResult | str:
    result = await sandbox.run(Job(code, (Probe.program(timeout=_SECONDS),), main=True, filename="example.py"))
    if result.load_error is not None:
        return result.load_error.type
    return result.probes[0]


def _told(result: ProbeResult | str) -> tuple[str, bool]:
    if isinstance(result, str):
        return result, True
    if result.status == "raised" and result.raised is not None:
        return result.raised.type, True
    if result.status != "ok":
        return result.status, True
    return result.stdout.rstrip()[:_SHOWN], False


def _renamed(code: str, program: str) -> str:
    """The example with names that the learner's program does not have."""
    tree = parse(code)
    taken = set(re.findall(r"[^\W\d]\w*", program))
    if tree is None:
        own = set(re.findall(r"(?:for|def)\s+(\w+)|^(\w+)\s*=", code, re.MULTILINE))
        names = {name for pair in own for name in pair if name}
    else:
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        names |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        names |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    for name in sorted(names & taken - {"self", "__init__", "_"}):
        code = re.sub(rf"(?<![\w.]){name}(?!\w)", f"{name}_{stable_id(program, name, length=1)}x", code)
    return code
