"""Statements about Python that hold, or do not, for every program."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.domain import ExampleOutputClaim
from gradatim.tools.claims.prose.assertion import Assertion, Scene

_FACTS: tuple[tuple[str, str, bool], ...] = (
    # what a match says, a program that prints True if that is so, and whether "not" in the match turns it round
    (r"\b(?:lists?|dictionar(?:y|ies)|sets?) (?:is|are)(?P<no> not| n't|n't)? (?:an? )?mutable",
        "print([] .__hash__ is None)", True),
    (r"\b(?:lists?|dictionar(?:y|ies)|sets?) (?:is|are)(?P<no> not|n't)? (?:an? )?immutable",
        "print([].__hash__ is not None)", True),
    (r"\b(?:strings?|tuples?) (?:is|are)(?P<no> not|n't)? (?:an? )?immutable", "print(''.__hash__ is not None)", True),
    (r"\b(?:strings?|tuples?) (?:is|are)(?P<no> not|n't)? (?:an? )?mutable", "print(''.__hash__ is None)", True),
    (r"\brange(?: function)?(?: in python)?(?: \w+){0,2} (?:does(?P<no>n't| not) )?(?:starts?|begins?) (?:at|from"
     r"|with) (?:0|zero)", "print(list(range(3))[0] == 0)", True),
    (r"\brange(?: function)?(?: in python)?(?: \w+){0,2} (?:does(?P<no>n't| not) )?(?:starts?|begins?) (?:at|from"
     r"|with) (?:1|one)\b", "print(list(range(3))[0] == 1)", True),
    (r"\brange[^.;]{0,40}?\b(?:is|does)?(?P<no> ?n't| ?not)? ?inclu(?:des?|sive)(?: of)? (?:the |its )?(?:end|stop"
     r"|last|upper|n\b)", "print(3 in range(3))", True),
    (r"\brange[^.;]{0,40}?\bexclu(?:des?|sive)(?: of)? (?:the |its )?(?:end|stop|last|upper|n\b)",
        "print(3 not in range(3))", False),
    (r"\b(?:list )?(?:indices|indexes|indexing|positions|index)(?: in python)? (?:starts?|begins?) (?:at|from"
     r"|with) (?:0|zero)", "print([7, 8][0] == 7)", False),
    (r"\b(?:list )?(?:indices|indexes|indexing|positions)(?: in python)? (?:starts?|begins?) (?:at|from|with) (?:1"
     r"|one)\b", "print([7, 8][1] == 7)", False),
    (r"[\ue100-\uf0ff]? ?operator is used to concatenate strings, not (?:to )?add", "print(1 + 2 != 3)", False),
    (r"\bappend\w*(?: method)?(?: \w+){0,2} returns None", "print([].append(1) is None)", False),
    (r"\bappend\w*(?: method)?(?: \w+){0,2} returns (?:the|an?) (?:new |modified |updated )?(?:list|length|copy"
     r"|number|value)", "print([].append(1) is not None)", False),
    (r"\bvariables?(?: names?)? (?:must|need to|have to|has to|should) be (?:defined|assigned|initiali[sz]ed"
        r"|given a value)"
     r" before (?:they are|it is|being|use)",
        "try:\n    unknown\nexcept NameError:\n    print(True)", False),
    (r"\binput\w*(?: function)? (?:always )?(?:returns?|reads?|gives?) (?:an? )?(?:string|text|str)\b",
        "print(True)", False),
    (r"\binput\w*(?: function)? (?:always )?(?:returns?|gives?) (?:an? )?(?:int\w*|number)\b", "print(False)", False),
)  # fmt: skip


def facts(scene: Scene) -> Iterator[Assertion]:
    """Statements about Python, each decided by running a small example."""
    for pattern, code, turns in _FACTS:
        for match in re.finditer(pattern, scene.text, re.IGNORECASE):
            denied = turns and bool(match.groupdict().get("no"))
            yield Assertion(
                (ExampleOutputClaim(code=code, output="False" if denied else "True"),), match.start(), match.end()
            )
    # a mutable value that is said not to be one: "the default value `[]` is not a mutable type"
    for match in re.finditer(
        r"([\ue100-\uf0ff])[^.;\ue100-\uf0ff]{0,20}? (?:is|are)( not| n't|n't)? (?:an? )?(im)?mutable", scene.text, re.I
    ):
        code = scene.code(match[1]).rpartition("=")[2].strip()
        if code in ("[]", "{}", "list()", "dict()", "()", "''", '""'):
            says = (match[2] is None) != (match[3] is not None)
            claim = ExampleOutputClaim(code=f"print(type({code}).__hash__ is None)", output=str(says))
            yield Assertion((claim,), match.start(), match.end())
