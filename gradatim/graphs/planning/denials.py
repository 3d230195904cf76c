"""Whether words are asked for or denied: `no hints`, `without asking me`, `nothing goes out without my approval`."""

from __future__ import annotations

import re
from itertools import pairwise

from gradatim.graphs.planning.clauses import Clause
from gradatim.graphs.planning.words import Word, stem, words_of

_NOT = frozenset(map(stem, ("no", "not", "never", "nobody", "none", "nothing", "neither")))
_DENIES = _NOT | frozenset(
    map(stem, ("without", "nor", "skip", "omit", "avoid", "drop", "disable", "exclude", "minus", "remove"))
)
_PAIRS = ("leave out", "instead of", "rather than", "free of", "turn off", "switch off")
_DENIES_PAIRS = tuple(tuple(map(stem, pair.split())) for pair in _PAIRS)
_OFF = frozenset(map(stem, ("off", "disabled", "unnecessary", "unwanted", "excluded", "forbidden")))
_WANTED = frozenset(map(stem, ("needed", "wanted", "required", "necessary", "allowed", "desired")))
_REACH = 6
"""Words between a denial and what it denies at most."""
_STANDS = frozenset(map(stem, ("progress", "success", "improvement", "luck", "result", "effect", "avail")))
"""What may be missing without anything being denied: `after five turns without progress`."""
_UNTIL = frozenset(map(stem, ("before", "until", "unless", "till", "without", "except")))
_ZH_DENIES = re.compile(
    r"不(?:要|用|需要|必|得|能|想|再|会|做|给|写|发|让|经|须|可)?|无需|无须|无|别|没有|没|免|跳过|去掉|省略|禁止|关闭|停用"
)
_ZH_NO_DENIAL = re.compile(
    r"不(?:一致|确定|超过|通过|及格|少于|同|多|足|到)|拿不准|说不准|不自信|没有?把握|没(?:通|过)|(?:没有|没|无)(?:任何|明显)?(?:进展|进步|效果|起色|成功)|区别|差别|分别|级别|无限"
)
"""Words with a syllable of denial that deny nothing."""
_ZH_UNTIL = re.compile(r"(?:不|未|别|没有|勿).{0,12}(?:之前|前|直到|除非|才)|(?:未经|不经|没有).{0,8}(?:不|别|勿)")
_ZH_REACH = 7


def denied(clause: Clause, start: int, end: int, masked: tuple[tuple[int, int], ...] = (), cue: str = "") -> bool:
    """Whether a clause denies what some of its words ask for (see `denial`)."""
    return denial(clause, start, end, masked, cue) is not None


def denial(
    clause: Clause, start: int, end: int, masked: tuple[tuple[int, int], ...] = (), cue: str = ""
) -> tuple[int, int] | None:
    """The words by which a clause denies what some of its words ask for, those words included; nothing if it does not.

    A denial before `before`, `until`, `unless` or `without` denies only that it happens earlier: `nothing goes out
    before I agree` asks for agreement.

    Args:
        start: First character of the words, in the instruction.
        end: Behind the last one.
        cue: What the words were found by; what it holds itself denies nothing: `continue without`, `仍然不会`.
        masked: Places of words that belong to something else: the `no` of `no grade` denies no hint.
    """
    if only_until(clause):
        return None
    return _english(clause, start, end, masked, cue) or _chinese(clause, start, end, masked, cue)


def only_until(clause: Clause) -> bool:
    """Whether the clause denies something only until something else."""
    if _ZH_UNTIL.search(clause.text):
        return True
    negative = False
    for word in clause.words:
        if negative and word.stem in _UNTIL:
            return True
        negative = negative or word.stem in _NOT or word.stem == "without"
    return False


def _english(
    clause: Clause, start: int, end: int, masked: tuple[tuple[int, int], ...], cue: str
) -> tuple[int, int] | None:
    words = clause.words
    inside = frozenset((*_NOT, "without")) - frozenset(word.stem for word in words_of(cue.replace("|", " ")))
    for index, word in enumerate(words):
        pair = (word.stem, words[index + 1].stem) if index + 1 < len(words) else ("", "")
        if word.stem not in _DENIES and pair not in _DENIES_PAIRS:
            continue
        if any(left <= word.start < right for left, right in masked) or (
            pair[1] in _STANDS and words[index + 1].end <= start
        ):
            continue
        between = sum(word.end <= other.start < start for other in words)
        if word.end <= start and between <= _REACH:
            return word.start, end
        if start <= word.start < end and word.stem in inside:
            return start, end
    behind = _behind(words, end)
    return None if behind is None else (start, behind)


def _behind(words: tuple[Word, ...], end: int) -> int | None:
    """Where a denial ends that follows what it denies: `memory off`, `hints are not needed`."""
    after = [word for word in words if word.start >= end][:4]
    off = next((word.end for word in after[:2] if word.stem in _OFF), None)
    if off is not None:
        return off
    return next((right.end for left, right in pairwise(after) if left.stem == "not" and right.stem in _WANTED), None)


def _chinese(
    clause: Clause, start: int, end: int, masked: tuple[tuple[int, int], ...], cue: str
) -> tuple[int, int] | None:
    for match in _ZH_DENIES.finditer(clause.text):
        first, last = match.start() + clause.start, match.end() + clause.start
        if any(left <= first < right for left, right in masked):
            continue
        if any(found.start() <= match.start() < found.end() for found in _ZH_NO_DENIAL.finditer(clause.text)):
            continue
        if start <= first and match.group()[0] in cue:
            continue
        if (first < start and start - last <= _ZH_REACH) or start <= first < end:
            return min(first, start), end
    return None
