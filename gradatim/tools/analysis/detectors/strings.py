"""Misconceptions about texts: unchanged originals, numbers in them, braces."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import called_name, method_called, names_in
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

_PURE = frozenset(
    [
        "upper",
        "lower",
        "strip",
        "lstrip",
        "rstrip",
        "replace",
        "title",
        "capitalize",
        "swapcase",
        "center",
        "ljust",
        "rjust",
        "zfill",
        "split",
        "join",
        "format",
        "removeprefix",
        "removesuffix",
    ]
)
_CALCULATION = ast.Add | ast.Sub | ast.Mult | ast.Div | ast.FloorDiv | ast.Mod | ast.Pow


def string_method_result_ignored(case: Examination) -> Iterator[Sign]:
    """`text.upper()` on a line of its own."""
    own = {item.name for item in case.program.functions if item.owner is not None}
    for node, _ in case.places:
        call = method_called(node.value) if isinstance(node, ast.Expr) else None
        if call is None or call[1] not in _PURE - own or not isinstance(node, ast.Expr):
            continue
        fact = (
            f"Line {node.lineno}: `{case.program.line(node.lineno)}` makes a new text that nothing "
            "keeps; the old one stays as it is."
        )
        yield Sign(
            "string-method-result-ignored",
            (node.lineno,),
            0.94,
            fact,
            f"It runs in {name_tests(case.failed_ids)}.",
            case.failed_ids,
        )


def conversion_result_ignored(case: Examination) -> Iterator[Sign]:
    """`int(x)` on a line of its own."""
    for node, _ in case.places:
        if isinstance(node, ast.Expr) and called_name(node.value) in ("int", "float", "str", "list"):
            fact = (
                f"Line {node.lineno}: `{case.program.line(node.lineno)}` makes a new value that nothing "
                "keeps; the variable stays as it is."
            )
            yield Sign(
                "type-changes-variable-in-place",
                (node.lineno,),
                0.94,
                fact,
                f"It runs in {name_tests(case.failed_ids)}.",
                case.failed_ids,
            )


def string_mutation_in_place(case: Examination) -> Iterator[Sign]:
    """A character of a text assigned."""
    for kind, name in (("str", "string-mutation-in-place"), ("tuple", "tuple-is-mutable")):
        pattern = rf"^'{kind}' object does(?:n't| not) support item (?:assignment|deletion)"
        for line, found in case.raised_at("TypeError", pattern).items():
            tests = tuple(test for item in found for test in item.tests)
            what = "a text" if kind == "str" else "a tuple"
            fact = f"Line {line}: `{case.program.line(line)}` changes a part of {what} in place."
            yield Sign(name, (line,), 0.96, fact, f"TypeError in {name_tests(tests)}.", tests)


def _raw_inputs(case: Examination, function: Function | None) -> frozenset[str]:
    """Names that hold what `input()` gave, unconverted."""
    nodes = [*case.program.top, *(function.nodes if function is not None else ())]
    raw: set[str] = set()
    converted: set[str] = set()
    for node in nodes:
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            names = [item.id for item in ast.walk(target) if isinstance(item, ast.Name)]
            (raw if _is_raw(node.value) else converted).update(names)
    return frozenset(raw - converted)


def _is_raw(value: ast.expr) -> bool:
    if called_name(value) == "input":
        return True
    call = method_called(value)
    return call is not None and call[1] in ("strip", "split") and _is_raw(call[0])


def text_in_calculation(case: Examination) -> Iterator[Sign]:
    """A text and a number in one calculation or comparison: typed in, or put together."""
    pattern = (
        r'can only concatenate str \(not "(?:int|float)"\) to str|'
        r"unsupported operand type\(s\) for \S+: '(?:int|float|str)' and '(?:int|float|str)'|"
        r"not supported between instances of '(?:int|float|str)' and '(?:int|float|str)'|"
        r"'str' object cannot be interpreted as an integer|can't multiply sequence by non-int of type 'str'|"
        r"not all arguments converted during string formatting"
    )
    for line, found in case.raised_at("TypeError", pattern).items():
        tests = tuple(test for item in found for test in item.tests)
        home = case.function_at(line)
        raw = _raw_inputs(case, home)
        used = {node.id for node in case.nodes_at(line) if isinstance(node, ast.Name)}
        text = case.program.line(line)
        why = f"TypeError in {name_tests(tests)}."
        if used & raw or any(called_name(node) == "input" for node in case.nodes_at(line)):
            name = min(used & raw, default="input()")
            fact = f"Line {line}: `{text}` calculates with `{name}`, which input() gave as a text."
            yield Sign("input-is-number", (line,), 0.95, fact, why, tests)
        elif "concatenate str" in found[0].fact.message or re.search(
            r"for \+=?: '(int|float)' and 'str'", found[0].fact.message
        ):
            fact = f"Line {line}: `{text}` puts a text and a number together with +."
            yield Sign("string-plus-number", (line,), 0.94, fact, why, tests)
        elif "not supported between" in found[0].fact.message or "unsupported" in found[0].fact.message:
            fact = f"Line {line}: `{text}` treats a text as a number."
            yield Sign("string-number-confusion", (line,), 0.85, fact, why, tests)


def unconverted_input(case: Examination) -> Iterator[Sign]:
    """Inputs put together as texts where their sum was wanted."""
    facts = [item for item in case.wrong if item.output]
    if not facts:
        return
    raw = _raw_inputs(case, None)
    for node, _ in case.places:
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, _CALCULATION):
            continue
        if isinstance(node.left, ast.Name) and node.left.id in raw:
            other = node.right
        elif isinstance(node.right, ast.Name) and node.right.id in raw:
            other = node.left
        else:
            continue
        digits = (isinstance(other, ast.Name) and other.id in raw) or isinstance(other, ast.Constant)
        if not digits or (isinstance(other, ast.Constant) and isinstance(other.value, str)):
            continue
        glued = [item.test for item in facts if _glued(str(item.expected), str(item.actual))]
        if glued and 2 * len(glued) >= len(facts):
            fact = (
                f"Line {node.lineno}: `{case.program.text(node)}` works on texts, since nothing "
                "converts what input() gave."
            )
            yield Sign(
                "input-is-number",
                (node.lineno,),
                0.94,
                fact,
                f"Digits are put side by side in {name_tests(glued)}.",
                tuple(glued),
            )


def _glued(expected: str, actual: str) -> bool:
    wanted, got = re.findall(r"-?\d+", expected), re.findall(r"-?\d+", actual)
    return bool(wanted) and bool(got) and wanted[-1] != got[-1] and len(got[-1]) >= len(wanted[-1])


def f_prefix_missing(case: Examination) -> Iterator[Sign]:
    """Braces with a variable's name in a text that is no f-string."""
    for node, function in case.places:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        above = case.program.parent(node)
        if isinstance(above, ast.JoinedStr | ast.Expr) or (isinstance(above, ast.Attribute) and above.attr == "format"):
            continue
        names = set(re.findall(r"\{([A-Za-z_]\w*)[^{}]*\}", node.value))
        known = names & case.program.names_visible_in(function)
        if not known or _formatted_later(case, node):
            continue
        shown = [
            item.test
            for item in case.wrong
            if any(f"{{{name}" in str(item.actual) and f"{{{name}" not in str(item.expected) for name in known)
        ]
        if shown:
            fact = (
                f"Line {node.lineno}: the text {case.program.text(node)} names `{min(known)}` in braces "
                "and has no f before it."
            )
            yield Sign(
                "f-prefix-missing",
                (node.lineno,),
                0.96,
                fact,
                f"The braces come out as they stand in {name_tests(shown)}.",
                tuple(shown),
            )


def _formatted_later(case: Examination, node: ast.Constant) -> bool:
    return any(
        (call := method_called(item)) is not None and call[1] == "format" for item in case.program.ancestors(node)
    )


def case_sensitive_comparison(case: Examination) -> Iterator[Sign]:
    """Letters counted or compared without regard to capitals: only tests with capitals fail."""
    for function in case.functions:
        facts = [fact for fact in case.contrasts if fact.function == function.name]
        wrong = [fact for fact in facts if not fact.passed and fact.known]
        if not wrong or any(
            (call := method_called(node)) is not None and call[1] in ("lower", "upper", "casefold")
            for node in function.nodes
        ):
            continue
        capital = {fact.test for fact in facts if _has_capital(fact.arguments)}
        failed = {fact.test for fact in facts if not fact.passed}
        if not failed <= capital or len(capital) == len(facts) or 2 * len(failed) < len(capital):
            continue
        compare = next(
            (
                node
                for node in function.nodes
                if isinstance(node, ast.Compare)
                and isinstance(node.ops[0], ast.Eq | ast.In | ast.NotEq | ast.NotIn)
                and (_has_text(node) or names_in(node))
            ),
            None,
        )
        if compare is not None:
            tests = tuple(fact.test for fact in wrong)
            fact = f"Line {compare.lineno}: `{case.program.text(compare)}` distinguishes capital and small letters."
            yield Sign(
                "case-sensitive-comparison",
                (compare.lineno,),
                0.88,
                fact,
                f"Only tests with capital letters fail: {name_tests(tests)}.",
                tests,
            )


def _has_capital(arguments: tuple[object, ...] | None) -> bool:
    return any(isinstance(value, str) and value != value.lower() for value in arguments or ())


def _has_text(node: ast.Compare) -> bool:
    return any(
        isinstance(side, ast.Constant) and isinstance(side.value, str) for side in (node.left, *node.comparators)
    )
