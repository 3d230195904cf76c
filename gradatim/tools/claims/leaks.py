"""Whether a sentence gives the solution away where the task does not allow that."""

from __future__ import annotations

import re

from gradatim.domain import Check, ProseClaim
from gradatim.tools.claims.case import Case

_SPAN = re.compile(r"`([^`]+)`")
MINIMUM = 12
"""Characters (white space aside) from which quoted code counts as part of a solution."""


def find_leak(text: str, case: Case) -> Check | None:
    """A refutation when the text quotes solution code that neither the student nor the task has written.

    Looked for: lines of the reference program and of the found repair.
    """
    if case.task.reveal_solution:
        return None
    known = _squeeze(case.submission.code + case.task.statement + case.task.setup)
    known += "".join(_squeeze(test.call or test.check or "") for test in case.task.tests)
    secret = [case.task.reference or "", case.diagnosis.repair.code if case.diagnosis.repair else ""]
    lines = {_squeeze(line) for source in secret for line in source.splitlines()}
    lines = {line for line in lines if len(line) >= MINIMUM and line not in known}
    quotes = [_squeeze(span) for span in _SPAN.findall(text)]
    for quote in quotes:
        told = any(line in quote or (len(quote) >= MINIMUM and quote in line) for line in lines)
        if told and quote not in known:
            return Check(
                claim=ProseClaim(text=text),
                verdict="refuted",
                method="source",
                detail="it shows a part of the solution, which this task does not allow",
            )
    return None


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)
