"""A beginner believes that dates written as text can be subtracted, or compared in any spelling.

Texts that are dates meet in a subtraction, or are compared with the day in front.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_errors, of_facts
from gradatim.tools.analysis.patterns.values import own_facts, text_constant, texts_in
from gradatim.tools.analysis.sign import Sign

TELLS = ("dates-as-text",)

_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{4}")
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


def detect(case: Examination) -> Iterator[Sign]:
    """A difference or an order of texts that are dates."""
    for line, found in case.raised_at("TypeError", r"for -: '(str)' and 'str'").items():
        function = case.function_at(line)
        given = [fact for fact in case.contrasts if function is not None and fact.function == function.name]
        from_tests = any(_DATE.fullmatch(text) for fact in given for text in texts_in(fact))
        nodes = function.nodes if function is not None else case.program.top
        written = any(_DATE.fullmatch(text_constant(node) or "") for node in nodes)
        if from_tests or written:
            yield of_errors(case, "dates-as-text", line, 0.95, "subtracts texts that are dates.", found)
    for node, function in case.places:
        match node:
            case ast.Compare(
                left=ast.Name(id=left),
                ops=[ast.Lt() | ast.LtE() | ast.Gt() | ast.GtE()],
                comparators=[ast.Name(id=right)],
            ):
                pass
            case _:
                continue
        facts = own_facts(case, function)
        direct = function is not None and {left, right} <= set(function.parameters) - set(function.binders)
        if direct and facts and all(_misjudged(fact) for fact in facts):
            said = "compares dates as texts, sign by sign from the left."
            seen = "The day stands in front, and the order of the texts is not that of the dates,"
            yield of_facts(case, "dates-as-text", node.lineno, 0.93, said, seen, facts)


def _misjudged(fact: Contrast) -> bool:
    found = [(text, match) for text in texts_in(fact) if (match := _DAY_FIRST.fullmatch(text)) is not None]
    if len(found) != 2:
        return False
    (one, first), (two, second) = found
    days = [tuple(int(part) for part in reversed(match.groups())) for match in (first, second)]
    return (one < two) != (days[0] < days[1])
