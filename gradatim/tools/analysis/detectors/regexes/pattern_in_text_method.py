"""A beginner believes that `replace`, `split` and the like understand patterns.

A method of texts is given a regular expression.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import method_called
from gradatim.tools.analysis.patterns.libraries import library_call
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import text_constant
from gradatim.tools.analysis.sign import Sign

TELLS = ("replace-understands-patterns",)

_METHODS = frozenset(["replace", "split", "rsplit", "find", "rfind", "index", "count", "partition", "removeprefix"])
_PATTERN = re.compile(
    r"\\[dwsDWSb](?![A-Za-z])|\[\^?(?:\w-\w)+[^\]]*\]|\[\^[^\]]+\]|\[\\.\]|\.[*+]|\[\w{2,}\][*+]|"
    r"\[(?:aeiou|AEIOU)+\]|\w\|\w\|\w"
)


def detect(case: Examination) -> Iterator[Sign]:
    """A regular expression as the argument of a method that looks for the text itself."""
    for node, _ in case.places:
        call = method_called(node)
        if call is None or call[1] not in _METHODS or not isinstance(node, ast.Call) or not node.args:
            continue
        looked_for = text_constant(node.args[0])
        if looked_for is None or _PATTERN.search(looked_for) is None or library_call(case.program, node, "re"):
            continue
        said = f"looks for exactly the characters {case.program.text(node.args[0])}."
        yield of_line(case, "replace-understands-patterns", node.lineno, 0.93, said)
