"""Misconceptions about what a program prints."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.outputs import same_but_format, squeezed
from gradatim.tools.analysis.sign import Sign


def _prompts(case: Examination) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for node in case.program.nodes:
        if isinstance(node, ast.Call) and called_name(node) == "input" and node.args:
            value = node.args[0]
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
                found.append((node.lineno, value.value))
    return sorted(found)


def prompt_in_output(case: Examination) -> Iterator[Sign]:
    """The text of `input("…")` in the output."""
    prompts = _prompts(case)
    if not prompts:
        return
    tests: list[str] = []
    for item in case.wrong:
        if not item.output:
            continue
        rest = str(item.actual)
        for _, prompt in prompts:
            rest = rest.replace(prompt, "")
        if rest != str(item.actual) and squeezed(rest) == squeezed(str(item.expected)):
            tests.append(item.test)
    if tests:
        line, prompt = prompts[0]
        fact = f"Line {line}: `{case.program.line(line)}` prints {prompt!r} when it asks."
        lines = tuple(dict.fromkeys(number for number, _ in prompts))
        yield Sign(
            "prompt-in-output",
            lines,
            0.96,
            fact,
            f"Without that text the output is right in {name_tests(tests)}.",
            tuple(tests),
        )


def extra_debug_output(case: Examination) -> Iterator[Sign]:
    """The wanted lines among others."""
    facts = [item for item in case.wrong if item.output]
    tests: list[str] = []
    for item in facts:
        wanted = [line.strip() for line in str(item.expected).splitlines() if line.strip()]
        got = [line.strip() for line in str(item.actual).splitlines() if line.strip()]
        if wanted and len(got) > len(wanted) and _within(wanted, got):
            tests.append(item.test)
    if not tests or 3 * len(tests) < 2 * len(facts) or _prompts(case):
        return
    prints = [node for node in case.program.nodes if isinstance(node, ast.Call) and called_name(node) == "print"]
    prints.sort(key=lambda node: node.lineno)
    if len(prints) < 2:
        return
    telling = [node for node in prints if _describes(node, [item.expected for item in facts])]
    if telling:
        line = telling[0].lineno
        fact = f"Line {line}: `{case.program.line(line)}` prints something that the task does not ask for."
        yield Sign(
            "extra-debug-output",
            (line,),
            0.9,
            fact,
            f"The wanted lines stand among others in {name_tests(tests)}.",
            tuple(tests),
        )


def _within(wanted: list[str], got: list[str]) -> bool:
    rest = iter(got)
    return all(line in rest for line in wanted)


def _describes(node: ast.Call, expected: list[object]) -> bool:
    """Whether a print shows a text that stands in no expected output, and so cannot be wanted."""
    for value in node.args:
        parts = value.values if isinstance(value, ast.JoinedStr) else [value]
        for part in parts:
            if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value.strip():
                return all(part.value.strip() not in str(item) for item in expected)
    return False


def wrong_output_format(case: Examination) -> Iterator[Sign]:
    """Right values, other spaces, letters or punctuation."""
    tests = tuple(
        item.test for item in case.wrong if item.output and same_but_format(str(item.expected), str(item.actual))
    )
    if not tests or 2 * len(tests) < len(case.failing):
        return
    prints = [node for node in case.program.nodes if isinstance(node, ast.Call) and called_name(node) == "print"]
    for node in sorted(prints, key=lambda item: item.lineno)[-1:]:
        fact = f"Line {node.lineno}: `{case.program.line(node.lineno)}` prints the answer."
        why = f"Only spaces, capitals or punctuation differ in {name_tests(tests)}."
        yield Sign("wrong-output-format", (node.lineno,), 0.88, fact, why, tests)
