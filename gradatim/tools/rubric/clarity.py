"""Explanation clarity: whether the learner's own words in the program explain it.

Only docstrings and comments are the learner's explanation; without any there is nothing to measure. A comment explains
when it says something in words that the code beside it does not say already.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings

from gradatim.tools.rubric.finding import Finding

_WORD = re.compile(r"[^\W\d_]{2,}")
_FEWEST = 3
"""Words from which a comment can explain something."""


def clarity(code: str) -> Finding:
    """Share of the explanations that explain, among comments and docstrings."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(code)
        tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return Finding(None, "not measured: the program cannot be compiled")
    lines = code.splitlines()
    said: list[tuple[int, bool]] = []
    for token in tokens:
        if token.type == tokenize.COMMENT:
            text = token.string.lstrip("#").strip()
            beside = lines[token.start[0] - 1][: token.start[1]]
            after = lines[token.start[0]] if not beside.strip() and token.start[0] < len(lines) else ""
            said.append((token.start[0], _explains(text, beside + after)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
            text = ast.get_docstring(node)
            if text is not None:
                said.append((node.body[0].lineno, _explains(text, getattr(node, "name", ""))))
    if not said:
        return Finding(None, "not measured: the program holds no comment or docstring")
    good = sum(explains for _, explains in said)
    idle = [str(line) for line, explains in sorted(said) if not explains]
    where = f" (not those of line {', '.join(idle[:3])})" if idle else ""
    return Finding(good / len(said), f"{good} of {len(said)} comments and docstrings explain something{where}")


def _explains(text: str, code: str) -> bool:
    words = {word.lower() for word in _WORD.findall(text)}
    if len(words) < _FEWEST or _is_code(text):
        return False
    return len(words - {word.lower() for word in _WORD.findall(code)}) >= 2


def _is_code(text: str) -> bool:
    """Whether a comment is code that was put out of action."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return bool(tree.body)
