"""Keeping hidden tests hidden in texts that were written about a run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gradatim.domain import Check, Evidence, Task, TestCase

PLACEHOLDER = "[hidden test]"
_INPUT = 4
"""Characters from which an input is distinctive enough to be searched for in prose."""
_OUTPUT = 8
"""The same for names and results: `True` or `[1, 2]` may stand in any sentence."""
_LONGEST = 400
"""Characters of a long input that are searched for."""


class Redaction:
    """What a text may say to somebody who must not see hidden tests.

    Hidden tests never reach a model whose text a learner reads; this is the second line of defence, for texts
    of people and of parts that see all tests. It finds calls, checks, names, inputs and outputs as they stand
    in the task, whatever white space lies between their parts.

    Args:
        task: Its hidden tests hold what is searched for.
        full: Show everything.
    """

    def __init__(self, task: Task, *, full: bool = False) -> None:
        self.full = full
        self.hidden = frozenset(test.id for test in task.tests if test.hidden and not full)
        shown = {text for test in task.tests if not test.hidden for text in _contents(test)}
        secrets = {text for test in task.tests if test.id in self.hidden for text in _contents(test)} - shown
        patterns = sorted((_pattern(text) for text in secrets), key=len, reverse=True)
        self._secret = re.compile("|".join(patterns)) if patterns else None

    def __call__(self, text: str) -> str:
        """The text with a placeholder where it repeats something of a hidden test."""
        return self._secret.sub(PLACEHOLDER, text) if self._secret else text

    def check(self, check: Check) -> str:
        """What a check found, unless that would tell about a hidden test."""
        if getattr(check.claim, "test", None) in self.hidden or self(check.detail) != check.detail:
            return "this rests on a hidden test"
        return check.detail

    def evidence(self, found: Iterable[Evidence]) -> tuple[Evidence, ...]:
        """The evidence that may be seen."""
        return tuple(item for item in found if self.full or self._shows(item))

    def _shows(self, item: Evidence) -> bool:
        test = item.id.partition(":")[2]
        return item.visible and not (item.kind in ("test", "exception") and test in self.hidden)


def _contents(test: TestCase) -> Iterator[str]:
    """What a test consists of, as far as a person would recognise it."""
    inputs = [test.call or "", test.stdin or "", *(test.check or "").splitlines()]
    results = [test.name or "", test.suite or "", test.stdout or "", test.expect or ""]
    for texts, shortest in ((inputs, _INPUT), (results, _OUTPUT)):
        yield from (text.strip()[:_LONGEST] for text in texts if len(text.strip()) >= shortest)


def _pattern(text: str) -> str:
    """A regular expression for the text, with any white space between its parts and none of a longer word."""
    parts = re.findall(r"\w+|[^\w\s]", text)
    before = r"(?<![\w.])" if re.match(r"\w", parts[0]) else ""
    after = r"(?!\w)" if re.match(r"\w", parts[-1]) else ""
    return before + r"\s*".join(map(re.escape, parts)) + after
