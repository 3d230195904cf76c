"""How the learner works, as far as it was observed: labels that hold."""

from __future__ import annotations

from gradatim.graphs.reports.document import Note, Said, Section
from gradatim.graphs.reports.portrait import Portrait
from gradatim.graphs.reports.wording import Voice, percent, told
from gradatim.languages import has, say


def work(portrait: Portrait, voice: Voice) -> Section:
    """The section."""
    title = told(voice, "work.title")
    held = [label for label in portrait.labels if label.status == "holds" and label.concept is None]
    said = tuple(
        Said(
            told(
                voice, "work.sure", statement=sentence(statement(label.key, label.statement, voice)),
                sure=percent(label.confidence), n=label.observations,
            ),
            (*label.evidence, *label.contrary),
        )
        for label in held
        if label.evidence or label.contrary
    )  # fmt: skip
    return Section("work", title, said or (Note(told(voice, "work.nothing")),))


def statement(key: str, english: str, voice: Voice) -> str:
    """What a label says, in the language that is spoken."""
    prefix, _, rest = key.partition(":")
    place = f"report.{voice}.labels.{prefix}"
    if not has(place):
        return english
    part = f"report.parts.{rest}"
    return say(place, rest=say(part) if has(part) else rest)


def sentence(words: str) -> str:
    """Words as they begin a sentence."""
    return words[:1].upper() + words[1:]
