"""A beginner believes that data read as JSON is exactly what was written.

Keys that were numbers are texts after reading.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast, mapped
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.libraries import library_call
from gradatim.tools.analysis.patterns.telling import of_errors, of_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("json-keeps-key-types",)


def detect(case: Examination) -> Iterator[Sign]:
    """Data from `json.loads` with texts for keys where numbers are meant."""
    for node, function in case.places:
        if library_call(case.program, node, "json") not in ("loads", "load") or not isinstance(node, ast.Call):
            continue
        facts = [fact for fact in case.wrong_of(function) if _keys_as_texts(fact)]
        said = "reads JSON, in which every key is a text."
        if facts:
            seen = "The keys are the texts of the wanted numbers"
            yield of_facts(case, "json-keeps-key-types", node.lineno, 0.94, said, seen, facts)
            continue
        missing = case.raised("KeyError", r"^(-?\d+)$")
        there = [item for item in missing if item.line and case.function_at(item.line) is function]
        if there:
            yield of_errors(case, "json-keeps-key-types", node.lineno, 0.9, said, there)


def _keys_as_texts(fact: Contrast) -> bool:
    wanted, got = mapped(fact.expected), mapped(fact.actual)
    if not wanted or got is None or any(isinstance(key, str) for key in wanted):
        return False
    return {str(key): value for key, value in wanted.items()} == got
