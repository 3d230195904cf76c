"""Everyday syntax, which gives nothing away whoever writes it."""

from __future__ import annotations

import ast
import keyword
import re

from gradatim.tools.claims.code import BUILTINS, parse, tokens

_COMMON = """
    for N in range ( N ) | for N in N | range ( N ) | range ( len ( N ) ) | for N in range ( len ( N ) ) |
    range ( ) | len ( N ) | return N | return | return V | if N | if not N | not N | while N | while True |
    while not N | N = V | N = [ ] | N = { } | N = N | N += V | N += N | N -= V | else | elif N | try |
    except | except N | finally | print ( N ) | print ( V ) | print ( ) | N ( N ) | N ( ) | N . N ( N ) |
    N . N ( ) | def N ( N ) | def N ( ) | import N | class N | N [ N ] | N [ V ] | N . N | N | V | break |
    continue | pass | in | not | and | or | is | [ ] | { } | ( ) | int ( input ( ) ) | N = int ( input ( ) )
    | N = input ( ) | if N in N | N in N | for N in range ( V ) | range ( V ) | range ( N , N ) |
    range ( V , N ) | for N , N in N . items ( ) | N . items ( ) | for N in enumerate ( N ) |
    for N , N in enumerate ( N ) | enumerate ( N ) | def | for | if | while | import | from | yield | lambda
    | assert | raise N
"""
_SHAPES = frozenset(" ".join(shape.split()) for shape in _COMMON.replace("\n", "|").split("|")) - {""}
"""Tokens of common lines and expressions: N for a name, V for a plain value."""
_KEYWORD_START = re.compile(
    r"(?:^|[:;\n]|\s)\s*(def|for|while|if|elif|else|return|import|class|try|except|with|print)\b"
)
_TEXT = re.compile(r'" (?:[^"]*) ?"')
_ASSIGNMENT = re.compile(r"(?<![=<>!+\-*/%])(?:[+\-*/%]|//|\*\*)?=(?!=)")


def is_generic(code: str) -> bool:
    """Whether code has one of the common shapes, whatever its names and plain values are."""
    shape: list[str] = []
    for token in tokens(code.strip().rstrip(":").strip()):
        if token in BUILTINS or keyword.iskeyword(token):
            shape.append("V" if token in ("None", "True", "False") and shape != ["while"] else token)
        elif token[0].isdecimal():
            shape.append("V")
        elif token.isidentifier():
            shape.append("N")
        else:
            shape.append(token)
    text = _TEXT.sub("V", " ".join(shape))
    return (
        text in _SHAPES
        or " ".join(
            "N" if part in BUILTINS and part not in ("range", "len", "print", "enumerate", "input", "int") else part
            for part in text.split()
        )
        in _SHAPES
    )


def statements_in(code: str) -> int:
    """How many statements a block holds, also where its line breaks were lost."""
    tree = parse(code) or parse(_dedented(code))
    if tree is not None:
        return sum(isinstance(node, ast.stmt) for node in ast.walk(tree))
    lines = [line for line in code.splitlines() if line.strip()]
    if len(lines) >= 2:
        return len(lines)
    found = len(_KEYWORD_START.findall(code))
    # a keyword argument is no statement: assignments count only in text that has lines or blocks
    return found + (len(_ASSIGNMENT.findall(re.sub(r"\([^()]*\)", "()", code))) if found else 0)


def _dedented(code: str) -> str:
    lines = code.splitlines()
    first = next((line for line in lines if line.strip()), "")
    indent = len(first) - len(first.lstrip())
    return "\n".join(line[indent:] if not line[:indent].strip() else line for line in lines)
