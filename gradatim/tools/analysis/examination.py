"""Everything a detector may look at, with the questions that many of them ask."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from gradatim.domain import ExceptionFact, Execution, Outcome, Task
from gradatim.tools.analysis.contrast import Contrast, contrast
from gradatim.tools.analysis.program import BUILT_IN_NAMES, Function, Loop, Program

Coverage = Mapping[str, frozenset[int]]
"""Test id → lines of the program that ran in it."""


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception that a test (or loading, with an empty test id) raised."""

    test: str
    fact: ExceptionFact
    match: re.Match[str]

    @property
    def line(self) -> int:
        """Line of the program where it was raised; 0 if it was outside of it."""
        return self.fact.line or 0

    @property
    def name(self) -> str:
        """The first quoted part of the message that the pattern captured."""
        return self.match.group(1)

    @property
    def tests(self) -> tuple[str, ...]:
        return (self.test,) if self.test else ()


@dataclass(frozen=True)
class Examination:
    """A program, its task, and what its runs showed.

    Attributes:
        coverage: Lines that ran, per test; `None` if no traced run was made.
    """

    program: Program
    task: Task
    execution: Execution
    coverage: Coverage | None = field(default=None, repr=False)

    # ---------------------------------------------------------------------------------- outcomes

    @cached_property
    def failing(self) -> tuple[Outcome, ...]:
        """Outcomes of tests that ran and did not pass."""
        return tuple(item for item in self.execution.outcomes if item.status not in ("passed", "not-run"))

    @cached_property
    def failed_ids(self) -> tuple[str, ...]:
        """Ids of the failing tests, those that a learner may see first."""
        hidden = {case.id for case in self.task.tests if case.hidden}
        ids = [item.test for item in self.failing]
        return tuple(sorted(ids, key=lambda test: test in hidden))

    @cached_property
    def timed_out(self) -> tuple[str, ...]:
        """Ids of tests that were stopped by the time or output limit."""
        stopped = {item.test for item in self.failing if item.status in ("timeout", "output-limit")}
        return tuple(test for test in self.failed_ids if test in stopped)

    @cached_property
    def contrasts(self) -> tuple[Contrast, ...]:
        """Facts of all tests that ran, in the order of the task."""
        outcomes = {item.test: item for item in self.execution.outcomes if item.status != "not-run"}
        return tuple(contrast(case, outcomes[case.id]) for case in self.task.tests if case.id in outcomes)

    @cached_property
    def wrong(self) -> tuple[Contrast, ...]:
        """Facts of the tests that ran to the end with a wrong value or output, both known."""
        return tuple(item for item in self.contrasts if not item.passed and item.known)

    @cached_property
    def right(self) -> tuple[Contrast, ...]:
        """Facts of the tests that passed."""
        return tuple(item for item in self.contrasts if item.passed)

    def wrong_of(self, function: Function | None) -> tuple[Contrast, ...]:
        """Wrong values of tests that call a function; all of them for code outside of functions."""
        return self._of(self.wrong, function)

    def right_of(self, function: Function | None) -> tuple[Contrast, ...]:
        """Passed tests that call a function."""
        return self._of(self.right, function)

    def _of(self, facts: Sequence[Contrast], function: Function | None) -> tuple[Contrast, ...]:
        if function is None:
            return tuple(facts)
        return tuple(fact for fact in facts if function.node in self._reached_by(fact.test))

    @cached_property
    def _facts(self) -> tuple[tuple[str, ExceptionFact], ...]:
        by_test = {item.test: item.exception for item in self.failing}
        found = [(test, fact) for test in self.failed_ids if (fact := by_test[test]) is not None]
        if self.execution.load_error is not None:
            found.insert(0, ("", self.execution.load_error))
        return tuple(found)

    def raised(self, types: str, pattern: str = "") -> tuple[Raised, ...]:
        """Exceptions of these types (separated by blanks) whose message matches a regular expression."""
        wanted = types.split()
        return tuple(
            Raised(test, fact, match)
            for test, fact in self._facts
            if fact.type in wanted and (match := re.search(pattern, fact.message)) is not None
        )

    def raised_at(self, types: str, pattern: str = "") -> dict[int, list[Raised]]:
        """The same by line of the program."""
        by_line: dict[int, list[Raised]] = {}
        for item in self.raised(types, pattern):
            by_line.setdefault(item.line, []).append(item)
        by_line.pop(0, None)
        return by_line

    # ---------------------------------------------------------------------------------- reach

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Functions that a failing test can reach, in the order of their lines."""
        nodes = {node for test in self.failed_ids for node in self._reached_by(test)}
        return tuple(item for item in self.program.functions if item.node in nodes)

    @cached_property
    def _reach(self) -> dict[str, frozenset[ast.AST]]:
        """Test → definitions of the functions that it can reach through calls by name."""
        ours = frozenset(item.name for item in self.program.functions)
        owners = frozenset(item.owner for item in self.program.functions if item.owner is not None)
        found: dict[str, frozenset[ast.AST]] = {}
        closures: dict[frozenset[str], frozenset[ast.AST]] = {}
        for case in self.task.tests:
            text = self.task.test_file or "" if case.form == "suite" else f"{case.call or ''} {case.check or ''}"
            started = frozenset(re.findall(r"\w+", text)) & (ours | owners)
            if case.form == "program" or not started:
                started = ours
            if started not in closures:
                closures[started] = self._closure(started)
            found[case.id] = closures[started]
        return found

    def _reached_by(self, test: str) -> frozenset[ast.AST]:
        return self._reach[test]

    def _closure(self, names: frozenset[str]) -> frozenset[ast.AST]:
        reached: set[ast.AST] = set()
        waiting, known = set(names), set[str]()
        while waiting:
            name = waiting.pop()
            known.add(name)
            for item in self.program.functions:
                if item.node not in reached and name in (item.name, item.owner):
                    reached.add(item.node)
                    waiting |= self._mentioned[item.node] - known
        return frozenset(reached)

    @cached_property
    def _mentioned(self) -> dict[ast.AST, frozenset[str]]:
        """Function → names of the program's functions and classes that its text mentions."""
        ours = {item.name for item in self.program.functions} | {item.name for item in self.program.classes}
        found: dict[ast.AST, frozenset[str]] = {}
        for item in self.program.functions:
            words = {node.id for node in ast.walk(item.node) if isinstance(node, ast.Name)}
            words |= {node.attr for node in ast.walk(item.node) if isinstance(node, ast.Attribute)}
            words |= {node.name for node in ast.walk(item.node) if isinstance(node, ast.FunctionDef)}
            found[item.node] = frozenset(words & ours)
        return found

    def reached(self, lines: Sequence[int]) -> bool:
        """Whether a failing test may have run one of these lines.

        Decided by the traced runs where there are any, otherwise by calls. A line that holds a definition's
        header counts as reached if its body was.
        """
        if not self.failed_ids:
            return False
        traced = [test for test in self.failed_ids if self.coverage is not None and test in self.coverage]
        if self.coverage is not None and traced:
            ran = {line for test in traced for line in self.coverage[test]}
            headers = {item.line for item in self.program.functions}
            return any(ran & self._below_header(line) if line in headers else line in ran for line in lines)
        homes = [self._home(line) for line in lines]
        nodes = {item.node for item in self.functions}
        return any(home is None or home.node in nodes for home in homes)

    def _below_header(self, line: int) -> set[int]:
        for item in self.program.functions:
            if item.line == line:
                return set(
                    range(
                        line if item.body[:1] and item.body[0].lineno == line else line + 1,
                        (item.node.end_lineno or line) + 1,
                    )
                )
        return set()

    def _home(self, line: int) -> Function | None:
        inside = [item for item in self.program.functions if item.line <= line <= (item.node.end_lineno or 0)]
        return inside[-1] if inside else None

    def function_at(self, line: int) -> Function | None:
        """The innermost function that a line belongs to."""
        return self._home(line)

    def nodes_at(self, line: int) -> tuple[ast.AST, ...]:
        """Nodes that begin on a line."""
        return self._by_line.get(line, ())

    @cached_property
    def _by_line(self) -> dict[int, tuple[ast.AST, ...]]:
        found: dict[int, list[ast.AST]] = {}
        for node in self.program.nodes:
            line = getattr(node, "lineno", None)
            if isinstance(line, int):
                found.setdefault(line, []).append(node)
        return {line: tuple(nodes) for line, nodes in found.items()}

    def ran_in(self, test: str, line: int) -> bool | None:
        """Whether a line ran in a test; `None` if that was not traced."""
        lines = None if self.coverage is None else self.coverage.get(test)
        return None if lines is None else line in lines

    # ---------------------------------------------------------------------------------- program

    @cached_property
    def loops(self) -> tuple[tuple[Loop, Function | None], ...]:
        """Loops that a failing test can reach, each with its function."""
        found: list[tuple[Loop, Function | None]] = []
        for node, function in self.places:
            if isinstance(node, ast.For | ast.AsyncFor | ast.While):
                found.append((node, function))
        return tuple(found)

    @cached_property
    def places(self) -> tuple[tuple[ast.AST, Function | None], ...]:
        """Every node that a failing test can reach, with the function that it stands in."""
        found: list[tuple[ast.AST, Function | None]] = []
        called_only = self.task.kind == "function" and bool(self.functions) and self.execution.load_error is None
        if not called_only:
            found.extend((node, None) for node in self.program.top)
        for function in self.functions:
            found.extend((node, function) for node in function.nodes)
        return tuple(found)

    @cached_property
    def setup_names(self) -> frozenset[str]:
        """Names that the task's own set-up code may define."""
        return frozenset(re.findall(r"[A-Za-z_]\w*", self.task.setup))

    def known_names(self, function: Function | None) -> frozenset[str]:
        """Names that may be used in a function: of the program, the set-up and Python."""
        return self.program.names_visible_in(function) | self.setup_names | BUILT_IN_NAMES

    def bindings(self, fact: Contrast, function: Function) -> dict[str, object]:
        """Parameters of a function with the values that a test hands over.

        Empty if the test does not call it directly with plain arguments. A parameter that is assigned anew in
        the function is left out.
        """
        if fact.function != function.name or fact.arguments is None or function.owner is not None:
            return {}
        pairs = zip(function.parameters, fact.arguments, strict=False)
        return {name: value for name, value in pairs if name not in function.binders}


def name_tests(tests: Sequence[str]) -> str:
    """`test t2`, `tests t2 and t3`, `test t2 and 4 others`."""
    if not tests:
        return "no test"
    if len(tests) == 1:
        return f"test {tests[0]}"
    if len(tests) == 2:
        return f"tests {tests[0]} and {tests[1]}"
    return f"test {tests[0]} and {len(tests) - 1} others"
