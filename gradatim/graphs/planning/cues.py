"""Cues: what people say when they ask for a step, as patterns over stems.

A cue of English is words with a little notation, in the order in which they are said:

```
ask|consult <person> .. before      one of two words, a word of a class, at most five words between, a word
two? hint round                     a word that may be missing
make ~ exercise                     at most three words of one noun phrase between
@unsure & @involve                  both of these lists somewhere in the clause or in the condition it stands under
```

A cue with Chinese characters is compared with the text itself; `..` are at most eight characters, `(a|b)` is a choice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gradatim.graphs.planning.clauses import Clause
from gradatim.graphs.planning.words import Word, stem, words_of

_GAP = r"(?:(?!(?:without|befor|until|unless|that|which|workflow|system) )\S+ ){0,5}?"
"""At most five words, none of which begins a thought of its own."""
_TIGHT = r"(?:(?!(?:on|about|for|to|of|with|from|in|and|by) )\S+ ){0,3}?"
"""At most three words of one noun phrase."""
_CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Match:
    """Where a cue was found.

    Attributes:
        cue: As it is written in its file.
        start: First character of the instruction that it rests on.
        end: Behind the last one.
        outside: Whether a part of it stands in the condition before the clause.
    """

    cue: str
    start: int
    end: int
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue made ready.

    Attributes:
        text: As it is written in its file.
        parts: Each of these is found: alternatives, of English (over stems) or of Chinese (over the text).
        stems: All English words in it.
    """

    text: str
    parts: tuple[tuple[re.Pattern[str], ...], ...]
    stems: frozenset[str] = frozenset()

    def find(self, clause: Clause) -> Match | None:
        """Where the clause says it first, if it does."""
        spans: list[tuple[int, int]] = []
        outside = False
        for alternatives in self.parts:
            span = _first(alternatives, clause.text, clause.words)
            if span is None and len(self.parts) > 1 and clause.condition:
                if _first(alternatives, clause.condition, ()) is None:
                    return None
                outside = True
                continue
            if span is None:
                return None
            spans.append(span)
        if not spans:
            return None
        start = min(start for start, _ in spans) + clause.start
        return Match(self.text, start, max(end for _, end in spans) + clause.start, outside)


def _first(alternatives: Sequence[re.Pattern[str]], text: str, words: tuple[Word, ...]) -> tuple[int, int] | None:
    """The longest of the first places where one of the alternatives is found, as characters of the text."""
    shift = words[0].start if words else 0
    words = words or words_of(text)
    stems = "".join(f"{word.stem} " for word in words)
    best: tuple[int, int] | None = None
    for pattern in alternatives:
        if pattern.flags & re.VERBOSE:  # over the text
            found = pattern.search(text)
            span = found.span() if found else None
        else:
            found = pattern.search(stems)
            span = _characters(stems, words, found.span(), shift) if found else None
        if span is not None and (best is None or span[1] - span[0] > best[1] - best[0]):
            best = span
    return best


def _characters(stems: str, words: tuple[Word, ...], span: tuple[int, int], shift: int) -> tuple[int, int]:
    first = stems.count(" ", 0, span[0])
    last = stems.count(" ", 0, span[1]) - 1
    return words[first].start - shift, words[last].end - shift


def compile_cues(
    cues: Sequence[str], classes: Mapping[str, Sequence[str]], lists: Mapping[str, Sequence[str]]
) -> tuple[Cue, ...]:
    """Cues made ready.

    Args:
        classes: Words that `<name>` stands for.
        lists: Cues that `@name` stands for.

    Raises:
        KeyError: A cue names a class or list that there is none of.
    """
    ready: list[Cue] = []
    for cue in cues:
        parts = [tuple(_alternatives(part.strip(), classes, lists)) for part in cue.split(" & ")]
        ready.append(Cue(cue, tuple(parts), frozenset(_stems(cue, classes, lists))))
    return tuple(ready)


def _stems(cue: str, classes: Mapping[str, Sequence[str]], lists: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for token in cue.split():
        if token in ("..", "~", "&"):
            continue
        if token.startswith("@"):
            for other in lists[token[1:]]:
                yield from _stems(other, classes, lists)
        elif not _CHINESE.search(token):
            for word in token.rstrip("?").split("|"):
                yield from map(stem, classes[word[1:-1]] if word.startswith("<") else [word])


def _alternatives(
    part: str, classes: Mapping[str, Sequence[str]], lists: Mapping[str, Sequence[str]]
) -> Iterator[re.Pattern[str]]:
    if part.startswith("@"):
        for cue in lists[part[1:]]:
            yield from _alternatives(cue, classes, lists)
    elif _CHINESE.search(part):
        yield re.compile(part.replace("..", ".{0,8}?").replace(" ", ""), re.VERBOSE | re.IGNORECASE)
    else:
        yield re.compile("(?<!\\S)" + "".join(_token(token, classes) for token in part.split()))


def _token(token: str, classes: Mapping[str, Sequence[str]]) -> str:
    if token in ("..", "~"):
        return _GAP if token == ".." else _TIGHT
    optional = token.endswith("?")
    token = token.removesuffix("?")
    words: list[str] = []
    for word in token.split("|"):
        words += classes[word[1:-1]] if word.startswith("<") else [word]
    choice = "|".join(sorted({re.escape(stem(word.lower())) for word in words}, key=len, reverse=True))
    return f"(?:(?:{choice}) ){'?' if optional else ''}"
