"""Whether an item is what it claims to be: everything in it is executed or looked up.

Items come from templates, models, people's edits and files; none of them is believed. What is wrong is told as a list
of problems, so that a person can correct all at once.
"""

from __future__ import annotations

import ast
from collections.abc import Collection

from gradatim.domain import Execution, Submission
from gradatim.kg import ConceptGraph
from gradatim.tools.execution import execute
from gradatim.tools.items.item import Item
from gradatim.tools.items.kinds import assembled
from gradatim.tools.sandbox import Sandbox

LEAST_WRONG = 2
GAP = "____"
"""What stands for the missing line in the program of a `choice` item."""


async def problems_of(sandbox: Sandbox, item: Item, graph: ConceptGraph) -> list[str]:
    """What is wrong with an item, each in one sentence that names the field; nothing where all holds.

    Raises:
        SandboxError: Programs cannot be run safely here.
    """
    found = _unknown(item, graph)
    reference = item.task.reference
    if reference is None:
        return [*found, "task.reference: there is none, so that nothing says what is right"]
    found += _hidden(item) + _shape(item)
    right = await _run(sandbox, item, reference)
    if not right.passed:
        found.append(f"task.reference: fails its own tests ({_why(right)})")
    elif not (await _run(sandbox, item, reference)).passed:
        found.append("task.reference: does not give the same result twice")
    printed = [await _wrong(sandbox, item, place, found) for place in range(len(item.wrong))]
    different = {outcome for outcome, _ in printed if outcome}
    if len(different) < LEAST_WRONG:
        found.append(
            f"wrong: {len(different)} programs of misconceptions fail in different ways, {LEAST_WRONG} are needed"
        )
    match item.kind:
        case "predict":
            found += _prediction(item, right)
        case "choice":
            found += await _choice(sandbox, item, right, {text for _, text in printed})
        case "parsons":
            found += await _parsons(sandbox, item)
        case _:
            if not (await _run(sandbox, item, item.answer)).passed:
                found.append("answer: the program fails the tests")
    if item.kind == "fix" and item.program is not None and (await _run(sandbox, item, item.program)).passed:
        found.append("program: nothing is wrong with it, it passes all tests")
    return found


def _unknown(item: Item, graph: ConceptGraph) -> list[str]:
    """Concepts and misconceptions that the graph does not have."""
    concepts = {concept.id for concept in graph.concepts}
    misconceptions = {one.id for one in graph.misconceptions}
    found = [f"concepts: the graph has no concept {name!r}" for name in item.concepts if name not in concepts]
    named: list[tuple[str, str | None]] = [(f"wrong[{n}]", one.misconception) for n, one in enumerate(item.wrong)]
    named += [(f"options[{n}]", one.misconception) for n, one in enumerate(item.options)]
    named += [(f"blocks[{n}]", one.misconception) for n, one in enumerate(item.blocks)]
    return found + [
        f"{place}.misconception: the graph has no misconception {name!r}"
        for place, name in named
        if name is not None and name not in misconceptions
    ]


def _hidden(item: Item) -> list[str]:
    if item.kind in ("write", "fix") and not any(case.hidden for case in item.task.tests):
        return ["task.tests: none is hidden, so that answers can be written for the tests alone"]
    return []


def _shape(item: Item) -> list[str]:
    """What has to be there for the kind."""
    found: list[str] = []
    if item.kind in ("fix", "predict") and not item.program:
        found.append("program: none is shown")
    if item.kind == "choice":
        rights = [option for option in item.options if option.right]
        texts = [option.text.strip() for option in item.options]
        if len(rights) != 1:
            found.append(f"options: {len(rights)} are right, exactly one has to be")
        elif rights[0].text != item.answer:
            found.append("answer: is not the text of the right option")
        if len(texts) < 3 or len(set(texts)) < len(texts):
            found.append("options: three different ones at least are needed")
    if item.kind == "parsons" and sum(block.misconception is None for block in item.blocks) < 3:
        found.append("blocks: three at least have to belong to the program")
    return found


async def _run(sandbox: Sandbox, item: Item, code: str) -> Execution:
    return await execute(sandbox, item.task, Submission.of(item.id, code))


async def _wrong(sandbox: Sandbox, item: Item, place: int, found: list[str]) -> tuple[tuple[str, ...], str]:
    """How a wrong program behaves (nothing where it passes), and what it printed or gave first."""
    program = item.wrong[place]
    execution = await _run(sandbox, item, program.code)
    failing = {outcome.test for outcome in execution.outcomes if outcome.status != "passed"}
    if not failing:
        found.append(f"wrong[{place}]: the program passes all tests")
        return (), ""
    if set(program.failing) != failing:
        found.append(f"wrong[{place}].failing: {', '.join(sorted(failing))} fail, as executed")
    behaviour = tuple(f"{outcome.status} {outcome.actual}" for outcome in execution.outcomes)
    return behaviour, (execution.outcomes[0].actual or "").strip()


def _prediction(item: Item, right: Execution) -> list[str]:
    if right.outcomes and (right.outcomes[0].actual or item.answer).strip() != item.answer.strip():
        return ["answer: the program prints something else"]
    if item.program and item.task.reference and _same(item.program, item.task.reference):
        return []
    return ["program: is another one than task.reference, whose output was executed"]


async def _choice(sandbox: Sandbox, item: Item, right: Execution, printed: Collection[str]) -> list[str]:
    found: list[str] = []
    if item.program and GAP in item.program:
        for place, option in enumerate(item.options):
            passed = (await _run(sandbox, item, item.program.replace(GAP, option.text))).passed
            if passed != option.right:
                found.append(f"options[{place}]: with this line the program {'passes' if passed else 'fails'}")
        return found
    if right.outcomes and (right.outcomes[0].actual or item.answer).strip() != item.answer.strip():
        found.append("answer: the program prints something else")
    for place, option in enumerate(item.options):
        if not option.right and option.text.strip() not in printed:
            found.append(f"options[{place}]: no program of `wrong` prints this")
    return found


async def _parsons(sandbox: Sandbox, item: Item) -> list[str]:
    own = [block for block in item.blocks if block.misconception is None]
    if not (await _run(sandbox, item, assembled(own))).passed:
        return ["blocks: in their order they make no program that passes"]
    found: list[str] = []
    for place, block in enumerate(item.blocks):
        if block.misconception is None:
            continue
        for other in range(len(own)):
            code = assembled([*own[:other], block, *own[other + 1 :]])
            if own[other].indent == block.indent and (await _run(sandbox, item, code)).passed:
                found.append(
                    f"blocks[{place}]: does not belong, but makes a right program in the place of block {other}"
                )
    return found


def _same(one: str, other: str) -> bool:
    try:
        return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))
    except (SyntaxError, ValueError):
        return False


def _why(execution: Execution) -> str:
    if execution.load_error is not None:
        return f"{execution.load_error.type}: {execution.load_error.message}"
    return next((outcome.detail for outcome in execution.outcomes if outcome.status != "passed"), "no test was run")
