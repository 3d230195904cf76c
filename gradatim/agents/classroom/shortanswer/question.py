"""The nouns: a question with what a good answer says, and the marks of one answer."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from gradatim.domain import Noun
from gradatim.kg.schema import RelationType

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
JudgementVerdict = Literal["met", "not-met", "uncertain"]


class Fact(Noun):
    """A relation of the concept graph that an answer may state."""

    source: Words
    relation: RelationType
    target: Words


class Criterion(Noun):
    """One thing that a good answer says."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
    text: Sentence
    """What has to be said, as one sentence."""
    points: Annotated[float, Field(gt=0, le=1000)] = 1.0
    keywords: tuple[Annotated[tuple[Words, ...], Field(min_length=1)], ...] = ()
    """Groups of words that mean the same; of every group one has to stand in the statement. `stop*` is any word that
    begins so, `@base-case` the name and the aliases of a concept of the graph."""
    unless: tuple[Words, ...] = ()
    """Words that turn the statement round: with one of them a person has to look."""
    examples: tuple[Sentence, ...] = ()
    """Other sentences that say it."""
    fact: Fact | None = None
    """Instead of keywords, or beside them: what it comes to in the concept graph."""


class ShortAnswerQuestion(Noun):
    """A question that is answered in a few sentences."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    question: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=40)]

    @model_validator(mode="after")
    def _ids_differ(self) -> Self:
        ids = [criterion.id for criterion in self.criteria]
        twice = next((name for name in ids if ids.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"two criteria are called {twice!r}")
        return self


class Judgement(Noun):
    """Whether an answer says what one criterion asks for."""

    criterion: str
    verdict: JudgementVerdict
    points: Annotated[float, Field(ge=0)]
    """What it gives: all for `met`, else nothing."""
    out_of: Annotated[float, Field(gt=0)]
    quote: str | None = None
    """The learner's words that it rests on, as they stand in the answer; `None` where nothing comes near."""
    start: Annotated[int, Field(ge=0)] | None = None
    """Character at which the quotation begins."""
    method: Literal["keywords", "graph", "likeness", "none"] = "none"
    why: str


class WrongFact(Noun):
    """Something that the answer says and the concept graph contradicts. It takes no points away by itself."""

    quote: str
    truth: str


class ShortAnswerMarks(Noun):
    """Marks of one answer. Points between `points` and `most` hang on what a person decides."""

    question: str
    points: Annotated[float, Field(ge=0)]
    """For what is certainly there."""
    most: Annotated[float, Field(ge=0)]
    """If everything uncertain is there as well."""
    out_of: Annotated[float, Field(gt=0)]
    uncertain: bool
    """Whether a person has to look."""
    judgements: tuple[Judgement, ...]
    wrong_facts: tuple[WrongFact, ...] = ()
