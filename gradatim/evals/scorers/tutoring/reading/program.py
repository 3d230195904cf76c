"""A tutor's text held against the learner's program and its tests: places that it names, facts, code that it gives."""

from __future__ import annotations

import difflib
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import orjson
from pydantic import ValidationError

from gradatim.evals.scorers.tutoring.reading.dialogue import Dialogue, Turn

if TYPE_CHECKING:
    from gradatim.domain import Task

_TESTS = 40
_TEXT = 12_000
_PROGRAM = 300
"""Lines of a program that given code is compared with."""
_PIECES = 12
_TOKENS = 60
_FEWEST = 3
"""Tokens from which a piece of code can stand in for a line."""
_ALIKE = 0.5
"""How much it has to have in common with the line."""
_NARROW = 2
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_IDENTIFIER = re.compile(r"(?<![A-Za-z0-9_.])[A-Za-z_][A-Za-z0-9_]*")
_CODELIKE = re.compile(r"\s*(?:[-+*/]?=|==|\[|\()")
_ASSIGNED = re.compile(
    r"(?<![\w.])[A-Za-z_]\w{0,40} [-+*/]?= [A-Za-z_0-9\"'\[(][^\s,;。，；]*(?: [-+*/%]+ [^\s,;。，；]+){0,6}(?<![.!?])"
)


@dataclass(frozen=True, slots=True)
class Pointing:
    """What a text says of a program.

    Attributes:
        lines: Lines that it names by number or by quoting them, except those that it calls right.
        blamed: Lines of these of which it says that something is wrong there.
        replaces: Lines in whose place code stands that it gives.
        narrow: Lines that it means by two things at once: a variable and a part of the program, one or two lines.
        parts: Lines that it means by what they are: "the loop", a variable.
        facts: Sentences that tell what is needed, or what comes, for an input of the task's tests.
        asks: Questions about a value, a round, a line or an input of this program.
        says: Kinds of faults of which it says what is wrong or what holds instead, in sentences that do not ask.
        asks_of: Kinds of faults that its questions are about.
        names: Kinds of faults whose topic it names.
        example: Whether it shows code of another program, as an example.
        given: Pieces of code that are not the learner's; `swaps`: replacements that it names.
        beyond: Line numbers that it names and that the program does not have.
        cases: Tests and calls that it speaks of.
    """

    lines: frozenset[int] = frozenset()
    blamed: frozenset[int] = frozenset()
    replaces: frozenset[int] = frozenset()
    narrow: frozenset[int] = frozenset()
    parts: frozenset[int] = frozenset()
    facts: int = 0
    asks: int = 0
    says: frozenset[str] = frozenset()
    asks_of: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    example: bool = False
    given: tuple[str, ...] = ()
    swaps: int = 0
    beyond: tuple[int, ...] = ()
    cases: frozenset[str] = frozenset()

    @property
    def places(self) -> frozenset[int]:
        """Lines that it points at in one way or another, parts of the program apart."""
        return self.lines | self.replaces | self.narrow


def pointing(dialogue: Dialogue, turn: Turn, language: str) -> Pointing:
    """What a tutor's turn says of the program as it stood then."""
    task = task_key(dialogue.task)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # of other people's code, which is only read
        return _pointing(turn.text, dialogue.program_at(turn), task, language)


def task_key(task: Mapping[str, Any]) -> bytes:
    """What of a task is read here, as bytes to remember it by: only what has the right type."""
    kept: dict[str, Any] = {}
    for key in ("entry_point", "statement", "setup", "reference"):
        value = task.get(key)
        if isinstance(value, str):
            kept[key] = value[:_TEXT]
    tests: Any = task.get("tests")
    if isinstance(tests, Sequence) and not isinstance(tests, str | bytes):
        fields = ("id", "name", "call", "expect", "raises", "stdin", "stdout", "check", "hidden")
        kept["tests"] = [
            {name: item[name] for name in fields if isinstance(item.get(name), str | bool)}
            for item in (cast("Mapping[str, Any]", test) for test in cast("Sequence[Any]", tests)[:_TESTS]
                         if isinstance(test, Mapping))
        ]  # fmt: skip
    try:
        return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)
    except (TypeError, ValueError):  # a lone surrogate, which is no text
        return b"{}"


@lru_cache(maxsize=512)
def _pointing(text: str, program: str, task: bytes, language: str) -> Pointing:
    # these rooms take a second to import, and a run without dialogues does not need them
    from gradatim.testing.learners.cues import FactCue, KindCue, LineCue
    from gradatim.testing.learners.mentions import calls_in
    from gradatim.testing.learners.reading import Reader
    from gradatim.testing.learners.speech import lexicon

    known: dict[str, Any] = orjson.loads(task)
    entry = known.get("entry_point")
    entry = entry if isinstance(entry, str) and entry.isidentifier() else None
    lexical = lexicon(language)
    lines, blamed, parts, narrow = set[int](), set[int](), set[int](), set[int]()
    says, asks_of, names, cases = set[str](), set[str](), set[str](), set[str]()
    given: list[str] = []
    swapped: list[tuple[str, str]] = []
    facts = asks = 0
    example = False
    for sentence in Reader(lexical, program, tuple(_observations(task)), entry, "", "").read(text):
        question = sentence.question
        meant: list[frozenset[int]] = []
        for cue in sentence.cues:
            match cue:
                case LineCue(how="pointer"):
                    lines.update(() if cue.approving else cue.lines)
                    blamed.update(cue.lines if cue.blaming else ())
                case LineCue():
                    meant += [] if cue.approving else [frozenset(cue.lines)]
                case KindCue():
                    (asks_of if question is not None else says if cue.saying else names).update(cue.kinds)
                    names.update(cue.kinds)
                case FactCue():
                    facts += cue.needed or cue.got
        variables = _loose_names(sentence.text, program)
        meant += [variables] if variables else []
        parts.update(*meant)
        both = set(meant[0]).intersection(*meant[1:]) if len(meant) > 1 else set[int]()
        narrow |= both if len(both) <= _NARROW else set[int]()
        called = next(calls_in(sentence.text, entry), None) is not None
        if question is not None:
            concrete = question.case or question.variables or question.lines or variables or called
            asks += bool(concrete) if question.after != "other" else called or bool(question.lines)
            asks += question.after in ("rounds", "which_line") and not concrete
        if called:
            cases.add(entry or "")
        if question is not None and question.case is not None:
            cases.add(question.case.id)
        given += sentence.codes
        swapped += sentence.swaps
        example = example or (lexical.is_a("elsewhere", sentence.text) and "```" in sentence.text)
    given += _assignments(text, program)
    size = len(program.splitlines())
    beyond = [int(group) for match in lexical.line.finditer(text) for group in match.groups() if group]
    replaces = frozenset[int]() if example else frozenset((*_replaced(given, program), *_holding(swapped, program)))
    return Pointing(
        frozenset(lines), frozenset(blamed), replaces, frozenset(narrow), frozenset(parts), facts, asks,
        frozenset(says), frozenset(asks_of), frozenset(names), example, tuple(given), len(swapped),
        tuple(number for number in beyond if number > size), frozenset(cases),
    )  # fmt: skip


@lru_cache(maxsize=64)
def _variables(program: str) -> frozenset[str]:
    from gradatim.testing.learners.kinds import names_in

    return names_in(program)


def _loose_names(text: str, program: str) -> frozenset[int]:
    """Lines with variables of the program that a text names without marking them as code.

    In Chinese any identifier is one; in other texts those that are no words: `n`, `last_value`, `best = 0`.
    """
    prose = _CODE.sub(" ", text)
    chinese = _CHINESE.search(prose) is not None
    variables = _variables(program)
    found = {
        name
        for match in _IDENTIFIER.finditer(prose)
        if (name := match.group()) in variables
        and (chinese or "_" in name or (len(name) == 1 and name not in "aIi") or _CODELIKE.match(prose, match.end()))
    }
    if not found:
        return frozenset()
    lines = enumerate(program.splitlines(), 1)
    return frozenset(number for number, line in lines if found & set(_IDENTIFIER.findall(line)))


def _assignments(text: str, program: str) -> list[str]:
    """Assignments to variables of the program that stand in prose without marks, as `text = text.upper()`."""
    names = set(_IDENTIFIER.findall(program))
    found = [match.group().strip() for match in _ASSIGNED.finditer(_CODE.sub(" ", text))]
    own = {tuple(_tokens(line)) for line in program.splitlines()}
    return [code for code in found if code.split()[0] in names and tuple(_tokens(code)) not in own]


def _replaced(given: Sequence[str], program: str) -> Iterator[int]:
    """For each piece of code that is given, the line of the program that is most like it."""
    lines = [_tokens(line) for line in program.splitlines()[:_PROGRAM]]
    for code in given[:_PIECES]:
        for piece in code.splitlines()[:_PIECES]:
            wanted = _tokens(piece)
            if len(wanted) < _FEWEST:
                continue
            alike = [
                difflib.SequenceMatcher(None, wanted, line, autojunk=False).ratio() if line else 0.0 for line in lines
            ]
            best = max(alike, default=0.0)
            if _ALIKE <= best < 1:
                yield alike.index(best) + 1


def _holding(swapped: Sequence[tuple[str, str]], program: str) -> Iterator[int]:
    """Lines that hold code which is to be exchanged, where that code stands in few of them."""
    from gradatim.tools.claims.code import occurs

    lines = [_tokens(line) for line in program.splitlines()[:_PROGRAM]]
    for old, _ in swapped[:_PIECES]:
        found = [number for number, line in enumerate(lines, 1) if occurs(_tokens(old), line)]
        if len(found) <= _NARROW:
            yield from found


def _tokens(code: str) -> list[str]:
    from gradatim.tools.claims.code import tokens

    return tokens(code)[:_TOKENS]


def bare_task(key: bytes, solution: str | None = None) -> Task:
    """A task that is valid whatever was handed in: what a learner sees of it, and a correct program."""
    from gradatim.domain import Task, TestCase

    known: dict[str, Any] = orjson.loads(key)
    calls = [_shown(test) for test in known.get("tests", [])]
    tests = tuple(
        TestCase(id=f"t{number}", call=call, expect="None") for number, call in enumerate(filter(None, calls), 1)
    )
    return Task(
        id="dialogue",
        title="",
        statement=known.get("statement", ""),
        setup=known.get("setup", ""),
        reference=solution,
        tests=tests or (TestCase(id="t1", check="assert True"),),
    )


def _shown(test: Mapping[str, Any]) -> str:
    """What a learner sees of a test: code that gives nothing away."""
    call = test.get("call") or test.get("check")
    return call if isinstance(call, str) and not test.get("hidden") else ""


@lru_cache(maxsize=64)
def _observations(task: bytes) -> tuple[Any, ...]:
    """What the tests of a task want; what the learner's program gives there is not known here."""
    from gradatim.domain import TestCase
    from gradatim.testing.learners.desk import Observation

    found: list[Observation] = []
    tests: list[dict[str, Any]] = orjson.loads(task).get("tests", [])
    for number, test in enumerate(tests, 1):
        try:
            case = TestCase.model_validate({"id": f"t{number}", **test})
        except ValidationError:
            continue  # what is no test tells nothing of one
        needed = case.raises or case.expect or case.stdout
        if not case.hidden and needed is not None:
            found.append(Observation(case, needed, None, passed=False))
    return tuple(found)
