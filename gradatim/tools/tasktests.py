"""The tests of a task file: the form of each, and whether code, literals and names are right."""

from __future__ import annotations

import ast
import builtins
import difflib
import keyword
import re
import warnings
from collections.abc import Mapping
from typing import Any, cast

import yaml

from gradatim.domain import TaskKind, TestCase
from gradatim.tools.assertion import parse_check
from gradatim.tools.taskschema import MOST_SECONDS, MOST_WEIGHT
from gradatim.tools.yamlfields import Fields
from gradatim.tools.yamltree import code_line, describe, line_of, scalar_text, tag_of

_KEYS = ("call", "expect", "raises", "stdin", "stdout", "check", "suite", "name", "hidden", "weight", "timeout")
_SYNONYMS = {
    "input": "stdin", "output": "stdout", "result": "expect", "returns": "expect", "value": "expect",
    "assert": "check", "exception": "raises", "error": "raises", "points": "weight", "title": "name",
    "private": "hidden",
}  # fmt: skip


def read_tests(
    fields: Fields,
    kind: TaskKind | None,
    entry_point: str | None,
    defined_somewhere: str,
    suite: Mapping[str, int] | None = None,
) -> tuple[TestCase, ...]:
    """The tests of a task file; those with mistakes are noted as problems and come out unfinished.

    Tests of the test file that no entry names come after the entries, with nothing special about them.

    Args:
        fields: The whole file.
        kind: The task's kind, `None` when it is not known.
        entry_point: Name that belongs to the student's program.
        defined_somewhere: Statement, setup and reference: where the task's own exceptions are named.
        suite: Tests of the task's test file, if it has one.
    """
    node = fields.get("tests")
    tried = "test_file" in fields or "test_source" in fields
    if node is None and tried:
        return tuple(TestCase(id=f"t{number}", suite=name) for number, name in enumerate(suite or (), 1))
    if node is None:
        fields.wrong("tests", "is missing", "add at least one test")
        return ()
    if not isinstance(node, yaml.SequenceNode):
        fields.wrong("tests", f"is {describe(node)}, not a list", "write each test after a dash: `- {call: …}`")
        return ()
    items = cast("list[yaml.Node]", node.value)
    if not items:
        fields.wrong("tests", "is empty", "add at least one test")
    cases: list[TestCase] = []
    names: dict[str, int] = {}
    named: dict[str, int] = {}
    for index, item in enumerate(items):
        path = f"tests[{index}]"
        if not isinstance(item, yaml.MappingNode):
            fields.problems.add(
                line_of(item), f"{path} is {describe(item)}, not a test", "write `- {call: …, expect: …}`"
            )
            continue
        test = Fields(item, path, _KEYS, fields.problems, _SYNONYMS)
        name = test.text("name")
        if name is not None and name in names:
            test.wrong("name", f"{name!r} was given on line {names[name]} already", "give each test its own name")
        elif name is not None:
            names[name] = test.line("name")
        cases.append(
            TestCase(
                id=f"t{index + 1}",
                name=name,
                hidden=test.flag("hidden"),
                weight=test.number("weight", above=0, most=MOST_WEIGHT, default=1.0),
                timeout=test.number("timeout", above=0, most=MOST_SECONDS, default=1.0),
                **_form(test, kind, entry_point, defined_somewhere),
            )
        )
        if suite is not None or not tried:
            _suite(test, cases[-1].suite, suite, named)
    left = [name for name in suite or () if name not in named]
    cases += [TestCase(id=f"t{len(items) + number}", suite=name) for number, name in enumerate(left, 1)]
    return tuple(cases)


def _suite(test: Fields, name: str | None, suite: Mapping[str, int] | None, named: dict[str, int]) -> None:
    """Note what is wrong with a test that stands in the test file."""
    if name is None:
        return
    if suite is None:
        test.wrong("suite", "needs a test file", "add `test_file: tests.py` or `test_source: |` to the task")
    elif name not in suite:
        guess = difflib.get_close_matches(name, suite, 1)
        remedy = f"did you mean {guess[0]}?" if guess else f"it has {', '.join(list(suite)[:8])}"
        test.wrong("suite", f"names no test of the test file: {name}", remedy)
    elif name in named:
        test.wrong("suite", f"{name} was named on line {named[name]} already", "keep one of the two")
    named.setdefault(name, test.line("suite"))


def _form(
    test: Fields, kind: TaskKind | None, entry_point: str | None, defined_somewhere: str
) -> dict[str, str | None]:
    """The fields that say what a test does; empty, with a noted problem, when they do not."""
    forms = [
        form
        for form, keys in (
            ("call", ("call",)),
            ("program", ("stdin", "stdout")),
            ("check", ("check",)),
            ("suite", ("suite",)),
        )
        if any(key in test for key in keys)
    ]
    written = " and ".join({"program": "stdin/stdout"}.get(form, form) for form in forms)
    if not forms:
        test.problems.add(
            test.line(),
            f"{test.path} tests nothing",
            "give it `call` and `expect`, `stdin` and `stdout`, `check`, or `suite`",
        )
        return {}
    if len(forms) > 1:
        test.problems.add(test.line(), f"{test.path} has {written}", "keep one of them; write two tests for two things")
        return {}
    if forms[0] != "call":
        for key in ("expect", "raises"):
            if key in test:
                test.wrong(key, f"does not go with {written}", "remove it, or test with `call`")
    if forms[0] == "suite":
        return {"suite": test.text("suite")}
    if kind == "program" and forms[0] != "program":
        test.problems.add(
            test.line(),
            f"{test.path}.{forms[0]} needs a task of kind: function",
            "use `stdin` and `stdout` here",
        )
    if kind == "function" and forms[0] == "program":
        test.problems.add(
            test.line(),
            f"{test.path} has stdin/stdout, which needs kind: program",
            "use `call` and `expect` here",
        )
    if forms[0] == "call":
        return _call_form(test, defined_somewhere)
    if forms[0] == "check":
        return _check_form(test, entry_point)
    if "stdout" not in test:
        test.wrong("stdout", "is missing", "give the text that has to be printed")
    return {
        "stdin": test.text("stdin", may_be_empty=True) or "",
        "stdout": test.text("stdout", may_be_empty=True) or "",
    }


def _call_form(test: Fields, defined_somewhere: str) -> dict[str, str | None]:
    call = test.text("call")
    if call is not None:
        call = call.strip()
        problem = _call_problem(call)
        if problem:
            test.wrong("call", f"is not a Python expression: {problem}", "statements belong in `check`")
    if "expect" in test and "raises" in test:
        test.wrong("raises", "stands beside expect", "keep one: a call gives a value or raises an exception")
    elif "expect" not in test and "raises" not in test:
        test.problems.add(
            test.line("call"),
            f"{test.path} says nothing to expect",
            'add `expect: "5"` or `raises: ValueError`',
        )
    return {"call": call, "expect": _expect(test), "raises": _raises(test, defined_somewhere)}


def _check_form(test: Fields, entry_point: str | None) -> dict[str, str | None]:
    check = test.text("check")
    if check is None:
        return {}
    if compiled(test, "check", check) is not None:
        try:
            parse_check(check, entry_point)
        except ValueError as error:
            reason, _, remedy = str(error).removeprefix("the check ").rpartition(": ")
            test.wrong("check", reason, remedy)
    return {"check": check}


class _NotLiteral(ValueError):
    """A YAML value has no Python literal that would surely be meant."""


def _expect(test: Fields) -> str | None:
    """The expected value as a Python literal: text is one, YAML numbers, lists and mappings become one."""
    node = test.get("expect")
    if node is None:
        return None
    try:
        if isinstance(node, yaml.ScalarNode) and (node.style is not None or tag_of(node) == "str"):
            return _literal_text(scalar_text(node))
        return repr(_plain_value(node))
    except _NotLiteral as error:
        reason, remedy = (*error.args, "")[:2]
        test.wrong("expect", str(reason), str(remedy))
    except RecursionError:
        test.wrong("expect", "is nested too deeply", "use `check` for a value like this")
    return None


def _literal_text(text: str) -> str:
    text = text.strip()
    if not text:
        raise _NotLiteral("is empty", "write None for no value, \"''\" for an empty text")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            value = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        remedy = "use `check` to compare with something computed"
        if re.fullmatch(r"[^\W\d][\w !?.,:;-]*", text):
            remedy = f"write a text with its own quotes: expect: {chr(34)}{text!r}{chr(34)}"
        raise _NotLiteral("is not a Python literal", remedy) from None
    if value is Ellipsis:
        raise _NotLiteral("is not a Python literal", "write the value that is expected")
    return text


def _is_left_out(node: yaml.Node) -> bool:
    return tag_of(node) == "null" and not scalar_text(node)


def _plain_value(node: yaml.Node) -> object:
    """The Python value of YAML data, where there is no doubt about it."""
    if isinstance(node, yaml.SequenceNode):
        return [_plain_value(item) for item in cast("list[yaml.Node]", node.value)]
    if isinstance(node, yaml.MappingNode):
        if node.flow_style and node.value and all(_is_left_out(v) for _, v in node.value):
            raise _NotLiteral("looks like a set", 'put it between quotes: expect: "{1, 2}"')
        pairs = [(_plain_value(k), _plain_value(v)) for k, v in cast("list[tuple[yaml.Node, yaml.Node]]", node.value)]
        try:
            value = dict(pairs)
        except TypeError:
            raise _NotLiteral("has a key that cannot be one in Python", "write it as text: a Python literal") from None
        if len(value) < len(pairs):
            raise _NotLiteral("has a key twice", "keep one of the two")
        return value
    text, tag = scalar_text(node), tag_of(node)
    if tag == "str":
        # `[(1, 2), 3]` is three texts to YAML: a bracket or quote in a bare word shows that Python was meant.
        if cast(Any, node).style is None and re.search(r"""[()\[\]{}'"]""", text):
            raise _NotLiteral("is not read as Python there", "put the whole value between quotes")
        return text
    if tag == "null":
        if _is_left_out(node):
            raise _NotLiteral("is empty", "write None for no value, \"''\" for an empty text")
        return None
    if tag == "bool" and text.lower() in {"true", "false"}:
        return text.lower() == "true"
    if tag in {"int", "float"}:
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError):
            value = None
        if isinstance(value, int | float):
            return value
    raise _NotLiteral(
        f"is written {text}, which YAML and Python read differently",
        "put it between quotes, as a Python literal",
    )


def _raises(test: Fields, defined_somewhere: str) -> str | None:
    given = test.text("raises")
    if given is None:
        return None
    known = {
        name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)
    }
    if given in known:
        return given
    if given.isidentifier() and not hasattr(builtins, given) and not keyword.iskeyword(given):
        # An exception class of the task's own: somebody has to have told the student about it.
        if re.search(rf"\b{re.escape(given)}\b", defined_somewhere):
            return given
        guess = difflib.get_close_matches(given, sorted(known), 1)
        remedy = f"did you mean {guess[0]}?" if guess else "mention an exception of your own in the statement or setup"
        test.wrong("raises", f"names no exception: {given}", remedy)
        return None
    test.wrong("raises", f"is not the name of an exception: {given}", "write the bare name, such as ValueError")
    return None


def compiled(fields: Fields, key: str, code: str | None) -> ast.Module | None:
    """The syntax tree of a field that holds code; `None`, with a noted problem, when it does not compile."""
    node = fields.get(key)
    if code is None or node is None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            compile(code, f"<{key}>", "exec", dont_inherit=True)
            return ast.parse(code)
    except SyntaxError as error:
        folded = node.start_mark.line < node.end_mark.line and getattr(node, "style", "|") != "|"
        remedy = f"write the code after `{key}: |`, which keeps its lines" if folded else "correct the code"
        fields.wrong(key, f"does not compile: {error.msg}", remedy, line=code_line(node, error.lineno or 1))
    except (ValueError, MemoryError, RecursionError) as error:
        fields.wrong(key, f"does not compile: {error}", "correct the code")
    return None


def _call_problem(code: str) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            compile(code, "<call>", "eval", dont_inherit=True)
    except SyntaxError as error:
        return error.msg
    except (ValueError, MemoryError, RecursionError) as error:
        return str(error) or type(error).__name__
    return None
