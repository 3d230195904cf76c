"""What a self-contained line of code prints."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.domain import ExampleOutputClaim
from gradatim.tools.claims.code import BUILTINS, defined_names, expression, literal_value
from gradatim.tools.claims.extraction.reading import CODE, VALUE, Found, Reading

_PRINTS = re.compile(
    rf"(?:\b(?:for example|for instance|e\.g\.) ?,? ?)?({CODE}) (?:prints|printed|outputs|displays"
    rf"|shows) ({VALUE})(?= ?[.,;:!)]| ?$| (?:and|but|because|since|so)\b)",
    re.I,
)
_CONDITION = re.compile(r"\b(?:if|unless|would|could|might|should|not|never)\b|n't\b", re.I)


def examples(reading: Reading) -> Iterator[Found]:
    """Claims about the output of a `print` of plain values and built-in functions."""
    for match in _PRINTS.finditer(reading.text):
        code, value = reading.code(match[1]), reading.value(match[2])
        clause = reading.clause(match.start(1))
        if clause.mood == "asks" or _CONDITION.search(reading.text, clause.start, clause.end):
            continue
        if value is not None and _prints(code, reading.program):
            plain = literal_value(value)
            output = plain[0] if plain and isinstance(plain[0], str) else value
            yield Found(ExampleOutputClaim(code=code, output=str(output)), *match.span())


def _prints(code: str, program: str) -> bool:
    call = expression(code)
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id != "print":
        return False
    names = {node.id for node in ast.walk(call) if isinstance(node, ast.Name)}
    return names <= BUILTINS - {"input", "open", "exec", "eval"} and not names & defined_names(program)
