"""An instruction cut into clauses, each with the condition it stands under.

```
If the confidence is below 0.8, let a teacher look at it, and give two hints.
└─ clause 1, a condition with what hangs on it ────────┘  └─ clause 2 ──────┘
```
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gradatim.errors import InputError
from gradatim.graphs.planning.words import Word, stem, words_of

LONGEST = 4000
"""Characters of an instruction at most."""
_MARKS = frozenset(",;!?:，。；！？、：\n()（）—–")
_ENDS = frozenset(";!?:。；！？\n.")
_JOINERS = frozenset(map(stem, ("and", "then", "but", "finally", "afterwards", "otherwise", "else", "plus", "also")))
_CONDITIONS = frozenset(map(stem, ("if", "when", "whenever", "where", "whoever", "unless", "case", "should")))
_ALTERNATIVES = frozenset(map(stem, ("otherwise", "else")))
_ZH_JOINERS = re.compile(r"然后|并且|接着|随后|最后|但是|但|而且|同时|以及")
_ZH_CONDITION = re.compile(r"^\s*(如果|若|当|一旦|假如|要是|只要|凡是)|时$|的话$|不一致时|分歧时")
_ZH_ALTERNATIVE = re.compile(r"^\s*(否则|不然|就|则|便|那么)")


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of an instruction that asks for something.

    Attributes:
        number: From 0, in order.
        words: Its words.
        start: Its first character in the instruction.
        end: Behind its last one.
        text: As it was written.
        condition: Earlier words that it also stands under: `if …` of the same sentence.
    """

    number: int
    words: tuple[Word, ...]
    start: int
    end: int
    text: str
    condition: str = ""


def read_instruction(text: str) -> str:
    """An instruction as it is worked on: one line, within bounds.

    Raises:
        InputError: It is empty, has no words, or is too long.
    """
    clean = "".join(character for character in text if character in "\n\t" or character.isprintable()).strip()
    clean = re.sub(r"[ \t]+", " ", re.sub(r"\s*(?:->|=>|→|⇒|(?<=\S) -{1,2} (?=\S))\s*", ", ", clean))
    if not re.search(r"[^\W_]", clean):
        raise InputError("the instruction is empty", place="instruction", remedy='say what to do: "assess a program"')
    if len(clean) > LONGEST:
        raise InputError(
            f"the instruction has {len(clean):,} characters",
            place="instruction",
            remedy=f"say it in at most {LONGEST:,}; one sentence a step is enough",
        )
    return clean


def clauses_of(text: str) -> tuple[Clause, ...]:
    """The clauses of an instruction."""
    groups = _cut(text)
    clauses: list[Clause] = []
    condition, sentence_over = "", True
    position = 0
    while position < len(groups):
        words, ends = groups[position]
        start, end = words[0].start, words[-1].end
        if sentence_over:
            condition = ""
        conditional = _is_condition(words, text[start:end])
        if conditional and not ends and position + 1 < len(groups) and _opens(words, text[start:end]):
            # what hangs on a condition is read together with it
            condition = text[start:end]
            following, ends = groups[position + 1]
            words, end = (*words, *following), following[-1].end
            position += 1
            clauses.append(Clause(len(clauses), words, start, end, text[start:end]))
        else:
            clauses.append(Clause(len(clauses), words, start, end, text[start:end], condition))
            if conditional and _opens(words, text[start:end]):
                condition = text[start:end]
        if position + 1 < len(groups) and _hangs_on(groups[position + 1][0], text):
            condition = condition or text[start:end]
            ends = False
        sentence_over = ends
        position += 1
    return tuple(clauses)


def _cut(text: str) -> list[tuple[tuple[Word, ...], bool]]:
    """Runs of words between marks and joining words, and whether a sentence ends behind each."""
    groups: list[tuple[tuple[Word, ...], bool]] = []
    run: list[Word] = []

    def close(ends: bool) -> None:
        if run:
            groups.append((tuple(run), ends))
            run.clear()
        elif groups and ends:
            groups[-1] = (groups[-1][0], True)

    breaks = {place for match in _ZH_JOINERS.finditer(text) for place in range(match.start(), match.end())}
    for word in words_of(text):
        mark = text[word.start : word.end]
        if mark in _MARKS or mark == ".":
            close(mark in _ENDS)
        elif word.start in breaks:
            close(False)
        elif word.stem in _JOINERS:
            close(False)
            if word.stem in _ALTERNATIVES:
                run.append(word)
        else:
            run.append(word)
    close(True)
    return groups


def opens_with_condition(clause: Clause) -> bool:
    """Whether a clause begins with the condition that the rest of it stands under."""
    return bool(clause.words) and _opens(clause.words, clause.text)


def _opens(words: tuple[Word, ...], text: str) -> bool:
    """Whether a clause is nothing but a condition: `if` stands at its beginning."""
    early = {word.stem for word in words[:2]}
    return bool(early & _CONDITIONS) or bool(_ZH_CONDITION.search(text))


def _is_condition(words: tuple[Word, ...], text: str) -> bool:
    return any(word.stem in _CONDITIONS for word in words) or bool(_ZH_CONDITION.search(text))


def _hangs_on(words: tuple[Word, ...], text: str) -> bool:
    """Whether a clause stands under what was said before it: `otherwise …`, `就……`."""
    return words[0].stem in _ALTERNATIVES or bool(_ZH_ALTERNATIVE.match(text[words[0].start : words[-1].end]))
