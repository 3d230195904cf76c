"""Facts of executed programs and of the concept graph, and false statements made from them.

Truth and falseness come from the runs themselves, the syntax tree, the compiler or the graph, never from the claim
checkers: a value is false because the run gave another one, a change because the changed program was run and failed.
"""

from __future__ import annotations

import ast
import random
from collections.abc import AsyncIterator, Iterator, Sequence

from gradatim.domain import (
    CallResultClaim,
    ChangeFixesClaim,
    ConceptDefinitionClaim,
    ConceptRelationClaim,
    Construct,
    ConstructClaim,
    ExampleOutputClaim,
    ExceptionClaim,
    ExceptionFact,
    ExpectedResultClaim,
    LineQuoteClaim,
    MisconceptionClaim,
    Outcome,
    Submission,
    TerminationClaim,
    TestCase,
    TestCountClaim,
    TestOutcomeClaim,
    VariableValueClaim,
)
from gradatim.evals.hallucination.constructs import NAMES, constructs_of
from gradatim.evals.hallucination.material import Observed
from gradatim.evals.hallucination.statements import Claimed, KnownStatement, other_literal
from gradatim.kg import ConceptStore
from gradatim.kg.schema import ConceptGraph
from gradatim.tools.execution import execute
from gradatim.tools.sandbox import Sandbox
from gradatim.tools.tracing import trace_values, values_after

SEED = 20
_UNRELATED = ("ZeroDivisionError", "KeyError", "AttributeError", "RecursionError", "IndexError", "TypeError")
_SWAPS = ((" < ", " >= "), (" > ", " <= "), (" <= ", " > "), (" >= ", " < "), (" + ", " - "), (" - ", " + "),
          ("== ", "!= "), (" += ", " -= "), (" * ", " + "), ("range(1, ", "range(2, "), (" and ", " or "))  # fmt: skip
_FAILED = ("failed", "error", "timeout")


async def statements_of_program(
    item: Observed, graph: ConceptGraph, sandbox: Sandbox, seed: int = SEED
) -> tuple[KnownStatement, ...]:
    """Facts about a program, and as many false statements made from them.

    Args:
        graph: Its misconceptions.
        sandbox: Where false changes and traces run.

    Raises:
        SandboxError: Programs cannot be run.
    """
    draw = random.Random(f"{seed}/{'/'.join(item.program.name)}")
    pairs = [*_tests(item, draw), *_source(item, draw), *_exceptions(item, draw), *_signs(item, graph, draw)]
    pairs += [pair async for pair in _changes(item, sandbox, draw)]
    pairs += [pair async for pair in _values(item, sandbox, draw)]
    return tuple(
        KnownStatement(
            item.program.name, item.program.task.id, one.claim, one.sentence, one.change != "fact", one.change
        )
        for one in pairs
    )


async def statements_of_graph(
    items: Sequence[Observed], store: ConceptStore, seed: int = SEED, most: int = 60
) -> tuple[KnownStatement, ...]:
    """Facts of the concept graph and false statements made from them, each put into the case of some program.

    A reversed relation is one that the graph does not hold in that direction, not even through other concepts; a
    mistaken definition or output belongs to another concept or differs from what the curriculum's example prints.

    Args:
        most: Facts of each kind at most.
    """
    graph, draw = await store.snapshot(), random.Random(seed)
    concepts = {concept.id: concept for concept in graph.concepts}
    found: list[tuple[str, Claimed]] = []
    relations = [item for item in graph.relations if item.type != "similarity"]
    for relation in draw.sample(relations, min(most, len(relations))):
        one, other = concepts[relation.source].name, concepts[relation.target].name
        says = "{} is a prerequisite of {}." if relation.type == "prerequisite" else "{} is a kind of {}."
        right = ConceptRelationClaim(source=one, relation=relation.type, target=other)
        found.append((relation.source, Claimed(right, says.format(one.capitalize(), other))))
        if await store.holds(relation.target, relation.type, relation.source) is None:
            wrong = ConceptRelationClaim(source=other, relation=relation.type, target=one)
            found.append((relation.source, Claimed(wrong, says.format(other.capitalize(), one), "reversed")))
    chosen = draw.sample(list(graph.concepts), min(most, len(graph.concepts)))
    for concept, stranger in zip(chosen, chosen[1:] + chosen[:1], strict=True):
        right = ConceptDefinitionClaim(concept=concept.name, text=concept.definition)
        wrong = ConceptDefinitionClaim(concept=concept.name, text=stranger.definition)
        found += [(concept.id, Claimed(right, None)), (concept.id, Claimed(wrong, None, "another concept"))]
    shown = [concept for concept in graph.concepts if concept.example and concept.output]
    for concept in draw.sample(shown, min(most, len(shown))):
        code, output = concept.example or "", concept.output or ""
        false = output.rstrip("\n") + draw.choice(("0", "!", "\nNone"))
        found.append((concept.id, Claimed(ExampleOutputClaim(code=code, output=output), None)))
        found.append((concept.id, Claimed(ExampleOutputClaim(code=code, output=false), None, "value")))
    return tuple(
        KnownStatement(items[number % len(items)].program.name, group, one.claim, one.sentence, one.change != "fact",
                       one.change)
        for number, (group, one) in enumerate(found)
    )  # fmt: skip


def _tests(item: Observed, draw: random.Random) -> Iterator[Claimed]:
    """What tests gave and needed, how many pass, and whether all of them end."""
    task, execution = item.program.task, item.execution
    visible = [test for test in task.tests if not test.hidden]
    outcomes = {outcome.test: outcome for outcome in execution.outcomes}
    ran = [test for test in visible if test.id in outcomes and outcomes[test.id].status in ("passed", *_FAILED)]
    for test in draw.sample(ran, min(2, len(ran))):
        yield from _outcome(test, outcomes[test.id], draw)
    calls = [test for test in ran if test.call and test.expect is not None]
    for test in draw.sample(calls, min(2, len(calls))):
        yield from _call(test, outcomes[test.id], draw)
    passed, total = sum(one.status == "passed" for one in execution.outcomes), len(execution.outcomes)
    seen = sum(outcomes[test.id].status == "passed" for test in visible if test.id in outcomes)
    if execution.load_error is None:
        yield Claimed(TestCountClaim(status="passed", count=passed, total=total), f"{passed} of {total} tests pass.")
        counts = [count for count in range(total + 1) if count not in (passed, seen)]
        if counts:
            count = draw.choice(counts)
            claim = TestCountClaim(status="passed", count=count, total=total)
            yield Claimed(claim, f"{count} of {total} tests pass.", "value")
        endless = any(
            outcomes[test.id].status in ("timeout", "output-limit") for test in visible if test.id in outcomes
        )
        said = ("Every run of the program ends.", "The program never ends, because its loop is infinite.")
        yield Claimed(TerminationClaim(ends=not endless), said[endless])
        yield Claimed(TerminationClaim(ends=endless), said[not endless], "negation")


def _outcome(test: TestCase, outcome: Outcome, draw: random.Random) -> Iterator[Claimed]:
    status = outcome.status
    said = {"passed": "passes", "failed": "fails", "error": "fails", "timeout": "does not end in time"}
    yield Claimed(
        TestOutcomeClaim.model_validate({"test": test.id, "status": status}), f"Test {test.id} {said[status]}."
    )
    other = "failed" if status == "passed" else "passed"
    wrong = TestOutcomeClaim.model_validate({"test": test.id, "status": other})
    yield Claimed(wrong, f"Test {test.id} {said[other]}.", "status")
    if status == "failed" and outcome.actual is not None and test.form == "call":
        false = other_literal(outcome.actual, draw)
        yield Claimed(TestOutcomeClaim(test=test.id, status="failed", actual=outcome.actual),
                      f"Test {test.id} gives `{outcome.actual}`.")  # fmt: skip
        if false is not None:
            yield Claimed(TestOutcomeClaim(test=test.id, status="failed", actual=false),
                          f"Test {test.id} gives `{false}`.", "value")  # fmt: skip


def _call(test: TestCase, outcome: Outcome, draw: random.Random) -> Iterator[Claimed]:
    """The result of a call and what the task needs of it."""
    call, needed = test.call or "", test.expect or ""
    yield Claimed(ExpectedResultClaim(call=call, result=needed), f"`{call}` should return `{needed}`.")
    false = other_literal(needed, draw)
    if false is not None:
        yield Claimed(ExpectedResultClaim(call=call, result=false), f"`{call}` should return `{false}`.", "value")
    given = needed if outcome.status == "passed" else outcome.actual if outcome.status == "failed" else None
    if given is not None:
        yield Claimed(CallResultClaim(call=call, result=given), f"`{call}` returns `{given}`.")
        false = other_literal(given, draw) if outcome.status == "passed" else needed
        if false is not None:
            yield Claimed(CallResultClaim(call=call, result=false), f"`{call}` returns `{false}`.", "value")
    elif outcome.exception is not None:
        raised = outcome.exception.type
        yield Claimed(CallResultClaim(call=call, result=raised), f"`{call}` raises a {raised}.")
        other = draw.choice([name for name in _UNRELATED if name != raised])
        yield Claimed(CallResultClaim(call=call, result=other), f"`{call}` raises a {other}.", "exception")
        yield Claimed(CallResultClaim(call=call, result=needed), f"`{call}` returns `{needed}`.", "value")


def _source(item: Observed, draw: random.Random) -> Iterator[Claimed]:
    """What stands in a line, and what the program is made of."""
    lines = [line.strip() for line in item.case.lines]
    numbers = [number for number, line in enumerate(lines, 1) if len(line) > 6 and "`" not in line]
    for number in draw.sample(numbers, min(2, len(numbers))):
        text = lines[number - 1]
        yield Claimed(LineQuoteClaim(line=number, text=text), f"Line {number} is `{text}`.")
        strange = [other for other in numbers if "".join(text.split()) not in "".join(lines[other - 1].split())]
        if strange:
            other = draw.choice(strange)
            yield Claimed(LineQuoteClaim(line=other, text=text), f"Line {other} is `{text}`.", "line")
    known = constructs_of(item.case.submission.code)
    if known is None:
        return
    there: list[Construct] = [name for name in NAMES if known[name]]
    lacking: list[Construct] = [name for name in NAMES if not known[name]]
    chosen: list[tuple[Construct, bool]] = []
    if there:
        chosen.append((draw.choice(there), True))
    if lacking:
        chosen.append((draw.choice(lacking), False))
    for name, has in chosen:
        for said in (has, not has):
            sentence = f"The program {'uses' if said else 'does not use'} a {NAMES[name]}."
            claim = ConstructClaim(what=name, present=said)
            yield Claimed(claim, sentence, "fact" if said == has else "negation")


def _exceptions(item: Observed, draw: random.Random) -> Iterator[Claimed]:
    """What the runs raise and where; of a program that raises nothing, that it does."""
    facts: list[ExceptionFact] = [one.exception for one in item.execution.outcomes if one.exception is not None]
    if item.execution.load_error is not None:
        facts.append(item.execution.load_error)
    types = {fact.type for fact in facts}
    strangers = [name for name in _UNRELATED if name not in types]
    if strangers:
        other = draw.choice(strangers)
        yield Claimed(ExceptionClaim(exception=other), f"The program raises a {other}.", "exception")
    if not facts:
        return
    fact = facts[0]
    where = f" in line {fact.line}" if fact.line else ""
    yield Claimed(ExceptionClaim(exception=fact.type, line=fact.line), f"The program raises a {fact.type}{where}.")
    touched = {line for one in facts for line in (*one.trace, one.line)}
    away = [number for number, line in enumerate(item.case.lines, 1) if line.strip() and number not in touched]
    if fact.line and away:
        line = draw.choice(away)
        said = f"The program raises a {fact.type} in line {line}."
        yield Claimed(ExceptionClaim(exception=fact.type, line=line), said, "line")


def _signs(item: Observed, graph: ConceptGraph, draw: random.Random) -> Iterator[Claimed]:
    """A misconception that describes the fault, and one that shows in other kinds of errors only."""
    known = {one.id: one for one in graph.misconceptions}
    right = sorted(item.program.misconceptions & set(known))
    if right:
        yield Claimed(MisconceptionClaim(misconception=draw.choice(right)), None)
    category = item.case.diagnosis.error_category
    concepts = {concept for name in right for concept in known[name].concepts}
    away = [
        one.id
        for one in graph.misconceptions
        if category not in one.errors and not concepts & set(one.concepts) and one.id not in right
    ]
    if away:
        yield Claimed(MisconceptionClaim(misconception=draw.choice(away)), None, "another misconception")


async def _changes(item: Observed, sandbox: Sandbox, draw: random.Random) -> AsyncIterator[Claimed]:
    """A change that makes every test pass, and changes that were run and do not."""
    lines = item.case.lines
    for repair in item.case.diagnosis.repairs:
        edit = repair.edits[0]
        one_line = len(edit.replacement.splitlines()) == 1 and edit.line == edit.last_line
        one_line = one_line and _indent(edit.replacement) == _indent(lines[edit.line - 1])
        if len(repair.edits) == 1 and one_line and "`" not in edit.replacement:
            yield _change(edit.line, edit.replacement, "fact")
            break
    tries = [
        (number, line.replace(old, new, 1))
        for number, line in enumerate(lines, 1)
        for old, new in _SWAPS
        if old in line and "`" not in line
    ]
    for number, text in draw.sample(tries, min(2, len(tries))):
        code = "\n".join([*lines[: number - 1], text, *lines[number:]]) + "\n"
        changed = Submission.of(item.program.task.id, code, item.program.submission.filename)
        if not (await execute(sandbox, item.program.task, changed)).passed:
            yield _change(number, text, "change that does not fix")


def _change(line: int, replacement: str, kind: str) -> Claimed:
    sentence = f"To fix the program, replace line {line} with `{replacement.strip()}`."
    return Claimed(ChangeFixesClaim(line=line, replacement=replacement), sentence, kind)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


async def _values(item: Observed, sandbox: Sandbox, draw: random.Random) -> AsyncIterator[Claimed]:
    """A variable's value at a line of one traced call, and one that it never has there."""
    calls = [test for test in item.program.task.tests if test.call and not test.hidden]
    tests = {one.test: one for one in item.execution.outcomes}
    calls = [test for test in calls if test.id in tests and tests[test.id].status in ("passed", "failed")]
    if not calls or item.execution.load_error is not None:
        return
    call = draw.choice(calls).call or ""
    trace = await trace_values(sandbox, item.program.task, item.case.submission.code, call)
    seen = sorted(
        {
            (step.line, name)
            for step in trace.steps
            if step.kind == "line"
            for name in step.changes
            if name.isidentifier()
        }
    )
    if not trace.whole or not seen:
        return
    line, name = draw.choice(seen)
    values = [value for value in values_after(trace, line, name) if value is not None]
    if not values or not all(map(_is_literal, values)):
        return
    value = draw.choice(values)
    said = f"When `{call}` runs, `{name}` is `{{}}` after line {line}."
    yield Claimed(VariableValueClaim(variable=name, value=value, line=line, call=call), said.format(value))
    false = other_literal(value, draw)
    if false is not None and ast.literal_eval(false) not in [ast.literal_eval(one) for one in values]:
        claim = VariableValueClaim(variable=name, value=false, line=line, call=call)
        yield Claimed(claim, said.format(false), "value")


def _is_literal(text: str) -> bool:
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return False
    return True
