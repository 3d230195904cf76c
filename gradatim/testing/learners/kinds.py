"""Kinds of faults, as a learner comes to think of them, and which parts of a program each can be in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

CONSTRUCTS = ("loop", "condition", "return", "start", "print", "header", "input", "base", "update", "call")
"""Parts of a program that people have words for."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault.

    Attributes:
        misconceptions: Pattern of the misconceptions' ids that lead to it.
        shows: Pattern of lines that such a fault can be in.
        operators: Kinds of edits that somebody tries who thinks of it.
    """

    misconceptions: str
    shows: str
    operators: tuple[str, ...] = ()


_LOOP = r"^\s*(?:async )?(?:for|while)\b"
_BRANCH = r"^\s*(?:if|elif|else|while)\b|\bif\b"
_ANY = r"\S"

KINDS: Mapping[str, Kind] = {
    "loop-bounds": Kind(
        r"off-by-one|range-st|range-of|index-out-of-range|length-as-last|index-starts|cut-short|outside|end-included",
        rf"{_LOOP}|\[.*\]|range",
        ("loop-bound", "loop-iterable", "comparison-offset", "index-guard"),
    ),
    "comparison": Kind(
        r"boundary|strictness|direction-of-record",
        r"[<>]|==|!=",
        ("comparison-operator", "comparison-operators", "comparison-operands", "comparison-offset"),
    ),
    "condition": Kind(
        r"inverted|and-or|or-with|while-condition|not-|opposite|boolean|bitwise|direction-rev|is-for-eq|truthiness",
        _BRANCH,
        ("boolean-operator", "comparison-operator", "condition-added", "condition-part-removed", "truth-value"),
    ),
    "branch-order": Kind(
        r"too-general|separate-ifs|both-branches|condition-order",
        _BRANCH,
        ("if-to-elif", "elif-to-if", "condition-order", "branches-swapped", "else-removed"),
    ),
    "initial-value": Kind(
        r"initial-value|initial-maximum|entry-started",
        r"^\s*[\w., ]+=(?!=)",
        ("initial-value", "initial-value-added", "constant-to-variable", "added-value"),
    ),
    "reset-in-loop": Kind(
        r"initialise-inside|initialisation|not-initialised|wrongly-outside|carried-over|reset",
        rf"^\s*[\w.\[\], ]+=(?!=)|{_LOOP}",
        ("statement-moved", "statement-removed", "statement-indented", "initial-value-added"),
    ),
    "placement": Kind(
        r"return-inside|inside-loop|too-early|early-exit|code-after|debug-output|continue-is|break-exits",
        r"^\s+\S|^\s*print",
        ("statement-moved", "statement-indented", "block-unwrapped", "statement-removed", "else-removed"),
    ),
    "result": Kind(
        r"print-instead|prints-so|missing-return|return-wrong|result-discarded|return-instead|only-one-branch|sometimes-missing|result-lost",
        r"return|print|^\s+[\w.]+\(.*\)\s*$|^\s*[\w.]+ [-+*%/]",
        ("return-value", "missing-return", "print-to-return", "return-to-print", "result-lost"),
    ),
    "update": Kind(
        r"loop-update|infinite|not-approaching|loop-variable-reset|termination",
        rf"{_LOOP}|[-+]|\w\(",
        ("augmented-assignment", "added-value", "arithmetic-operator", "while-to-if", "break-added"),
    ),
    "arithmetic": Kind(
        r"division-kind|integer-division|modulo|precedence|augmented|combines-wrongly|caret|arithmetic",
        r"[-+*/%]",
        ("arithmetic-operator", "augmented-assignment", "operand-removed", "added-value"),
    ),
    "order": Kind(
        r"sequential-swap|too-late|runs-all-at-once|follows-source|try-too-large|set-too-early",
        r"^\s*[\w., ]+[-+]?=(?!=)|^\s*if\b",
        ("statements-swapped", "statement-moved", "variable-everywhere"),
    ),
    "base-case": Kind(
        r"base-case",
        r"^\s*if\b|^\s*return\b",
        ("comparison-operator", "initial-value", "return-value", "condition-added"),
    ),
    "guard": Kind(
        r"empty-input|division-by-zero|guard|none-is|none-attribute|one-is-prime",
        r"^\s*if\b|/|\[0\]|^\s*return\b|\.\w+\(|^\s*for\b|^def ",
        ("condition-added", "return-value", "index-guard", "condition-part-removed"),
    ),
    "type": Kind(
        r"string-number|input-is|plus-number|type-|text-in|conversion|unconverted",
        r"input|print|len|\+|[<>]",
        ("wrap-str", "wrap-len", "missing-call", "argument-removed"),
    ),
    "method": Kind(
        r"append|extend|mutating|list-wrap|method-result|string-mutation|result-ignored|sort-versus",
        r"\.\w+\(|\+",
        ("result-of-mutator", "result-lost", "wrap-method", "argument-removed"),
    ),
    "sharing": Kind(
        r"mutable|copies|alias|in-place|modify-list|class-versus|class-attribute|shares|default-shared",
        r"=(?!=)|^\s*for\b|^\s*def\b|\.remove|\.pop",
        ("loop-iterable", "initial-value", "statement-moved", "argument-added"),
    ),
    "index-element": Kind(
        r"index-versus|is-index|same-variable|column-as-row|loop-variable-is|index-for",
        r"\[|\bfor\b|^\s*if\b|len|=",
        ("index-for-element", "subscript-removed", "index-added", "variable-everywhere"),
    ),
    "key": Kind(r"dictionary-missing|key-error|missing-key", r"\[", ("condition-added", "initial-value-added")),
    "object": Kind(
        r"self|init-missp|constructor|attribute-err|method-called-on", r"self|__|_init_|\bdef\b|return|balance",
        ("missing-self", "function-name", "argument-added"),
    ),
    "raise": Kind(r"exception-returned|not-raised|raised", r"Error|return|raise", ("return-value", "missing-call")),
    "syntax": Kind(
        r"colon|parentheses$|quote|assignment-for|is-equation|indentation-is|else-has|unbalanced|tabs", _ANY
    ),
    "name": Kind(r"typo|shadowing|misspelled|name-err|hides", r"[A-Za-z]", ("variable-everywhere", "function-name")),
    "output": Kind(
        r"output|prompt|f-prefix|function-not-called|missing-in-call|format",
        r"print|input|^\w+\s*$|\"|'",
        ("f-string", "missing-comma", "return-to-print", "missing-call"),
    ),
    "letter-case": Kind(
        r"case-sensitive|letter-case|upper|lower", r"for|if|in\b|==", ("wrap-method", "loop-iterable")
    ),
}  # fmt: skip
"""All kinds by name."""


def kind_of(misconception: str) -> str:
    """The kind of fault that a misconception leads to: of the kinds whose pattern its id has, the first.

    Raises:
        KeyError: It leads to none that is known.
    """
    for name, kind in KINDS.items():
        if re.search(kind.misconceptions, misconception):
            return name
    raise KeyError(misconception)


def kinds_at(line: str, truth: str | None = None) -> tuple[str, ...]:
    """Kinds of faults that may be in a line of a program; `truth` is always among them."""
    found = [name for name, kind in KINDS.items() if name == truth or re.search(kind.shows, line)]
    return tuple(found)


def constructs_of(code: str) -> Mapping[str, frozenset[int]]:
    """Which lines each part of a program takes up, parts that it does not have left out."""
    return {name: frozenset(lines) for name, lines in _constructs(code).items() if lines}


@lru_cache(maxsize=256)
def _constructs(code: str) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {name: set() for name in CONSTRUCTS}
    in_loop = 0
    function, indent = "", 0
    for number, line in enumerate(code.splitlines(), 1):
        text, depth = line.strip(), len(line) - len(line.lstrip())
        if not text:
            continue
        if in_loop and depth <= indent:
            in_loop = 0
        for name in _parts(text, bool(in_loop), function):
            found[name].add(number)
        if re.match(r"(?:for|while)\b", text) and not in_loop:
            in_loop, indent = number, depth
        if (header := re.match(r"def (\w+)", text)) is not None:
            function = header[1]
    if found["call"]:
        # in a recursive program the way out is the base case
        found["base"] = found["condition"] | {line for line in found["return"] if line not in found["call"]}
    return found


def _parts(text: str, in_loop: bool, function: str) -> Iterator[str]:
    if re.match(r"(?:for|while)\b", text):
        yield "loop"
    if re.match(r"(?:if|elif|else|while)\b", text) or " if " in text:
        yield "condition"
    if re.match(r"return\b", text):
        yield "return"
    if re.match(r"print\b", text):
        yield "print"
    if re.match(r"(?:def|class)\b", text):
        yield "header"
    if "input(" in text:
        yield "input"
    if re.match(r"[\w.\[\], ]+(?:[-+*/%]|//)?=(?!=)", text):
        yield "update" if in_loop else "start"
    if function and not text.startswith("def ") and f"{function}(" in text:
        yield "call"


def names_in(code: str) -> frozenset[str]:
    """Variables and attributes that a piece of code names, also where it is no whole statement."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        words = re.findall(r"[^\W\d]\w*", re.sub(r"\"[^\"]*\"|'[^']*'", " ", code))
        return frozenset(words) - _WORDS
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
    return frozenset(found) - _WORDS


_WORDS = frozenset(
    [
        "and",
        "as",
        "break",
        "class",
        "continue",
        "def",
        "del",
        "elif",
        "else",
        "except",
        "finally",
        "for",
        "from",
        "if",
        "import",
        "in",
        "is",
        "lambda",
        "not",
        "or",
        "pass",
        "raise",
        "return",
        "try",
        "while",
        "with",
        "yield",
        "None",
        "True",
        "False",
        "self",
        "range",
        "len",
        "print",
        "input",
        "int",
        "str",
        "float",
        "list",
        "dict",
        "sum",
        "min",
        "max",
        "enumerate",
        "sorted",
        "append",
        "extend",
        "get",
        "items",
        "keys",
        "values",
        "lower",
        "upper",
    ]
)
