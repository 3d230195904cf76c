"""Reading a tutor's text: only what stands in it, held against the learner's own program and its task."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradatim.domain import TestCase
from gradatim.testing.learners.cues import After, Cue, FactCue, KindCue, LineCue, Question, Sentence
from gradatim.testing.learners.desk import Observation
from gradatim.testing.learners.kinds import constructs_of, names_in
from gradatim.testing.learners.mentions import Mention, literals, mentions, same
from gradatim.testing.learners.speech import Lexicon
from gradatim.tools.claims.code import occurs, tokens
from gradatim.tools.claims.sentences import sentences

_FENCED = re.compile(r"```[a-zA-Z]*\n?(.*?)(?:```|$)", re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_WORD = re.compile(r"[\w'’]+")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_NAMED = re.compile(r"(?:variables?|变量|value of)\s*[`'\"]?(\w+)", re.IGNORECASE)
_SAME = 0.35
"""Share of the words of a statement from which a sentence says the same."""
_DULL = frozenset(
    re.findall(
        r"\w+",
        "the and for that with this are its not what from when which into than then there they them only have has "
        "does will your you one two each every also just even can but was were",
    )
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads texts about one program.

    Attributes:
        lexicon: The language.
        code: The learner's program as it stands.
        observations: What it does in the visible tests.
        entry_point: Function or class that the task asks for; `None` for whole programs.
        kind: Kind of the learner's fault, and
        counter: what holds instead of its belief: a sentence that says the same in other words is understood.
        belief: What it believes: a sentence that says the same confirms it.
    """

    lexicon: Lexicon
    code: str
    observations: tuple[Observation, ...]
    entry_point: str | None
    kind: str
    counter: str = ""
    belief: str = ""

    def read(self, text: str) -> tuple[Sentence, ...]:
        """The sentences of a text with what each gives; code in fences belongs to the sentence before it."""
        found: list[Sentence] = []
        before = 0
        last: Mention | None = None
        for part in sentences(text):
            named = mentions(part, self.observations, self.entry_point)
            last = named[-1] if named else last
            found.append(self._sentence(part, before, named, last))
            before += words_in(part)
        return tuple(found)

    def _sentence(self, text: str, before: int, named: Sequence[Mention], last: Mention | None) -> Sentence:
        mark = self.lexicon.is_a
        asks = "?" in text or "？" in text
        own, given = self._code(text)
        approving = mark("approves", text) and not mark("blames", text) and not asks
        lines = self._lines(text, own)
        variables = self._variables(text)
        cues: list[Cue] = []
        if lines:
            blaming = mark("blames", text) and not approving and not mark("acquits", text)
            cues.append(LineCue(lines, "pointer", approving, blaming))
        cues += self._vaguer(text, variables, approving)
        if not approving:
            cues += self._kinds(text)
        cues += _facts(text, named, last)
        question = None
        if asks:
            case = last.seen.case if last is not None else None
            question = self._question(text, case, variables, lines)
        return Sentence(
            text=" ".join(text.split()),
            before=before,
            cues=tuple(cues),
            question=question,
            codes=() if mark("elsewhere", text) else given,
            swaps=tuple(self._swaps(text)),
            encourages=mark("encourages", text) and not mark("denies", text),
            tries=mark("tries", text),
            directs=mark("directs", text),
            denies=mark("denies", text),
        )

    # ------------------------------------------------------------------------------------------ places

    def _code(self, text: str) -> tuple[list[tuple[int, ...]], tuple[str, ...]]:
        """Places of the program that code in a sentence quotes, and code that it does not have."""
        own: list[tuple[int, ...]] = []
        given: list[str] = []
        lines = [tokens(line) for line in self.code.splitlines()]
        for block in _FENCED.findall(text):
            fresh = [line for line in block.splitlines() if line.strip() and tokens(line) not in lines]
            quoted = {tuple(tokens(line)) for line in block.splitlines() if line.strip()}
            own += [(number,) for number, line in enumerate(lines, 1) if line and tuple(line) in quoted]
            if fresh:
                given.append(block.strip("\n"))
        for span in _SPAN.findall(_FENCED.sub(" ", text)):
            wanted = tokens(span)
            if len(wanted) < 2:
                continue
            places = tuple(number for number, line in enumerate(lines, 1) if occurs(wanted, line))
            if places:
                own.append(places)
            else:
                given.append(span.strip())
        return own, tuple(given)

    def _lines(self, text: str, own: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
        """Lines that a sentence names by number or quotes."""
        size = len(self.code.splitlines())
        found: dict[int, None] = {}
        for match in self.lexicon.line.finditer(text):
            first = int(match[1])
            last = int(match[2]) if match[2] else first
            joined = range(first, last + 1) if first <= last <= first + 5 else (first, last)
            found.update(dict.fromkeys(line for line in joined if 1 <= line <= size))
        for places in own:
            found.update(dict.fromkeys(places))
        return tuple(found)

    def _vaguer(self, text: str, variables: Sequence[str], approving: bool) -> Iterator[Cue]:
        parts = constructs_of(self.code)
        found: set[int] = set()
        for name, words in self.lexicon.constructs.items():
            if name in parts and words.search(text):
                found |= parts[name]
        if found:
            yield LineCue(tuple(sorted(found)), "part", approving)
        lines = self.code.splitlines()
        with_names = {
            number for number, line in enumerate(lines, 1) for name in variables if name in names_in(line.strip())
        }
        if with_names:
            yield LineCue(tuple(sorted(with_names)), "variable", approving)

    def _variables(self, text: str) -> tuple[str, ...]:
        """Variables of the program that a sentence names as code."""
        known = names_in(self.code) - {self.entry_point or ""}
        spans = [span.strip() for span in _SPAN.findall(_FENCED.sub(" ", text))]
        named = [name for span in spans for name in [span.removeprefix("self.")] if name in known]
        named += [
            match[1]
            for match in re.finditer(r"(?:variables?|变量|value of|的值)\s*[`'\"]?(\w+)", text)
            if match[1] in known
        ]
        return tuple(dict.fromkeys(named))

    def _swaps(self, text: str) -> Iterator[tuple[str, str]]:
        for pattern in self.lexicon.swaps:
            for match in pattern.finditer(text):
                old, new = match["old"].strip("` .,;:"), match["new"].strip("` .,;:")
                if old and new and old != new and occurs(tokens(old), tokens(self.code)):
                    yield old, new

    # ------------------------------------------------------------------------------------------ contents

    def _kinds(self, text: str) -> Iterator[Cue]:
        said = [kind for kind, words in self.lexicon.says.items() if words.search(text)]
        named = [kind for kind, words in self.lexicon.names.items() if words.search(text)]
        for_it, against = _likeness(text, self.belief), _likeness(text, self.counter)
        if for_it >= _SAME and for_it > against:
            said = [kind for kind in said if kind != self.kind]
            named = [kind for kind in named if kind != self.kind]
        elif against >= _SAME:
            said = [self.kind]
        if said:
            yield KindCue(tuple(said), True)
        if named:
            yield KindCue(tuple(named), False)

    def _question(
        self, text: str, case: TestCase | None, variables: tuple[str, ...], lines: tuple[int, ...]
    ) -> Question:
        part = max(re.split(r"(?<=[.!。！])\s", text), key=lambda item: "?" in item or "？" in item)
        nth = next((name for name, words in self.lexicon.rounds.items() if words.search(part)), None)
        after = self._after(part, concrete=bool(variables) or case is not None)
        return Question(after, case, variables, lines, nth)

    def _after(self, part: str, *, concrete: bool) -> After:
        asks = self.lexicon.asks
        if asks["rounds"].search(part):
            return "rounds"
        if asks["which_line"].search(part):
            return "which_line"
        if asks["own_words"].search(part):
            return "why"
        if concrete and asks["value"].search(part):
            return "needed" if asks["needed"].search(part) else "value"
        return "why" if asks["why"].search(part) else "other"


def _facts(text: str, named: Sequence[Mention], last: Mention | None) -> Iterator[Cue]:
    """What a sentence tells about concrete inputs, and about the one spoken of before where it names none."""
    if not named:
        parts = [] if last is None else [(last, text)]
    else:
        ends = [*(item.start for item in named[1:]), len(text)]
        parts = [(item, text[item.end : end]) for item, end in zip(named, ends, strict=True)]
        parts[0] = named[0], f"{text[: named[0].start]} \n {parts[0][1]}"
    for item, rest in parts:
        told, seen = literals(rest), item.seen
        if not told or seen.needed is None:
            continue
        differs = seen.got is None or not same(seen.needed, seen.got)
        needed = _tells(rest, told, seen.needed)
        got = seen.got is not None and _tells(rest, told, seen.got)
        if needed or got:
            yield FactCue(needed=needed and differs, got=got and differs)
        elif item in named:
            yield FactCue(wrong=True)


def _tells(text: str, told: Sequence[str], value: str) -> bool:
    return any(same(item, value) for item in told) or _printed(text, value)


def _printed(text: str, output: str) -> bool:
    wanted = " ".join(output.replace("\\n", " ").split())
    return len(wanted) >= 3 and wanted in " ".join(text.replace("\\n", " ").split())


def _likeness(text: str, statement: str) -> float:
    """Share of the words of a statement that a sentence has, in [0, 1]; 0 for one of fewer than four words."""
    wanted = _telling_words(statement)
    return len(wanted & _telling_words(text)) / len(wanted) if len(wanted) >= 4 else 0.0


def _telling_words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z_]{3,}", text.lower())) - _DULL


def words_in(text: str) -> int:
    """Words of a text; of Chinese, about as many as a translation would have."""
    characters = len(_CHINESE.findall(text))
    return len(_WORD.findall(_CHINESE.sub(" ", text))) + round(characters / 1.6)
