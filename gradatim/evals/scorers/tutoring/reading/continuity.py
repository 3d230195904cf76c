"""What ties a tutor's turn to what was said before, and what breaks with it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.evals.scorers.tutoring.reading.dialogue import Turn
from gradatim.evals.scorers.tutoring.reading.program import pointing
from gradatim.evals.scorers.tutoring.reading.speech import spoken
from gradatim.evals.scorers.tutoring.reading.turns import Scene
from gradatim.evals.scorers.tutoring.reading.wordcount import words_in
from gradatim.evals.scorers.tutoring.reading.words import words_for
from gradatim.evals.scorers.tutoring.reading.words.words import is_common

_SPAN = re.compile(r"`([^`\n]{1,200})`")
_CALL = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\(")
_TERM = re.compile(r"[A-Za-z_]\w{2,}|\d+(?:\.\d+)?")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_AGAIN = 8
"""Words of a turn from which saying it once more is a break rather than a figure of speech."""
_TIES = 2
"""Words in common that tie a turn to the one before; a value, a name or a term of the program ties alone."""
_ANSWERED = 12
"""Words of the tutor up to which "that's right" is answer enough."""


def break_in(scene: Scene, turn: Turn) -> str | None:
    """What in a turn does not go with what is known; `None` where nothing breaks."""
    dialogue = scene.dialogue
    program = dialogue.program_at(turn)
    shown = pointing(dialogue, turn, scene.words.code)
    if program and shown.beyond and not dialogue.cut:
        return f"it speaks of line {shown.beyond[0]}; the program has {len(program.splitlines())}"
    said = spoken(turn.text, scene.words.code)
    wrong = scene.truth.mistaken_at(dialogue, turn)
    affirms = said.affirms_work or (said.affirms and not program)
    if wrong is True and affirms and not said.wrong and not said.questions and not shown.given:
        return "it calls the work right, which it is not"
    if wrong is True and not said.wrong and any(scene.words.shows("moves_on", part) for part in said.sentences):
        return "it goes on to something else, although the work is wrong"
    if wrong is False and dialogue.passed_at(turn) and shown.blamed and not said.affirms_work:
        return "it finds fault with a program that passes"
    earlier = dialogue.before(turn)
    heard = next((item for item in reversed(earlier) if not item.tutor and item.text), None)
    if heard is not None and _other_language(heard.text, turn.text):
        return "it is in another language than the learner's message"
    mine = [item.text for item in earlier if item.tutor]
    if words_in(turn.text) >= _AGAIN and any(_same(turn.text, text) for text in mine):
        return "it says what it has said before once more"
    return None


def foreign(scene: Scene, turn: Turn) -> str | None:
    """A function that a turn calls in code and that nobody else has named; `None` where there is none."""
    if not scene.dialogue.program_at(turn):
        return None
    return min(_strange(scene, turn), default=None)


def tied(scene: Scene, turn: Turn) -> str | None:
    """What ties a turn to what was said before; `None` where nothing does."""
    dialogue = scene.dialogue
    shown = pointing(dialogue, turn, scene.words.code)
    if shown.places or shown.facts or shown.cases or shown.asks:
        return "it speaks of the learner's program or of an input of the task"
    earlier = dialogue.before(turn)
    said = spoken(turn.text, scene.words.code)
    terms = _terms(turn.text)
    program = _terms(dialogue.program_at(turn))
    statement = dialogue.task.get("statement")
    statement = _terms(statement) if isinstance(statement, str) else frozenset[str]()
    last = _terms("\n".join(item.text for item in earlier[-2:]))
    common = terms & last
    if terms & program or any(not term[0].isalpha() for term in common) or len(common) >= _TIES:
        return "it takes up what was said, or names of the program"
    if len(terms & statement) >= _TIES:
        return "it speaks of the task"
    if shown.parts:
        return "it speaks of a part of the program"
    short = len(turn.text.split()) <= _ANSWERED
    if earlier and short and said.affirms:
        return "it answers what was said"
    heard = earlier[-1] if earlier and not earlier[-1].tutor else None
    if heard is not None and said.acknowledges and scene.words.shows("frustration", heard.text):
        return "it takes up the learner's feeling"
    return None


def alike(one: str, other: str) -> float:
    """Share of the terms that two texts have in common, in [0, 1] (Jaccard)."""
    first, second = _terms(one), _terms(other)
    return len(first & second) / len(first | second) if first | second else 0.0


def _terms(text: str) -> frozenset[str]:
    """Words that say something, numbers, and pairs of Chinese characters."""
    found = {term.lower() for term in _TERM.findall(text)}
    for run in _CHINESE.findall(text):
        found.update(run[at : at + 2] for at in range(len(run) - 1))
    return frozenset(term for term in found if not is_common(term))


def _same(one: str, other: str) -> bool:
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()


def _other_language(heard: str, said: str) -> bool:
    first, second = words_for(heard), words_for(said)
    enough = min(words_in(heard), words_in(said)) >= _AGAIN // 2
    return enough and first is not None and second is not None and first.code != second.code


def _strange(scene: Scene, turn: Turn) -> Iterator[str]:
    """Functions that a turn calls in code and that nobody knows of, where it gives no code of its own as an example."""
    import builtins

    dialogue = scene.dialogue
    shown = pointing(dialogue, turn, scene.words.code)
    if shown.example or "```" in turn.text:
        return
    task = " ".join(str(value) for value in dialogue.task.values() if isinstance(value, str))
    tests = str(dialogue.task.get("tests", ""))[:20_000]
    known = set(re.findall(r"[A-Za-z_]\w*", " ".join((
        dialogue.program_at(turn), dialogue.program, task, tests, *(item.text for item in dialogue.before(turn))
    ))))  # fmt: skip
    for span in _SPAN.findall(turn.text):
        for name in _CALL.findall(span):
            if name not in known and not hasattr(builtins, name):
                yield name
