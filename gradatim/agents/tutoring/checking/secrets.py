"""What the tutor must not tell: code of the reference and of verified changes, in one piece or bit by bit.

Stricter than what feedback is checked for (`gradatim.tools.claims.find_leak`, which is asked as well): a conversation
is long, and what is harmless in one sentence may add up. Pieces that the tutor quoted on the present fault are
therefore kept, and a sentence that would complete a change is refused like one that tells it at once.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from gradatim.tools.claims import Case, find_leak
from gradatim.tools.claims.code import occurs, parse, tokens
from gradatim.tools.claims.generic import is_generic
from gradatim.tools.claims.novelty import added_tokens, new_expressions

_SPAN = re.compile(r"```(?:[a-zA-Z]+(?=\s))?(.+?)(?:```|$)|`([^`]+)`", re.DOTALL)
_JUMPS = frozenset({"continue", "break", "pass"})
_LEAST = 3
"""Tokens from which code of a solution counts when it stands in prose, without backticks."""
_MOST = 120
"""Quoted tokens that are kept on one fault."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What is secret about one program.

    Attributes:
        case: The program and what is known of it.
        lines: New lines of solutions, as tokens.
        expressions: New expressions of solutions, as normal source.
        changes: For each small change, the tokens that it adds and that the learner's program does not have.
        examples: Programs that may be shown as they stand.
        alone: Keywords that are a whole new line of a change.
    """

    case: Case | None
    lines: tuple[tuple[str, ...], ...] = ()
    expressions: frozenset[str] = frozenset()
    changes: tuple[frozenset[str], ...] = ()
    examples: tuple[tuple[str, ...], ...] = field(default=())
    alone: frozenset[str] = frozenset()

    @classmethod
    def of(cls, case: Case | None) -> Secrets:
        """What is secret about a program, also where its task shows the solution one day: that has its own turn."""
        if case is None:
            return cls(None)
        program, task = case.submission.code, case.task
        open_texts = (program, task.statement, task.setup, *(test.call or test.check or "" for test in task.tests
                                                            if not test.hidden))  # fmt: skip
        known = [tuple(tokens(text)) for text in open_texts if text.strip()]
        repairs = [repair.code for repair in case.diagnosis.repairs]
        lines: dict[tuple[str, ...], None] = {}
        alone: set[str] = set()
        for solution in (*repairs, task.reference or ""):
            for line in solution.splitlines():
                wanted = tuple(tokens(line.split("  #")[0].strip().rstrip(":")))
                if any(occurs(wanted, item) for item in known):
                    continue
                if len(wanted) >= 2:
                    lines[wanted] = None
                elif len(repairs) and solution in repairs:
                    alone |= _JUMPS.intersection(wanted)
        expressions = {text for code in repairs for text in new_expressions(code, open_texts)}
        expressions |= {text for text in new_expressions(task.reference or "", open_texts) if not is_generic(text)}
        given = {token for item in known for token in item}
        changes = [frozenset(token for run in added_tokens(program, code) for token in run) - given for code in repairs]
        examples = tuple(
            tuple(tokens(str(item.detail[key])))
            for item in case.evidence.values()
            if item.visible and item.kind in ("passage", "concept", "misconception")
            for key in ("example", "looks_like")
            if item.detail.get(key)
        )
        return cls(
            case,
            tuple(lines),
            frozenset(expressions),
            tuple(change for change in changes if change),
            examples,
            frozenset(alone),
        )

    def told_by(self, text: str, said: Sequence[str] = ()) -> str | None:
        """What a text gives away, or `None`.

        Args:
            said: Tokens that the tutor quoted on this fault before.
        """
        if self.case is None:
            return None
        leak = find_leak(text, self.case)
        if leak is not None:
            return leak.detail
        if self.alone.intersection(tokens(text)):
            return "the one word of a change"
        spans = [code for code in _spans(text) if not self._shown(code)]
        for code in spans:
            quote = tuple(tokens(code))
            if any(occurs(line, quote) for line in self.lines if len(line) >= _LEAST or line == quote):
                return "a line of a solution"
            if any(expression in self.expressions for expression in _expressions(code)):
                return "an expression of a solution"
        prose = tuple(tokens(_SPAN.sub(" ; ", text)))
        if any(len(line) >= _LEAST + 1 and occurs(line, prose) for line in self.lines):
            return "a line of a solution, in words"
        if any(len(code) >= _LEAST and occurs(code, prose) for code in map(tuple, map(tokens, self.expressions))):
            return "an expression of a solution, in words"
        together = {*said, *self.quoted(text)}
        if any(len(change) > 1 and change <= together for change in self.changes):
            return "the last piece of a change, bit by bit"
        return None

    def quoted(self, text: str) -> list[str]:
        """Tokens that a text quotes in its sentences; programs that stand apart as examples do not count."""
        return [token for code in _spans(text) if not self._shown(code) for token in tokens(code)][:_MOST]

    def _shown(self, code: str) -> bool:
        """Whether code is an example that may be shown as it stands."""
        quote = tuple(tokens(code))
        return "\n" in code.strip() and quote in self.examples


def _spans(text: str) -> Iterator[str]:
    for match in _SPAN.finditer(text):
        yield next(group for group in match.groups() if group is not None)


def _expressions(code: str) -> Iterable[str]:
    """The expressions in quoted code, in their normal form."""
    tree = parse(code.strip()) or parse(f"{code.strip().rstrip(':')}:\n    pass") or parse(code.strip().rstrip(":"))
    if tree is None:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and not isinstance(node, ast.Name | ast.Constant | ast.Starred | ast.Tuple):
            try:
                yield ast.unparse(node)
            except RecursionError:
                continue


def latest(said: Sequence[str], more: Sequence[str]) -> list[str]:
    """The quoted tokens to keep: each once, the latest ones."""
    return list(dict.fromkeys((*said, *more)))[-_MOST:]
