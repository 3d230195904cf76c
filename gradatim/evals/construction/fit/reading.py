"""A segment as a build reads it: sentences of its document, in one passage with the headings above."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from gradatim.evals.construction.fit.segments import Segment, documents
from gradatim.kg.construction.background import Background
from gradatim.kg.construction.examples import example_names
from gradatim.kg.construction.language import Parser
from gradatim.kg.construction.passages import Passage
from gradatim.kg.construction.rarity import rarity
from gradatim.kg.construction.recognition import Course, counted
from gradatim.kg.construction.sentences import Sentence, sentences


@dataclass(frozen=True)
class Reading:
    """A segment's sentences among those of its document.

    Attributes:
        segment: The segment.
        sentences: All of the document.
        passage: Which of them are the segment's.
        course: What is counted over the document, and background knowledge.
    """

    segment: Segment
    sentences: Sequence[Sentence]
    passage: Passage
    course: Course

    @cached_property
    def start(self) -> dict[int, int]:
        """The number of each sentence's first token, when the tokens of the passage are numbered through."""
        start: dict[int, int] = {}
        at = 0
        for number in self.passage.all:
            start[number] = at
            at += len(self.sentences[number].tokens)
        return start

    @property
    def text(self) -> str:
        """The passage as one text, headings first."""
        return " ".join(self.sentences[number].text for number in self.passage.all)

    def tokens(self) -> Iterator[tuple[int, int]]:
        """Start and end of every token in `text`, `end` exclusive."""
        start = 0
        for number in self.passage.all:
            sentence = self.sentences[number]
            yield from ((start + token.start, start + token.end) for token in sentence.tokens)
            start += len(sentence.text) + 1


def readings(segments: Iterable[Segment], parser: Parser, background: Background) -> Iterator[Reading]:
    """Read segments, document by document.

    Args:
        segments: In reading order, those of a document side by side.
        parser: Cuts text into sentences of words.
        background: Known terms and relations.
    """
    for document, own in documents(segments):
        found = sentences(document, parser)
        names = example_names(block.text for block in document.blocks if block.kind == "code")
        course = Course(counted(found, names), names, background, rarity)
        for segment in own:
            yield Reading(segment, found, _passage(segment, found), course)


def _passage(segment: Segment, found: Sequence[Sentence]) -> Passage:
    """A segment's sentences, with the headings above its last one."""
    own = [number for number, sentence in enumerate(found) if sentence.place == segment.id]
    body = [number for number in own if found[number].kind != "heading"]
    section = found[body[-1]].section if body else ()
    heads = {sentence.section: number for number, sentence in enumerate(found) if sentence.kind == "heading"}
    above = tuple(heads[path] for depth in range(1, len(section) + 1) if (path := section[:depth]) in heads)
    return Passage(above, tuple(number for number in own if number not in above))
