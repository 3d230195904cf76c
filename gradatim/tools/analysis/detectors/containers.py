"""Misconceptions about tuples, sets and dictionaries."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import same
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign


def tuple_joined_with_item(case: Examination) -> Iterator[Sign]:
    """`t + x` or `t + (x)` where `t + (x,)` is needed."""
    pattern = r'can only concatenate tuple \(not "(\w+)"\) to tuple'
    for line, found in case.raised_at("TypeError", pattern).items():
        if found[0].name in ("list", "NoneType"):
            continue
        tests = tuple(test for item in found for test in item.tests)
        text = case.program.line(line)
        why = f"TypeError in {name_tests(tests)}."
        wrapped = _wrapped_operand(case, line)
        if wrapped:
            fact = f"Line {line}: in `{text}` the round brackets around `{wrapped}` make no tuple without a comma."
            yield Sign("single-element-tuple-comma", (line,), 0.94, fact, why, tests)
        else:
            fact = f"Line {line}: `{text}` joins a tuple and a value that is not a tuple."
            yield Sign("tuple-concatenation-with-element", (line,), 0.94, fact, why, tests)


def _wrapped_operand(case: Examination, line: int) -> str | None:
    """Source of an operand of + that stands in round brackets of its own."""
    for node in case.nodes_at(line):
        operand = node.right if isinstance(node, ast.BinOp) else node.value if isinstance(node, ast.AugAssign) else None
        if operand is None or isinstance(operand, ast.Tuple) or operand.lineno != line:
            continue
        raw = case.program.lines[line - 1].encode()
        before, after = raw[: operand.col_offset].rstrip(), raw[operand.end_col_offset or 0 :].lstrip()
        if before.endswith(b"(") and after.startswith(b")") and not before[:-1].rstrip().endswith((b"tuple", b"list")):
            return case.program.text(operand)
    return None


def single_item_for_tuple(case: Examination) -> Iterator[Sign]:
    """The item itself where a tuple of it was wanted."""
    for function in case.functions:
        facts = [fact for fact in case.wrong if fact.function == function.name]
        tests = tuple(fact.test for fact in facts if fact.pieces is None and fact.expected == (fact.actual,))
        for item in function.returns:
            if tests and item.value is not None and not isinstance(item.value, ast.Tuple):
                ran = tuple(test for test in tests if case.ran_in(test, item.lineno) is not False)
                text = case.program.line(item.lineno)
                if ran and text.endswith(")") and "return (" in text.replace("return(", "return ("):
                    fact = f"Line {item.lineno}: the round brackets of `{text}` make no tuple without a comma."
                    yield Sign(
                        "single-element-tuple-comma",
                        (item.lineno,),
                        0.93,
                        fact,
                        f"The item came for a tuple of it in {name_tests(ran)}.",
                        ran,
                    )


def key_errors(case: Examination) -> Iterator[Sign]:
    """A key that is not there: updated before it exists, or read."""
    for line, found in case.raised_at("KeyError").items():
        tests = tuple(test for item in found for test in item.tests)
        why = f"KeyError in {name_tests(tests)}."
        text = case.program.line(line)
        updated = any(_updates_entry(node) for node in case.nodes_at(line))
        read = any(isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) for node in case.nodes_at(line))
        if updated:
            fact = f"Line {line}: `{text}` updates an entry of a dictionary before there is one."
            yield Sign("dictionary-key-initialisation", (line,), 0.95, fact, why, tests)
        elif read:
            fact = f"Line {line}: `{text}` reads a key that the dictionary does not have."
            yield Sign("dictionary-missing-key", (line,), 0.88, fact, why, tests)


def _updates_entry(node: ast.AST) -> bool:
    match node:
        case ast.AugAssign(target=ast.Subscript()):
            return True
        case ast.Assign(targets=[ast.Subscript() as target], value=ast.BinOp() as value):
            return any(isinstance(item, ast.Subscript) and same(item, target) for item in ast.walk(value))
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Subscript(), attr="append" | "add" | "extend"))):
            return True
        case _:
            return False


def dictionary_iterates_values(case: Examination) -> Iterator[Sign]:
    """`for k, v in d`, or a dictionary's keys used as its values."""
    for line, found in case.raised_at("ValueError TypeError", "values to unpack|cannot unpack non-iterable").items():
        loop = next((node for node in case.nodes_at(line) if isinstance(node, ast.For)), None)
        if loop is None or not isinstance(loop.target, ast.Tuple) or not isinstance(loop.iter, ast.Name):
            continue
        if _is_dictionary(case, loop.iter.id, case.function_at(line)):
            tests = tuple(test for item in found for test in item.tests)
            fact = f"Line {line}: the loop goes over the dictionary `{loop.iter.id}` itself, which gives its keys only."
            yield Sign(
                "dictionary-iterates-values",
                (line,),
                0.94,
                fact,
                f"{found[0].fact.type} in {name_tests(tests)}.",
                tests,
            )
    for loop, function in case.loops:
        match loop:
            case ast.For(target=ast.Name(id=item), iter=ast.Name(id=over)) if _is_dictionary(case, over, function):
                pass
            case _:
                continue
        for node in (inner for part in loop.body for inner in ast.walk(part)):
            match node:
                case ast.AugAssign(op=ast.Add(), value=ast.Name(id=added)) if added == item:
                    pass
                case _:
                    continue
            errors = [e for e in case.raised("TypeError", "unsupported operand") if e.line == node.lineno]
            tests = tuple(t for e in errors for t in e.tests)
            if errors:
                fact = (
                    f"Line {node.lineno}: `{case.program.line(node.lineno)}` adds `{item}`, which is a key of {over}."
                )
                yield Sign(
                    "dictionary-iterates-values",
                    (node.lineno, loop.lineno),
                    0.93,
                    fact,
                    f"TypeError in {name_tests(tests)}.",
                    tests,
                )


def _is_dictionary(case: Examination, name: str, function: Function | None) -> bool:
    nodes = [*case.program.top, *(function.nodes if function is not None else ())]
    for node in nodes:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=target)], value=ast.Dict() | ast.DictComp() | ast.Call(func=ast.Name(id="dict"))
            ) if target == name:
                return True
            case _:
                continue
    if function is None:
        return False
    return any(isinstance(case.bindings(fact, function).get(name), dict) for fact in case.contrasts)


def unhashable_key(case: Examination) -> Iterator[Sign]:
    """A list as a dictionary's key or in a set."""
    for line, found in case.raised_at("TypeError", r"unhashable type: '(list|dict|set)'").items():
        tests = tuple(test for item in found for test in item.tests)
        fact = f"Line {line}: `{case.program.line(line)}` uses a {found[0].name} as a key or as an item of a set."
        yield Sign("list-as-dictionary-key", (line,), 0.94, fact, f"TypeError in {name_tests(tests)}.", tests)


def set_indexable(case: Examination) -> Iterator[Sign]:
    """A position asked of a set or of a dictionary's keys."""
    pattern = r"'(set|frozenset|dict_keys|dict_values|dict_items)' object is not subscriptable"
    for line, found in case.raised_at("TypeError", pattern).items():
        tests = tuple(test for item in found for test in item.tests)
        fact = f"Line {line}: `{case.program.line(line)}` takes an item by position from something that has none."
        yield Sign("set-indexable", (line,), 0.95, fact, f"TypeError in {name_tests(tests)}.", tests)


def empty_braces_returned(case: Examination) -> Iterator[Sign]:
    """`{}` handed out where an empty set was wanted."""
    for function in case.functions:
        tests = tuple(
            fact.test
            for fact in case.wrong
            if fact.function == function.name
            and isinstance(fact.expected, set)
            and fact.actual == {}
            and isinstance(fact.actual, dict)
        )
        for node in function.nodes:
            if tests and isinstance(node, ast.Dict) and not node.keys:
                fact = f"Line {node.lineno}: `{case.program.line(node.lineno)}` makes an empty dictionary."
                yield Sign(
                    "empty-braces-is-set",
                    (node.lineno,),
                    0.9,
                    fact,
                    f"An empty set was wanted in {name_tests(tests)}.",
                    tests,
                )
                break
